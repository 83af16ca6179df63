"""The commands of a command line, for tests that must leave none out."""

from collections.abc import Iterator
from typing import Any


def command_names(group: Any, before: tuple[str, ...] = ()) -> Iterator[str]:
    """`jobs submit` and all others."""
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield " ".join((*before, name))
            yield from command_names(command, (*before, name))
        else:
            yield " ".join((*before, name))
