"""Windows, by its own calls through ctypes. Written from their documentation; it has not been run."""

import ctypes
import sys
import uuid

import psutil

from agent.presence.base import PresenceSensor, Told, Untold, harmless
from agent.presence.programs import as_named

assert sys.platform == "win32"

_TICKS = 1 << 32
_NOT_PRESENT, _BUSY, _DIRECT_3D, _PRESENTATION = 1, 2, 3, 4  # QUERY_USER_NOTIFICATION_STATE
_ON_LINE_POWER, _POWER_UNKNOWN = 1, 255
_NETWORK_LIST = "DCB00C01-570F-4A9B-8D69-199FDBA5723B"
_NETWORK_COST = "DCB00008-570F-4A9B-8D69-199FDBA5723B"
_ALL_SERVERS = 23
_RELEASE, _GET_COST = 2, 3  # places in the table of INetworkCostManager
_COST_KNOWN, _COST_METERED = 0x7, 0x50006  # fixed, variable, over the limit, roaming


class _LastInput(ctypes.Structure):
    _fields_ = (("size", ctypes.c_uint32), ("ticks", ctypes.c_uint32))


class _PowerStatus(ctypes.Structure):
    _fields_ = (
        ("line", ctypes.c_ubyte),
        ("battery", ctypes.c_ubyte),
        ("percent", ctypes.c_ubyte),
        ("saver", ctypes.c_ubyte),
        ("seconds_left", ctypes.c_uint32),
        ("seconds_full", ctypes.c_uint32),
    )


class WindowsPresence(PresenceSensor):
    """A node in its owner's session sees that session; one that is a service sees none, and says so."""

    def idle(self) -> Told[float]:
        last = _LastInput(size=ctypes.sizeof(_LastInput))
        if not ctypes.windll.user32.GetLastInputInfo(ctypes.byref(last)):
            raise Untold("Windows doesn't tell of input in this session (is the node a service?)")
        now: int = ctypes.windll.kernel32.GetTickCount()
        return Told(((now - last.ticks) % _TICKS) / 1000, "Windows (GetLastInputInfo)")

    def full_screen(self) -> Told[str]:
        state = ctypes.c_int()
        if ctypes.windll.shell32.SHQueryUserNotificationState(ctypes.byref(state)) != 0:
            raise Untold("Windows doesn't tell what fills the screen")
        by = "Windows (SHQueryUserNotificationState)"
        if state.value == _NOT_PRESENT or state.value not in (_BUSY, _DIRECT_3D, _PRESENTATION):
            return Told("", by)
        return Told(_foreground_program() or "a program without a name", by)

    def on_battery(self) -> Told[bool]:
        status = _PowerStatus()
        if not ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status)) or status.line == _POWER_UNKNOWN:
            raise Untold("Windows doesn't tell what it draws on")
        return Told(status.line != _ON_LINE_POWER, "Windows (GetSystemPowerStatus)")

    def is_metered(self) -> Told[bool]:
        ole = ctypes.windll.ole32
        ole.CoInitializeEx(None, 0)  # once a thread; again does no harm
        manager = ctypes.c_void_p()
        made = ole.CoCreateInstance(
            _guid(_NETWORK_LIST), None, _ALL_SERVERS, _guid(_NETWORK_COST), ctypes.byref(manager)
        )
        if made != 0 or not manager:
            raise Untold("Windows doesn't tell what its network costs")
        table = ctypes.cast(manager, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
        get_cost = ctypes.WINFUNCTYPE(ctypes.c_long, ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint32), ctypes.c_void_p)(
            table[_GET_COST] or 0
        )
        release = ctypes.WINFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)(table[_RELEASE] or 0)
        cost = ctypes.c_uint32()
        try:
            if get_cost(manager, ctypes.byref(cost), None) != 0 or not cost.value & _COST_KNOWN:
                raise Untold("Windows doesn't know what its network costs")
        finally:
            release(manager)
        return Told(bool(cost.value & _COST_METERED), "Windows (INetworkCostManager)")

    def close(self) -> None:
        """Nothing is held."""


def _guid(text: str) -> "ctypes.Array[ctypes.c_char]":
    return ctypes.create_string_buffer(uuid.UUID(text).bytes_le, 16)


def _foreground_program() -> str:
    pid = ctypes.c_uint32()
    user = ctypes.windll.user32
    user.GetWindowThreadProcessId(user.GetForegroundWindow(), ctypes.byref(pid))
    try:
        return harmless(as_named(psutil.Process(pid.value).name()))
    except psutil.Error:
        return ""
