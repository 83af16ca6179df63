"""Tries to get out of the box: at the machine's files, its network, its processes, by what the kernel offers.

Each try is a function that returns what it won, in words, or raises OSError. It runs in a process of its own, so that
one that is killed tells of nothing but itself. What lies on the host to be found is told in `given`.
"""

import fcntl
import json
import os
import pwd
import re
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Given = dict[str, Any]
SECONDS_A_TRY = 5
_ORDINARY_DEVICES = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
_ALLOWED_FAMILIES = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}
_TIOCSCTTY, _TIOCSTI = 0x540E, 0x5412


def _first_bytes(path: str) -> str:
    with open(path, "rb") as file:
        return f"{len(file.read(16))} bytes of {path}"


def _made(path: str) -> str:
    with open(path, "x"):
        pass
    os.unlink(path)
    return f"{path} could be written"


def _names(folder: str) -> str:
    return f"{len(os.listdir(folder))} names in {folder}"


# ---- files ----------------------------------------------------------------------------------------------------------


def a_file_of_the_node(given: Given) -> str:
    return _first_bytes(given["secret"])


def a_file_by_a_path_upwards(given: Given) -> str:
    return _first_bytes(f"{os.getcwd()}/../../../../../../../..{given['secret']}")


def a_file_by_the_root_of_its_process(given: Given) -> str:
    return _first_bytes(f"/proc/self/root{given['secret']}")


def a_file_by_the_root_of_the_first_process(given: Given) -> str:
    return _first_bytes(f"/proc/1/root{given['secret']}")


def home_folders(given: Given) -> str:
    return _names("/home")


def the_home_of_root(given: Given) -> str:
    return _names("/root")


def state_of_the_machine(given: Given) -> str:
    return _names("/var/lib")


def sockets_of_the_machine(given: Given) -> str:
    return _names("/run")


def sys_of_the_machine(given: Given) -> str:
    return _names("/sys")


def hashes_of_passwords(given: Given) -> str:
    return _first_bytes("/etc/shadow")


def users_of_the_machine(given: Given) -> str:
    names = {user.pw_name for user in pwd.getpwall()} - {"root", "unit"}
    if not names:
        raise OSError("only root and unit are known")
    return f"{len(names)} users"


def the_name_of_the_machine(given: Given) -> str:
    if socket.gethostname() != given["hostname"]:
        raise OSError("another name is told")
    return "the machine's name"


def which_boot_it_is(given: Given) -> str:
    if Path("/proc/sys/kernel/random/boot_id").read_text() != given["boot_id"]:
        raise OSError("another number is told")
    return "the machine's number of this boot"


def write_into_the_system(given: Given) -> str:
    return _made("/usr/gpu-agent-self-test")


def write_into_the_root(given: Given) -> str:
    return _made("/gpu-agent-self-test")


def write_into_dev(given: Given) -> str:
    return _made("/dev/gpu-agent-self-test")


def write_into_its_own_package(given: Given) -> str:
    return _made(f"{os.getcwd()}/gpu-agent-self-test")


def write_beside_its_outputs(given: Given) -> str:
    return _made(f"{os.environ['GPU_AGENT_OUTPUT_DIR']}/../gpu-agent-self-test")


def a_setting_of_the_kernel(given: Given) -> str:
    pattern = Path("/proc/sys/kernel/core_pattern")
    pattern.write_text(pattern.read_text())
    return "core_pattern could be written"


def devices_beyond_the_ordinary(given: Given) -> str:
    found = {entry.name for entry in os.scandir("/dev") if not entry.is_dir() and not entry.is_symlink()}
    if not found - _ORDINARY_DEVICES:
        raise OSError("only the ordinary ones are there")
    return f"devices such as {min(found - _ORDINARY_DEVICES)}"


def a_disk_by_a_device_of_its_own(given: Given) -> str:
    device = f"{given['scratch']}/disk"
    os.mknod(device, 0o60600, os.makedev(8, 0))
    os.unlink(device)
    return "a device of the first disk"


def messages_of_the_kernel(given: Given) -> str:
    return f"descriptor {os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)}"


def command_line_of_the_kernel(given: Given) -> str:
    told = [name for name in ("interrupts", "cmdline", "diskstats", "partitions") if Path("/proc", name).read_bytes()]
    if not told:
        raise OSError("the files are empty")
    return f"{told}"


# ---- network --------------------------------------------------------------------------------------------------------


def a_server_on_the_host(given: Given) -> str:
    with socket.create_connection(("127.0.0.1", given["port"]), timeout=2) as connection:
        return f"a connection, descriptor {connection.fileno()}"


def an_abstract_socket(given: Given) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + given["abstract"])
        return f"a connection, descriptor {client.fileno()}"


def the_internet(given: Given) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect(("198.51.100.1", 9))  # asks for a route; nothing is sent
        return f"a route, from port {asked.getsockname()[1]}"


def the_internet_by_the_new_protocol(given: Given) -> str:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as asked:
        asked.connect(("2001:db8::1", 9))
        return f"a route, from port {asked.getsockname()[1]}"


def a_raw_socket(given: Given) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        return f"descriptor {raw.fileno()}"


def a_socket_that_sees_packets(given: Given) -> str:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as packets:
        return f"descriptor {packets.fileno()}"


