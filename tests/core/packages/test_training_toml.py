"""training.toml: what it may say, and every problem by file and line."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ApiError, ErrorCode
from core.packages.training_toml import (
    PackageTable,
    Param,
    ParamType,
    ResourcesTable,
    StrategyKind,
    StrategyTable,
    TrainingToml,
    VerifyTable,
)
from core.packages.training_toml_reader import parse_training_toml

WHOLE = b"""
[package]
name = "tiny-mlp"
version = "1.3"
entry = "train.py"
prepare = "prepare.py"
evaluate = "evaluate.py"
python = ">=3.11"
requirements = ["numpy>=1.26"]
[resources]
vram_mb = 0
memory_mb = 1024
cpus = 1
cpu_ok = true
checkpoint_every_seconds = 30
[strategy]
kind = "single"
[params.lr]
type = "float"
default = 0.05
min = 0.0001
max = 1.0
help = "Learning rate"
[params.optimizer]
type = "choice"
choices = ["sgd", "adam"]
default = "adam"
[params.epochs]
type = "int"
default = 3
[params.shuffle]
type = "bool"
default = true
[params.tag]
type = "string"
default = ""
[verify]
replayable = true
tolerance = 1e-4
"""


def problems(text: str | bytes) -> list[tuple[int | None, str]]:
    with pytest.raises(ApiError) as caught:
        parse_training_toml(text.encode() if isinstance(text, str) else text)
    assert caught.value.code is ErrorCode.PACKAGE_REJECTED
    assert {row.file for row in caught.value.details} == {"training.toml"}
    msgspec.json.encode(caught.value.body("id"))
    return [(row.line, row.message) for row in caught.value.details]


def test_the_whole_of_it_is_read() -> None:
    training = parse_training_toml(WHOLE)
    assert training.package == PackageTable(
        "tiny-mlp", "1.3", "train.py", "prepare.py", "evaluate.py", ">=3.11", ["numpy>=1.26"]
    )
    assert training.resources == ResourcesTable(0, 1024, 1, True, 30.0)
    assert training.strategy == StrategyTable(StrategyKind.SINGLE)
    assert training.params["lr"] == Param(ParamType.FLOAT, 0.05, 0.0001, 1.0, None, "Learning rate")
    assert training.params["optimizer"].choices == ["sgd", "adam"]
    assert training.verify == VerifyTable(True, 1e-4)
    assert msgspec.json.decode(msgspec.json.encode(training), type=TrainingToml) == training


def test_a_name_is_enough_and_no_file_is_the_same_with_the_name_given() -> None:
    assert parse_training_toml(b'[package]\nname = "x"\n') == TrainingToml.default("x")
    assert TrainingToml.default("x").package.entry == "train.py"
    assert not TrainingToml.default("x").resources.cpu_ok


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    text = b"\xef\xbb\xbf" + WHOLE.replace(b"\n", b"\r\n")
    assert parse_training_toml(text) == parse_training_toml(WHOLE)
    assert problems(text.replace(b"cpus = 1", b"cpus = 0"))[0][0] == 13


def test_every_problem_is_named_with_its_line_and_not_only_the_first() -> None:
    found = problems(
        """[package]
