"""The action server: rasa-sdk's executor behind two routes, on loopback only.

rasa-sdk's own server listens on every address unless told otherwise, reports each call to its
tracer and returns the whole request in an error; this one does none of that.
"""

from __future__ import annotations

import logging
import os

import uvicorn
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

DEFAULT_PORT = 5055


def application() -> Starlette:
    """The ASGI application: `GET /health` and `POST /webhook`, which Rasa calls."""
    executor = ActionExecutor()
    executor.register_package("actions")

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def webhook(request: Request) -> JSONResponse:
        try:
            result = await executor.run(await request.json())
        except ActionNotFoundException:
            return JSONResponse({"error": "no such action"}, status_code=404)
        return JSONResponse(result.model_dump() if result else None)

    return Starlette(routes=[Route("/health", health), Route("/webhook", webhook, methods=["POST"])])


def main() -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.WARNING)
    port = int(os.environ.get("LANTERN_ACTIONS_PORT", DEFAULT_PORT))
    uvicorn.run(application(), host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