def another_family_of_sockets(given: Given) -> str:
    made = []
    for family in sorted(set(range(64)) - {int(family) for family in _ALLOWED_FAMILIES}):
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind, 0).close()
                made.append(family)
            except OSError:
                continue
    if not made:
        raise OSError("every other family is refused")
    return f"families {sorted(set(made))}"


def rename_the_machine(given: Given) -> str:
    socket.sethostname(socket.gethostname())
    return "the name could be set"


# ---- processes ------------------------------------------------------------------------------------------------------


def _agents_process(given: Given) -> int:
    """The node's process, if it can be seen. Raises OSError."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if Path("/proc", name, "cmdline").read_bytes().hex() == given["command"]:
                    return int(name)
            except OSError:
                continue
    raise OSError("only its own processes are listed")


def see_the_node(given: Given) -> str:
    return f"process {_agents_process(given)}"


def signal_the_node(given: Given) -> str:
    os.kill(_agents_process(given), 0)
    return "a signal"


def memory_of_the_process_that_started_it(given: Given) -> str:
    memory = os.open(f"/proc/{given['leader']}/mem", os.O_RDWR)
    return f"descriptor {memory}"


def variables_of_a_process(given: Given) -> str:
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if bytes.fromhex(given["variable"]) in Path("/proc", name, "environ").read_bytes():
                    return f"the variable of process {name}"
            except OSError:
                continue
    raise OSError("no process that can be seen has it")


def a_capability(given: Given) -> str:
    status = Path("/proc/self/status").read_text()
    held = [int(found, 16) for found in re.findall(r"^Cap(?:Prm|Eff|Bnd|Amb):\s+(\w+)", status, re.MULTILINE)]
    if not any(held):
        raise OSError("every set is empty")
    return f"{max(held):x}"


def come_before_the_owner(given: Given) -> str:
    return f"niceness {os.nice(-5)}"


def run_in_real_time(given: Given) -> str:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return "a real-time process"


def be_spared_when_memory_runs_out(given: Given) -> str:
    Path("/proc/self/oom_score_adj").write_text("0")
    return "others are killed first"


def become_root(given: Given) -> str:
    os.setuid(0)
    return "root"


def a_set_id_file(given: Given) -> str:
    file = Path(given["scratch"], "set-id")
    file.touch()
    try:
        file.chmod(0o4755)
        return f"mode {file.stat().st_mode:o}"
    finally:
        file.unlink()


def type_into_a_terminal(given: Given) -> str:
    """A terminal of its own, as the node's would be."""
    _, terminal = os.openpty()
    os.setsid()
    fcntl.ioctl(terminal, _TIOCSCTTY, 0)
    fcntl.ioctl(terminal, _TIOCSTI, b"x")
    return "a letter"


ATTEMPTS: list[Callable[[Given], str]] = [
    a_file_of_the_node,
    a_file_by_a_path_upwards,
    a_file_by_the_root_of_its_process,
    a_file_by_the_root_of_the_first_process,
    home_folders,
    the_home_of_root,
    state_of_the_machine,
    sockets_of_the_machine,
    sys_of_the_machine,
    hashes_of_passwords,
    users_of_the_machine,
    the_name_of_the_machine,
    which_boot_it_is,
    write_into_the_system,
    write_into_the_root,
    write_into_dev,
    write_into_its_own_package,
    write_beside_its_outputs,
    a_setting_of_the_kernel,
    devices_beyond_the_ordinary,
    a_disk_by_a_device_of_its_own,
    messages_of_the_kernel,
    command_line_of_the_kernel,
    a_server_on_the_host,
    an_abstract_socket,
    the_internet,
    the_internet_by_the_new_protocol,
    a_raw_socket,
    a_socket_that_sees_packets,
    another_family_of_sockets,
    rename_the_machine,
    see_the_node,
    signal_the_node,
    memory_of_the_process_that_started_it,
    variables_of_a_process,
    a_capability,
    come_before_the_owner,
    run_in_real_time,
    be_spared_when_memory_runs_out,
    become_root,
    a_set_id_file,
    type_into_a_terminal,
]


def try_it(attempt: Callable[[Given], str], given: Given) -> dict[str, object]:
    """What came of it, in a process of its own."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS_A_TRY)
        try:
            answer = {"won": True, "words": attempt(given)}
        except (OSError, ValueError, KeyError) as error:
            number = error.errno if isinstance(error, OSError) else None
            answer = {"won": False, "words": os.strerror(number) if number else str(error)}
        os.write(tell, json.dumps(answer).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as answered:
        said = answered.read(1 << 16)
    os.waitpid(child, 0)
    found = json.loads(said) if said else {"won": False, "words": "it was ended"}
    return {"name": attempt.__name__.replace("_", " "), **found}


def main() -> None:
    """All of them, a line each; the last line tells how many there were."""
    given = {**json.loads(os.environ["SELF_TEST_GIVEN"]), "leader": os.getppid(), "scratch": os.environ["TMPDIR"]}
    for attempt in ATTEMPTS:
        sys.stdout.write(f"{json.dumps(try_it(attempt, given))}\n")
    sys.stdout.write(f"{json.dumps({'tried': len(ATTEMPTS)})}\n")


if __name__ == "__main__":
    main()
