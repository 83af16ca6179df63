"""Reaches for others: over networks and sockets, by signals, by memory that is shared, by a terminal."""

import ctypes
import fcntl
import os
import signal
import socket
from pathlib import Path
from typing import Any

Given = dict[str, Any]

_LIBC = ctypes.CDLL(None, use_errno=True)
_ALLOWED_FAMILIES = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}
_TIOCSCTTY, _TIOCSTI = 0x540E, 0x5412


def check(result: int, name: str) -> int:
    """The result of a call of C, or its error."""
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def a_server_on_the_host(given: Given) -> str:
    with socket.create_connection(("127.0.0.1", given["port"]), timeout=10) as connection:
        return f"a connection, descriptor {connection.fileno()}"


def the_hosts_own_address(given: Given) -> str:
    with socket.create_connection((given["address"], given["port"]), timeout=10) as connection:
        return f"a connection, descriptor {connection.fileno()}"


def the_internet(given: Given) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect((given["far_address"], 9))  # asks for a route; nothing is sent
        return f"a route, from port {asked.getsockname()[1]}"


def an_abstract_socket(given: Given) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + given["abstract"])
        return f"a connection, descriptor {client.fileno()}"


def a_socket_in_a_folder(given: Given) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(given["socket_file"])
        return f"a connection, descriptor {client.fileno()}"


def every_other_family_of_sockets(given: Given) -> str:
    made, refused = [], set()
    for family in sorted(set(range(64)) - {int(family) for family in _ALLOWED_FAMILIES}):
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind, 0).close()
                made.append(family)
            except OSError as error:
                refused.add(os.strerror(error.errno or 0))
    if not made:
        raise OSError(" / ".join(sorted(refused)))
    return f"families {sorted(set(made))}"


def a_raw_socket(given: Given) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        return f"descriptor {raw.fileno()}"


def a_socket_that_sees_packets(given: Given) -> str:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as packets:
        return f"descriptor {packets.fileno()}"


def news_of_the_kernels_devices(given: Given) -> str:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15) as news:
        news.bind((0, 1))
        return f"descriptor {news.fileno()}"


def a_filter_on_a_socket(given: Given) -> str:
    answer_all = ctypes.create_string_buffer(bytes([6, 0, 0, 0, 255, 255, 0, 0]))
    program = (1).to_bytes(8, "little") + ctypes.addressof(answer_all).to_bytes(8, "little")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as filtered:
        filtered.setsockopt(socket.SOL_SOCKET, 26, program)
        return "a program in the kernel"


def buffers_of_a_socket(given: Given) -> str:
    with socket.socket(socket.AF_UNIX) as wide:
        before = wide.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        wide.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        if wide.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == before:
            raise OSError("the size stays what it was")
        return "a size of its own"


def signal_a_process_of_the_host(given: Given) -> str:
    os.kill(given["pid"], signal.SIGCONT)
    return "a signal"


def signal_the_agent(given: Given) -> str:
    os.kill(given["agent"], signal.SIGCONT)
    return "a signal"


def signal_everybody(given: Given) -> str:
    os.kill(-1, 0)
    return "there is somebody"


def a_handle_on_a_process_of_the_host(given: Given) -> str:
    return f"descriptor {os.pidfd_open(given['pid'])}"


def the_session_of_a_process_of_the_host(given: Given) -> str:
    return f"session {os.getsid(given['pid'])}"


def memory_shared_by_the_host(given: Given) -> str:
    return f"{len(Path(given['shm_file']).read_bytes())} bytes of the host"


def memory_shared_in_the_old_way(given: Given) -> str:
    segment = check(_LIBC.shmget(0, 4096, 0o1600), "shmget")
    _LIBC.shmctl(segment, 0, None)
    return f"segment {segment}"


def semaphores_of_the_old_way(given: Given) -> str:
    group = check(_LIBC.semget(0, 1, 0o1600), "semget")
    _LIBC.semctl(group, 0, 0)
    return f"semaphores {group}"


def a_message_queue(given: Given) -> str:
    name = f"/gpu-agent-{os.getpid()}".encode()
    queue = check(_LIBC.mq_open(name, os.O_CREAT | os.O_RDWR, 0o600, None), "mq_open")
    _LIBC.mq_unlink(name)
    return f"queue {queue}"


def rename_the_machine(given: Given) -> str:
    socket.sethostname(socket.gethostname())
    return "the name could be set"


def type_into_a_terminal(given: Given) -> str:
    """A terminal of its own, as the agent's would be: a child makes it the one it is controlled by, and types."""
    _, terminal = os.openpty()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            fcntl.ioctl(terminal, _TIOCSCTTY, 0)
            fcntl.ioctl(terminal, _TIOCSTI, b"x")
            os._exit(0)
        except OSError as error:
            os._exit(error.errno or 255)
    _, status = os.waitpid(child, 0)
    if code := os.waitstatus_to_exitcode(status):
        raise OSError(code, "TIOCSTI")
    return "a letter"
