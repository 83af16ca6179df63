"""Nodes of a benchmark as processes of their own, and what a server did for them."""

import subprocess
import sys
import time
from select import select
from typing import NamedTuple

import psutil

from tests.benchmarks.raw_node import Node, RawConnection, through_httpx
from tests.benchmarks.ready_units import ReadyUnits

POLL_SECONDS = 0.5


class Speed(NamedTuple):
    """Units a second of the clock, and the server's processor time a unit in microseconds."""

    units_a_second: float
    cpu_us: float


def be_node(url: str, most: int, seconds: float, library: str) -> None:
    """A client process: waits for its credential, works so long (0: until it is told another line), and prints how
    many results were accepted."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    credential = sys.stdin.readline().strip()
    post = through_httpx(url, credential) if library == "httpx" else RawConnection(url, credential)
    node = Node(post, most)
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        done += node.turn()
    while not seconds and (node.held or not select([sys.stdin], [], [], 0)[0]):
        done += node.turn(wait_seconds=POLL_SECONDS)
    done += node.turn(most=0)
    sys.stdout.write(f"{done}\n")


def _start(url: str, most: int, seconds: float, library: str) -> "subprocess.Popen[str]":
    node = subprocess.Popen(
        [sys.executable, "-m", __spec__.name, url, str(most), str(seconds), library],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert node.stdout is not None and node.stdout.readline() == "ready\n"
    return node


def measure(
    world: ReadyUnits, credentials: list[str], most: int, seconds: float, library: str = "raw", *, until: int = 0
) -> Speed:
    """Completed units by one client process a credential, until the last verification. With 0 `seconds`, until so many
    are completed."""
    assert world.server.process is not None
    server = psutil.Process(world.server.process.pid)
    before = world.count("completed")
    nodes = [_start(world.server.url, most, seconds, library) for _ in credentials]
    worked = sum(server.cpu_times()[:2])
    began = time.time()
    for node, credential in zip(nodes, credentials, strict=True):
        assert node.stdin is not None
        node.stdin.write(credential + "\n")
        node.stdin.flush()
    while not seconds and world.count("completed") - before < until:
        time.sleep(0.05)
    accepted = sum(int(node.communicate("enough\n")[0]) for node in nodes)
    while world.count("verifying"):
        time.sleep(0.01)
    worked = sum(server.cpu_times()[:2]) - worked
    completed = world.count("completed") - before
    assert completed == accepted, f"{accepted} accepted, {completed} completed"
    return Speed(completed / (world.newest_end() - began), worked / completed * 1e6)


def tell_units(speed: Speed, what: str) -> None:
    """Prints `NUMBER UNIT WHAT`."""
    print(f"{speed.units_a_second:.0f} units/s {what}", flush=True)  # noqa: T201


def tell_processor(speed: Speed, what: str) -> None:
    """Prints `NUMBER UNIT WHAT`."""
    print(f"{speed.cpu_us:.0f} us of the server's processor a unit {what}", flush=True)  # noqa: T201


if __name__ == "__main__":
    be_node(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
