"""Starts Rasa behind the gateway's channel: `python -m engine.serve`, loopback only, no API."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import light

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from sanic import Sanic

DEFAULT_PORT = 5005
LARGEST = 2_000_000
HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Serve until SIGTERM. Ends with a sentence when the secret or the model is missing."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("LANTERN_ACTIONS_PORT", "5055")
    warnings.showwarning = _show
    light.without_tensorflow()
    os.chdir(ROOT)
    _serve(int(os.environ.get("LANTERN_RASA_PORT", DEFAULT_PORT)))


def _show(message: Warning | str, category: type[Warning], *where: Any) -> None:
    """Drop what Rasa's frozen dependencies deprecate; they also undo any filter set before."""
    if not issubclass(category, DeprecationWarning):
        logging.getLogger("py.warnings").warning("%s: %s", category.__name__, message)


def _serve(port: int) -> None:
    from rasa.core import run
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.log_utils import configure_structlog

    from engine.train import trained

    logging.basicConfig(level=logging.WARNING)
    configure_structlog(logging.WARNING)
    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    channels = run.create_http_input_channels(None, "credentials.yml")
    app = run.configure_app(channels, enable_api=False, port=port, endpoints=endpoints)
    app.config.REQUEST_MAX_SIZE = LARGEST
    model = str(trained())

    async def load(app: Sanic, loop: AbstractEventLoop) -> None:
        agent = await run.load_agent_on_start(model, endpoints, None, app, loop)
        if not agent.is_ready():
            raise SystemExit(f"{model} cannot be loaded. Run: python -m engine.train --force")

    app.register_listener(load, "before_server_start")
    app.register_listener(run.close_resources, "after_server_stop")
    app.run(host=HOST, port=port, workers=1, access_log=False, debug=False)


if __name__ == "__main__":
    main()
