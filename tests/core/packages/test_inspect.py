"""A package is looked over whole: its zip, its training.toml and its scripts, with every problem named."""

import stat
import sys
from pathlib import Path

import msgspec
import pytest

from core.errors import ApiError, ErrorCode
from core.packages.archive import zip_folder
from core.packages.compiling import compile_problems
from core.packages.inspect import PackageInspection, inspect_folder, inspect_package
from core.packages.training_toml import TrainingToml
from tests.core.packages.zips import Entry, write

MIB = 1 << 20
PYTHON = f"(Python {sys.version_info.major}.{sys.version_info.minor})"


def problems(path: Path) -> list[tuple[str | None, int | None, str]]:
    with pytest.raises(ApiError) as caught:
        inspect_package(path)
    assert caught.value.code is ErrorCode.PACKAGE_REJECTED
    msgspec.json.encode(caught.value.body("id"))
    return [(row.file, row.line, row.message) for row in caught.value.details]


def test_a_train_py_is_enough(tmp_path: Path) -> None:
    found = inspect_package(write(tmp_path / "mine.zip", Entry(b"train.py", b"print(1)\n")))
    assert (found.name, found.version, found.size_bytes) == ("mine", None, 9)
    assert found.training == TrainingToml.default("mine")
    assert inspect_package(tmp_path / "mine.zip", "given").name == "given"


def test_a_whole_package_is_described_and_can_be_kept_as_json(tmp_path: Path) -> None:
    toml = b'[package]\nname = "x"\nversion = "2"\nentry = "src/go.py"\nprepare = "prep.py"\nevaluate = "prep.py"\n'
    scripts = [Entry(b"src/go.py", b""), Entry(b"prep.py", "# é\n".encode())]
    found = inspect_package(write(tmp_path / "p.zip", Entry(b"training.toml", toml), *scripts))
    assert (found.name, found.version) == ("x", "2")
    assert [entry.path for entry in found.entries] == ["training.toml", "src/go.py", "prep.py"]
    assert msgspec.json.decode(msgspec.json.encode(found), type=PackageInspection) == found


def test_a_package_that_names_no_entry_point_is_refused(tmp_path: Path) -> None:
    assert problems(write(tmp_path / "empty.zip")) == [
        ("train.py", None, "entry script train.py is not in the package"),
    ]
    [(_, _, message)] = problems(write(tmp_path / "near.zip", Entry(b"trian.py"), Entry(b"notes.txt")))
    assert message.endswith("did you mean trian.py?")


def test_a_zip_of_the_folder_itself_is_refused_saying_so(tmp_path: Path) -> None:
    [(_, _, message)] = problems(write(tmp_path / "p.zip", Entry(b"tiny-mlp/train.py"), Entry(b"tiny-mlp/x.csv")))
    assert "tiny-mlp/train.py is: zip what is in tiny-mlp, not the folder itself" in message


def test_scripts_that_are_absent_folders_or_broken_are_all_named(tmp_path: Path) -> None:
    toml = b'[package]\nname = "x"\nentry = "train.py"\n\nprepare = "gone.py"\nevaluate = "dir.py"\n'
    path = write(
        tmp_path / "p.zip",
        Entry(b"training.toml", toml),
        Entry(b"train.py", b"import os\n\ndef f(:\n    pass\n"),
        Entry(b"dir.py/", mode=stat.S_IFDIR | 0o755, method=0),
    )
    assert problems(path) == [
        ("training.toml", 5, "prepare script gone.py is not in the package"),
        ("training.toml", 6, "evaluate script dir.py is a folder"),
        ("train.py", 3, f"train.py: invalid syntax {PYTHON}"),
    ]


def test_what_is_wrong_in_training_toml_is_told_with_file_and_line(tmp_path: Path) -> None:
    toml = b'[package]\nname = "x"\nentri = "go.py"\n[resources]\ncpus = 0\n'
    found = problems(write(tmp_path / "p.zip", Entry(b"train.py"), Entry(b"training.toml", toml)))
    assert [(file, line) for file, line, _ in found] == [("training.toml", 3), ("training.toml", 5)]


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (Entry(b"training.toml/", mode=0, method=0), "is a folder"),
        (Entry(b"training.toml", b"#" * 70_000, method=0), "65,536 are allowed"),
        (Entry(b"training.toml", b"x = " + b"[" * 60_000, method=0), "nested too deeply"),
    ],
)
def test_a_training_toml_that_is_none_is_refused(tmp_path: Path, entry: Entry, word: str) -> None:
    [(file, _, message)] = problems(write(tmp_path / "p.zip", Entry(b"train.py"), entry))
    assert (file, word in message) == ("training.toml", True)


