"""A bad network before any gateway: a TCP proxy that cuts, freezes, and loses the answers to messages."""

from __future__ import annotations

import random
import socket
import threading
import time
from contextlib import suppress


class Proxy:
    """Listens on `port` and forwards to `target`; the switches take effect at once."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.reset()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        """A good network again."""
        self.down = False
        self.frozen = False
        self.lose = 0.0
        self.random = random.Random(7)

    def cut(self) -> None:
        """Break all connections; new ones are refused until `down` is False."""
        self.down = True
        for pair in list(self.pairs):
            self._close(*pair)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if self.down:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target), 2)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            link = _Link()
            self.pairs.add((near, far))
            threading.Thread(target=self._up, args=(near, far, link), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, link), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket, link: _Link) -> None:
        """From the browser: a POST of a message may be marked so that its answer is lost."""
        try:
            while data := near.recv(65536):
                self._wait_while_frozen()
                if data.startswith(b"POST /api/messages") and self.random.random() < self.lose:
                    link.swallow = True
                far.sendall(data)
        except OSError:
            pass
        self._close(near, far)

    def _pump(self, far: socket.socket, near: socket.socket, link: _Link) -> None:
        try:
            while data := far.recv(65536):
                self._wait_while_frozen()
                if link.swallow:
                    break
                near.sendall(data)
        except OSError:
            pass
        self._close(near, far)

    def _wait_while_frozen(self) -> None:
        """A half-open link: both ends believe in it, and nothing arrives."""
        while self.frozen:
            time.sleep(0.05)

    def _close(self, near: socket.socket, far: socket.socket) -> None:
        self.pairs.discard((near, far))
        for end in (near, far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        """Stop listening."""
        self.cut()
        self.listener.close()


class _Link:
    swallow = False
