"""schemathesis over the whole OpenAPI file against a real server with things in it: cases, answers by status, failures.

    python -m tests.benchmarks.api_fuzz [--examples 450]

Goals: 20,000 cases, no failure (no 5xx, no status, header or body that the file doesn't tell of), less than 1 % of 429.
Exit code 1 when one is missed.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.backend.fuzzing import fuzz, fuzzed_server
from tests.backend.server_process import BackendServer

CASES = 20_000
MOST_LIMITED = 0.01


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    """Prints the figures; schemathesis' own words come after them when something failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=450, help="cases an operation in the phase of random ones")
    examples = parser.parse_args().examples
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        server = BackendServer(folder / "data")
        try:
            with fuzzed_server(server) as (furnished, ways):
                began = time.monotonic()
                figures = fuzz(furnished, ways, server.url, folder, examples=examples)
                seconds = time.monotonic() - began
        finally:
            server.close()
    say(f"{figures.cases:,} cases in {seconds:.0f} s; goal {CASES:,}")
    for status, count in sorted(figures.by_status.items()):
        say(f"  {status}: {count:,}")
    say(f"{len(figures.failures)} failures; goal 0")
    say(f"{figures.limited_share:.2%} answered 429; goal below {MOST_LIMITED:.0%}")
    for place, count in sorted(figures.limited.items()):
        say(f"  {place}: {count:,}")
    if figures.failures:
        say(figures.output)
    missed = figures.cases < CASES or bool(figures.failures) or figures.limited_share >= MOST_LIMITED
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
