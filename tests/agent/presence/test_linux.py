"""A whole look on Linux: a real message bus with logind, desktops and NetworkManager on it, real screens, terminals."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

if sys.platform != "linux":
    pytest.skip("the sensor of Linux", allow_module_level=True)

from agent.policy.surroundings import Presence
from agent.presence.base import Told, Untold
from agent.presence.desktop import find_environment
from agent.presence.linux import LinuxPresence
from core.protocol.node_rules import RuleKind, Rules
from tests.agent.presence.compositor import IDLED, Compositor
from tests.agent.presence.screens import Hand, managed, x_server
from tests.agent.presence.stand_ins import BusProgram, FakeLogind, bus_daemon

ME = os.getuid()
NETWORK = "org.freedesktop.NetworkManager"
NETWORK_PLACE = ("/org/freedesktop/NetworkManager", NETWORK)
X11 = ("s", "x11")
WAYLAND = ("s", "wayland")


class Clocks:
    """Both that the sensor reads, moved by hand."""

    def __init__(self) -> None:
        self.now = 5_000.0
        self.wall = 1_800_000_000.0

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds


class Machine:
    """A bus, and what the sensor is told of it."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.clocks = Clocks()
        self._folder = folder
        self._sensors: list[LinuxPresence] = []

    def sensor(self, **variables: str) -> LinuxPresence:
        environ: Mapping[str, str] = {
            "DBUS_SYSTEM_BUS_ADDRESS": self.address,
            "DBUS_SESSION_BUS_ADDRESS": self.address,
            "XDG_RUNTIME_DIR": str(self._folder),
            **variables,
        }
        sensor = LinuxPresence(
            os.getpid(),
            environ=environ,
            supplies=self._folder / "supplies",
            clock=lambda: self.clocks.now,
            wall_clock=lambda: self.clocks.wall,
            answer_seconds=60,
        )
        self._sensors.append(sensor)
        return sensor

    def close(self) -> None:
        for sensor in self._sensors:
            sensor.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with bus_daemon(tmp_path) as (address, _):
        machine = Machine(address, tmp_path)
        yield machine
        machine.close()


@pytest.fixture
def logind(machine: Machine) -> Iterator[FakeLogind]:
    with BusProgram(machine.address, FakeLogind.NAME) as program:
        yield FakeLogind(program)


def milliseconds(value: int) -> Callable[..., Any]:
    return lambda: ("u", (value,))


def why_not(ask: Callable[[], Told[Any]]) -> str:
    with pytest.raises(Untold) as told:
        ask()
    return str(told.value)


def test_a_metered_network_is_what_networkmanager_knows_or_takes_for_one(machine: Machine) -> None:
    sensor = machine.sensor()
    assert why_not(sensor.is_metered) == "NetworkManager isn't there (the system bus)"
    with BusProgram(machine.address, NETWORK) as manager:
        for value, is_metered in ((1, True), (2, False), (3, True), (4, False)):
            manager.properties[NETWORK_PLACE] = {"Metered": ("u", value)}
            assert sensor.is_metered().value is is_metered
        for odd in (("u", 0), ("u", 99), ("s", "yes")):
            manager.properties[NETWORK_PLACE] = {"Metered": odd}
            assert "doesn't know" in why_not(machine.sensor().is_metered)


def test_where_nobody_is_logged_in_the_machine_is_idle_from_then_on(machine: Machine, logind: FakeLogind) -> None:
    sensor = machine.sensor()
    assert sensor.idle().value == 0
    machine.clocks.pass_by(600)
    assert sensor.idle().value == 600
    assert sensor.full_screen().value == ""
    logind.log_in("1", ME, TTY=("s", "nothing/here"))
    assert "can't be seen" in why_not(sensor.idle)
    logind.log_out("1")
    assert sensor.idle().value == 0, "it counts anew"


def test_greeters_and_copies_of_files_are_nobodys_hands(machine: Machine, logind: FakeLogind) -> None:
    logind.log_in("c1", 120, Class=("s", "greeter"), Type=WAYLAND)
    logind.log_in("2", ME, Class=("s", "manager"))
    logind.log_in("3", ME, State=("s", "closing"), Type=X11)
    logind.log_in("4", ME, Type=("s", "tty"))
    sensor = machine.sensor()
    sensor.idle()
    machine.clocks.pass_by(60)
    assert sensor.idle().value == 60


def test_somebody_at_a_remote_shell_is_seen_by_what_was_typed(machine: Machine, logind: FakeLogind) -> None:
    controller, terminal = pty.openpty()
    try:
        name = os.ttyname(terminal)
        logind.log_in("7", 4321, TTY=("s", name.removeprefix("/dev/")), Remote=("b", True))
        sensor = machine.sensor()
        os.utime(name, (machine.clocks.wall - 300, machine.clocks.wall))
        assert sensor.idle().value == pytest.approx(300, abs=1)
        os.utime(name, (machine.clocks.wall - 10, machine.clocks.wall))
        assert sensor.idle().value == pytest.approx(10, abs=1)
        assert sensor.full_screen().value == "", "a shell fills no screen"
    finally:
        os.close(controller)
        os.close(terminal)


