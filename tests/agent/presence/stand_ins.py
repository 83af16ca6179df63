"""A message bus of one's own, and programs on it that answer as logind, Mutter or NetworkManager do."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from jeepney import HeaderFields, Message, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

PROPERTIES = "org.freedesktop.DBus.Properties"
Answer = tuple[str, tuple[Any, ...]]


@contextmanager
def bus_daemon(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A real one, by its address; skips the test where none is installed."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("not installed: dbus-daemon")
    wanted = f"unix:path={folder}/bus"
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1", f"--address={wanted}"], stdout=subprocess.PIPE
    )
    assert daemon.stdout is not None
    try:
        daemon.stdout.readline()  # it listens now
        yield wanted, daemon
    finally:
        daemon.kill()
        daemon.wait()
        daemon.stdout.close()


class BusProgram:
    """Answers by two tables that a test may change while it runs: properties by path and interface, and methods by
    path, interface and name; all else is an unknown method. `asked` are the methods that were called."""

    def __init__(self, address: str, name: str) -> None:
        self.properties: dict[tuple[str, str], dict[str, tuple[str, Any]]] = {}
        self.methods: dict[tuple[str, str, str], Callable[..., Answer]] = {}
        self.asked: list[str] = []
        self._connection = open_dbus_connection(address)
        Proxy(message_bus, self._connection).RequestName(name)
        self._thread = threading.Thread(target=self._serve, args=(self._connection,))
        self._thread.start()

    def __enter__(self) -> "BusProgram":
        return self

    def __exit__(self, *ended: object) -> None:
        with suppress(OSError):  # the bus may have ended
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._connection.close()

    def _serve(self, connection: DBusConnection) -> None:
        while True:
            try:
                message = connection.receive()
            except ConnectionError:
                return
            if message.header.message_type is MessageType.method_call:
                connection.send(self._reply(message))

    def _reply(self, message: Message) -> Message:
        fields = message.header.fields
        path, interface, member = (
            str(fields.get(field)) for field in (HeaderFields.path, HeaderFields.interface, HeaderFields.member)
        )
        self.asked.append(member)
        if (path, interface, member) in self.methods:
            signature, body = self.methods[path, interface, member](*message.body)
            return new_method_return(message, signature, body)
        if interface == PROPERTIES and (path, message.body[0]) in self.properties:
            values = self.properties[path, message.body[0]]
            if member == "GetAll":
                return new_method_return(message, "a{sv}", (values,))
            return new_method_return(message, "v", (values[message.body[1]],))
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")


class FakeLogind:
    """Its table of logins, kept by a test."""

    NAME = "org.freedesktop.login1"

    def __init__(self, program: BusProgram) -> None:
        self._program = program
        self._listed: dict[str, tuple[str, int, str, str, str]] = {}
        program.methods["/org/freedesktop/login1", f"{self.NAME}.Manager", "ListSessions"] = lambda: (
            "a(susso)",
            (list(self._listed.values()),),
        )

    def log_in(self, number: str, uid: int, **facts: tuple[str, Any]) -> None:
        path = f"/org/freedesktop/login1/session/{number}"
        self._listed[number] = (number, uid, "someone", "seat0", path)
        plain: dict[str, tuple[str, Any]] = {
            "Class": ("s", "user"),
            "State": ("s", "active"),
            "Type": ("s", "tty"),
            "TTY": ("s", ""),
            "Display": ("s", ""),
            "IdleHint": ("b", False),
            "IdleSinceHintMonotonic": ("t", 0),
        }
        self._program.properties[path, f"{self.NAME}.Session"] = {**plain, **facts}

    def log_out(self, number: str) -> None:
        del self._listed[number]
