"""What a unit's code can't do. Each attempt succeeds on the host first, so a refusal is the box's, not the test's."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Driver
from .drive import Case

# Each attempt of a script is told as true (it worked) or as the words of its failure.
ATTEMPTS = """
import json, os, socket, sys
from pathlib import Path
results = {}
def attempt(name, action):
    try:
        action()
        results[name] = True
    except OSError as error:
        results[name] = os.strerror(error.errno)
"""
TELL = "\nprint(json.dumps(results))\n"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_nothing_can_be_reached_over_a_network(confined: Driver, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
    abstract = f"\0gpu-agent-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as local:
        local.bind(abstract)
        local.listen()
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(abstract)
        script = f"""{ATTEMPTS}
attempt("host", lambda: socket.create_connection(("127.0.0.1", {port}), timeout=5))
attempt("internet", lambda: socket.create_connection(("192.0.2.1", 80), timeout=5))
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect({abstract!r}))
server = socket.create_server(("127.0.0.1", 0))
attempt("itself", lambda: socket.create_connection(server.getsockname(), timeout=5))
results["interfaces"] = [name for _, name in socket.if_nameindex()]
{TELL}"""
        assert confined.facts(Case(script)) == {
            "host": "Connection refused",
            "internet": "Network is unreachable",
            "abstract": "Connection refused",
            "itself": True,
            "interfaces": ["lo"],
        }


def test_files_of_the_owner_do_not_exist_inside(confined: Driver, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    on_host = ["/etc/hostname", "/var/lib", "/etc/shadow", "/home", str(secret), str(Path(__file__))]
    assert all(Path(path).exists() for path in on_host)
    script = f"""{ATTEMPTS}
for path in {on_host!r} + ["/root", "/sys", "/run", "/etc/resolv.conf", "/etc/machine-id"]:
    attempt(path, lambda: os.stat(path))
{TELL}"""
    results = confined.facts(Case(script))
    assert set(results.values()) == {"No such file or directory"}, results


def test_other_processes_can_not_be_seen_or_signalled(confined: Driver) -> None:
    marker = "a-process-of-the-owner"
    command = [sys.executable, "-c", "input(print(flush=True))", marker]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owners:
        assert owners.stdout is not None and owners.stdout.readline()
        assert marker.encode() in Path(f"/proc/{owners.pid}/cmdline").read_bytes()
        script = f"""{ATTEMPTS}
lines = [Path("/proc", name, "cmdline").read_bytes() for name in os.listdir("/proc") if name.isdigit()]
results["seen"] = any({marker.encode()!r} in line for line in lines)
results["processes"] = len(lines)
results["python"] = sum(b"train.py" in line for line in lines) >= 1
attempt("signal", lambda: os.kill({owners.pid}, 0))
{TELL}"""
        results = confined.facts(Case(script))
        assert owners.poll() is None
        owners.communicate()
    assert results == {"seen": False, "processes": 2, "python": True, "signal": "No such process"}


def test_only_output_checkpoint_and_temporary_folders_can_be_written_to(confined: Driver) -> None:
    script = f"""{ATTEMPTS}
def write(folder):
    with open(folder + "/written", "w") as file:
        file.write("text")
closed = ["/", "/dev", "/etc", "/usr", "/usr/bin", "/unit", "/unit/package", "/unit/data", "/unit/inputs",
          "/unit/inputs/train", "/unit/ours/gpu_agent", "/unit/python", "/unit/interpreter", "/proc/sys/kernel"]
for folder in closed:
    attempt(folder, lambda: write(folder))
for folder in ["/unit/output", "/unit/checkpoint", "/tmp", "/dev/shm"]:
    attempt(folder, lambda: write(folder))
attempt("change", lambda: open("helper.txt", "a"))
attempt("delete", lambda: os.unlink("/unit/data/rows.csv"))
attempt("mode", lambda: os.chmod("/unit/data/rows.csv", 0o777))
attempt("core_pattern", lambda: open("/proc/sys/kernel/core_pattern", "w"))
{TELL}"""
    case = Case(
        script,
        package={"helper.txt": "text"},
        data={"rows.csv": "1"},
        inputs={"train": {"a": "b"}},
        site_packages="/usr/share",
    )
    results = confined.facts(case)
    written = {name for name, result in results.items() if result is True}
    assert written == {"/unit/output", "/unit/checkpoint", "/tmp", "/dev/shm"}, results
    refused = {"Read-only file system", "Permission denied", "No such file or directory"}
    assert {result for result in results.values() if result is not True} <= refused


def test_no_capability_no_new_namespace_and_no_mount_is_to_be_had(confined: Driver) -> None:
    script = f"""{ATTEMPTS}
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    def action():
        if getattr(libc, name)(*arguments) != 0:
            raise OSError(ctypes.get_errno(), name)
    return action
