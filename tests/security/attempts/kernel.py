"""Asks the kernel for what leads out of a box, or for what all of a machine's programs share."""

import ctypes
import mmap
import os
import signal
import struct
from pathlib import Path
from typing import Any

from .reach import check

Given = dict[str, Any]

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS, _NEW_USERS, _NEW_NETWORK = 0x20000, 0x10000000, 0x40000000


def _call(given: Given, name: str, *arguments: Any) -> int:
    whole = [ctypes.c_long(word) if isinstance(word, int) else word for word in (given["numbers"][name], *arguments)]
    return check(int(_LIBC.syscall(*whole)), name)


def _in_a_child(action: Any) -> str:
    """For what changes a process for good."""
    child = os.fork()
    if child == 0:
        try:
            action()
            os._exit(0)
        except OSError as error:
            os._exit(error.errno or 255)
    _, status = os.waitpid(child, 0)
    if code := os.waitstatus_to_exitcode(status):
        raise OSError(code, "")
    return "it was done"


def _waiting_child() -> int:
    child = os.fork()
    if child == 0:
        signal.pause()
    return child


def _end(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def trace_a_process(given: Given) -> str:
    child = _waiting_child()
    try:
        _call(given, "ptrace", 0x4206, child, None, None)  # PTRACE_SEIZE
        return "a process is traced"
    finally:
        _end(child)


def read_the_memory_of_a_process(given: Given) -> str:
    child = _waiting_child()
    there, here = ctypes.create_string_buffer(16), ctypes.create_string_buffer(16)
    local = struct.pack("PN", ctypes.addressof(here), 16)
    remote = struct.pack("PN", ctypes.addressof(there), 16)
    try:
        return f"{_call(given, 'process_vm_readv', child, local, 1, remote, 1, 0)} bytes"
    finally:
        _end(child)


def take_a_descriptor_of_a_process(given: Given) -> str:
    child = _waiting_child()
    try:
        return f"descriptor {_call(given, 'pidfd_getfd', os.pidfd_open(child), 0, 0)}"
    finally:
        _end(child)


def add_a_key(given: Given) -> str:
    return f"key {_call(given, 'add_key', b'user', b'gpu-agent', b'x', 1, -2)}"  # the process's own keyring


def look_at_the_keyring_of_the_session(given: Given) -> str:
    return f"keyring {_call(given, 'keyctl', 0, -3, 0, 0, 0)}"


def make_an_io_uring(given: Given) -> str:
    return f"ring {_call(given, 'io_uring_setup', 4, ctypes.create_string_buffer(120))}"


def asynchronous_io(given: Given) -> str:
    context = ctypes.c_ulong(0)
    _call(given, "io_setup", 16, ctypes.byref(context))
    return f"context {context.value:x}"


def load_a_program_into_the_kernel(given: Given) -> str:
    array_of_one = struct.pack("IIII", 2, 4, 4, 1).ljust(72, b"\0")
    return f"map {_call(given, 'bpf', 0, array_of_one, 72)}"


def measure_the_machine(given: Given) -> str:
    software_clock = struct.pack("IIQ", 1, 112, 0).ljust(112, b"\0")
    return f"counter {_call(given, 'perf_event_open', software_clock, 0, -1, -1, 0)}"


def handle_faults_of_pages(given: Given) -> str:
    return f"descriptor {_call(given, 'userfaultfd', 0)}"


def a_namespace_of_users(given: Given) -> str:
    return _in_a_child(lambda: check(_LIBC.unshare(_NEW_USERS), "unshare"))


def a_namespace_of_mounts(given: Given) -> str:
    return _in_a_child(lambda: check(_LIBC.unshare(_NEW_MOUNTS), "unshare"))


def a_namespace_of_networks(given: Given) -> str:
    return _in_a_child(lambda: check(_LIBC.unshare(_NEW_NETWORK), "unshare"))


def a_namespace_of_users_by_clone(given: Given) -> str:
    child = _call(given, "clone", _NEW_USERS | signal.SIGCHLD, None, None, None, None)
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "a process in it"


def a_namespace_of_users_by_the_new_clone(given: Given) -> str:
    wanted = struct.pack("11Q", _NEW_USERS, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, 0)
    child = _call(given, "clone3", wanted, len(wanted))
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "a process in it"


def enter_another_namespace(given: Given) -> str:
    return _in_a_child(lambda: check(_LIBC.setns(os.open("/proc/self/ns/uts", os.O_RDONLY), 0), "setns"))


def mount_a_file_system(given: Given) -> str:
    target = given["scratch"].encode()
    check(_LIBC.mount(b"none", target, b"tmpfs", 0, None), "mount")
    check(_LIBC.umount2(target, 2), "umount2")
    return "a tmpfs"


def make_what_is_mounted_writable(given: Given) -> str:
    """MS_REMOUNT | MS_BIND on the root, which on a host is writable already."""
    check(_LIBC.mount(None, b"/", None, 0x20 | 0x1000, None), "mount")
    return "the root"


def mount_in_the_new_way(given: Given) -> str:
    return f"descriptor {_call(given, 'fsopen', b'tmpfs', 0)}"


def change_the_root(given: Given) -> str:
    return _in_a_child(lambda: os.chroot("/"))


def become_root(given: Given) -> str:
    return _in_a_child(lambda: os.setuid(0))


def privileges_by_a_program(given: Given) -> str:
    """What set-id programs and file capabilities give is off for good where this word is 1."""
    status = dict(line.split(":\t") for line in Path("/proc/self/status").read_text().splitlines())
    if status["NoNewPrivs"] == "1":
        raise OSError("no program gives new privileges")
    return "set-id programs work"


def a_set_id_file(given: Given) -> str:
    file = Path(given["scratch"], "set-id")
    file.touch()
    try:
        file.chmod(0o4755)
        return f"mode {file.stat().st_mode:o}"
    finally:
        file.unlink()


def a_file_made_set_id(given: Given) -> str:
    path = f"{given['scratch']}/made-set-id"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o4755))
    os.unlink(path)
    return "a set-id file"


