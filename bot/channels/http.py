"""Calls to providers: one client, short time-outs, and which failures are worth another try."""

from __future__ import annotations

from typing import Any

import httpx2
import msgspec

from bot.errors import TryLater

# A provider that takes longer is asked again later; a delivery thread is not held up for ever.
SECONDS = 10.0
_TOO_MANY = 429


class Provider:
    """A provider's HTTP API. Redirects are not followed: tokens go nowhere else."""

    def __init__(self, url: str, **client: Any) -> None:
        self._client = httpx2.Client(base_url=url, timeout=SECONDS, follow_redirects=False, **client)

    def post(self, path: str, **request: Any) -> tuple[int, dict[str, Any]]:
        """Status and JSON body. Raises TryLater on time-outs, lost connections, 429 and 5xx."""
        try:
            response = self._client.post(path, **request)
        except httpx2.TimeoutException:
            raise TryLater("the provider did not answer in time", code="timeout") from None
        except httpx2.HTTPError:
            raise TryLater("the provider could not be reached", code="network") from None
        body = _object(response.content)
        if response.status_code == _TOO_MANY or response.status_code >= 500:
            after = seconds(response.headers.get("retry-after")) or _asked(body)
            raise TryLater("the provider is busy", code=str(response.status_code), after=after)
        return response.status_code, body

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()


def seconds(value: object) -> float | None:
    """A provider's wish to wait, in seconds, if it is a sane number; dates are rare and left out."""
    try:
        wished = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return wished if 0 <= wished <= 86_400 else None


def _asked(body: dict[str, Any]) -> float | None:
    parameters = body.get("parameters")
    return seconds(parameters.get("retry_after")) if isinstance(parameters, dict) else None


def _object(content: bytes) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
