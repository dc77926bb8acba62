"""A mail server on a free port, for tests that send."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Postbox(Controller):
    """Keeps what it got, answers as told."""

    def __init__(self, **options: Any) -> None:
        self.got: list[EmailMessage] = []
        self.says = "250 taken"
        self.passwords: list[tuple[str, str]] = []
        options.setdefault("hostname", "127.0.0.1")
        super().__init__(self, port=0, authenticator=self._knows, auth_require_tls=False, **options)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()

    def _knows(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.passwords.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one mail, or refuse it."""
        if self.says.startswith("250"):
            self.got.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return self.says
