"""Reads `training.toml` and gathers every problem with its line. Whether the scripts exist is for inspect to see."""

import difflib
import math
import re
import tomllib
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from ..content.paths import path_problem, shown
from ..errors import ErrorDetail
from .problems import rejected
from .requirements import requirement_problem, specifier_problem
from .toml_lines import KeyPath, key_lines
from .training_toml import FILE_NAME, ParamType, StrategyKind, TrainingToml

MAX_FILE_BYTES = 65_536
MAX_NAME_CHARACTERS = 200
MAX_VERSION_CHARACTERS = 64
MAX_HELP_CHARACTERS = 500
MAX_REQUIREMENTS = 200
MAX_PARAMS = 200
MAX_CHOICES = 100
MAX_VRAM_MB = 196_608
MAX_MEMORY_MB = 1_048_576
MAX_CPUS = 256
DAY_SECONDS = 86_400


def parse_training_toml(data: bytes, file: str = FILE_NAME) -> TrainingToml:
    """Read and check the file's bytes; `file` is what it is called in the problems.

    Raises ApiError PACKAGE_REJECTED with one detail row a problem, each with file and line.
    """
    reader = _Reader(file)
    training = reader.read(data)
    if training is None:
        raise rejected(reader.rows, file)
    return training


class _Bad(ValueError):
    """A value that breaks its key's rule; the message is what the value must be."""


_Check = Callable[[object], object]


