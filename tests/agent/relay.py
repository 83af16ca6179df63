"""A wire between a node and its server that counts what passes, and may be cut: heads of HTTP and all."""

import contextlib
import socket
import threading
from collections.abc import Callable
from functools import partial

PIECE_BYTES = 4096
_BUFFER_BYTES = 8192


class Relay:
    """Listens at `url` while it is used in `with`, and carries every connection to `target`.

    `down_bytes` went to the node, `up_bytes` to the server. `cuts` times a connection ends once it has carried
    `cut_after` bytes to the server; while it `is_down` all do, and at once. Its own buffers are small: what it has
    counted is on its way.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.down_bytes = self.up_bytes = 0
        self.cuts = 0
        self.cut_after = 0
        self.is_down = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listening = self._small(socket.socket())
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(64)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> "Relay":
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # wakes who accepts
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in list(self._open):
            self._end(connection)
        for thread in self._threads:
            thread.join()

    def _small(self, connection: socket.socket) -> socket.socket:
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            connection.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
        return connection

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="relay")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self.is_down:
                near.close()
                continue
            far = self._small(socket.socket())
            far.connect(self.target)
            self._open |= {near, far}
            self._run(partial(self._carry, near, far, self._up))
            self._run(partial(self._carry, far, near, self._down))

    def _up(self, size: int, carried: int) -> bool:
        with self._lock:
            self.up_bytes += size
            is_cut = self.cuts > 0 and carried >= self.cut_after
            self.cuts -= is_cut
        return not is_cut

    def _down(self, size: int, carried: int) -> bool:
        with self._lock:
            self.down_bytes += size
        return True

    def _carry(self, source: socket.socket, sink: socket.socket, goes_on: Callable[[int, int], bool]) -> None:
        carried = 0
        with contextlib.suppress(OSError):  # one of the two has hung up
            while (piece := source.recv(PIECE_BYTES)) and not self.is_down:
                carried += len(piece)
                is_cut = not goes_on(len(piece), carried)  # counted first: its answer may come before we go on
                sink.sendall(piece)
                if is_cut:
                    break
        self._end(source)
        self._end(sink)

    def _end(self, connection: socket.socket) -> None:
        self._open.discard(connection)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()
