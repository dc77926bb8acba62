"""A stand-in for Rasa: answers the topic that a text names, or fails as told."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeRasa:
    """Rasa's side of the gateway's channel: answers a topic that the text names, or fails as told."""

    def __init__(self, port: int = 0) -> None:
        self.mode = "sound"
        self.delay = 0.0
        self.asked: list[dict[str, Any]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner._answer(self, json.loads(body))

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._hanging = threading.Event()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop, and let go of whoever hangs."""
        self._hanging.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler, question: dict[str, Any]) -> None:
        self.asked.append(question)
        content = json.dumps(answer(question["text"])).encode()
        time.sleep(self.delay)
        match self.mode:
            case "hang":
                self._hanging.wait(20)
                request.close_connection = True
                return
            case "reset":
                request.close_connection = True
                request.connection.close()
                return
            case "garbage":
                content = b"<html>not an answer</html>"
            case "silence":
                content = b'{"replies": []}'
            case "drip":
                self._drip(request)
                return
        request.send_response(500 if self.mode == "error" else 200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _drip(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100000")
        request.end_headers()
        request.close_connection = True
        try:
            while not self._hanging.wait(0.1):
                request.wfile.write(b" ")
                request.wfile.flush()
        except OSError:
            return


def answer(text: str) -> dict[str, Any]:
    """The passage that the last line names, as Rasa would answer."""
    topic = text.splitlines()[-1].rpartition(" ")[2]
    understood = {"intent": f"learn/{topic}", "confidence": 0.9, "topics": [topic], "near": []}
    return {"replies": [{"passage": topic}], "events": [{"event": "user"}], "understood": understood}
