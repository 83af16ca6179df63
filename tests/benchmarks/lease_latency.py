"""From a unit that becomes ready to a waiting node that holds its lease, over real HTTP.

    python -m tests.benchmarks.lease_latency [--units 500]

Two nodes and a chain of units: one completes a unit, which makes the next one ready for the other, whose poll is open.
Ready is the moment of the transaction that wrote it; the lease is held when its whole answer is read. Both processes
read the same clock.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.benchmarks.raw_node import Node, RawConnection
from tests.benchmarks.ready_units import ReadyUnits, copy_layers, percentile

WAIT_SECONDS = 20.0


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--units", type=int, default=500)
    units = parser.parse_args().units
    held_at: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        world = ReadyUnits(Path(name), 0)
        with world.server.store() as store, store.transaction() as tx:
            copy_layers(tx, world.job_id, 1, units)
        credentials = world.credentials(2)
        world.server.start()
        try:
            connections = [RawConnection(world.server.url, credential) for credential in credentials]
            nodes = [Node(connection, 1) for connection in connections]
            nodes[0].turn()
            for number in range(1, units):
                working, waiting = (number - 1) % 2, number % 2
                connections[waiting].send(nodes[waiting].request(wait_seconds=WAIT_SECONDS))
                nodes[working].turn(most=0)
                nodes[waiting].take(connections[waiting].receive())
                assert len(nodes[waiting].held) == 1, "nothing came while the poll was open"
                held_at[nodes[waiting].held[0].unit_id] = time.time()
            ready_at = world.ready_times()
        finally:
            world.server.close()
    latencies = sorted((held_at[unit_id] - ready_at[unit_id]) * 1000 for unit_id in held_at)
    for share, what in ((0.5, "median"), (0.99, "p99")):
        print(f"{percentile(latencies, share):.1f} ms from ready to leased by a waiting node, {what}")  # noqa: T201


if __name__ == "__main__":
    main()
