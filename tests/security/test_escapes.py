"""Every attempt to get out of a box, or to use up the machine, fails; and each succeeds on the host first.

An attempt that this machine does not even let its host make tells nothing of the box: its test is skipped, and then the
table of all of them (docs/escape-attempts.md) is not complete, which fails the last test here.
"""

import os
import platform
import re
from pathlib import Path

import pytest

from .catalogue import ATTEMPTS, Attempt
from .host import Host, Tried, judge

TABLE = Path(__file__).parents[2] / "docs" / "escape-attempts.md"
_CELLS: dict[str, dict[str, str]] = {}
_ROOTS_CONTROLS: dict[str, Tried] = {}
_OF_THIS_RUN = re.compile(r"/tmp/gpu-agent-box-\w+(?:/attempt-\w+)?")
_WRITE = "GPU_AGENT_WRITE_ESCAPE_TABLE"


def _parameters() -> list[object]:
    return [
        pytest.param(attempt, id=attempt.name, marks=() if attempt.short else (pytest.mark.full,))
        for attempt in ATTEMPTS
        if attempt.only_on in (None, platform.machine())
    ]


def control(host: Host, attempt: Attempt) -> Tried:
    """The attempt on the host: as the agent's user, or as root where only root may."""
    if not attempt.needs_root:
        return host.on_the_host(attempt, host.user.drop)
    if os.geteuid() != 0:
        pytest.skip("only root's host control would succeed")
    if attempt.name not in _ROOTS_CONTROLS:
        _ROOTS_CONTROLS[attempt.name] = host.on_the_host(attempt, [])
    return _ROOTS_CONTROLS[attempt.name]


@pytest.mark.usefixtures("needs_a_box")
@pytest.mark.parametrize("attempt", _parameters())
def test_an_attempt_succeeds_on_the_host_and_fails_in_the_box(host: Host, attempt: Attempt) -> None:
    on_host = control(host, attempt)
    if not on_host.won:
        pytest.skip(f"not even the host can: {on_host.words}")

    outcome = host.in_a_box(attempt)
    tried = judge(attempt, outcome)

    assert not tried.won, (tried.words, outcome)
    assert tried.words, outcome
    assert outcome.left == []
    units = Path(outcome.workspace_root) / "units"
    assert list(units.iterdir()) == []
    honest = host.honest()
    assert honest.stdout == ["honest"], honest
    row = _CELLS.setdefault(attempt.name, {})
    row[host.user.name] = tried.words
    row["control"] = f"{'as root: ' if attempt.needs_root else ''}{on_host.words}"


@pytest.mark.full
@pytest.mark.skipif(os.geteuid() != 0, reason="the table tells of both modes, and only root can be both")
def test_no_cell_of_the_table_is_empty_and_the_page_has_every_row(request: pytest.FixtureRequest) -> None:
    if not _CELLS:
        pytest.skip("no attempt was made in this run")
    lacking = [
        (attempt.name, column)
        for attempt in ATTEMPTS
        for column in ("as root", "as a user", "control")
        if column not in _CELLS.get(attempt.name, {})
    ]
    assert lacking == []
    if os.environ.get(_WRITE):
        TABLE.write_text(page())
    rows = [line.split("|")[1:-1] for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    assert [row[0].strip() for row in rows] == ["attempt", "---", *(attempt.words for attempt in ATTEMPTS)]
    assert all(cell.strip() for row in rows for cell in row)


def page() -> str:
    """The table, as one page."""
    columns = ("control", "as root", "as a user")
    rows = [
        f"| {' | '.join([attempt.words, *(_cell(attempt, column) for column in columns)])} |" for attempt in ATTEMPTS
    ]
    return "\n".join([*_INTRODUCTION, *rows, ""])


def _cell(attempt: Attempt, column: str) -> str:
    words = _OF_THIS_RUN.sub("…", _CELLS[attempt.name][column])
    shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in words)
    shown = shown.replace("|", "\\|").replace("<", "&lt;")
    return shown if len(shown) <= 140 else shown[:139] + "…"


_INTRODUCTION = [
    "# What was tried to get out of a box",
    "",
    "Each line is a small program in `tests/security/attempts/`. It is run on the host first, where it succeeds (as",
    "the agent's user, or as root where only root may), and then as a customer's code in a box: of an agent that is",
    "root, and of an agent that is an ordinary user. The cells tell what it won on the host, and why it won nothing in",
    "the box. After each the node runs an honest unit, nothing of the unit is alive, and its folder is gone.",
    "",
    f"Written by `{_WRITE}=1 pytest tests/security`; a test fails when a line or a cell is missing.",
    "",
    "| attempt | on the host | in a box of root's agent | in a box of a user's agent |",
    "| --- | --- | --- | --- |",
]
