"""Durable compute units a second over real HTTP: leased, started, exited, completed, verified, charged.

    python -m tests.benchmarks.dispatch [--seconds N] [--clients N]

Nodes are processes of their own that speak the exchange on raw keep-alive sockets, since an httpx client costs more
than the server does; the same with httpx is printed first. A unit counts when the store has it `completed`; after the
last measurement the server is killed, and all that it had accepted must be there. The server's processor time a unit
is what it would cost on a machine with nothing else to do: it tells more than the clock where others work, too.
"""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks.client_processes import Speed, measure, tell_processor, tell_units
from tests.benchmarks.ready_units import ReadyUnits


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure; the last two are units a second of raw clients."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--units", type=int, default=300_000)
    asked = parser.parse_args()
    speeds: dict[str, Speed] = {}
    with tempfile.TemporaryDirectory() as name:
        world = ReadyUnits(Path(name), asked.units)
        world.server.start()
        try:
            credentials = world.credentials(asked.clients)
            measure(world, credentials, 16, 1.0)  # the server reads anew what the enrolments changed
            for library, most, what in (
                ("httpx", 16, "leased up to 16 at a time, httpx clients"),
                ("httpx", 1, "one by one, httpx clients"),
                ("raw", 16, "leased up to 16 at a time"),
                ("raw", 1, "one by one"),
            ):
                speeds[what] = measure(world, credentials, most, asked.seconds, library)
                tell_processor(speeds[what], what)
            completed = world.count("completed")
            world.server.kill()
            assert world.count("completed") == completed, "kill -9 lost a unit"
            world.server.start()
            assert world.server.command("doctor"), "the ledger adds up"
        finally:
            world.server.close()
    for what, speed in speeds.items():
        tell_units(speed, what)


if __name__ == "__main__":
    main()