def _whole(low: int, high: int) -> _Check:
    def check(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _Bad(f"must be a whole number from {low:,} to {high:,}")
        return value

    return check


def _number(low: float, high: float) -> _Check:
    def check(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise _Bad(f"must be a finite number from {low:,} to {high:,}")
        return float(value)

    return check


def _yes_or_no(value: object) -> object:
    if not isinstance(value, bool):
        raise _Bad("must be true or false")
    return value


def _text(most: int, least: int = 1) -> _Check:
    def check(value: object) -> object:
        if not isinstance(value, str) or not least <= len(value) <= most or not value.isprintable():
            raise _Bad(f"must be a text of {least} to {most} printable characters")
        if least and not value.strip():
            raise _Bad("must not be blank")
        return value

    return check


def _script(value: object) -> object:
    if not isinstance(value, str):
        raise _Bad("must be the path of a Python script within the package")
    problem = path_problem(value)
    if problem is not None:
        raise _Bad(f"must be a path within the package, but {problem}")
    if not value.endswith(".py"):
        raise _Bad("must be a Python script, its name ending in .py")
    return value


def _specifier(value: object) -> object:
    problem = specifier_problem(value) if isinstance(value, str) else 'must be a range such as ">=3.11"'
    if problem is not None:
        raise _Bad(problem)
    return value


def _member(kinds: type[StrEnum]) -> _Check:
    def check(value: object) -> object:
        names = [kind.value for kind in kinds]
        if not isinstance(value, str) or value not in names:
            raise _Bad(f"must be one of {', '.join(names)}{_suggestion(value, names)}")
        return value

    return check


def _any_list(value: object) -> object:
    if not isinstance(value, list):
        raise _Bad("must be a list")
    return value


def _finite(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Bad("must be a number")
    if isinstance(value, int) and abs(value) >= 1 << 63:
        raise _Bad("must be a number of at most 64 bits")
    if not math.isfinite(value):
        raise _Bad("must be a finite number")
    return value


def _anything(value: object) -> object:
    return value


_PACKAGE: dict[str, _Check] = {
    "name": _text(MAX_NAME_CHARACTERS),
    "version": _text(MAX_VERSION_CHARACTERS),
    "entry": _script,
    "prepare": _script,
    "evaluate": _script,
    "python": _specifier,
    "requirements": _any_list,
}
_RESOURCES: dict[str, _Check] = {
    "vram_mb": _whole(0, MAX_VRAM_MB),
    "memory_mb": _whole(16, MAX_MEMORY_MB),
    "cpus": _whole(1, MAX_CPUS),
    "cpu_ok": _yes_or_no,
    "checkpoint_every_seconds": _number(1, DAY_SECONDS),
}
_STRATEGY: dict[str, _Check] = {"kind": _member(StrategyKind)}
_VERIFY: dict[str, _Check] = {"replayable": _yes_or_no, "tolerance": _number(0, 1)}
_PARAM: dict[str, _Check] = {
    "type": _member(ParamType),
    "default": _anything,
    "min": _finite,
    "max": _finite,
    "choices": _any_list,
    "help": _text(MAX_HELP_CHARACTERS, least=0),
}
_TABLES = ("package", "resources", "strategy", "params", "verify")
_PARAM_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


class _Reader:
    """Reads one file and gathers every problem on the way."""

    def __init__(self, file: str) -> None:
        self.rows: list[ErrorDetail] = []
        self._file = file
        self._lines: dict[KeyPath, int] = {}

    def read(self, data: bytes) -> TrainingToml | None:
        tables = self._load(data)
        if tables is None:
            return None
        self._refuse_unknown(tables, _TABLES, (), "table")
        values: dict[str, Any] = {
            "package": self._package(tables.get("package")),
            "resources": self._table(tables.get("resources", {}), _RESOURCES, ("resources",)),
            "strategy": self._table(tables.get("strategy", {}), _STRATEGY, ("strategy",)),
            "params": self._params(tables.get("params", {})),
            "verify": self._table(tables.get("verify", {}), _VERIFY, ("verify",)),
        }
        return None if self.rows else msgspec.convert(values, TrainingToml)

    def _load(self, data: bytes) -> dict[str, Any] | None:
        if len(data) > MAX_FILE_BYTES:
            self.rows.append(ErrorDetail(f"{len(data):,} bytes; {MAX_FILE_BYTES:,} are allowed", file=self._file))
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._row("not UTF-8", line=data.count(b"\n", 0, error.start) + 1)
            return None
        try:
            tables = tomllib.loads(text)
            self._lines = key_lines(text)
        except tomllib.TOMLDecodeError as error:
            at = _AT_LINE.search(str(error))
            line = int(at.group(1)) if at and at.group(1) else text.count("\n") + 1
            self._row(f"not TOML: {_AT_LINE.sub('', str(error)).splitlines()[0]}", line=line)
            return None
        except (ValueError, RecursionError) as error:
            # integers of thousands of digits; lists within lists within lists
            reason = "nested too deeply" if isinstance(error, RecursionError) else shown(str(error))
            self.rows.append(ErrorDetail(f"not read as TOML: {reason}", file=self._file))
            return None
        return tables

    def _package(self, table: object) -> dict[str, Any]:
        if table is None:
            self._row("[package] with a name is missing", line=1)
            return {}
        values = self._table(table, _PACKAGE, ("package",))
        if isinstance(table, dict) and "name" not in table:
            self._row("package.name is missing", ("package",))
        requirements = values.get("requirements", [])
        if len(requirements) > MAX_REQUIREMENTS:
            self._row(f"package.requirements has more than {MAX_REQUIREMENTS} entries", ("package", "requirements"))
            return values
        for index, requirement in enumerate(requirements):
            problem = requirement_problem(requirement) if isinstance(requirement, str) else "is no text"
            if problem is not None:
                self._row(f"requirement {_quoted(requirement)} {problem}", ("package", "requirements", index))
        return values

    def _params(self, table: object) -> dict[str, Any]:
        if not isinstance(table, dict):
            self._row("params must be a table", ("params",))
            return {}
        if len(table) > MAX_PARAMS:
            self._row(f"more than {MAX_PARAMS} parameters", ("params",))
            return {}
        values: dict[str, Any] = {}
        for name, param in table.items():
            path: KeyPath = ("params", name)
            if not _PARAM_NAME.fullmatch(name):
                self._row(
                    f"{_quoted(name)} is no name for a parameter: letters, digits and _, not beginning with a digit",
                    path,
                )
                continue
            values[name] = self._param(param, path)
        return values

    def _param(self, table: object, path: KeyPath) -> dict[str, Any]:
        before = len(self.rows)
        values = self._table(table, _PARAM, path)
        if not isinstance(table, dict) or len(self.rows) > before:
            return values
        if "type" not in values:
            self._row(f"{_dotted(path)}.type is missing: one of {', '.join(kind.value for kind in ParamType)}", path)
            return values
        kind = ParamType(values["type"])
        numeric = kind in {ParamType.INT, ParamType.FLOAT}
        for key in ("min", "max"):
            if key in values and not numeric:
                self._row(f"{_dotted(path)}.{key} is only for int and float", (*path, key))
            elif kind is ParamType.INT and not isinstance(values.get(key, 0), int):
                self._row(f"{_dotted(path)}.{key} must be a whole number", (*path, key))
        if numeric and values.get("min", -math.inf) > values.get("max", math.inf):
            self._row(f"{_dotted(path)}.min is above its max", (*path, "min"))
        self._choices(values, kind, path)
        if len(self.rows) == before and "default" in values:
            problem = _default_problem(kind, values)
            if problem is not None:
                self._row(f"{_dotted(path)}.default {problem}", (*path, "default"))
        return values

    def _choices(self, values: dict[str, Any], kind: ParamType, path: KeyPath) -> None:
        choices = values.get("choices")
        where = (*path, "choices")
        if kind is not ParamType.CHOICE:
            if choices is not None:
                self._row(f'{_dotted(path)}.choices is only for type = "choice"', where)
        elif choices is None:
            self._row(f"{_dotted(path)}.choices is missing: the texts to choose from", path)
        elif not 1 <= len(choices) <= MAX_CHOICES or not all(
            isinstance(choice, str) and choice.isprintable() and len(choice) <= MAX_NAME_CHARACTERS
            for choice in choices
        ):
            self._row(f"{_dotted(path)}.choices must be 1 to {MAX_CHOICES} printable texts", where)
        elif len(set(choices)) < len(choices):
            self._row(f"{_dotted(path)}.choices has a text twice", where)

    def _table(self, table: object, checks: dict[str, _Check], path: KeyPath) -> dict[str, Any]:
        """The values of a table that keep their rules."""
        if not isinstance(table, dict):
            self._row(f"{_dotted(path)} must be a table", path)
            return {}
        self._refuse_unknown(table, tuple(checks), path, "key")
        values: dict[str, Any] = {}
        for key, check in checks.items():
            if key in table:
                try:
                    values[key] = check(table[key])
                except _Bad as error:
                    self._row(f"{_dotted((*path, key))} {error}", (*path, key))
        return values

    def _refuse_unknown(self, table: dict[str, Any], known: tuple[str, ...], path: KeyPath, what: str) -> None:
        for key in table:
            if key not in known:
                self._row(f"unknown {what} {_dotted((*path, shown(key)))}{_suggestion(key, known)}", (*path, key))

    def _row(self, message: str, path: KeyPath = (), *, line: int | None = None) -> None:
        while line is None and path:
            line = self._lines.get(path)
            path = path[:-1]
        self.rows.append(ErrorDetail(message, file=self._file, line=line))


def _default_problem(kind: ParamType, values: dict[str, Any]) -> str | None:
    """What is wrong with the default of a parameter that is right in all else."""
    value = values["default"]
    if kind is ParamType.BOOL:
        return None if isinstance(value, bool) else "must be true or false"
    if kind is ParamType.STRING:
        return None if isinstance(value, str) and len(value) <= 10_000 else "must be a text"
    if kind is ParamType.CHOICE:
        return None if value in values["choices"] else "must be one of its choices"
    try:
        _finite(value)
    except _Bad as error:
        return str(error)
    if kind is ParamType.INT and not isinstance(value, int):
        return "must be a whole number"
    if not values.get("min", -math.inf) <= value <= values.get("max", math.inf):
        return "must lie between min and max"
    return None


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part) for part in path)


def _quoted(value: object) -> str:
    return f'"{shown(str(value))}"'


def _suggestion(value: object, known: tuple[str, ...] | list[str]) -> str:
    close = difflib.get_close_matches(str(value)[:100], known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
