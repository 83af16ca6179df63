"""Questions to other programs over D-Bus, by jeepney (plain Python, and here already for the system's keyring)."""

import struct
from typing import TYPE_CHECKING

from agent.presence.base import ANSWER_SECONDS, Untold, harmless
from agent.presence.own_thread import OwnThread

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

_CONNECTING_TAKES = 2
_PROPERTIES = "org.freedesktop.DBus.Properties"
_NOBODY = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.UnknownMethod",
    "org.freedesktop.DBus.Error.UnknownObject",
    "org.freedesktop.DBus.Error.UnknownInterface",
)


class Place:
    """An object of a program on a bus, called `program` in words."""

    def __init__(self, program: str, name: str, path: str, interface: str) -> None:
        self.program = program
        self.name = name
        self.path = path
        self.interface = interface


class Bus:
    """A message bus. The connection is made when it is first asked, and anew after it broke; nothing is ever started by
    a question, as D-Bus would."""

    def __init__(self, address: str, called: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """`address` as D-Bus writes it; `called`: what it is in words, such as "the system bus"."""
        self._address = address
        self._called = called
        self._seconds = answer_seconds
        self._connection: DBusConnection | None = None
        self._connecting = OwnThread(called)

    def call(self, place: Place, method: str, signature: str = "", *arguments: object) -> tuple[object, ...]:
        """What a method answers. Raises Untold."""
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(place.path, bus_name=place.name, interface=place.interface)
        return self._ask(place, new_method_call(address, method, signature or None, arguments))

    def get(self, place: Place, name: str) -> object:
        """A property's value. Raises Untold."""
        of = Place(place.program, place.name, place.path, _PROPERTIES)
        return _value(self.call(of, "Get", "ss", place.interface, name)[0])

    def get_all(self, place: Place) -> dict[str, object]:
        """All properties. Raises Untold."""
        of = Place(place.program, place.name, place.path, _PROPERTIES)
        told = self.call(of, "GetAll", "s", place.interface)[0]
        if not isinstance(told, dict):
            raise Untold(f"{place.program} answers in another form")
        return {name: _value(value) for name, value in told.items()}

    def close(self) -> None:
        """Hang up; a later call connects anew."""
        self._connecting.close()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, place: Place, message: "Message") -> tuple[object, ...]:
        from jeepney import DBusErrorResponse, MessageFlag
        from jeepney.wrappers import unwrap_msg

        message.header.flags |= MessageFlag.no_auto_start
        try:
            connection = self._connect()
            body = unwrap_msg(connection.send_and_get_reply(message, timeout=self._seconds))
        except DBusErrorResponse as error:
            if error.name in _NOBODY:
                raise Untold(f"{place.program} isn't there ({self._called})") from None
            raise Untold(f"{place.program} doesn't tell: {harmless(error.name)}") from None
        except TimeoutError:
            # Its answer may come yet; the connection passes over it then.
            raise Untold(f"{place.program} doesn't answer ({self._called})") from None
        except (OSError, ValueError, RuntimeError, struct.error) as error:
            self._hang_up()
            raise self._broken(error) from None
        if not isinstance(body, tuple) or not body:
            raise Untold(f"{place.program} answers in another form")
        return body

    def _connect(self) -> "DBusConnection":
        """In a thread of its own, since the library waits for the bus's first answer without end."""
        if self._connection is None:
            self._connecting.do(self._open, self._seconds * _CONNECTING_TAKES)
        if self._connection is None:
            raise Untold(f"{self._called} doesn't answer")
        return self._connection

    def _broken(self, error: Exception) -> Untold:
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            return Untold(f"{self._called} isn't there")
        return Untold(f"{self._called} can't be asked: {harmless(str(error))}")

    def _open(self) -> None:
        from jeepney.io.blocking import open_dbus_connection

        try:
            self._connection = open_dbus_connection(self._address, auth_timeout=self._seconds)
        except (OSError, ValueError, RuntimeError, struct.error) as error:
            raise self._broken(error) from None


def _value(variant: object) -> object:
    """A variant comes as its signature and its value."""
    if isinstance(variant, tuple) and len(variant) == 2:
        return variant[1]
    return variant