def test_a_script_that_is_too_long_is_not_even_compiled(tmp_path: Path) -> None:
    path = write(tmp_path / "p.zip", Entry(b"train.py", b"(" * (MIB + 1), method=0))
    assert [message for _, _, message in problems(path)] == [
        "entry script train.py has 1,048,577 bytes; 1,048,576 are allowed"
    ]


@pytest.mark.parametrize(
    ("source", "line", "word"),
    [
        (b"a = 1\nreturn a\n", 2, "'return' outside function"),
        (b"x = 1\x00", None, "null bytes"),
        (b"# coding: no-such\n", None, "encoding"),
        (b"\xff\xfe\n", 1, "utf-8"),
        (b"x = '", 1, "unterminated"),
        (b"x = " + b"9" * 5000, 1, "digits"),
        (b"(" * 500_000, 1, "nested parentheses"),
        (b"-" * MIB, None, ""),
        (b"if 1:\n p\n" + b"elif 1:\n p\n" * 90_000, None, "nested too deeply"),
    ],
    ids=["return", "null", "coding", "utf-8", "open string", "digits", "parentheses", "minuses", "elifs"],
)
def test_source_that_does_not_compile_is_told_with_its_line(source: bytes, line: int | None, word: str) -> None:
    [row] = compile_problems({"train.py": source})
    assert row.file == "train.py"
    assert word in row.message
    assert line in (None, row.line)


@pytest.mark.full
def test_source_that_would_compile_for_hours_is_given_up_and_named() -> None:
    hours = b"x = 1\nf'" + b"{x}" * 1_000_000 + b"'\n"  # the compiler's time grows with the square of the fields
    [row] = compile_problems({"fine.py": b"x = 1\n", "hours.py": hours, "never_reached.py": b"x = 1\n"})
    assert row.file == "hours.py"
    assert "busy for too long" in row.message


def test_without_an_interpreter_to_start_scripts_are_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = {"fine.py": b"x = 1\n", "broken.py": b"\nx = (\n"}
    in_a_child = compile_problems(scripts)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert compile_problems(scripts) == in_a_child
    assert [(row.file, row.line) for row in in_a_child] == [("broken.py", 2)]


def test_a_script_is_compiled_and_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    assert compile_problems({"train.py": f"open({str(marker)!r}, 'w')\n".encode()}) == []
    assert not marker.exists()


def test_warnings_of_a_script_are_no_problem() -> None:
    assert compile_problems({"train.py": b"assert (1, 'x')\nx = '\\d'\n"}) == []


def test_inspecting_a_folder_finds_what_inspecting_its_zip_finds(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "__pycache__/x.pyc").write_bytes(b"x")
    (folder / "train.py").write_bytes(b"print(1)\n")
    found = inspect_folder(folder)
    assert (found.name, found.skipped) == ("tiny", ["__pycache__"])
    zip_folder(folder, tmp_path / "tiny.zip")
    assert msgspec.structs.replace(found, skipped=[]) == inspect_package(tmp_path / "tiny.zip")
    (folder / "train.py").write_bytes(b"print(")
    with pytest.raises(ApiError) as caught:
        inspect_folder(folder)
    assert [(row.file, row.line) for row in caught.value.details] == [("train.py", 1)]


def test_a_broken_training_toml_does_not_hide_broken_scripts(tmp_path: Path) -> None:
    toml = b'[package]\nname = "x"\nevaluate = "look.py"\n\n[resources]\nmemory = 5\n'
    scripts = [Entry(b"train.py", b"a = 1\n"), Entry(b"look.py", b"ok = 1\nscore = (\n")]
    found = problems(write(tmp_path / "p.zip", Entry(b"training.toml", toml), *scripts))
    assert [(file, line) for file, line, _ in found] == [("training.toml", 6), ("look.py", 2)]


def test_a_training_toml_that_is_no_toml_is_told_with_the_default_script(tmp_path: Path) -> None:
    found = problems(write(tmp_path / "p.zip", Entry(b"training.toml", b"[[["), Entry(b"train.py", b"x = (\n")))
    assert [file for file, _, _ in found] == ["training.toml", "train.py"]
