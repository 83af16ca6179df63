"""A node's own sentences are known, so that they can be said in another language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.policy import ceilings
from gui.node_said import TEMPLATES, said_words
from gui.ui import Ui
from tests.gui.self_test_samples import CAUSE, SEEN

ROOT = Path(__file__).resolve().parents[2]
AGENT = ROOT / "agent"
SELF_TEST = sorted((AGENT / "self_test").glob("*.py"))
GPUS = [AGENT / file for file in ("probe/driver_words.py", "probe/gpus.py", "power_profile.py", "gpu_work.py")]
PRESENCE = sorted((AGENT / "presence").glob("*.py"))
OTHERS = [
    AGENT / "sandbox" / "remedies.py",
    AGENT / "sandbox" / "choose.py",
    AGENT / "sandbox" / "nvidia.py",
    AGENT / "probe" / "other_gpus.py",
    AGENT / "policy" / "ceilings.py",
    AGENT / "policy" / "rules_file.py",
    AGENT / "brain.py",
    AGENT / "owners_choice.py",
    AGENT / "service.py",
    AGENT / "why.py",
    ROOT / "core" / "client" / "http.py",
]
_SAYING = {  # which of their arguments are sentences
    "passed": slice(1),
    "failed": slice(1),
    "skipped": slice(1),
    "NextStep": slice(1),
    "Advice": slice(2),
    "ProfileWords": slice(1),
    "GpuNotOffered": slice(1, 3),
    "Untold": slice(1),
}
_NOT_SENTENCES = {"", "{}", "{}, {}", "{}: {}", "nvidia-smi; {}"}  # paths, versions, commands, what another part found


def nodes_of(files: list[Path]) -> Iterator[ast.AST]:
    for file in files:
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def sentences() -> set[str]:
    """What the agent can say, with {} for what is put in."""
    return {_shape(node) for node in nodes_of([*SELF_TEST, *GPUS, *PRESENCE, *OTHERS]) if isinstance(node, ast.expr)}


def _shape(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def handed_on() -> set[str]:
    """What is handed to the agent's functions that tell its owner something, where it stands there in full."""
    calls = [node for node in nodes_of([*SELF_TEST, *GPUS, *PRESENCE]) if isinstance(node, ast.Call)]
    told = [call.args[_SAYING.get(getattr(call.func, "id", ""), slice(0))] for call in calls]
    return {_shape(argument) for arguments in told for argument in arguments} - _NOT_SENTENCES


def known() -> set[str]:
    return {re.sub(r"\{\d\}", "{}", one) for one in TEMPLATES}


def test_each_sentence_that_is_known_is_one_that_the_agent_says() -> None:
    said = sentences()
    strange = {one for one in known() if one not in said and one.removesuffix(": {}") not in said}
    assert strange == set()


def test_each_outcome_step_and_trouble_that_the_agent_tells_is_known() -> None:
    fitting = [re.compile(".+".join(map(re.escape, re.split(r"\{\d\}", one)))) for one in TEMPLATES]
    assert {told for told in handed_on() if not any(one.fullmatch(told) for one in fitting)} == set()


def test_each_reason_to_give_a_unit_back_is_known() -> None:
    reasons = {value for name, value in vars(ceilings).items() if name.isupper() and isinstance(value, str)}
    assert len(reasons) == 5 and reasons - known() == set()


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
    assert said_words("a fan; something of a newer node") == "a fan; something of a newer node"


async def test_what_can_not_be_seen_is_said_in_chinese(ui: Ui) -> None:
    ui.language.set("zh_CN")
    text = "the X server of :0 doesn't answer; the list of power supplies can't be read: Permission denied"
    assert said_words(text) == ":0 的 X 服务器 没有应答；读不了电源列表：Permission denied"


@pytest.mark.parametrize("hostile", ["x answers: ", "; ", "driver a, a GB, a TFLOPS, a GB ", "{0} {", "held; "])
async def test_words_made_to_be_taken_apart_for_ever_are_shown_as_they_came(ui: Ui, hostile: str) -> None:
    ui.language.set("zh_CN")
    assert said_words(hostile * 10_000) == hostile * 10_000


async def test_what_is_wrong_with_a_gpu_and_what_mends_it_are_said_in_chinese(ui: Ui) -> None:
    ui.language.set("zh_CN")
    text = (
        "its power and fan could not be set: the GPU no longer answers: it has fallen off the bus (to mend it: look "
        "for Xid with: sudo dmesg | grep -i xid; restart the computer; if it comes again, look at the GPU's power "
        "cables and heat)"
    )
    assert said_words(text) == (
        "设不了它的功耗和风扇：GPU 不再回应：它从总线上掉下来了（解决办法：用 sudo dmesg | grep -i xid 找 Xid；"
        "重启电脑；如果再出现，检查 GPU 的供电线和温度）"
    )
    assert said_words("its power is held to 300 W; its fan is held to 70 %") == "功耗限制在 300 W；风扇限制在 70 %"
    again = said_words("its power is held to 300 W; its fan is held to 70 %, set again after it was undone")
    assert again == "功耗限制在 300 W；风扇限制在 70 %，被改掉后又设了一次"
