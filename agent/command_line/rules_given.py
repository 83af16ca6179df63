"""Rules as they are given on a command line: a whole file, or NAME=VALUE for simple ones."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import inspect

from core.console import CommandError, ExitCode
from core.protocol.node_rules import Rules

_YES, _NO, _NONE = ("true", "yes", "on"), ("false", "no", "off"), "none"


def rules_of_json(content: bytes) -> Rules:
    """The whole of them. Raises CommandError."""
    try:
        return msgspec.json.decode(content, type=Rules)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(f"These are no rules: {error}", "See their shape: gpu-agent-node rules show --json") from error


def rules_changed(rules: Rules, given: Sequence[str]) -> Rules:
    """With some simple ones changed; a dot goes into a part, as in `electricity.most` or `gpus.UUID.shared`. Raises
    CommandError."""
    plain = msgspec.to_builtins(rules)
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise _refused(f"{text!r} is neither a file's name alone nor NAME=VALUE.", "Write it like idle_minutes=10")
        _change(plain, name, value)
    try:
        return msgspec.convert(plain, Rules)
    except msgspec.ValidationError as error:
        raise _refused(f"These are no rules: {error}", "See what is set: gpu-agent-node rules show") from error


def _change(plain: dict[str, Any], name: str, value: str) -> None:
    of: inspect.Type = inspect.type_info(Rules)
    place = plain
    *path, last = name.split(".")
    for word in path:
        of = _inside(of, word, name)
        place = place.setdefault(word, {})
    place[last] = _value(_inside(of, last, name), value, name)


def _inside(of: inspect.Type, word: str, name: str) -> inspect.Type:
    match of:
        case inspect.StructType():
            for field in of.fields:
                if field.encode_name == word:
                    return field.type
            names = ", ".join(field.encode_name for field in of.fields)
            raise _refused(f"There is no rule {name!r}.", f"Names here: {names}")
        case inspect.DictType():
            return of.value_type
        case _:
            raise _refused(f"There is no rule {name!r}.", "See their names: gpu-agent-node rules show --json")


def _value(of: inspect.Type, text: str, name: str) -> Any:
    kinds = of.types if isinstance(of, inspect.UnionType) else (of,)
    if text.lower() == _NONE and any(isinstance(kind, inspect.NoneType) for kind in kinds):
        return None
    for kind in kinds:
        match kind:
            case inspect.BoolType() if text.lower() in (*_YES, *_NO):
                return text.lower() in _YES
            case inspect.BoolType():
                raise _refused(f"{name} is true or false, not {text!r}.", f"Write {name}=true")
            case inspect.IntType() | inspect.FloatType():
                return _number(text, name)
            case inspect.StrType():
                return text
            case inspect.ListType() | inspect.VarTupleType() if isinstance(kind.item_type, inspect.StrType):
                return [word.strip() for word in text.split(",") if word.strip()]
            case _:
                continue
    raise _refused(f"{name} is no simple rule.", "Write all rules in a file: gpu-agent-node rules set FILE")


def _number(text: str, name: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError as error:
        raise _refused(f"{name} is a number, not {text!r}.", f"Write it like {name}=10, or {name}=none") from error


def _refused(message: str, hint: str) -> CommandError:
    return CommandError(message, hint=hint, exit_code=ExitCode.ARGUMENTS)
