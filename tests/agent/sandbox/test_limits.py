"""What a unit may use, and what it is told when it used more. After each, the node runs an honest unit."""

import errno
import os
from pathlib import Path

import msgspec
import pytest

from agent.sandbox.base import BoxExit, BoxLimits, StopReason
from agent.sandbox.watcher import MachineFloor, Watch

from .conftest import Driver
from .drive import LIMITS, Case, Outcome, run_case
from .test_contract import both_kinds

FOREVER = "import threading; threading.Event().wait()\n"


def limits(**changes: float) -> BoxLimits:
    return msgspec.structs.replace(LIMITS, **changes)


def stopped(driver: Driver, case: Case) -> tuple[BoxExit, Outcome]:
    """Run a greedy unit and then an honest one."""
    outcome = driver.run(case)
    assert outcome.exit is not None, outcome
    honest = driver.run(Case("print('honest')", unconfined=case.unconfined))
    assert honest.stdout == ["honest"]
    return outcome.exit, outcome


@both_kinds
def test_a_unit_that_outruns_its_time_is_stopped(confined: Driver, unconfined: bool) -> None:
    ended, _ = stopped(confined, Case(FOREVER, unconfined=unconfined, limits=limits(wall_seconds=0.5)))
    assert (ended.stop, ended.signal, ended.limit) == (StopReason.WALL_CLOCK, 15, 0.5)
    assert ended.measured is not None and ended.run_seconds >= ended.measured >= 0.5
    assert ended.message == f"stopped by the node: {ended.measured:.1f} seconds, 0.5 allowed"


@both_kinds
def test_a_unit_that_is_given_more_time_runs_on_and_less_is_kept_too(confined: Driver, unconfined: bool) -> None:
    script = "import time; time.sleep(1.5); print('done')"
    given = Case(script, unconfined=unconfined, limits=limits(wall_seconds=1.0), allow_seconds=3600.0)
    outcome = confined.run(given)
    assert outcome.exit is not None and (outcome.exit.stop, outcome.stdout) == (None, ["done"])
    ended, _ = stopped(confined, Case(FOREVER, unconfined=unconfined, allow_seconds=0.5))
    assert (ended.stop, ended.limit) == (StopReason.WALL_CLOCK, 0.5)


@both_kinds
def test_a_unit_out_of_time_may_save_and_its_lines_arrive(confined: Driver, unconfined: bool) -> None:
    script = """
import os, signal, sys, threading
def save(number, frame):
    with open(os.environ["GPU_AGENT_CHECKPOINT_DIR"] + "/step", "w") as file:
        file.write("12")
    print("saved")
    sys.exit(143)
signal.signal(signal.SIGTERM, save)
print("training")
signal.pause()
"""
    ended, outcome = stopped(confined, Case(script, unconfined=unconfined, limits=limits(wall_seconds=0.5)))
    assert (ended.stop, ended.exit_code) == (StopReason.WALL_CLOCK, 143)
    assert outcome.stdout == ["training", "saved"]
    assert outcome.checkpoint == {"step": "12"}


@both_kinds
def test_a_unit_that_takes_too_much_memory_is_stopped_with_the_numbers(confined: Driver, unconfined: bool) -> None:
    script = "held = b'x' * (400 * 1024 * 1024)\n" + FOREVER
    ended, _ = stopped(confined, Case(script, unconfined=unconfined, limits=limits(memory_mb=200)))
    assert (ended.stop, ended.signal, ended.limit) == (StopReason.MEMORY, 9, 200)
    assert ended.measured is not None and 200 <= ended.measured < 600
    words = f"{ended.measured:,.0f} MiB of memory, 200 allowed"
    assert ended.message in (f"stopped by the node: {words}", f"stopped by the node: more than {words}")


def test_memory_spread_over_many_processes_counts_together(confined: Driver) -> None:
    script = f"""
import os
for _ in range(4):
    if os.fork() == 0:
        held = b'x' * (100 * 1024 * 1024)
        break
{FOREVER}"""
    ended, _ = stopped(confined, Case(script, limits=limits(memory_mb=300)))
    assert ended.stop is StopReason.MEMORY