status = dict(line.split(":\\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
results["capabilities"] = [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
results["no new privileges"] = status["NoNewPrivs"]
for name, flag in {{"user": 0x10000000, "mount": 0x00020000, "network": 0x40000000}}.items():
    attempt(name, call("unshare", flag))
attempt("mount tmpfs", call("mount", b"none", b"/tmp", b"tmpfs", 0, None))
attempt("make it writable", call("mount", None, b"/", None, 0x20 | 0x1000, None))
attempt("be root", lambda: os.setuid(0))
attempt("make a device", lambda: os.mknod("/tmp/disk", 0o60600, os.makedev(8, 0)))
{TELL}"""
    results = confined.facts(Case(script))
    assert results.pop("capabilities") == [0, 0, 0, 0, 0]
    assert results.pop("no new privileges") == "1"
    assert set(results.values()) <= {"Operation not permitted", "No space left on device", "Invalid argument"}, results


def test_the_machine_is_hardly_told_of_by_proc(confined: Driver) -> None:
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text()
    masked = [
        name
        for name in ("cmdline", "diskstats", "interrupts", "kallsyms", "modules", "partitions", "iomem", "timer_list")
        if Path("/proc", name).exists() and Path("/proc", name).read_bytes()
    ]
    assert "cmdline" in masked and "interrupts" in masked
    folders = [name for name in ("bus", "driver", "fs", "irq", "tty") if any(Path("/proc", name).iterdir())]
    script = f"""{ATTEMPTS}
results["told"] = []
for name in {masked!r}:
    try:
        if Path("/proc", name).read_bytes():
            results["told"].append(name)
    except OSError:
        pass
results["told"] += [name for name in {folders!r} if os.listdir("/proc/" + name)]
results["boot"] = Path("/proc/sys/kernel/random/boot_id").read_text()
results["memory"] = Path("/proc/meminfo").read_text().startswith("MemTotal")
{TELL}"""
    results = confined.facts(Case(script))
    assert results["told"] == [] and results["memory"] is True
    boot = str(results["boot"])
    assert boot != boot_id and re.fullmatch(r"[0-9a-f-]{36}\n", boot)


def test_the_first_process_tells_no_path_of_the_host_and_holds_nothing_open(confined: Driver) -> None:
    script = """
import json, os
from pathlib import Path
def links(pid):
    names = [int(name) for name in os.listdir(f"/proc/{pid}/fd")]
    opened = [name for name in names if pid != "self" or name <= 2 or Path("/proc/self/fd", str(name)).exists()]
    return sorted({os.readlink(f"/proc/{pid}/fd/{name}").split(":")[0] for name in opened})
print(json.dumps({
    "first": Path("/proc/1/cmdline").read_text() + Path("/proc/1/environ").read_text(),
    "own": Path("/proc/self/environ").read_text(),
    "first files": links(1), "own files": links("self"),
}))
"""
    facts = confined.facts(Case(script))
    told = f"{facts['first']}{facts['own']}"
    assert "bwrap" in told and str(confined.folder) not in told
    assert facts["first files"] == ["pipe"] or facts["first files"] == ["anon_inode", "pipe"], facts
    own = facts["own files"]
    assert isinstance(own, list)
    assert {name for name in own if not name.startswith("/proc/")} == {"/dev/null", "pipe"}


def test_a_root_agents_units_are_a_user_that_owns_nothing_else(confined: Driver) -> None:
    script = "import json; print(json.dumps({'map': open('/proc/self/uid_map').read().split()}))"
    outer = confined.facts(Case(script))["map"]
    assert isinstance(outer, list) and outer[0] == "1000" and outer[2] == "1"
    # The agent sees the kernel's uid of what the unit wrote; where it is root, the uid is nobody else's.
    keep = Case("open('/unit/output/file', 'w').write('text')", clear=False)
    outcome = confined.run(keep)
    owner = (Path(outcome.workspace_root) / "units" / keep.attempt_id / "scratch" / "output" / "file").stat().st_uid
    agent = Path(outcome.workspace_root).stat().st_uid
    assert owner == agent if agent != 0 else owner >= 60_000


def test_the_filter_of_system_calls_is_in_force_for_every_process_of_the_box(confined: Driver) -> None:
    script = """
import json
from pathlib import Path
def mode(pid):
    return dict(line.split(":\\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines())["Seccomp"]
print(json.dumps({pid: mode(pid) for pid in ("1", "self")}))
"""
    assert confined.facts(Case(script)) == {"1": "2", "self": "2"}