def a_set_id_node(given: Given) -> str:
    path = f"{given['scratch']}/node-set-id"
    os.mknod(path, 0o104755)
    os.unlink(path)
    return "a set-id file"


def call_in_the_manner_of_32_bits(given: Given) -> str:
    """getpid as a program of the 80386 asks for it: mov eax, 20; int 0x80; ret."""
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    return f"process {ctypes.CFUNCTYPE(ctypes.c_int)(address)()}"


def memory_in_known_places(given: Given) -> str:
    return _in_a_child(lambda: check(_LIBC.personality(0x0040000), "personality"))


def watch_files(given: Given) -> str:
    return f"descriptor {_call(given, 'inotify_init1', 0)}"


def watch_all_files(given: Given) -> str:
    return f"descriptor {_call(given, 'fanotify_init', 0, 0)}"


def files_without_names(given: Given) -> str:
    return f"descriptor {os.memfd_create('gpu-agent')}"


def open_a_file_by_its_number(given: Given) -> str:
    """The way out of early containers: a file's handle opens it wherever it lies on the disk."""
    handle, mount = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 136), ctypes.c_int()
    there = os.open(given["scratch"], os.O_RDONLY)
    _call(given, "name_to_handle_at", there, b"", handle, ctypes.byref(mount), 0x1000)
    return f"descriptor {_call(given, 'open_by_handle_at', there, handle, os.O_RDONLY)}"


def the_kernels_log(given: Given) -> str:
    return f"{check(_LIBC.klogctl(10, None, 0), 'syslog')} bytes"


def set_the_clock(given: Given) -> str:
    nothing_to_change = ctypes.create_string_buffer(struct.pack("I", 0x100), 208)  # ADJ_SETOFFSET, of no seconds
    return f"state {check(_LIBC.adjtimex(nothing_to_change), 'adjtimex')}"
