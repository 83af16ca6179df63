"""The checks that CI runs, as commands of the environment, and their summary. Nothing else."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from build_scripts import environment, stamp

EXIT_ARGUMENTS = 4
OPTIONS = ("--full", "--no-system")
TEST_PROCESSES = 2


class Check(NamedTuple):
    """One check: its name on the command line, and the command, whose program is one of the environment's."""

    name: str
    command: tuple[str, ...]


class Outcome(NamedTuple):
    """How a check ended, after how many seconds."""

    name: str
    passed: bool
    seconds: float


def checks(full: bool) -> list[Check]:
    """All checks in the order of their cost; `full` adds the tests that are marked so."""
    side_by_side = ("-n", str(TEST_PROCESSES), "--dist", "loadfile")  # pytest-xdist; a file's tests share servers
    tests = ("pytest", *side_by_side, "--durations=10", *(() if full else ("-m", "not full")))
    return [
        Check("ruff", ("ruff", "check", "--quiet")),
        Check("format", ("ruff", "format", "--check", "--quiet")),
        Check("mypy", ("mypy", "--strict")),
        Check("imports", ("lint-imports",)),
        Check("pytest", tests),
    ]


def run_checks(project: str, arguments: Sequence[str]) -> int:
    """Makes the environment ready, runs the checks named (all where none is) and gives the exit code."""
    known = checks("--full" in arguments)
    named = [argument for argument in arguments if argument not in OPTIONS]
    unknown = [name for name in named if name not in {check.name for check in known}]
    if unknown:
        names = " ".join(check.name for check in known)
        print(f"Unknown: {' '.join(unknown)}. The checks are: {names}. See check.py --help", file=sys.stderr)
        return EXIT_ARGUMENTS
    system = "--no-system" not in arguments
    layout = stamp.Layout.of(project, os.environ)._replace(for_tests=True)
    if not stamp.is_ready(layout, True, system):
        environment.make_ready_or_exit(layout, dev=True, system=system)
    outcomes = [_run(check, layout) for check in known if not named or check.name in named]
    print(summary(outcomes), flush=True)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def summary(outcomes: Sequence[Outcome]) -> str:
    """A line for each check, then the verdict."""
    lines = [f"{'ok    ' if o.passed else 'FAILED'} {o.name:<8}{o.seconds:7.1f} s" for o in outcomes]
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    return "\n".join([*lines, f"Failed: {', '.join(failed)}" if failed else "All checks hold."])


def _run(check: Check, layout: stamp.Layout) -> Outcome:
    print(f"== {check.name}: {' '.join(check.command)}", flush=True)
    started = time.monotonic()
    program = str(Path(layout.bin, check.command[0]))
    ended = subprocess.run([program, *check.command[1:]], cwd=layout.project, check=False)
    seconds = time.monotonic() - started
    print(f"== {check.name}: {'ok' if ended.returncode == 0 else 'FAILED'} in {seconds:.1f} s\n", flush=True)
    return Outcome(check.name, ended.returncode == 0, seconds)
