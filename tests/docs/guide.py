"""Takes a guide apart: what a reader types, what a reader saves, what a reader should see, in the guide's order."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
MARK = "\x1e"
FILE_END = "end of a file of the guide"


class Block(NamedTuple):
    """A fenced block: its language, the file it is saved as if it names one, its text, and its first line's number."""

    language: str
    file_name: str | None
    text: str
    line: int


class Step(NamedTuple):
    """Commands that are run together, the files saved before them, and the output that the guide shows for them."""

    line: int
    commands: str
    files: list[Block]
    expected: str


def blocks(guide: str) -> list[Block]:
    """All fenced blocks with a language."""
    return [
        Block(match[1], match[2], match[3], guide.count("\n", 0, match.start()) + 2) for match in _FENCE.finditer(guide)
    ]


def steps(guide: str) -> list[Step]:
    """Each `sh` block, with the named blocks before it and the `text` block right after it."""
    found: list[Step] = []
    files: list[Block] = []
    for block in blocks(guide):
        if block.language == "sh":
            found.append(Step(block.line, block.text, files, ""))
            files = []
        elif block.file_name is not None:
            files.append(block)
        elif block.language == "text" and found and not found[-1].expected:
            found[-1] = found[-1]._replace(expected=block.text)
    return found


def script(all_steps: list[Step]) -> str:
    """One bash script: before each step a mark with its line, then its files, then its commands.

    Any command that fails ends it, which a reader's shell would not do.
    """
    parts = ["set -euo pipefail"]
    for step in all_steps:
        parts.append(f"printf '{MARK}{step.line}\\n'")
        for file in step.files:
            name = shlex.quote(file.file_name or "")
            parts.append(f'mkdir -p -- "$(dirname -- {name})"\ncat > {name} <<"{FILE_END}"\n{file.text}{FILE_END}')
        parts.append(step.commands.rstrip("\n"))
    parts.append(f"printf '{MARK}end\\n'")
    return "\n".join(parts) + "\n"


def outputs(said: str) -> dict[str, str]:
    """What was printed in each step, by its line; the key `end` is there only if the script came to its end."""
    return dict(part.split("\n", 1) for part in said.split(MARK)[1:])


def not_seen(expected: str, output: str) -> list[str]:
    """The lines that should have been printed, in this order, and were not; `…` stands for anything."""
    lines, missing = iter(output.splitlines()), []
    for wanted in expected.splitlines():
        if wanted.strip() in ("", ANYTHING):
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.strip().split(ANYTHING)))
        if not any(pattern.fullmatch(line.strip()) for line in lines):
            missing.append(wanted)
            break
    return missing


def project() -> Path:
    """The checkout."""
    return Path(__file__).parents[2]
