"""Starting at login: what is written, what the system would start, and that the switch says what is so."""

import asyncio
import os
import plistlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.child_processes import command_path
from gui.desktop import Desktop, Folders
from gui.single_instance import SingleInstance
from gui.start_at_login import BACKGROUND, LaunchAgent, LoginState, XdgAutostart, exec_line, of_this_system, own_command
from tests.gui.waiting import until

HARD = ['/opt/GPU Agent/100% "it"/$HOME/`x`/back\\slash/gpu-agent', BACKGROUND]


def as_a_desktop_does(line: str) -> list[str]:
    """The arguments of an Exec value by the specification: string escapes, then quotes, then field codes."""
    text = line.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace("\0", "\\")
    arguments, current, quoted, letters = [], "", False, iter(text)
    for letter in letters:
        if letter == '"':
            quoted = not quoted
        elif letter == "\\" and quoted:
            current += next(letters)
        elif letter == " " and not quoted:
            arguments.append(current)
            current = ""
        else:
            current += letter
    return [one.replace("%%", "%") for one in [*arguments, current]]


@pytest.mark.parametrize("command", [["/usr/bin/gpu-agent", BACKGROUND], HARD, ["/a\nb\tc/gpu-agent"]])
def test_any_path_comes_back_whole_from_exec(command: list[str]) -> None:
    assert as_a_desktop_does(exec_line(command)) == command


def test_the_entry_is_valid_and_the_switch_follows_what_others_do(tmp_path: Path) -> None:
    login = XdgAutostart(HARD, tmp_path / "autostart")
    assert login.state() == LoginState(False)
    login.turn(True)
    assert login.state() == LoginState(True)
    if (validate := shutil.which("desktop-file-validate")) is not None:
        done = subprocess.run([validate, str(login.file)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")
    text = login.file.read_text()
    for edited in ("Hidden=true\n", "X-GNOME-Autostart-enabled=false\n"):
        login.file.write_text(text + edited)
        assert login.state() == LoginState(False)
    login.file.write_text(text.replace("Exec=", "Exec=env A=1 "))
    assert login.state() == LoginState(True, f"env A=1 {exec_line(HARD)}")
    for broken in (b"\xff\xfe", b"no group\n", b"[Desktop Action]\nExec=x\n"):
        login.file.write_bytes(broken)
        assert login.state() == LoginState(False)
    login.turn(True)
    login.file.unlink()
    assert login.state() == LoginState(False)
    login.turn(False)


def test_a_folder_that_refuses_is_an_error_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file")
    login = XdgAutostart(["/usr/bin/gpu-agent"], tmp_path / "autostart")
    with pytest.raises(OSError, match="autostart"):
        login.turn(True)


def test_a_launch_agent_names_the_command_and_can_be_switched_off_by_others(tmp_path: Path) -> None:
    agent = LaunchAgent(HARD, tmp_path)
    assert agent.state() == LoginState(False)
    agent.turn(True)
    assert plistlib.loads(agent.file.read_bytes())["ProgramArguments"] == HARD
    assert agent.state() == LoginState(True)
    agent.file.write_bytes(plistlib.dumps({"ProgramArguments": HARD, "RunAtLoad": True, "Disabled": True}))
    assert agent.state() == LoginState(False)
    agent.file.write_bytes(b"none of ours")
    assert agent.state() == LoginState(False)
    agent.turn(False)
    assert not agent.file.exists()


SECOND_START = """
import sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication; from gui.single_instance import *
app = QCoreApplication([]); instance = SingleInstance(Path(sys.argv[1]))
sys.exit(instance.is_first() or (sys.argv[2] == "True" and not instance.raise_first()))
"""


async def start_again(folder: Path, *, raise_other: bool) -> None:
    """A second program of the same user, which finds the first."""
    again = await asyncio.create_subprocess_exec(sys.executable, "-c", SECOND_START, str(folder), str(raise_other))
    assert await again.wait() == 0


async def test_in_the_background_only_the_tray_opens_until_the_window_is_asked_for(
    qapp: QApplication, tmp_path: Path
) -> None:
    folders = Folders(tmp_path / "config", tmp_path / "data", tmp_path / "logs")
    instance, closing = SingleInstance(folders.config), asyncio.Event()
    assert instance.is_first()
    made = Desktop(qapp, folders, instance)
    made.prepare()
    program = asyncio.ensure_future(made.run(closing))
    try:
        await until(lambda: made.tray is not None)
        assert not made.window.isVisible()
        await start_again(folders.config, raise_other=False)
        assert not made.window.isVisible()
        await start_again(folders.config, raise_other=True)
        await until(made.window.isVisible)
    finally:
        closing.set()
        assert await program == 0
    made.window.deleteLater()
    made.deleteLater()


@pytest.mark.skipif(sys.platform != "linux", reason="the autostart folder of Linux")
async def test_the_command_that_is_written_starts_and_leaves_an_open_window_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    login = of_this_system(own_command())
    assert isinstance(login, XdgAutostart)
    login.turn(True)
    assert login.file == tmp_path / "config" / "autostart" / "gpu-agent.desktop"
    lines = dict(line.split("=", 1) for line in login.file.read_text().splitlines() if "=" in line)
    command = as_a_desktop_does(lines["Exec"])
    assert command == [command_path("gpu-agent"), BACKGROUND]
    environment = {
        **os.environ,
        **{f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")},
        "QT_QPA_PLATFORM": "offscreen",
    }

    def run(command: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    pipe = asyncio.subprocess.PIPE
    first = await asyncio.create_subprocess_exec(*command, env=environment, stdout=pipe, stderr=pipe)
    try:
        await until((tmp_path / "state" / "gpu-agent").exists)  # its log's folder; by then it listens for others
        second = await asyncio.to_thread(run, command[:1])
        assert second.returncode == 0 and "open already" in second.stderr
        third = await asyncio.to_thread(run, command)
        assert (third.returncode, third.stderr) == (0, "")
    finally:
        first.send_signal(signal.SIGTERM)
        out, error = await first.communicate()
    assert (first.returncode, out) == (0, b""), error
