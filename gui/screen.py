"""Whether a window can be opened here at all. Qt ends the whole program where it can't, so this is asked before. No Qt.

Only what Qt itself would need is looked at: its library for the screen, and whether the screen answers.
"""

import ctypes
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path


def why_no_window() -> str | None:
    """None where a window can be opened; else the reason, in words."""
    found = find_spec("PySide6")
    if found is None or not found.submodule_search_locations:
        return "Qt (PySide6) is not installed"
    if os.environ.get("QT_QPA_PLATFORM"):
        return None  # its user says how to show it
    if sys.platform in ("win32", "darwin"):
        return None
    return _why_no_screen(Path(found.submodule_search_locations[0]) / "Qt" / "plugins" / "platforms")


def _why_no_screen(plugins: Path) -> str | None:
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if not wayland and not x11:
        return "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    reasons = []
    if wayland:
        reasons.append(_why_not_loaded(plugins / "libqwayland.so") or _why_no_wayland(wayland))
    if x11:
        reasons.append(_why_not_loaded(plugins / "libqxcb.so") or _why_no_x11(x11))
    return None if None in reasons else "; ".join(str(reason) for reason in reasons)


def _why_not_loaded(plugin: Path) -> str | None:
    if not plugin.is_file():
        return f"Qt's {plugin.name} is not installed"
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return f"a library that Qt needs is missing ({error})"
    return None


def _why_no_wayland(display: str) -> str | None:
    path = Path(os.environ.get("XDG_RUNTIME_DIR", ""), display)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError as error:
            return f"the screen {display} doesn't answer ({error.strerror or error})"
    return None


def _why_no_x11(display: str) -> str | None:
    """libxcb's own answer, since it alone knows all ways to a screen and its password."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return f"a library that Qt needs is missing ({error})"
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"the screen {display} doesn't answer" if failed else None
