"""Whether the system starts this program when its user logs in, and the switch for it. No Qt here.

One implementation a system: the XDG autostart folder on Linux and its relatives, the Run key on Windows, a launch agent
on macOS. The last two have not been run yet. Nothing is remembered here: what is said is what the system has now.
"""

import configparser
import plistlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec
import platformdirs

from core.private_files import write_private

from .child_processes import command_path

BACKGROUND = "--background"
_NAME = "gpu-agent"
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_SECTION = "Desktop Entry"


class LoginState(msgspec.Struct, frozen=True):
    """`other` is the command that the system starts in place of this program's own, if it does."""

    is_on: bool
    other: str = ""


class StartAtLogin(Protocol):
    """`state` and `turn` raise OSError where the system refuses."""

    def state(self) -> LoginState: ...
    def turn(self, on: bool) -> None: ...


def own_command() -> list[str]:
    """What is to be started: this installation, without its window. Raises CommandError where it is not installed."""
    return [command_path(_NAME), BACKGROUND]


def of_this_system(command: Sequence[str]) -> StartAtLogin:
    """The switch that this system has, for `command`."""
    if sys.platform == "win32":
        return RunKey(command)
    if sys.platform == "darwin":
        return LaunchAgent(command, Path.home() / "Library" / "LaunchAgents")
    return XdgAutostart(command, platformdirs.user_config_path() / "autostart")


class XdgAutostart:
    """An entry in $XDG_CONFIG_HOME/autostart, by the Desktop Application Autostart and Desktop Entry specifications."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._exec = exec_line(command)
        self.file = folder / f"{_NAME}.desktop"

    def state(self) -> LoginState:
        entry = self._read()
        line = entry.get("Exec", "")
        hidden = entry.get("Hidden", "").lower() == "true"
        off = entry.get("X-GNOME-Autostart-enabled", "").lower() == "false"
        if not line or entry.get("Type") != "Application" or hidden or off:
            return LoginState(False)
        return LoginState(True, "" if line == self._exec else line)

    def turn(self, on: bool) -> None:
        if not on:
            self.file.unlink(missing_ok=True)
            return
        lines = [
            f"[{_SECTION}]",
            "Type=Application",
            "Name=GPU-Agent",
            "Comment=Train your own model on other people's home GPUs",
            "Comment[zh_CN]=用别人家的 GPU 训练你自己的模型",
            f"Exec={self._exec}",
            f"Icon={_NAME}",
            "Terminal=false",
        ]
        write_private(self.file, ("\n".join(lines) + "\n").encode())

    def _read(self) -> dict[str, str]:
        """The entry's own group; empty where there is none that a desktop could read."""
        parser = configparser.ConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=False, interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign] # keys of an entry are case sensitive
        try:
            parser.read_string(self.file.read_text(encoding="utf-8"))
        except (FileNotFoundError, UnicodeDecodeError, configparser.Error):
            return {}
        return dict(parser[_SECTION]) if parser.has_section(_SECTION) else {}


def exec_line(command: Sequence[str]) -> str:
    """The value of Exec: each argument quoted where it must be, then escaped as every string of an entry is."""
    quoted = " ".join(_quoted(argument) for argument in command)
    return "".join(_ESCAPES.get(letter, letter) for letter in quoted)


def _quoted(argument: str) -> str:
    argument = argument.replace("%", "%%")  # else a field code
    if argument and not _RESERVED.intersection(argument):
        return argument
    inner = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in argument)
    return f'"{inner}"'


class LaunchAgent:
    """A property list in ~/Library/LaunchAgents, which launchd reads at login."""

    label = "io.gpu-agent.window"

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._command = list(command)
        self.file = folder / f"{self.label}.plist"

    def state(self) -> LoginState:
        try:
            entry = plistlib.loads(self.file.read_bytes())
        except (FileNotFoundError, plistlib.InvalidFileException, ValueError):
            return LoginState(False)
        named = entry.get("ProgramArguments") if isinstance(entry, dict) else None
        if not isinstance(named, list) or not entry.get("RunAtLoad") or entry.get("Disabled"):
            return LoginState(False)
        return LoginState(True, "" if named == self._command else " ".join(str(part) for part in named))

    def turn(self, on: bool) -> None:
        if not on:
            self.file.unlink(missing_ok=True)
            return
        entry = {
            "Label": self.label,
            "ProgramArguments": self._command,
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        write_private(self.file, plistlib.dumps(entry))


if sys.platform == "win32":
    import winreg
    from subprocess import list2cmdline

    _RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
    _APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

    class RunKey:
        """A value of the user's Run key, which Task Manager may have switched off beside it."""

        value = "GPU-Agent"

        def __init__(self, command: Sequence[str]) -> None:
            self._line = list2cmdline(command)

        def state(self) -> LoginState:
            line, approved = self._read(_RUN), self._read(_APPROVED)
            refused = isinstance(approved, bytes) and bool(approved[:1]) and bool(approved[0] & 1)
            if not isinstance(line, str) or refused:
                return LoginState(False)
            return LoginState(True, "" if line == self._line else line)

        def turn(self, on: bool) -> None:
            self._forget(_APPROVED)
            if not on:
                self._forget(_RUN)
                return
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
                winreg.SetValueEx(key, self.value, 0, winreg.REG_SZ, self._line)

        def _read(self, path: str) -> object:
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                    return winreg.QueryValueEx(key, self.value)[0]
            except FileNotFoundError:
                return None

        def _forget(self, path: str) -> None:
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, 0, winreg.KEY_SET_VALUE) as key:
                    winreg.DeleteValue(key, self.value)
            except FileNotFoundError:
                return
