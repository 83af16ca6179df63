"""How near a node's line comes to its caps, both ways at once: KiB/s, counted outside of the agent.

python -m tests.benchmarks.capped_line [--seconds N] [KIB_S ...]
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.agent.capped_wire import measure_caps

CAPS_KIB_S = (64, 256, 1024, 4096)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("kib_s", type=int, nargs="*", default=CAPS_KIB_S)
    chosen = parser.parse_args()
    for cap in chosen.kib_s:
        with tempfile.TemporaryDirectory() as folder:
            measured = asyncio.run(measure_caps(Path(folder), cap, seconds=chosen.seconds))
        for way, speed in (("down", measured.down_kib_s), ("up", measured.up_kib_s)):
            print(f"{speed:,.1f} KiB/s {way} of {cap:,} allowed: {100 * (speed / cap - 1):+.1f} %")  # noqa: T201


if __name__ == "__main__":
    main()
