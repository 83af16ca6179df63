"""Durable compute units a second of a layered DAG, each unit of which needs all of the layer before it.

    python -m tests.benchmarks.dag_dispatch [--width 200] [--layers 10] [--clients 4]

Over real HTTP, as in `dispatch.py`; a lease brings the outputs of all that its unit needs.
"""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks.client_processes import measure, tell_processor, tell_units
from tests.benchmarks.ready_units import ReadyUnits, copy_layers


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--width", type=int, default=200)
    parser.add_argument("--layers", type=int, default=10)
    parser.add_argument("--clients", type=int, default=4)
    asked = parser.parse_args()
    for most, how in ((1, "one by one"), (16, "leased up to 16 at a time")):
        with tempfile.TemporaryDirectory() as name:
            world = ReadyUnits(Path(name), 0)
            with world.server.store() as store, store.transaction() as tx:
                copy_layers(tx, world.job_id, asked.width, asked.layers)
            credentials = world.credentials(asked.clients)
            world.server.start()
            try:
                speed = measure(world, credentials, most, 0, until=asked.width * asked.layers)
            finally:
                world.server.close()
            what = f"layered DAG {asked.width} x {asked.layers}, all to all, {how}"
            tell_units(speed, what)
            tell_processor(speed, what)


if __name__ == "__main__":
    main()
