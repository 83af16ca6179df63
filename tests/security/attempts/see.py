"""Looks for what belongs to the host: its files, devices, settings, processes, and what the agent holds."""

import os
import pwd
import re
import resource
import socket
from pathlib import Path
from typing import Any

Given = dict[str, Any]

_ORDINARY_DEVICES = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}


def _first_bytes(path: str) -> str:
    with open(path, "rb") as file:
        return f"{len(file.read(16))} bytes of {path}"


def _made(path: str) -> str:
    with open(path, "x"):
        pass
    os.unlink(path)
    return f"{path} could be written"


def _nothing(words: str) -> OSError:
    return OSError(words)


def a_file_of_the_host(given: Given) -> str:
    return _first_bytes(given["secret"])


def a_file_by_a_path_upwards(given: Given) -> str:
    return _first_bytes(f"{os.getcwd()}/../../../../../../../..{given['secret']}")


def a_file_by_the_root_of_a_process(given: Given) -> str:
    return _first_bytes(f"/proc/self/root{given['secret']}")


def a_home_folder(given: Given) -> str:
    return f"{len(os.listdir('/root'))} names in /root"


def a_setting_in_etc(given: Given) -> str:
    return _first_bytes(given["etc_file"])


def var_lib(given: Given) -> str:
    return f"{len(os.listdir('/var/lib'))} names in /var/lib"


def run_with_its_sockets(given: Given) -> str:
    return f"{len(os.listdir('/run'))} names in /run"


def another_units_folder(given: Given) -> str:
    return f"{os.listdir(given['other_unit'])} of another unit"


def write_into_the_system(given: Given) -> str:
    return _made("/usr/gpu-agent-attempt")


def write_into_the_root(given: Given) -> str:
    return _made("/gpu-agent-attempt")


def write_into_dev(given: Given) -> str:
    return _made("/dev/gpu-agent-attempt")


def write_into_its_own_package(given: Given) -> str:
    return _made(f"{os.getcwd()}/gpu-agent-attempt")


def write_a_name_with_dots_beside_its_outputs(given: Given) -> str:
    return _made(f"{os.environ['GPU_AGENT_OUTPUT_DIR']}/../gpu-agent-attempt")


def the_disk(given: Given) -> str:
    return _first_bytes(given["disk"])


def the_disk_by_a_device_of_its_own(given: Given) -> str:
    device = f"{given['scratch']}/disk"
    os.mknod(device, 0o60600, given["disk_number"])
    try:
        return _first_bytes(device)
    finally:
        os.unlink(device)


def devices_beyond_the_ordinary(given: Given) -> str:
    found = [entry.name for entry in os.scandir("/dev") if not entry.is_dir() and not entry.is_symlink()]
    more = sorted(set(found) - _ORDINARY_DEVICES)
    if not more:
        raise _nothing("only null, zero, full, random, urandom and tty are there")
    return f"{len(more)} devices, such as {more[0]}"


def messages_of_the_kernel(given: Given) -> str:
    return f"descriptor {os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)}"


def sys_of_the_machine(given: Given) -> str:
    return f"{os.listdir('/sys')}"


def interrupts_and_command_line_of_the_kernel(given: Given) -> str:
    told = [name for name in ("interrupts", "cmdline", "diskstats", "partitions") if Path("/proc", name).read_bytes()]
    if not told:
        raise _nothing("the files are empty")
    return f"{told}"


def modules_and_devices_of_the_kernel(given: Given) -> str:
    told = [name for name in ("modules", "devices", "iomem", "kallsyms") if _has_text(f"/proc/{name}")]
    if not told:
        raise _nothing("the files are empty")
    return f"{told}"


def _has_text(path: str) -> bool:
    return os.path.exists(path) and bool(Path(path).read_bytes())


def settings_of_the_kernel(given: Given) -> str:
    pattern = Path("/proc/sys/kernel/core_pattern")
    pattern.write_text(pattern.read_text())
    return "core_pattern could be written"


def which_boot_it_is(given: Given) -> str:
    if Path("/proc/sys/kernel/random/boot_id").read_text() != given["boot_id"]:
        raise _nothing("another number is told")
    return "the machine's number of this boot"


def the_name_of_the_machine(given: Given) -> str:
    if socket.gethostname() != given["hostname"]:
        raise _nothing(f"its name is {socket.gethostname()!r}")
    return "the machine's name"


def users_of_the_machine(given: Given) -> str:
    names = {user.pw_name for user in pwd.getpwall()} - {"root", "unit"}
    if not names:
        raise _nothing("only root and unit are known")
    return f"{len(names)} users"


def variables_of_the_agent(given: Given) -> str:
    if os.environ.get("OWNERS_PASSWORD") is None:
        raise _nothing("the variable isn't there")
    return "the agent's variable"


def variables_of_any_process(given: Given) -> str:
    for process in _processes():
        try:
            if b"OWNERS_PASSWORD" in Path("/proc", process, "environ").read_bytes():
                return f"the variable of process {process}"
        except OSError:
            continue
    raise _nothing("no process that can be seen has it")


def files_that_the_agent_holds_open(given: Given) -> str:
    for process in _processes():
        try:
            for name in os.listdir(f"/proc/{process}/fd"):
                if os.readlink(f"/proc/{process}/fd/{name}") == given["secret"]:
                    return f"descriptor {name} of process {process}"
        except OSError:
            continue
    raise _nothing("nobody who can be seen holds it")


def processes_of_the_host(given: Given) -> str:
    for process in _processes():
        if given["marker"].encode() in Path("/proc", process, "cmdline").read_bytes():
            return f"process {process}"
    raise _nothing("only its own processes are listed")


def memory_of_a_process(given: Given) -> str:
    memory = os.open(f"/proc/{given['pid']}/mem", os.O_RDONLY)
    return f"descriptor {memory}"


def memory_of_the_process_that_started_it(given: Given) -> str:
    """In a box that is the first one, which is not of the customer's making."""
    return f"descriptor {os.open(f'/proc/{os.getppid()}/mem', os.O_RDWR)}"


def _processes() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit()]


def a_capability(given: Given) -> str:
    status = Path("/proc/self/status").read_text()
    held = [int(found, 16) for found in re.findall(r"^Cap(?:Prm|Eff|Bnd|Amb):\s+(\w+)", status, re.MULTILINE)]
    if not any(held):
        raise _nothing("every set is empty")
    return f"{max(held):x}"


def more_files_than_agreed(given: Given) -> str:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (given["open_files"], hard))
    except ValueError as error:
        raise _nothing(str(error)) from error
    return f"{given['open_files']} files"


def come_before_the_owner(given: Given) -> str:
    return f"niceness {os.nice(-5)}"


def run_in_real_time(given: Given) -> str:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return "a real-time process"


def be_spared_when_memory_runs_out(given: Given) -> str:
    Path("/proc/self/oom_score_adj").write_text("0")
    return "others are killed first"
