"""`gpu-agent-node self-test`: whether this machine runs others' units safely, and how fast it is."""

import asyncio
import sys
from typing import Annotated

import typer

from agent.command_line.options import DataDirOption, default_data_dir, make_data_dir
from core.console import Console, ExitCode, JsonOption, QuietOption

SkipLineOption = Annotated[bool, typer.Option("--skip-line", help="Send nothing to measure the line.")]


def self_test(
    skip_line: SkipLineOption = False,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Test box, disk, GPUs, line and a small unit, a minute at most, and say what mends each failure.

    A node that runs tests itself, beside its units; else it is done here. Exit code 3 where something failed.
    """
    from agent.command_line.self_testing import failures, in_words, test_here

    console = Console.choose(json, quiet)
    status = asyncio.run(test_here(console, make_data_dir(data_dir), skip_line=skip_line))
    failed = failures(status)
    console.result(status, human=in_words(status), quiet="failed" if failed else "passed")
    if failed:
        sys.exit(ExitCode.ENVIRONMENT)
