"""A Wayland compositor of one's own, as far as it tells when its seats are idle: the protocol's bytes on a socket."""

import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path

_DISPLAY = 1
_DONE, _DELETE_ID, _GLOBAL = 0, 1, 0
_NOTIFIER, _SEAT = "ext_idle_notifier_v1", "wl_seat"
IDLED, RESUMED = 0, 1


def _text(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return struct.pack("=I", len(raw)) + raw + b"\0" * (-len(raw) % 4)


class Compositor:
    """Serves one client after another; offers seats, and what tells of them in the version given (0: nothing does).
    `asked` are (which request, milliseconds, seat's global number), in order, and a test tells by `tell`."""

    def __init__(self, path: Path, *, seats: int = 1, version: int = 2) -> None:
        self.asked: list[tuple[str, int, int]] = []
        self._offers = [(_SEAT, 1)] * seats + ([(_NOTIFIER, version)] if version else [])
        self._notifications: list[int] = []
        self._client: socket.socket | None = None
        self._listens = socket.socket(socket.AF_UNIX)
        self._listens.bind(str(path))
        self._listens.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> "Compositor":
        return self

    def __exit__(self, *ended: object) -> None:
        self.end()

    def end(self) -> None:
        """Hang up, as one that crashed."""
        self._listens.shutdown(socket.SHUT_RDWR)
        if (client := self._client) is not None:
            with suppress(OSError):  # it may have hung up itself
                client.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listens.close()

    def tell(self, seat: int, event: int) -> None:
        """IDLED or RESUMED, of the seat that was asked about in this place."""
        self._send(self._notifications[seat], event, b"")

    def _serve(self) -> None:
        while True:
            try:
                self._client, _ = self._listens.accept()
            except OSError:
                return
            with suppress(ConnectionError), self._client, self._client.makefile("rb") as requests:
                self._objects: dict[int, tuple[str, int]] = {_DISPLAY: ("wl_display", 0)}
                while header := requests.read(8):
                    number, word = struct.unpack("=II", header)
                    self._answer(number, word & 0xFFFF, requests.read((word >> 16) - 8))
            self._client = None

    def _send(self, number: int, event: int, body: bytes) -> None:
        assert self._client is not None
        self._client.sendall(struct.pack("=II", number, (8 + len(body)) << 16 | event) + body)

    def _answer(self, number: int, request: int, body: bytes) -> None:
        kind, _ = self._objects[number]
        if kind == "wl_display" and request == 0:  # sync
            (callback,) = struct.unpack("=I", body)
            self._send(callback, _DONE, struct.pack("=I", 0))
            self._send(_DISPLAY, _DELETE_ID, struct.pack("=I", callback))
        elif kind == "wl_display" and request == 1:  # get_registry
            (registry,) = struct.unpack("=I", body)
            self._objects[registry] = ("wl_registry", 0)
            for name, (interface, version) in enumerate(self._offers, start=1):
                self._send(registry, _GLOBAL, struct.pack("=I", name) + _text(interface) + struct.pack("=I", version))
        elif kind == "wl_registry" and request == 0:  # bind
            name, length = struct.unpack_from("=II", body)
            self._objects[struct.unpack("=I", body[-4:])[0]] = (body[8 : 8 + length - 1].decode(), name)
        elif kind == _NOTIFIER and request in (1, 2):
            notification, milliseconds, seat = struct.unpack("=III", body)
            self._objects[notification] = ("ext_idle_notification_v1", 0)
            self._notifications.append(notification)
            self.asked.append(("input idle" if request == 2 else "idle", milliseconds, self._objects[seat][1]))