def test_memory_that_processes_share_counts_once(confined: Driver) -> None:
    script = """
import os
held = b'x' * (100 * 1024 * 1024)
children = []
reader, writer = os.pipe()
for _ in range(8):
    pid = os.fork()
    if pid == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    children.append(pid)
print("ready")
import time
began = time.monotonic()
while time.monotonic() - began < 1.0:  # several looks of the node
    sum(held[::4096])
os.close(writer)
for pid in children:
    os.waitpid(pid, 0)
print("done")
"""
    outcome = confined.run(Case(script, limits=limits(memory_mb=300)))
    assert outcome.stdout == ["ready", "done"] and outcome.exit is not None and outcome.exit.stop is None, outcome


def test_a_large_mapped_file_is_no_memory_of_the_unit(confined: Driver) -> None:
    script = """
import mmap, os, time
with open("/unit/output/data", "w+b") as file:
    file.truncate(300 * 1024 * 1024)
    mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    began, seen = time.monotonic(), 0
    while time.monotonic() - began < 1.0:
        seen = sum(mapped[::4096])
os.unlink("/unit/output/data")
print("done", seen)
"""
    outcome = confined.run(Case(script, limits=limits(memory_mb=150, disk_mb=400)))
    assert outcome.stdout == ["done 0"], outcome


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_files_in_memory_count_as_memory(confined: Driver, folder: str) -> None:
    script = f"""
with open('{folder}/held', 'wb') as file:
    for _ in range(300):
        file.write(bytes(1024 * 1024))
{FOREVER}"""
    changed = limits(memory_mb=150, tmp_mb=400, shm_mb=400, disk_mb=1000)
    ended, _ = stopped(confined, Case(script, limits=changed))
    assert ended.stop is StopReason.MEMORY and ended.measured is not None and ended.measured >= 150


def test_empty_files_in_memory_count_for_what_the_kernel_keeps(confined: Driver) -> None:
    script = f"""
for number in range(200_000):
    open(f"/dev/shm/{{number}}", "w").close()
{FOREVER}"""
    ended, _ = stopped(confined, Case(script, limits=limits(memory_mb=150)))
    assert ended.stop is StopReason.MEMORY


def test_temporary_folders_are_no_larger_than_agreed(confined: Driver) -> None:
    script = """
import errno
for folder in ("/tmp", "/dev/shm"):
    try:
        open(folder + "/held", "wb").write(bytes(20 * 1024 * 1024))
    except OSError as error:
        print(folder, errno.errorcode[error.errno])
"""
    outcome = confined.run(Case(script, limits=limits(tmp_mb=10, shm_mb=10)))
    assert outcome.stdout == ["/tmp ENOSPC", "/dev/shm ENOSPC"]


@both_kinds
def test_a_unit_that_fills_the_disk_is_stopped(confined: Driver, unconfined: bool) -> None:
    script = f"""
import os
for number in range(4):
    with open(os.environ["GPU_AGENT_OUTPUT_DIR"] + f"/{{number}}", "wb") as file:
        file.write(os.urandom(5 * 1024 * 1024))
{FOREVER}"""
    ended, _ = stopped(confined, Case(script, unconfined=unconfined, limits=limits(disk_mb=10)))
    assert (ended.stop, ended.limit) == (StopReason.DISK, 10)
    words = f"{ended.measured:,.0f} MiB of disk, 10 allowed"  # by the kernel's image, or by a look that came first
    assert ended.message in (f"stopped by the node: {words}", f"stopped by the node: more than {words}")


def test_a_unit_that_closes_the_folder_it_fills_is_stopped(confined: Driver) -> None:
    script = f"""
import os
folder = os.environ["GPU_AGENT_OUTPUT_DIR"] + "/hidden"
os.mkdir(folder)
files = [open(f"{{folder}}/{{number}}", "wb") for number in range(8)]
os.chmod(folder, 0)
for file in files:
    file.write(os.urandom(15 << 20)); file.flush()
{FOREVER}"""
    exit, _ = stopped(confined, Case(script, limits=limits(disk_mb=40)))
    assert exit.stop in (StopReason.DISK, StopReason.FILES)  # root sees into it


