"""The table of API keys: newest first, revoked ones stay, what lies unused is said, what one may give is one word."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.accounts.api_keys import SCOPES
from core.protocol.accounts import ApiKeyRow
from gui.key_scopes import areas, curl_example, preset_scopes
from gui.models.api_keys import ApiKeysModel, KeyColumn
from gui.widgets.tables import Role
from tests.gui.content_samples import page

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def model(qtbot: QtBot) -> ApiKeysModel:
    made = ApiKeysModel()
    QAbstractItemModelTester(made, FATAL, made)
    return made


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def key(
    number: int, *, used: str | None = None, revoked: str | None = None, scopes: Sequence[str] = ("jobs:read",)
) -> ApiKeyRow:
    name, prefix = f"key {number} \x1b[31m", f"sk_alpha_{number}"
    return ApiKeyRow(f"key-{number}", name, prefix, list(scopes), ago(60), used, revoked)


def test_a_row_says_what_it_may_and_when_it_was_used(model: ApiKeysModel) -> None:
    model.put_first_page(page([key(2, used=ago(0)), key(1, used=ago(29)), key(0, revoked=ago(1))]))
    names = [model.index(row, KeyColumn.NAME).data() for row in range(3)]
    assert names[0] == "key 2 \\x1b[31m"
    used = [str(model.index(row, KeyColumn.USED).data()) for row in range(3)]
    assert used[0].startswith("today") and used[2] == "not used yet"
    unused = [model.index(row, KeyColumn.USED).data(Role.SECOND) for row in range(3)]
    assert unused == [None, "unused for 29 days", None]
    assert model.index(1, KeyColumn.USED).data(Role.SECOND_COLOUR) == "warn"
    spoken = model.index(1, KeyColumn.USED).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith(used[1]) and spoken.endswith("unused for 29 days")
    assert model.counts() == (2, 1)


def test_a_new_key_stands_on_top_until_it_is_used_and_rows_are_never_reset(model: ApiKeysModel) -> None:
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.put_first_page(page([key(1)]))
    model.put_new(key(2))
    assert model.tag_of(model.rows[0]) == "new"
    model.put_first_page(page([msgspec.structs.replace(key(2), last_used_at=ago(0)), key(1)]))
    assert model.tag_of(model.rows[0]) == "" and not resets


def test_all_that_one_may_is_one_word_and_the_own_key_is_known(model: ApiKeysModel) -> None:
    model.put_first_page(page([key(1, scopes=list(SCOPES)), key(0)]))
    model.set_access(SCOPES, "key-0")
    assert model.index(0, KeyColumn.SCOPES).data() == "everything"
    assert model.index(1, KeyColumn.SCOPES).data() == "jobs:read"
    assert model.tag_of(model.rows[1]) == "this window"


def test_everything_is_what_there_is_and_not_what_one_may_oneself(model: ApiKeysModel) -> None:
    model.put_first_page(page([key(1, scopes=list(SCOPES)), key(0)]))
    model.set_access(["jobs:read"], None)
    assert [model.index(row, KeyColumn.SCOPES).data() for row in range(2)] == ["everything", "jobs:read"]
    model.set_access([*SCOPES, "moons:read"], None)
    assert "everything" not in model.index(0, KeyColumn.SCOPES).data()


def test_the_tooltip_of_what_a_server_says_is_plain(model: ApiKeysModel) -> None:
    model.put_first_page(page([key(0, scopes=["<h1>jobs</h1>:read"])]))
    tip = model.index(0, KeyColumn.SCOPES).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;h1&gt;" in tip


def test_every_scope_of_the_server_has_a_place(qtbot: QtBot) -> None:
    known = {area.scope(right) for area in areas(()) for right in area.rights}
    assert known == set(SCOPES)
    assert [area.key for area in areas([*SCOPES, "moons:write", "moons:read"])][-1] == "moons"


def test_common_choices_stay_within_what_one_may_give(qtbot: QtBot) -> None:
    allowed = ["jobs:read", "jobs:write", "usage:read", "keys:write"]
    assert preset_scopes("script", allowed) == {"jobs:read", "jobs:write", "usage:read"}
    assert preset_scopes("read", allowed) == {"jobs:read", "usage:read"}
    assert preset_scopes("usage", ["jobs:read"]) == frozenset()
    assert preset_scopes("all", allowed) == set(allowed)


def test_a_first_call_is_one_that_the_key_may_make(qtbot: QtBot) -> None:
    assert curl_example("https://cedar.example/api/v1", ["jobs:read"]) == (
        'curl -fsS https://cedar.example/api/v1/customer/training-jobs -H "X-API-Key: $GPU_AGENT_API_KEY"'
    )
    assert curl_example("https://cedar.example/api/v1", ["jobs:write"]) is None
