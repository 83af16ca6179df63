"""A self-test in words: rows, verdicts, and what is copied."""

import msgspec

from core.protocol.self_test import Check, CheckKind, CheckState
from gui.self_test_words import evidence_words, result_text, rows_of, title_words, verdict_words
from gui.ui import Ui
from tests.gui.access_samples import HOSTILE
from tests.gui.self_test_samples import SEEN, check, ended, running


async def test_a_check_that_was_left_out_is_said_so_in_chinese(ui: Ui) -> None:
    ui.language.set("zh_CN")
    run = ended().run
    assert run is not None
    assert [title_words(row) for row in rows_of(run) if row.check.kind is CheckKind.LINE] == ["线路：未检查"]


def test_what_a_check_needs_and_what_a_newer_node_looks_at_are_said(ui: Ui) -> None:
    text = result_text(running(check(CheckKind.LINE, CheckState.BLOCKED, "needs server")))
    assert "Needs the server · Line: bytes up and down" in text
    assert "Failed · Sandbox starts" in text and "  1. Get the profiles" in text and f"  | {SEEN}" in text
    newer = Check(CheckKind("fans"), CheckState.PASSED, "two turn")
    assert evidence_words(newer) == "two turn"


def test_the_whole_comes_to_a_verdict() -> None:
    fine = check(CheckKind.SANDBOX_STARTS)
    assert verdict_words(running()).startswith("Another can be made when")
    assert verdict_words(ended()).startswith("All checks once more")
    assert "nothing confines: user" in verdict_words(
        msgspec.structs.replace(ended(fine), stops="nothing confines: user")
    )
    told = msgspec.structs.replace(ended(fine), stops="")
    assert told.run is not None and verdict_words(told).startswith("Not all of it could be looked at")
    good = msgspec.structs.replace(told, run=msgspec.structs.replace(told.run, passed=True))
    assert verdict_words(good) == "Passed: this computer runs others' units safely."


def test_words_made_to_mislead_are_escaped_in_what_is_copied() -> None:
    text = result_text(running(check(CheckKind.DISK, evidence=HOSTILE)))
    assert HOSTILE not in text and "Disk: " in text
