"""Telegram, Twilio, Messenger and Slack as one local server: they take messages, fail as told, and write."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

PUBLIC = "https://lantern.example"
TELEGRAM_SECRET = "a-secret-of-telegram-tests"
TWILIO_TOKEN = "twilio-token-of-tests"
MESSENGER_SECRET = "messenger-secret-of-tests"
SLACK_SECRET = "slack-secret-of-tests"
# Every provider's path of a webhook and its channels.
PATHS = {
    "telegram": "telegram",
    "sms": "twilio",
    "whatsapp": "twilio",
    "messenger": "messenger",
    "slack": "slack",
}


@dataclass(frozen=True)
class Sent:
    """One message that a provider took."""

    channel: str
    address: str
    text: str
    buttons: tuple[tuple[str, str], ...]
    number: str
    key: str
    raw: dict[str, Any] = field(hash=False, default_factory=dict)
    at: float = 0.0


@dataclass
class Failure:
    """What a provider answers instead of taking a message. `lost`: it takes it and the answer is lost."""

    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    reset: bool = False
    lost: bool = False


class Providers:
    """The server. `sent` is what people see; `failing[channel]` is worked off first."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.failing: dict[str, deque[Failure]] = defaultdict(deque)
        self.tries: dict[str, int] = defaultdict(int)
        # People who wrote STOP to the carrier, are outside the window, or have blocked us.
        self.stopped: set[str] = set()
        self.outside: set[str] = set()
        self.blocked: set[str] = set()
        self._lock = threading.Lock()
        self._numbers = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the providers listen."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def variables(self) -> dict[str, str]:
        """The environment that switches every channel on, against this server."""
        return {
            "LANTERN_TELEGRAM_TOKEN": "1:token",
            "LANTERN_TELEGRAM_SECRET": TELEGRAM_SECRET,
            "LANTERN_TELEGRAM_API": self.url,
            "LANTERN_TWILIO_ACCOUNT": "AC00000000000000000000000000000001",
            "LANTERN_TWILIO_TOKEN": TWILIO_TOKEN,
            "LANTERN_TWILIO_SMS": "+15005550006",
            "LANTERN_TWILIO_WHATSAPP": "+15005550006",
            "LANTERN_TWILIO_API": self.url,
            "LANTERN_MESSENGER_SECRET": MESSENGER_SECRET,
            "LANTERN_MESSENGER_TOKEN": "page-token",
            "LANTERN_MESSENGER_VERIFY": "a-word",
            "LANTERN_MESSENGER_API": f"{self.url}/v23.0",
            "LANTERN_SLACK_SECRET": SLACK_SECRET,
            "LANTERN_SLACK_TOKEN": "xoxb-tests",
            "LANTERN_SLACK_ALERTS": "C0ALERTS",
            "LANTERN_SLACK_API": f"{self.url}/api",
        }

    def to(self, address: str) -> list[str]:
        """The texts that somebody was sent, in order."""
        return [one.text for one in self.sent if one.address == address]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        providers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body are two writes: without this each answer waits 40 ms for an ACK.
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                providers._take(self, body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def _take(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        message = _message(request.path, body, dict(request.headers.items()))
        with self._lock:
            self.tries[message.channel] += 1
            queue = self.failing[message.channel]
            failure = queue.popleft() if queue else self._refusal(message)
            if failure is None or failure.lost:
                self._numbers += 1
                message = Sent(
                    **{
                        **message.__dict__,
                        "number": f"{message.channel}-{self._numbers}",
                        "at": time.monotonic(),
                    }
                )
                self.sent.append(message)
        if failure is None:
            _answer(request, 200, _accepted(message))
        elif failure.reset or failure.lost:
            request.close_connection = True
            request.connection.close()
        else:
            time.sleep(failure.hang)
            _answer(request, failure.status or 200, failure.body, failure.headers)

    def _refusal(self, message: Sent) -> Failure | None:
        address = message.address
        if address in self.stopped:
            return Failure(400, {"code": 21610, "message": "unsubscribed recipient", "status": 400})
        if address in self.outside and message.channel == "whatsapp":
            return Failure(400, {"code": 63016, "message": "outside the allowed window", "status": 400})
        if address in self.outside and message.raw.get("tag") != "HUMAN_AGENT":
            return Failure(400, {"error": {"code": 10, "message": "(#10) outside of allowed window"}})
        if address in self.blocked:
            return Failure(403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked"})
        return None


def signed(path: str, body: bytes, at: float, *, url: str = PUBLIC, query: str = "") -> dict[str, str]:
    """Headers with which a provider signs a body that it sends to its webhook."""
    match path:
        case "telegram":
            return {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET, "Content-Type": "application/json"}
        case "messenger":
            digest = hmac.new(MESSENGER_SECRET.encode(), body, hashlib.sha256).hexdigest()
            return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}
        case "slack":
            base = b"v0:%d:%s" % (int(at), body)
            digest = hmac.new(SLACK_SECRET.encode(), base, hashlib.sha256).hexdigest()
            return {"X-Slack-Request-Timestamp": str(int(at)), "X-Slack-Signature": f"v0={digest}"}
        case _:
            address = f"{url}/webhooks/{path}" + (f"?{query}" if query else "")
            pairs = sorted(set(parse_qsl(body.decode(), keep_blank_values=True)))
            base = address.encode() + "".join(name + value for name, value in pairs).encode()
            digest = base64.b64encode(hmac.new(TWILIO_TOKEN.encode(), base, hashlib.sha1).digest()).decode()
            return {"X-Twilio-Signature": digest, "Content-Type": "application/x-www-form-urlencoded"}


def written(channel: str, address: str, number: str, text: str) -> tuple[str, bytes]:
    """Path of the webhook and body of a plain text that somebody writes on a channel."""
    match channel:
        case "telegram":
            who = {"id": int(address), "is_bot": False, "first_name": "Sample", "language_code": "en"}
            message = {
                "message_id": 1,
                "from": who,
                "chat": {"id": int(address), "type": "private"},
                "date": 1,
            }
            update = {"update_id": int(number), "message": {**message, "text": text}}
            return "telegram", json.dumps(update).encode()
        case "messenger":
            event = {
                "sender": {"id": address},
                "timestamp": int(number),
                "message": {"mid": number, "text": text},
            }
            return "messenger", json.dumps({"object": "page", "entry": [{"messaging": [event]}]}).encode()
        case "slack":
            event = {"type": "message", "channel_type": "im", "channel": address, "user": "U1", "text": text}
            body = {"type": "event_callback", "event_id": number, "event": event}
            return "slack", json.dumps(body).encode()
        case _:
            form = {
                "MessageSid": number,
                "From": address,
                "To": "+15005550006",
                "Body": text,
                "NumMedia": "0",
            }
            return "twilio", urlencode(form).encode()


def pressed(channel: str, address: str, number: str, choice: str) -> tuple[str, bytes]:
    """Path of the webhook and body of a press of a button."""
    match channel:
        case "telegram":
            who = {"id": int(address), "is_bot": False, "first_name": "Sample"}
            chat = {"message_id": 1, "chat": {"id": int(address), "type": "private"}}
            query = {"id": number, "from": who, "message": chat, "data": choice}
            return "telegram", json.dumps({"update_id": int(number), "callback_query": query}).encode()
        case "messenger":
            message = {"mid": number, "text": "x", "quick_reply": {"payload": choice}}
            event = {"sender": {"id": address}, "timestamp": 1, "message": message}
            return "messenger", json.dumps({"object": "page", "entry": [{"messaging": [event]}]}).encode()
        case _:
            action = {"type": "button", "action_id": f"choice:{choice}", "value": choice, "action_ts": number}
            payload = {"type": "block_actions", "channel": {"id": address}, "actions": [action]}
            return "slack", urlencode({"payload": json.dumps(payload)}).encode()


def _message(path: str, body: bytes, headers: dict[str, str]) -> Sent:
    """What a request to one of the four asks to send, to whom."""
    if path.startswith("/2010-04-01/"):
        form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        channel = "whatsapp" if form["To"].startswith("whatsapp:") else "sms"
        key = headers.get("i-twilio-idempotency-token", headers.get("I-Twilio-Idempotency-Token", ""))
        return Sent(channel, form["To"], form["Body"], (), "", key, form)
    sent = json.loads(body)
    if path.endswith("/sendMessage"):
        rows = sent.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = tuple((one["callback_data"], one["text"]) for row in rows for one in row)
        return Sent("telegram", str(sent["chat_id"]), sent["text"], buttons, "", "", sent)
    if path.endswith("/chat.postMessage"):
        elements = [one for block in sent.get("blocks", []) for one in block.get("elements", [])]
        buttons = tuple((one["value"], one["text"]["text"]) for one in elements)
        return Sent("slack", sent["channel"], sent["text"], buttons, "", "", sent)
    message = sent["message"]
    buttons = tuple((one["payload"], one["title"]) for one in message.get("quick_replies", []))
    return Sent("messenger", sent["recipient"]["id"], message["text"], buttons, "", "", sent)


def _accepted(message: Sent) -> dict[str, Any]:
    number = message.number
    return {
        "telegram": {"ok": True, "result": {"message_id": number}},
        "slack": {"ok": True, "ts": number},
        "messenger": {"recipient_id": message.address, "message_id": number},
    }.get(message.channel, {"sid": number, "status": "queued"})


def _answer(
    request: BaseHTTPRequestHandler, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> None:
    content = json.dumps(body).encode()
    try:
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
    except OSError:
        # Whoever asked has hung up.
        request.close_connection = True