async def test_a_unit_that_can_not_be_watched_is_stopped(public_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(watch: Watch) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Watch, "look", fails)
    exit = (await run_case(Case(FOREVER, folder=str(public_folder), unconfined=True))).exit
    assert exit is not None and exit.stop is StopReason.MACHINE and "can't be watched" in exit.message


@both_kinds
def test_one_file_can_not_grow_past_the_disk_that_was_agreed(confined: Driver, unconfined: bool) -> None:
    script = """
import errno, os
try:
    open(os.environ["GPU_AGENT_OUTPUT_DIR"] + "/file", "wb").truncate(2 ** 40)
except OSError as error:
    print(errno.errorcode[error.errno])
"""
    outcome = confined.run(Case(script, unconfined=unconfined, limits=limits(disk_mb=10)))
    assert outcome.stdout == ["EFBIG"]


@pytest.mark.parametrize(
    "make",
    [
        "for number in range(300): open(f'{number}', 'w').close()",
        "for number in range(300): os.mkdir(f'{number}')",
        "for number in range(150): os.mkdir('deeper'); os.chdir('deeper')",
    ],
    ids=["files", "folders", "depth"],
)
def test_a_unit_that_makes_too_many_files_is_stopped(confined: Driver, make: str) -> None:
    script = f"import os; os.chdir('/unit/checkpoint')\n{make}\n{FOREVER}"
    ended, _ = stopped(confined, Case(script, limits=limits(output_files=200)))
    assert (ended.stop, ended.limit) == (StopReason.FILES, 200)
    assert ended.message == "stopped by the node: more than 200 files and folders"


def test_a_fork_bomb_is_kept_small_and_leaves_nothing(confined: Driver) -> None:
    script = f"""
import os
made = 0
try:
    while True:
        if os.fork() == 0:
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
        made += 1
except OSError as error:
    print(made < 40, flush=True)
{FOREVER}"""
    case = Case(script, limits=limits(process_count=40), stop_on="True", grace_seconds=0.0)
    ended, outcome = stopped(confined, case)
    assert (ended.stop, ended.signal, outcome.stdout) == (StopReason.ASKED, 9, ["True"])


def test_open_files_are_limited(confined: Driver) -> None:
    script = """
import errno
held = []
try:
    while True:
        held.append(open("/dev/null"))
except OSError as error:
    print(len(held) < 100, errno.errorcode[error.errno])
"""
    assert confined.run(Case(script, limits=limits(open_files=100))).stdout == ["True EMFILE"]


@both_kinds
def test_a_log_longer_than_agreed_is_cut_with_a_notice_and_the_unit_goes_on(confined: Driver, unconfined: bool) -> None:
    script = """
for _ in range(3 * 1024):
    print("x" * 1023)
"""
    outcome = confined.run(Case(script, unconfined=unconfined, limits=limits(log_mb=1)))
    assert outcome.exit is not None and (outcome.exit.exit_code, outcome.exit.stop) == (0, None)
    assert outcome.stdout[-1] == "[the log is longer than 1 MiB; the rest is not kept]"
    assert 900 < len(outcome.stdout) <= 1025


@both_kinds
def test_a_flood_of_log_ends_the_unit(confined: Driver, unconfined: bool) -> None:
    script = "while True: print('x' * 1023)"
    ended, outcome = stopped(confined, Case(script, unconfined=unconfined, limits=limits(log_mb=1)))
    assert (ended.stop, ended.limit) == (StopReason.LOG, 1)
    assert len(outcome.stdout) <= 1025


def test_a_machine_short_of_memory_or_disk_is_no_fault_of_the_unit(confined: Driver) -> None:
    for floor, word in ((MachineFloor(memory_mb=10**9), "memory"), (MachineFloor(disk_mb=10**9), "disk")):
        for script in (FOREVER, "raise SystemExit(1)"):  # the second is over before anybody looks
            ended, _ = stopped(confined, Case(script, floor=floor))
            assert ended.stop is StopReason.MACHINE and word in ended.message
