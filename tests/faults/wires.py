"""A small TCP proxy between two parties, whose wire is slow, silent, narrow or cut as a test says."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress

TOXICS = ("latency", "narrow", "hang", "reset")
LATENCY_SECONDS = 0.05
# Bytes for each slice of a narrow wire, and the pause after it: 20 KB a second.
SLICE, PAUSE_SECONDS = 1000, 0.05


class Wire:
    """Carries bytes from its own port to a target: (host, port), or the path of a Unix socket."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        self.target = target
        self.fault = ""
        self.latency = LATENCY_SECONDS
        self._closed = False
        self._whole = threading.Event()
        self._whole.set()
        self._ends: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address for whoever speaks HTTP."""
        return f"http://127.0.0.1:{self.port}"

    def spoil(self, fault: str) -> None:
        """From now on the wire has this fault; `reset` cuts what is connected, too."""
        self.fault = fault
        if fault == "hang":
            self._whole.clear()
        if fault == "reset":
            for end in list(self._ends):
                _cut(end)

    def heal(self) -> None:
        """The wire is sound again; what hung in it goes on."""
        self.fault = ""
        self._whole.set()

    def close(self) -> None:
        """Stop listening and cut everything."""
        self._closed = True
        self.heal()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in list(self._ends):
            _cut(end)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                if self.fault == "reset" or self._closed:
                    raise ConnectionResetError
                far = _connect(self.target)
            except OSError:
                _cut(near)
                continue
            self._ends |= {near, far}
            if self._closed:
                _cut(near)
                _cut(far)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                self._carry(data, sink)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            self._ends.discard(end)
            end.close()

    def _carry(self, data: bytes, sink: socket.socket) -> None:
        match self.fault:
            case "latency":
                time.sleep(self.latency)
            case "hang":
                self._whole.wait()
            case "narrow":
                for at in range(0, len(data), SLICE):
                    time.sleep(PAUSE_SECONDS)
                    sink.sendall(data[at : at + SLICE])
                return
        sink.sendall(data)


def _connect(target: tuple[str, int] | str) -> socket.socket:
    if isinstance(target, tuple):
        return socket.create_connection(target, 5)
    far = socket.socket(socket.AF_UNIX)
    far.connect(target)
    return far


def _cut(end: socket.socket) -> None:
    """End a connection with a reset, not with a farewell."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)
    end.close()
