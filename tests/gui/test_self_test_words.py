"""A node's own sentences about its self-test are known, so that they can be said in another language."""

import ast
import re
from pathlib import Path

import msgspec
import pytest

from core.protocol.self_test import Check, CheckKind, CheckState
from gui.self_test_said import TEMPLATES, said_words
from gui.self_test_words import evidence_words, result_text, rows_of, title_words, verdict_words
from gui.ui import Ui
from tests.gui.access_samples import HOSTILE
from tests.gui.self_test_samples import CAUSE, SEEN, check, ended, running

AGENT = Path(__file__).resolve().parents[2] / "agent"
_SAYING = {"passed", "failed", "skipped", "NextStep", "Advice"}
_NOT_SENTENCES = {"{}", "{}, {}", "{}: {}"}  # paths, versions, and what another part found


def sentences() -> set[str]:
    """What the agent's self-test can say, with {} for what is put in."""
    found = set()
    for file in [*(AGENT / "self_test").glob("*.py"), AGENT / "sandbox" / "remedies.py"]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr | ast.Constant):
                found.add(_shape(node))
    return found


def _shape(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def first_words() -> set[str]:
    """What is handed to the agent's functions that tell a check's outcome or a step, where it stands there in full."""
    found = set()
    for file in (AGENT / "self_test").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _SAYING and node.args:
                found.add(_shape(node.args[0]))
    return found - _NOT_SENTENCES - {""}


def test_each_sentence_that_is_known_is_one_that_the_agent_says() -> None:
    said = sentences()
    strange = [one for one in TEMPLATES if re.sub(r"\{\d\}", "{}", one) not in said]
    assert strange == []


def test_each_outcome_and_step_that_the_agent_says_is_known() -> None:
    known = {re.sub(r"\{\d\}", "{}", one) for one in TEMPLATES}
    assert first_words() - known == set()


@pytest.mark.parametrize("template", TEMPLATES)
def test_in_english_a_sentence_stays_as_the_node_said_it(template: str) -> None:
    text = template.format("cedar {x}", "2", "3", "4", "5")
    assert said_words(text) == text


async def test_in_chinese_known_sentences_are_chinese_and_others_stay(ui: Ui) -> None:
    ui.language.set("zh_CN")
    assert said_words(CAUSE) == f"AppArmor 不允许没有配置文件的程序使用用户命名空间：{SEEN}"
    inside = said_words("by cgroups: a 256 MiB bomb ended in 0.4 s; 23 processes were made where 24 may be")
    assert inside == "由 cgroup：一个 256 MiB 的内存炸弹在 0.4 秒后被结束；最多允许 24 个进程，建了 23 个"
    assert said_words("something of a newer node") == "something of a newer node"
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
