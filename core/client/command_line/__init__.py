"""The customers' command line, gpu-agent-client: its start, and what the client's errors mean to its callers."""

import os
from typing import NoReturn

from ...console import ExitCode
from ...console.ending import run
from ..errors import AddressRefused, AnswerUnreadable, ConnectionFailed, KeyRefused, TransferFailed
from ..profiles import ProfileUnusable

MEANINGS: dict[type[Exception], ExitCode] = {
    ConnectionFailed: ExitCode.CONNECTION,
    KeyRefused: ExitCode.CONNECTION,
    AddressRefused: ExitCode.ARGUMENTS,
    ProfileUnusable: ExitCode.ARGUMENTS,
    AnswerUnreadable: ExitCode.REFUSED,
    TransferFailed: ExitCode.ENVIRONMENT,
}


def main() -> NoReturn:
    """Console script."""
    from .commands import build  # here: others take single parts of this package, without all that commands need
    from .completion_scripts import VARIABLE

    if VARIABLE in os.environ:
        from typer.completion import get_completion_inspect_parameters

        get_completion_inspect_parameters()  # makes typer know its shells, whose answers the scripts read
    run(build(), meanings=lambda: MEANINGS)
