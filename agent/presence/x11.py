"""A screen of X11, by python-xlib: plain Python, so that nothing has to be built where the node is installed."""

import os
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from agent.presence.base import ANSWER_SECONDS, Told, Untold, harmless
from agent.presence.own_thread import OwnThread
from agent.presence.programs import as_named

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.protocol.request import GetProperty

_T = TypeVar("_T")
_CONNECTING_TAKES = 10
_MOST_WINDOWS = 500
_ALL_DESKTOPS = 0xFFFFFFFF
_SAVER = "MIT-SCREEN-SAVER"
_NO_FILE = "/nonexistent"


class XScreen:
    """One display of this machine. It is connected to when first asked, and anew after it broke."""

    def __init__(
        self,
        name: str,
        authority: str | None,
        executable_of: Callable[[int], str],
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`name` as in DISPLAY, `authority` the file with its key; `executable_of` names a process."""
        self.name = name
        self._authority = authority
        self._executable_of = executable_of
        self._seconds = answer_seconds
        self._display: Display | None = None
        self._thread = OwnThread(f"the X server of {harmless(name)}")

    @staticmethod
    def is_local(name: str) -> bool:
        """Whether it is a screen of this machine; one that ssh brings here is another's."""
        return name.startswith((":", "unix:"))

    def idle(self) -> Told[float]:
        """Seconds since the last key or movement. Under Wayland that is what X11's own programs saw of them, which says
        nothing. Raises Untold."""
        return self._do(self._idle)

    def full_screen(self) -> Told[str]:
        """The program of a window that fills a screen now, "" for none. Raises Untold."""
        return self._do(self._full_screen)

    def close(self) -> None:
        """Hang up."""
        self._thread.close(self._disconnect)

    def _do(self, question: Callable[["Display"], Told[_T]]) -> Told[_T]:
        seconds = self._seconds * (_CONNECTING_TAKES if self._display is None else 1)
        return self._thread.do(lambda: self._ask(question), seconds)

    def _ask(self, question: Callable[["Display"], Told[_T]]) -> Told[_T]:
        from Xlib import error

        try:
            if self._display is None:
                self._display = self._connect()
            return question(self._display)
        except (error.DisplayError, error.ConnectionClosedError, OSError) as failure:
            self._disconnect()
            raise Untold(f"the X server of {harmless(self.name)} can't be asked: {harmless(str(failure))}") from None
        except error.XError as failure:
            raise Untold(f"the X server of {harmless(self.name)} doesn't tell: {harmless(str(failure))}") from None

    def _connect(self) -> "Display":
        from Xlib import error
        from Xlib.display import Display

        before = os.environ.get("XAUTHORITY")
        os.environ["XAUTHORITY"] = _with_keys(self._authority)  # the library takes it from nowhere else
        try:
            # Without "unix/" the library tries the network next.
            display = Display(f"unix/{self.name}" if self.name.startswith(":") else self.name)
        except (error.DisplayError, error.ConnectionClosedError, OSError) as failure:
            _close_sockets(failure)
            raise
        finally:
            if before is None:
                del os.environ["XAUTHORITY"]
            else:
                os.environ["XAUTHORITY"] = before
        display.set_error_handler(_pass_over)
        return display

    def _disconnect(self) -> None:
        if self._display is not None:
            display, self._display = self._display, None
            display.display.socket.close()

    def _idle(self, display: "Display") -> Told[float]:
        from Xlib.ext import screensaver

        if display.query_extension("XWAYLAND") is not None:
            raise Untold(f"under Wayland the X server of {harmless(self.name)} sees only its own programs' keys")
        if not display.has_extension(_SAVER):
            raise Untold(f"the X server of {harmless(self.name)} lacks the extension {_SAVER}")
        answer: Any = screensaver.query_info(display.screen().root)
        return Told(answer.idle / 1000, f"the X server of {harmless(self.name)}")

    def _full_screen(self, display: "Display") -> Told[str]:
        root: int = display.screen().root.id
        atom = display.display.get_atom  # asked once each, then remembered
        by = f"the windows of {harmless(self.name)}, as their manager marks them (EWMH)"
        for _ in range(display.pending_events()):
            display.next_event()  # such as a new layout of keys, told to everybody
        manager = _numbers(_ask_property(display, root, atom("_NET_SUPPORTING_WM_CHECK"), 1))
        if not manager or _numbers(_ask_property(display, manager[0], atom("_NET_SUPPORTING_WM_CHECK"), 1)) != manager:
            raise Untold(f"no window manager on {harmless(self.name)} tells which windows fill the screen")
        windows = _numbers(_ask_property(display, root, atom("_NET_CLIENT_LIST"), _MOST_WINDOWS))
        current = _numbers(_ask_property(display, root, atom("_NET_CURRENT_DESKTOP"), 1))
        asked = [(window, _ask_property(display, window, atom("_NET_WM_STATE"), 32)) for window in windows]
        fills, hidden = atom("_NET_WM_STATE_FULLSCREEN"), atom("_NET_WM_STATE_HIDDEN")
        for window, question in asked:
            state = _numbers(question)
            if fills in state and hidden not in state:
                desktop = _numbers(_ask_property(display, window, atom("_NET_WM_DESKTOP"), 1))
                if not desktop or not current or desktop[0] in (current[0], _ALL_DESKTOPS):
                    return Told(self._program_of(display, window), by)
        return Told("", by)

    def _program_of(self, display: "Display", window: int) -> str:
        """By the process that the server has the connection of: what a window says of itself may be another
        container's number. Else by its class."""
        from Xlib import error
        from Xlib.ext import res

        try:
            if display.has_extension(res.extname):
                answer: Any = res.query_client_ids(display, [(window, res.LocalClientPIDMask)])
                for one in answer.ids:
                    if one.value and (name := self._executable_of(one.value[0])):
                        return harmless(as_named(name))
            kind = display.create_resource_object("window", window).get_wm_class()
        except error.XError:
            return "a program that has just ended"
        return harmless(kind[1]) if kind and kind[1] else "a program without a name"


def _close_sockets(failure: BaseException) -> None:
    """Those that the library leaves open where a server is not there or refuses us."""
    from Xlib.protocol.display import Display

    link: BaseException | None = failure
    while link is not None:
        for frame, _ in traceback.walk_tb(link.__traceback__):
            for value in frame.f_locals.values():
                held = vars(value).get("socket") if isinstance(value, Display) else value
                if isinstance(held, socket.socket):
                    held.close()
        link = link.__context__


def _with_keys(authority: str | None) -> str:
    """The file to read keys from; the library writes to stdout about one that is there and empty."""
    try:
        if authority is not None and Path(authority).stat().st_size > 0:
            return authority
    except OSError:
        pass
    return _NO_FILE


def _pass_over(failure: object, request: object) -> int:
    """Errors that nobody waits for: the library would write them to stderr."""
    return 1


def _ask_property(display: "Display", window: int, atom: int, most: int) -> "GetProperty":
    """Ask without waiting for the answer; `most` values of 32 bits."""
    from Xlib import X
    from Xlib.protocol import request

    return request.GetProperty(
        display=display.display,
        defer=True,
        delete=False,
        window=window,
        property=atom,
        type=X.AnyPropertyType,
        long_offset=0,
        long_length=most,
    )


def _numbers(question: "GetProperty") -> list[int]:
    """The answer's values; none where the window has ended, or where they are no numbers."""
    from Xlib import error

    answer: Any = question
    try:
        answer.reply()
    except error.XError:
        return []
    if not answer.property_type:
        return []
    bits, values = answer.value
    return [int(value) for value in values] if bits == 32 else []
