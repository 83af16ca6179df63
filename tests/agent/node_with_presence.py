"""The node program, looking twice a second, to which a file beside its data folder says who uses the machine."""

import functools
import json
import sys
from pathlib import Path

import msgspec

from agent import service, start
from agent.command_line import main as node_main
from agent.command_line import sharing
from agent.policy.looking import Sources
from agent.policy.surroundings import Presence
from core.protocol.node_rules import Rules

FILE_NAME = "presence.json"
PROGRAM = [sys.executable, "-c", "from tests.agent.node_with_presence import main; main()"]


def say_presence(folder: Path, *programs: str) -> None:
    """From now on these programs run, as the node whose folder it is sees it."""
    new = folder / f"{FILE_NAME}.new"
    new.write_text(json.dumps({"programs": programs}))
    new.replace(folder / FILE_NAME)


def main() -> None:
    data_dir = Path(sys.argv[sys.argv.index("--data-dir") + 1])

    def look(rules: Rules) -> Presence:
        file = data_dir.parent / FILE_NAME
        seen = msgspec.json.decode(file.read_bytes(), type=Presence) if file.exists() else Presence()
        return msgspec.structs.replace(seen, programs=(seen.programs or frozenset()) & frozenset(rules.programs))

    service.LOOK_SECONDS = 0.5
    with_presence = functools.partial(start.open_service, sources=Sources(presence=look))
    setattr(sharing, "open_service", with_presence)  # noqa: B010 - for type checkers a function is no variable
    node_main()
