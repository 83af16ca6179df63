"""Takes too much of what a machine has: `given["amount"]` of it, which lies above what the box is given.

What it took it holds in a box until it is stopped, and on a host until it has told of it.
"""

import mmap
import os
import signal
import socket
import threading
from pathlib import Path
from typing import Any

Given = dict[str, Any]

_MIB = 1024 * 1024


def _held(given: Given, words: str) -> str:
    """Whoever is boxed waits to be stopped: the answer only counts where nothing does."""
    if given["boxed"]:
        signal.pause()
    return words


def _folder(given: Given, inside: str) -> Path:
    return Path(inside if given["boxed"] else given["scratch"])


def processes(given: Given) -> str:
    children = []
    try:
        for _ in range(given["amount"]):
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
        return f"{len(children)} processes"
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def processes_that_make_processes(given: Given) -> str:
    """All double until there are as many as wanted. Each tells at its end whether it could go on."""
    reader, writer = os.pipe()
    leader = os.getpid()
    doublings = given["amount"].bit_length() - 1
    told = 0
    try:
        for _ in range(doublings):
            os.fork()
    except OSError as error:
        told = error.errno or 255
    os.write(writer, bytes([told]))
    if os.getpid() != leader:
        signal.pause()
    for _ in range(1 << doublings):
        [told] = os.read(reader, 1)
        if told:
            raise OSError(told, "fork")
    return f"{1 << doublings} processes"


def threads(given: Given) -> str:
    end = threading.Event()
    started = []
    try:
        for _ in range(given["amount"]):
            thread = threading.Thread(target=end.wait)
            thread.start()
            started.append(thread)
        return f"{len(started)} threads"
    except RuntimeError as error:
        raise OSError(str(error)) from error
    finally:
        end.set()
        for thread in started:
            thread.join()


def memory(given: Given) -> str:
    held = b"x" * (given["amount"] * _MIB)
    return _held(given, f"{len(held) // _MIB} MiB")


def memory_of_many_processes(given: Given) -> str:
    reader, writer = os.pipe()
    for _ in range(4):
        if os.fork() == 0:
            held = b"x" * (given["amount"] * _MIB // 4)
            os.write(writer, held[:1])
            signal.pause()
    for _ in range(4):
        os.read(reader, 1)
    return _held(given, f"{given['amount']} MiB")


def memory_that_is_shared(given: Given) -> str:
    held = mmap.mmap(-1, given["amount"] * _MIB)
    for at in range(0, len(held), mmap.PAGESIZE):
        held[at] = 1
    return _held(given, f"{len(held) // _MIB} MiB")


def _write(file: Path, amount_mb: int) -> None:
    with file.open("wb", buffering=0) as written:
        for _ in range(amount_mb):
            if written.write(b"x" * _MIB) != _MIB:
                raise OSError("the file system is full")


def files_in_memory(given: Given) -> str:
    _write(_folder(given, "/tmp") / "file", given["amount"])
    return _held(given, f"{given['amount']} MiB")


def shared_memory_files(given: Given) -> str:
    _write(_folder(given, "/dev/shm") / "file", given["amount"])
    return _held(given, f"{given['amount']} MiB")


def a_large_file(given: Given) -> str:
    _write(_folder(given, "/unit/output") / "file", given["amount"])
    return _held(given, f"{given['amount']} MiB")


def many_files_of_some_size(given: Given) -> str:
    for number in range(given["amount"]):
        _write(_folder(given, "/unit/checkpoint") / str(number), 1)
    return _held(given, f"{given['amount']} MiB")


def empty_files(given: Given) -> str:
    for number in range(given["amount"]):
        (_folder(given, "/unit/output") / str(number)).touch()
    return _held(given, f"{given['amount']} files")


def empty_files_in_memory(given: Given) -> str:
    folder = _folder(given, "/tmp")
    for number in range(given["amount"]):
        os.close(os.open(folder / str(number), os.O_CREAT | os.O_WRONLY))
    return _held(given, f"{given['amount']} files")


def folders_in_folders(given: Given) -> str:
    os.chdir(_folder(given, "/unit/checkpoint"))
    for _ in range(given["amount"]):
        os.mkdir("deeper")
        os.chdir("deeper")
    return _held(given, f"{given['amount']} deep")


def a_hole_of_a_terabyte(given: Given) -> str:
    with (_folder(given, "/unit/output") / "file").open("wb") as file:
        file.truncate(1 << 40)
    return _held(given, "a terabyte, as it seems")


def open_files(given: Given) -> str:
    return f"{len([os.open('/dev/null', os.O_RDONLY) for _ in range(given['amount'])])} files"


def pairs_of_sockets(given: Given) -> str:
    """Full ones: what waits in them is the kernel's memory, which no process shows as its own."""
    pairs = []
    for _ in range(given["amount"]):
        pair = socket.socketpair()
        pair[0].setblocking(False)
        try:
            while True:
                pair[0].send(b"x" * 4096)
        except BlockingIOError:
            pairs.append(pair)
    return _held(given, f"{len(pairs)} pairs")


def full_pipes(given: Given) -> str:
    pipes = []
    for _ in range(given["amount"]):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            pipes.append((reader, writer))
    return _held(given, f"{len(pipes)} pipes")


def a_log(given: Given) -> str:
    for _ in range(given["amount"]):
        print("\n".join(["x" * 1023] * 1024), flush=True)
    return _held(given, f"{given['amount']} MiB of lines")


def a_line_without_an_end(given: Given) -> str:
    for _ in range(given["amount"]):
        print("x" * _MIB, end="", flush=True)
    return _held(given, f"{given['amount']} MiB in one line")


def a_process_that_stays(given: Given) -> str:
    """In a session of its own, deaf to what would end it; on a host it is there when its parent is gone."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.write(writer, b"x")
        for standard in range(3):
            os.close(standard)
        signal.pause()
    os.read(reader, 1)
    return "a process that outlives it"


def all_the_time_there_is(given: Given) -> str:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0 if given["boxed"] else given["amount"])
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.pause()
    return f"{given['amount']} seconds"
