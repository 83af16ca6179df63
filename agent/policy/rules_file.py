"""The owner's rules on the disk: `rules.json` in the node's data folder, which nobody but its owner can read.

What can't be read is no reason to end, and none to share either: the caller waits for the owner.
"""

from pathlib import Path
from typing import Any

import msgspec

from agent.durable import sync_file_system
from agent.policy.checks import faults_of
from core.private_files import write_private
from core.protocol.node_rules import Rules

_MOST_BYTES = 4 << 20


class RulesUnreadable(Exception):
    """The file is there, and its rules can't be known. The words say why, and how to mend it."""


def read_rules(file: Path) -> tuple[Rules, list[str]]:
    """The rules (blocking), and the names of what a newer program wrote there and this one doesn't know. No file: the
    rules that hold where none were set. Raises RulesUnreadable."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return Rules(), []
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from error
    if len(content) > _MOST_BYTES:
        raise _unreadable(file, f"it has more than {_MOST_BYTES >> 20} MiB")
    try:
        unknown: list[str] = []
        known = _without_unknown(msgspec.json.decode(content), msgspec.inspect.type_info(Rules), "", unknown)
        rules = msgspec.convert(known, Rules)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(file, str(error)) from error
    for field, words in faults_of(rules).items():  # written by hand
        raise _unreadable(file, f"{field} {words}")
    return rules, unknown


def write_rules(file: Path, rules: Rules) -> None:
    """Replace them at one stroke (blocking), on the disk when it returns. Raises OSError, and the old ones stay."""
    write_private(file, msgspec.json.format(msgspec.json.encode(rules), indent=2))
    sync_file_system(file.parent)


def _unreadable(file: Path, why: str) -> RulesUnreadable:
    return RulesUnreadable(
        f"the rules in {file} can't be read: {why}. Nothing runs until they can: mend the file and start the node "
        "again, or write all rules anew with: gpu-agent-node rules set FILE"
    )


def _without_unknown(value: Any, of: msgspec.inspect.Type, path: str, unknown: list[str]) -> Any:
    """The value without the fields that no type here has; each is noted by its path."""
    match of:
        case msgspec.inspect.UnionType():
            return next((_without_unknown(value, one, path, unknown) for one in of.types if _may_be(value, one)), value)
        case msgspec.inspect.StructType() if isinstance(value, dict):
            fields = {field.encode_name: field.type for field in of.fields}
            unknown += [f"{path}{name}" for name in value if name not in fields]
            return {
                name: _without_unknown(inner, fields[name], f"{path}{name}.", unknown)
                for name, inner in value.items()
                if name in fields
            }
        case msgspec.inspect.ListType() if isinstance(value, list):
            return [_without_unknown(inner, of.item_type, path, unknown) for inner in value]
        case msgspec.inspect.DictType() if isinstance(value, dict):
            return {
                name: _without_unknown(inner, of.value_type, f"{path}{name}.", unknown) for name, inner in value.items()
            }
        case _:
            return value


def _may_be(value: Any, of: msgspec.inspect.Type) -> bool:
    if isinstance(value, dict):
        return isinstance(of, msgspec.inspect.StructType | msgspec.inspect.DictType)
    return isinstance(value, list) and isinstance(of, msgspec.inspect.ListType)