def test_a_terminals_name_that_leads_elsewhere_is_not_looked_at(machine: Machine, logind: FakeLogind) -> None:
    logind.log_in("1", ME, TTY=("s", "../etc/passwd"))
    logind.log_in("2", ME, TTY=("s", "shm"))
    assert why_not(machine.sensor().idle) == "/dev/shm is no terminal"


def test_another_users_desktop_is_seen_by_the_hint_it_gives_logind(machine: Machine, logind: FakeLogind) -> None:
    at = int((machine.clocks.now - 90) * 1e6)
    logind.log_in("2", 4321, Type=WAYLAND, IdleHint=("b", True), IdleSinceHintMonotonic=("t", at))
    sensor = machine.sensor()
    assert sensor.idle() == (90, "logind's hint for login 2", "")
    logind.log_in("2", 4321, Type=WAYLAND, IdleHint=("b", False), IdleSinceHintMonotonic=("t", at))
    assert sensor.idle().value == 0
    assert why_not(sensor.full_screen) == f"the screen of user 4321 can't be seen by the node, which is user {ME}"


def test_a_desktop_that_never_gives_a_hint_is_not_thought_to_be_in_use(machine: Machine, logind: FakeLogind) -> None:
    logind.log_in("2", 4321, Type=X11)
    assert why_not(machine.sensor().idle) == "the desktop of login 2 doesn't tell logind when it is idle"


def test_gnome_tells_for_its_wayland_session_and_of_all_the_least_idle_counts(
    machine: Machine, logind: FakeLogind
) -> None:
    logind.log_in("2", ME, Type=WAYLAND)
    sensor = machine.sensor(WAYLAND_DISPLAY="wayland-none")
    name = "org.gnome.Mutter.IdleMonitor"
    with BusProgram(machine.address, name) as mutter:
        mutter.methods["/org/gnome/Mutter/IdleMonitor/Core", name, "GetIdletime"] = lambda: ("t", (65_500,))
        assert sensor.idle() == (65.5, "GNOME's Mutter", "")
        logind.log_in(
            "9", 4321, Type=X11, IdleHint=("b", True), IdleSinceHintMonotonic=("t", int((machine.clocks.now - 8) * 1e6))
        )
        assert sensor.idle().value == 8
    assert "Wayland doesn't tell" in why_not(sensor.full_screen)


def test_kdes_screen_saver_counts_once_it_has_told_of_idle_time(machine: Machine) -> None:
    sensor = machine.sensor(WAYLAND_DISPLAY="wayland-none")
    name = "org.freedesktop.ScreenSaver"
    with BusProgram(machine.address, name) as saver:
        place = ("/org/freedesktop/ScreenSaver", name, "GetSessionIdleTime")
        saver.methods[place] = milliseconds(0)
        assert "doesn't count how long" in why_not(sensor.idle)
        saver.methods[place] = milliseconds(7_000)
        assert sensor.idle().value == 7
        saver.methods[place] = milliseconds(0)
        assert sensor.idle().value == 0


def test_a_compositor_tells_before_a_screen_saver_is_asked(machine: Machine, tmp_path: Path) -> None:
    sensor = machine.sensor(WAYLAND_DISPLAY="wayland-7")
    name = "org.freedesktop.ScreenSaver"
    with BusProgram(machine.address, name) as saver, Compositor(tmp_path / "wayland-7") as compositor:
        assert sensor.idle().value == 0
        compositor.tell(0, IDLED)
        assert sensor.idle().value == 5
        assert saver.asked == []
        sensor.close()


def test_on_a_real_screen_hands_and_a_program_that_fills_it_are_seen(
    machine: Machine, logind: FakeLogind, monkeypatch: pytest.MonkeyPatch
) -> None:
    with x_server() as screen, managed(screen, monkeypatch), Hand(screen) as hand:
        logind.log_in("2", ME, Type=X11, Display=("s", screen.name))
        on_x11 = machine.sensor(DISPLAY=screen.name)
        on_wayland = machine.sensor(DISPLAY=screen.name, WAYLAND_DISPLAY="wayland-none")
        assert on_x11.idle().by == f"the X server of {screen.name}"
        assert on_x11.full_screen().value == ""
        assert "only those of X11's programs" in why_not(on_wayland.full_screen)
        hand.show()
        hand.fill_the_screen()
        assert on_x11.full_screen().value.startswith("python")
        assert on_wayland.full_screen().value.startswith("python")
        look = on_x11.look(frozenset({"openbox"}), steam_games=False)
        assert look.full_screen == on_x11.full_screen().value
        on_x11.close()
        on_wayland.close()


