"""Every end of an attempt, and every reason of the service, is said in both languages."""

import pytest
from pytestqt.qtbot import QtBot

from core.jobs import owner_attempts
from core.protocol.customer import AttemptOutcome
from gui.attempt_words import OWN_JOB, REASONS, TAKEN_BACK, outcome_words, reason_words, share_words, why_words
from gui.ui import Ui
from tests.gui.owner_samples import attempt, every_state, nothing


def test_the_reasons_that_are_known_here_are_those_of_the_service() -> None:
    theirs = {*owner_attempts._REASONS.values(), owner_attempts.OWN_JOB, owner_attempts.TAKEN_BACK}
    assert set(REASONS) == theirs
    assert (OWN_JOB, TAKEN_BACK) == (owner_attempts.OWN_JOB, owner_attempts.TAKEN_BACK)


@pytest.mark.parametrize("reason", REASONS)
async def test_a_reason_is_said_in_chinese_too(ui: Ui, qtbot: QtBot, reason: str) -> None:
    assert why_words(reason) == reason
    ui.language.set("zh_CN")
    assert why_words(reason) != reason and not why_words(reason).isascii()


async def test_every_end_has_words_of_its_own(ui: Ui, qtbot: QtBot) -> None:
    ends = [outcome_words(nothing(1, outcome, "its result was not what it should be")) for outcome in AttemptOutcome]
    assert len(set(ends)) == len(ends)
    assert outcome_words(nothing(1, AttemptOutcome("bartered"), "x")) == "bartered"


def test_a_reason_from_a_newer_service_is_shown_as_text() -> None:
    (hostile,) = [row for row in every_state() if row.outcome == AttemptOutcome("bartered")]
    assert reason_words(hostile) == "<b>bold</b> \\x1b[31m\\u202eevil & <img src=x>"


def test_what_was_paid_in_full_needs_no_reason_and_a_part_is_never_all_or_nothing() -> None:
    assert reason_words(attempt(1)) == ""
    assert reason_words(attempt(1, share=0.59)) == "59 % of the unit's time was done here"
    assert [share_words(share) for share in (0.0, 0.001, 0.5, 0.9999, 1.0)] == ["0 %", "1 %", "50 %", "99 %", "100 %"]