name = ""
entri = "train.py"
requirements = [
    "numpy",
    "git+https://a.org/x",
    7,
]
[resources]
vram_mb = -1
cpus = true
cpu_ok = 1
checkpoint_every_seconds = nan
[strategy]
kind = "sweeps"
[reqources]
[params.lr]
type = "float"
default = 2
max = 1
[params.kind]
type = "choise"
[params]
2x = {type = "int"}
"""
    )
    assert found == [
        (16, "unknown table reqources; did you mean resources?"),
        (3, "unknown key package.entri; did you mean entry?"),
        (2, "package.name must be a text of 1 to 200 printable characters"),
        (
            6,
            'requirement "git+https://a.org/x" names a URL or a repository; only names and versions are installed',
        ),
        (7, 'requirement "7" is no text'),
        (10, "resources.vram_mb must be a whole number from 0 to 196,608"),
        (11, "resources.cpus must be a whole number from 1 to 256"),
        (12, "resources.cpu_ok must be true or false"),
        (13, "resources.checkpoint_every_seconds must be a finite number from 1 to 86,400"),
        (15, "strategy.kind must be one of single, segments, sweep, shards, diloco, custom; did you mean sweep?"),
        (19, "params.lr.default must lie between min and max"),
        (22, "params.kind.type must be one of float, int, bool, string, choice; did you mean choice?"),
        (24, '"2x" is no name for a parameter: letters, digits and _, not beginning with a digit'),
    ]


PACKAGE = '[package]\nname = "x"\n'


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "[package] with a name is missing"),
        ("[resources]\n", 1, "[package] with a name is missing"),
        ("[package]\n", 1, "package.name is missing"),
        ("\n\n[package]\nversion = '1'\n", 3, "package.name is missing"),
        ("package = 1\n", 1, "package must be a table"),
        ("[[package]]\nname = 'x'\n", 1, "package must be a table"),
        (PACKAGE + "resources = 1\n", 3, "unknown key package.resources"),
        (PACKAGE + "[params]\nlr = 1\n", 4, "params.lr must be a table"),
        (PACKAGE + "[params.lr]\ndefault = 1\n", 3, "params.lr.type is missing"),
        (PACKAGE + "[params.a]\ntype = 'bool'\ndefault = 1\n", 5, "must be true or false"),
        (PACKAGE + "[params.a]\ntype = 'int'\ndefault = 1.5\n", 5, "must be a whole number"),
        (PACKAGE + "[params.a]\ntype = 'int'\ndefault = true\n", 5, "must be a number"),
        (PACKAGE + "[params.a]\ntype = 'int'\nmin = 0.5\n", 5, "params.a.min must be a whole number"),
        (PACKAGE + "[params.a]\ntype = 'float'\nmin = 2\nmax = 1\n", 5, "min is above its max"),
        (PACKAGE + "[params.a]\ntype = 'float'\ndefault = inf\n", 5, "finite"),
        (PACKAGE + "[params.a]\ntype = 'float'\nmin = -inf\n", 5, "finite"),
        (PACKAGE + "[params.a]\ntype = 'float'\ndefault = 99999999999999999999\n", 5, "64 bits"),
        (PACKAGE + f"[params.a]\ntype = 'float'\nmax = 1{'0' * 400}\n", 5, "64 bits"),
        (PACKAGE + "[params.a]\ntype = 'bool'\nmin = 1\n", 5, "only for int and float"),
        (PACKAGE + "[params.a]\ntype = 'choice'\n", 3, "choices is missing"),
        (PACKAGE + "[params.a]\ntype = 'choice'\nchoices = []\n", 5, "1 to 100"),
        (PACKAGE + "[params.a]\ntype = 'choice'\nchoices = [1]\n", 5, "1 to 100"),
        (PACKAGE + "[params.a]\ntype = 'choice'\nchoices = ['a', 'a']\n", 5, "twice"),
        (PACKAGE + "[params.a]\ntype = 'choice'\nchoices = ['a']\ndefault = 'b'\n", 6, "one of its choices"),
        (PACKAGE + "[params.a]\ntype = 'string'\nchoices = ['a']\n", 5, "only for type"),
        (PACKAGE + "[params.a]\ntype = 'string'\ndefault = [1]\n", 5, "must be a text"),
        (PACKAGE + "[params.a]\ntype = 'string'\nhlep = 'x'\n", 5, "unknown key params.a.hlep; did you mean help?"),
        (PACKAGE + "entry = '../train.py'\n", 3, "leads out"),
        (PACKAGE + "entry = '/train.py'\n", 3, "absolute"),
        (PACKAGE + "entry = 'train.sh'\n", 3, "ending in .py"),
        (PACKAGE + "prepare = 5\n", 3, "path of a Python script"),
        (PACKAGE + "python = '3.11'\n", 3, "no range of versions"),
        (PACKAGE + "python = 3.11\n", 3, "range such as"),
        (PACKAGE + "requirements = 'numpy'\n", 3, "must be a list"),
        (PACKAGE + "requirements = [" + "'x'," * 201 + "]\n", 3, "more than 200"),
        (PACKAGE + "version = 1.3\n", 3, "text of 1 to 64"),
        ("[package]\nname = '  '\n", 2, "blank"),
        ('[package]\nname = "a\\nb"\n', 2, "printable"),
        (PACKAGE + "[verify]\ntolerance = -1\n", 4, "from 0 to 1"),
        (PACKAGE + "[resources]\nmemory_mb = 1e3\n", 4, "whole number"),
        (PACKAGE + 'name = "y"\n', 3, "not TOML"),
        (PACKAGE + "oops\n", 3, "not TOML"),
        (PACKAGE + "x = [1,\n", 4, "not TOML"),
        (PACKAGE + 'x = "\\q"\n', 3, "not TOML"),
    ],
)
def test_a_problem_is_told_with_its_line(text: str, line: int, word: str) -> None:
    assert [(at, word in message) for at, message in problems(text)] == [(line, True)], problems(text)


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        (b"[package]\nname = '\xff'\n", 2, "not UTF-8"),
        (b"#" * 70_000, None, "65,536 are allowed"),
        (b"x = " + b"[" * 30_000, None, "nested too deeply"),
        (b"x = " + b"[" * 5_000 + b"]" * 5_000, None, "nested too deeply"),
        (b"x = " + b"{a=" * 5_000 + b"1" + b"}" * 5_000, None, "nested too deeply"),
        (b"x = " + b"9" * 5_000, None, "not read as TOML"),
        (b"\x00", 1, "not TOML"),
    ],
)
def test_a_hostile_file_is_refused_in_words(data: bytes, line: int | None, word: str) -> None:
    [(at, message)] = problems(data)
    assert (at, word in message) == (line, True), message


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="ignore")))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        parse_training_toml(data)
    except ApiError as error:
        assert error.details
        msgspec.json.encode(error.body("id"))


def test_the_file_is_called_as_its_reader_calls_it() -> None:
    with pytest.raises(ApiError) as caught:
        parse_training_toml(b"", file=str(Path("sub") / "training.toml"))
    assert caught.value.details[0].file == "sub/training.toml"
