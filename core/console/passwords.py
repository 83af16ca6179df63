"""How a command is given a password: typed unseen by a person, or as the first line of stdin by a script. Never as an
option: every user of a machine can read command lines."""

import getpass
import sys
from typing import Annotated

import typer

from . import CommandError, Console, ExitCode, Mode

PasswordStdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from stdin, its first line.")
]


def password_from_stdin() -> str:
    """The first line of stdin, without its end. Raises CommandError when there is none."""
    line = sys.stdin.readline()
    if not line.rstrip("\r\n"):
        raise CommandError(
            "No password came on stdin.",
            hint="Give it as one line: … --password-stdin < FILE",
            exit_code=ExitCode.ARGUMENTS,
        )
    return line.rstrip("\r\n")


def ask_password(console: Console, *, from_stdin: bool, twice: bool = False) -> str:
    """The password. Raises CommandError where nobody can type it, or when it was typed differently the second time."""
    if from_stdin:
        return password_from_stdin()
    if console.mode is not Mode.HUMAN or not sys.stdin.isatty():
        raise CommandError(
            "Nobody is here to type a password.",
            hint="Give it as one line on stdin, with --password-stdin.",
            exit_code=ExitCode.ARGUMENTS,
        )
    password = getpass.getpass("Password: ")
    if twice and getpass.getpass("The same again: ") != password:
        raise CommandError("That was another password.", hint="Say the command again.", exit_code=ExitCode.ARGUMENTS)
    return password