def test_a_node_that_is_a_service_finds_the_screen_by_its_users_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"DISPLAY": ":77", "XAUTHORITY": "/k", "SECRET": "x"}
    command = ["sh", "-c", "echo; read _"]  # what it says tells that the kernel shows its variables
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **variables}
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        monkeypatch.setattr(psutil, "process_iter", lambda: [psutil.Process(process.pid)])
        found = find_environment(ME, {}, own_pid=-1)
        assert found["DISPLAY"] == ":77" and found["XAUTHORITY"] == "/k" and "SECRET" not in found
        assert find_environment(ME + 1, {}, own_pid=-1) == {}
        assert find_environment(ME, {}, own_pid=os.getpid()) == {}, "a unit of ours names no screen"
        assert find_environment(ME, {"DISPLAY": ":5"}, own_pid=-1) == {"DISPLAY": ":5"}
        assert process.stdin is not None
        process.stdin.close()


def test_a_new_login_at_the_screen_is_looked_for_anew(machine: Machine, logind: FakeLogind, tmp_path: Path) -> None:
    logind.log_in("2", ME, Type=WAYLAND)
    sensor = machine.sensor(WAYLAND_DISPLAY="wayland-7")
    with Compositor(tmp_path / "wayland-7") as first:
        sensor.idle()
        first.tell(0, IDLED)
        assert sensor.idle().value == 5
        logind.log_out("2")
        logind.log_in("3", ME, Type=WAYLAND)
        assert sensor.idle().value == 0
        assert len(first.asked) == 2
        sensor.close()


def test_a_bus_that_ends_is_told_of_and_one_in_its_place_is_asked(tmp_path: Path) -> None:
    machine = Machine(f"unix:path={tmp_path}/bus", tmp_path)
    sensor = machine.sensor()
    assert why_not(sensor.is_metered) == "the system bus isn't there"
    for value in (1, 2):
        with bus_daemon(tmp_path) as (address, daemon), BusProgram(address, NETWORK) as manager:
            manager.properties[NETWORK_PLACE] = {"Metered": ("u", value)}
            machine.clocks.pass_by(400)
            assert sensor.is_metered().value is (value == 1)
            daemon.kill()
            daemon.wait()
            assert sensor.is_metered().value is (value == 1), "the last answer stands a while"
            machine.clocks.pass_by(25)
            assert "bus" in why_not(sensor.is_metered)
        (tmp_path / "bus").unlink()
    machine.close()


def test_a_bus_that_hangs_does_not_hang_the_look(tmp_path: Path) -> None:
    with bus_daemon(tmp_path) as (address, daemon):
        sensor = LinuxPresence(os.getpid(), environ={"DBUS_SYSTEM_BUS_ADDRESS": address}, answer_seconds=0.01)
        daemon.send_signal(signal.SIGSTOP)
        look = sensor.look(frozenset(), steam_games=True)
        daemon.send_signal(signal.SIGCONT)
        assert look.is_metered is None and look.idle_seconds is None
        assert set(look.unknown) == {RuleKind.IN_USE, RuleKind.FULL_SCREEN, RuleKind.METERED}
        sensor.close()


def test_a_look_and_what_the_doctor_tells_of_it_agree(machine: Machine, logind: FakeLogind, tmp_path: Path) -> None:
    battery = tmp_path / "supplies" / "BAT0"
    battery.mkdir(parents=True)
    (battery / "type").write_text("Battery\n")
    (battery / "status").write_text("Discharging\n")
    sensor = machine.sensor()
    look = sensor.look(frozenset({"no-such-program"}), steam_games=False)
    assert look == Presence(
        idle_seconds=0.0,
        full_screen="",
        programs=frozenset(),
        steam_game=None,
        on_battery=True,
        is_metered=None,
        unknown={"metered": "NetworkManager isn't there (the system bus)"},
    )
    assert sensor.look_for(Rules(idle_minutes=5, metered=False)) == Presence(idle_seconds=0.0, on_battery=True)
    assert sensor.look_for(Rules(battery=False, programs=["x"])).programs == frozenset()
    sights = {sight.rule: (sight.sees, sight.words) for sight in sensor.sights()}
    assert sights == {
        RuleKind.IN_USE: (True, "by logind, since nobody is logged in"),
        RuleKind.FULL_SCREEN: (True, "by logind, by which nobody is logged in at a screen"),
        RuleKind.PROGRAM: (True, "by the names of all processes"),
        RuleKind.BATTERY: (True, "by the kernel's list of power supplies (BAT0)"),
        RuleKind.METERED: (False, "NetworkManager isn't there (the system bus)"),
    }
