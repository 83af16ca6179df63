"""Holds docs/architecture.md to the code: what it names exists, no room is left out, its tables are the code's."""

import re

import pytest

from .guide import project
from .state_tables import job_table, outcome_table, unit_table

_PAGE = (project() / "docs/architecture.md").read_text(encoding="utf-8")
_FOLDERS = ("core", "backend", "agent", "gui", "resources", "build_scripts", "tests", "docs")
_NAMED_PATH = re.compile(rf"`((?:{'|'.join(_FOLDERS)})/[\w./-]*)`")


@pytest.mark.parametrize(
    ("name", "table"), [("unit states", unit_table()), ("job states", job_table()), ("outcomes", outcome_table())]
)
def test_the_tables_of_states_are_those_of_the_code(name: str, table: str) -> None:
    between = _PAGE.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- end of {name} -->")[0]
    assert between == table, f"put this between the marks of {name}:\n{table}"


def test_every_file_and_folder_it_names_exists() -> None:
    named = _NAMED_PATH.findall(_PAGE)
    assert len(named) > 30
    assert [path for path in named if not (project() / path).exists()] == []


def test_no_room_of_core_and_no_folder_is_left_out() -> None:
    core = project() / "core"
    rooms = [f"core/{path.name}/" for path in core.iterdir() if (path / "__init__.py").exists()]
    files = [f"core/{path.name}" for path in core.glob("*.py") if path.name != "__init__.py"]
    assert rooms and files
    assert [name for name in [*rooms, *files, *(f"{folder}/" for folder in _FOLDERS)] if f"`{name}`" not in _PAGE] == []


def test_its_layers_are_those_that_imports_are_checked_by() -> None:
    contracts = (project() / "pyproject.toml").read_text(encoding="utf-8")
    layers = contracts.partition('containers = ["core"]')[2].partition("layers = [")[2].partition("\n]\n")[0]
    rows = [row for row in _PAGE.splitlines() if re.match(r"\| (\d+|beside) \|", row)]
    checked = [set(re.findall(r"\((\w+)\)", line)) for line in layers.splitlines() if line.strip()]
    told = [set(re.findall(r"`core/(\w+)(?:/|\.py)", row)) for row in rows]
    existing = {path.stem for path in (project() / "core").iterdir()}
    assert [layer & existing for layer in checked if layer & existing] == told
