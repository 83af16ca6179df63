"""What the rules look at by themselves: the owner's price command, and what others take of the processors."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.events import MachineSeen
from agent.policy import price
from agent.policy.looking import Looking, Sources
from agent.policy.others_cpu import OthersCpu, busy_seconds, units_seconds
from agent.policy.price import PriceCommand, asked_price
from agent.policy.surroundings import GpuUse, Presence
from core.protocol.node_rules import Electricity, Rules


def printing(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_command_prints_the_price() -> None:
    assert asked_price(printing("print(' 0.31 ')")).value == 0.31


@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        (["/no/such/program"], "can't be run"),
        (printing("print('dear')"), "printed no number: 'dear'"),
        (printing("print('nan')"), "is no price"),
        (printing("print(1); raise SystemExit(3)"), "exit code 3"),
        (printing(r"import sys; sys.stdout.buffer.write(b'\xff')"), "printed no number"),
    ],
)
def test_a_command_that_tells_no_price_says_why(command: list[str], trouble: str) -> None:
    asked = asked_price(command)
    assert asked.value is None and trouble in asked.trouble


def test_what_a_command_leaves_behind_is_not_waited_for(tmp_path: Path) -> None:
    """Such as a connection that is kept for the next time, and holds the pipe open."""
    helper = "import os, time; os.close(0); print(flush=True); time.sleep(600)"
    begin = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {helper!r}])"
    pid = tmp_path / "pid"
    command = printing(f"{begin}; open({str(pid)!r}, 'w').write(str(p.pid)); print(0.25)")
    began = time.monotonic()
    try:
        assert asked_price(command).value == 0.25
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)
    assert time.monotonic() - began < 300


@pytest.mark.parametrize("hangs", ["while True: print('x' * 9999)", "time.sleep(600)"])
def test_a_command_whose_time_is_up_goes_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hangs: str
) -> None:
    monkeypatch.setattr(price, "_WITHIN_SECONDS", 1.0)
    lives = tmp_path / "lives"
    os.mkfifo(lives)
    reading = os.open(lives, os.O_RDONLY | os.O_NONBLOCK)
    child = f"import subprocess, sys, time; f = open({str(lives)!r}, 'w'); subprocess.Popen(['sleep', '600'], stdout=f)"
    try:
        assert "took more than" in asked_price(printing(f"{child}\n{hangs}")).trouble
        os.set_blocking(reading, True)
        assert os.read(reading, 1) == b"", "nobody holds it open any more"
    finally:
        os.close(reading)


def test_a_price_is_asked_for_beside_and_kept_for_five_minutes(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    now = [1000.0]
    command = PriceCommand(lambda: now[0])
    two = printing(f"import time; open({str(gate)!r}).read(); print(time.time_ns())")
    assert command.price([]).trouble == ""
    command.price(["/no/such/program"])
    command.wait()
    assert "can't be run" in command.price(["/no/such/program"]).trouble
    assert "not answered yet" in command.price(two).trouble
    gate.write_text("")
    command.wait()
    assert command.price(two).value is None  # more than any price
    four = printing("print(4)")
    command.price(four)
    command.wait()
    assert command.price(four).value == 4
    now[0] += 299
    command.price(four)
    assert command._asking is not None and not command._asking.is_alive()
    now[0] += 2
    command.price(four)
    command.wait()
    assert command.price(four).value == 4 and command.price([]).value is None


def test_what_units_take_of_the_processors_is_not_the_others() -> None:
    now, busy, ours = [100.0], [1000.0], [50.0]
    others = OthersCpu(lambda: now[0], lambda: busy[0], lambda: ours[0], cpus=4)
    assert others.percent() is None
    now[0], busy[0], ours[0] = 105.0, 1010.0, 58.0  # of 20 s of processor 10 were used, 8 of them by units
    assert others.percent() == 10.0
    assert others.percent() is None  # no time went by
    now[0], busy[0], ours[0] = 110.0, 1020.0, 0.0  # the units have ended, and took their times with them
    assert others.percent() == 50.0


def test_the_time_of_a_units_process_is_counted_while_it_runs() -> None:
    code = "import time\nwhile time.process_time() < 0.4: pass\nprint(flush=True); input()"
    before = units_seconds()
    with subprocess.Popen(printing(code), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as unit:
        assert unit.stdout is not None and unit.stdout.readline()
        assert units_seconds() - before > 0.3  # the kernel counts in hundredths, each kind of time by itself
        assert busy_seconds() > units_seconds()
        unit.communicate(b"\n")


def test_a_look_asks_each_source_with_the_rules_and_has_the_gpus_as_they_were_seen() -> None:
    uses = [GpuUse("GPU-1", 70, None, 200.0, 90, 4000, {"blender": 900}), GpuUse("GPU-2", trouble="lost")]
    machine = MachineSeen(2, 4096, 1000, gpu_uses=uses)
    asked: list[Rules] = []

    def presence(rules: Rules) -> Presence:
        asked.append(rules)
        return Presence(12.0)

    looking = Looking(Sources(presence, self_test=lambda: "failed", disk_used_mb=lambda: 7, moved_today_mb=lambda: 2.5))
    rules = Rules(electricity=Electricity(command=["/no/such/program"]))
    seen = looking.surroundings(machine, rules)
    assert asked == [rules] and seen.presence.idle_seconds == 12.0
    assert (seen.self_test, seen.disk_used_mb, seen.moved_today_mb, seen.others_cpu_percent) == ("failed", 7, 2.5, None)
    assert seen.gpus == tuple(uses)
    assert Looking(Sources()).surroundings(machine, Rules()).presence == Presence()
