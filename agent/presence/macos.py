"""macOS, by its frameworks through ctypes. Written from their documentation; it has not been run."""

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from typing import Any

import psutil

from agent.presence.base import PresenceSensor, Told, Untold, harmless
from agent.presence.programs import as_named

assert sys.platform == "darwin"

_FRAMEWORKS = "/System/Library/Frameworks/{0}.framework/{0}"
_UTF8, _SINT64 = 0x08000100, 4
_ON_SCREEN_WITHOUT_DESKTOP = 1 | 16
_MOST_DISPLAYS, _MOST_WINDOWS = 16, 500


class _Rectangle(ctypes.Structure):
    _fields_ = (
        ("x", ctypes.c_double),
        ("y", ctypes.c_double),
        ("width", ctypes.c_double),
        ("height", ctypes.c_double),
    )


class MacosPresence(PresenceSensor):
    """The screen's session. macOS has no call for what a network costs but one of Swift's."""

    def idle(self) -> Told[float]:
        core, kit = _core(), ctypes.CDLL(_FRAMEWORKS.format("IOKit"))
        kit.IOServiceMatching.restype = kit.IORegistryEntryCreateCFProperty.restype = ctypes.c_void_p
        kit.IORegistryEntryCreateCFProperty.argtypes = (
            ctypes.c_uint32,
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_uint32,
        )
        matching = ctypes.c_void_p(kit.IOServiceMatching(b"IOHIDSystem"))
        service = kit.IOServiceGetMatchingService(0, matching)  # which takes `matching` away
        if not service:
            raise Untold("macOS has no system of keys and pointers (IOHIDSystem)")
        try:
            with (
                _text(core, "HIDIdleTime") as key,
                _owned(core, kit.IORegistryEntryCreateCFProperty(service, key, None, 0)) as told,
            ):
                nanoseconds = ctypes.c_int64()
                if not told or not core.CFNumberGetValue(told, _SINT64, ctypes.byref(nanoseconds)):
                    raise Untold("macOS doesn't tell when it was last used (HIDIdleTime)")
        finally:
            kit.IOObjectRelease(service)
        return Told(nanoseconds.value / 1e9, "macOS (HIDIdleTime)")

    def full_screen(self) -> Told[str]:
        """A window on the lowest layer that is as large as a display."""
        core, graphics = _core(), ctypes.CDLL(_FRAMEWORKS.format("CoreGraphics"))
        graphics.CGWindowListCopyWindowInfo.restype = ctypes.c_void_p
        with _owned(core, graphics.CGWindowListCopyWindowInfo(_ON_SCREEN_WITHOUT_DESKTOP, 0)) as windows:
            if not windows:
                raise Untold("macOS doesn't tell what is on the screen in this session")
            displays = _displays(graphics)
            for at in range(min(core.CFArrayGetCount(windows), _MOST_WINDOWS)):
                window = ctypes.c_void_p(core.CFArrayGetValueAtIndex(windows, at))
                if _number(core, window, "kCGWindowLayer") == 0 and _size(core, graphics, window) in displays:
                    return Told(_owner(core, window), "macOS (CGWindowList)")
        return Told("", "macOS (CGWindowList)")

    def on_battery(self) -> Told[bool]:
        battery = psutil.sensors_battery()  # which asks IOPowerSources
        return Told(battery is not None and battery.power_plugged is False, "macOS (IOPowerSources)")

    def is_metered(self) -> Told[bool]:
        raise Untold("macOS tells programs of this kind nothing of what a network costs")

    def close(self) -> None:
        """Nothing is held."""


def _core() -> Any:
    core = ctypes.CDLL(_FRAMEWORKS.format("CoreFoundation"))
    for name in ("CFStringCreateWithCString", "CFArrayGetValueAtIndex", "CFDictionaryGetValue"):
        getattr(core, name).restype = ctypes.c_void_p
    core.CFArrayGetCount.restype = ctypes.c_long
    core.CFArrayGetCount.argtypes = core.CFRelease.argtypes = (ctypes.c_void_p,)
    core.CFArrayGetValueAtIndex.argtypes = (ctypes.c_void_p, ctypes.c_long)
    core.CFDictionaryGetValue.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    core.CFNumberGetValue.argtypes = (ctypes.c_void_p, ctypes.c_long, ctypes.c_void_p)
    core.CFStringCreateWithCString.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
    return core


@contextlib.contextmanager
def _owned(core: Any, thing: int | None) -> Iterator[ctypes.c_void_p]:
    held = ctypes.c_void_p(thing)
    try:
        yield held
    finally:
        if held:
            core.CFRelease(held)


def _text(core: Any, text: str) -> contextlib.AbstractContextManager[ctypes.c_void_p]:
    return _owned(core, core.CFStringCreateWithCString(None, text.encode(), _UTF8))


def _value(core: Any, window: ctypes.c_void_p, name: str) -> ctypes.c_void_p:
    with _text(core, name) as key:
        return ctypes.c_void_p(core.CFDictionaryGetValue(window, key))


def _number(core: Any, window: ctypes.c_void_p, name: str) -> int | None:
    number, value = ctypes.c_int64(), _value(core, window, name)
    if not value or not core.CFNumberGetValue(value, _SINT64, ctypes.byref(number)):
        return None
    return number.value


def _owner(core: Any, window: ctypes.c_void_p) -> str:
    pid = _number(core, window, "kCGWindowOwnerPID")
    try:
        return harmless(as_named(psutil.Process(pid).name())) if pid else "a program without a name"
    except psutil.Error:
        return "a program without a name"


def _size(core: Any, graphics: Any, window: ctypes.c_void_p) -> tuple[float, float] | None:
    graphics.CGRectMakeWithDictionaryRepresentation.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    graphics.CGRectMakeWithDictionaryRepresentation.restype = ctypes.c_bool
    bounds, rectangle = _value(core, window, "kCGWindowBounds"), _Rectangle()
    if not bounds or not graphics.CGRectMakeWithDictionaryRepresentation(bounds, ctypes.byref(rectangle)):
        return None
    return rectangle.width, rectangle.height


def _displays(graphics: Any) -> set[tuple[float, float]]:
    graphics.CGDisplayBounds.restype = _Rectangle
    numbers, count = (ctypes.c_uint32 * _MOST_DISPLAYS)(), ctypes.c_uint32()
    if graphics.CGGetActiveDisplayList(_MOST_DISPLAYS, numbers, ctypes.byref(count)) != 0:
        return set()
    bounds = [graphics.CGDisplayBounds(number) for number in list(numbers)[: count.value]]
    return {(one.width, one.height) for one in bounds}
