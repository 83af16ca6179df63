"""What is wrong with a node, in findings: each that needs its owner has a cause and a next step."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import pytest

from agent.sandbox.base import Confinement, ConfinementKind, Layer
from agent.why import of_service as said_by_service
from core.protocol.node import FreeGpu
from core.protocol.node_control import GpuNotOffered, NodeState, NodeStatus
from core.protocol.node_rules import PauseReason, RuleKind, RulesNow, Why
from core.protocol.node_why import NodeWhy, UnitsLacking
from core.protocol.self_test import CheckKind, SelfTestStatus
from gui.doctor_facts import Confined, DoctorSaid, Python, Sight, of_doctor
from gui.findings import Finding, Way, Weight, as_text, in_order, of_node, of_self_test, of_service
from gui.node_link import LinkState
from gui.node_said import said_words
from gui.trouble import Trouble
from gui.ui import Ui
from tests.gui.access_samples import HOSTILE
from tests.gui.node_samples import gpus, status
from tests.gui.self_test_samples import check, ended

NOW = datetime.now().astimezone()
WELL = DoctorSaid(
    confinement=Confined("bubblewrap", "units run confined"),
    pythons=[Python("3.12.1", "/usr/bin/python3.12")],
    gpus=[FreeGpu("GPU-a", "NVIDIA GeForce RTX 4090", 24_564, 24_000)],
    gpu_detail="",
    gpu_troubles={},
    gpus_not_offered=[],
    cpus=4,
    shared_memory_mb=8_192,
    shared_disk_mb=40_960,
    sights=[Sight("in_use", True, "by the screen")],
)


def node(state: LinkState = LinkState.LIVE, told: NodeStatus | None = None, *, enrolled: bool = True) -> list[Finding]:
    return of_node(state, told, is_enrolled=enrolled, now=NOW)


def wrong(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.weight is Weight.WRONG]


def a_test(*, passed: bool = True, stops: str = "") -> SelfTestStatus:
    """One of which nothing failed."""
    run = ended().run
    assert run is not None
    return SelfTestStatus(False, msgspec.structs.replace(run, checks=[check(CheckKind.DISK)], passed=passed), stops)


def test_a_well_machine_has_only_what_is_in_order() -> None:
    found = [*node(told=status(NodeState.SHARING, gpus=gpus())), *of_self_test(a_test(), NOW)]
    found += of_doctor(WELL)
    assert {one.weight for one in found} == {Weight.FINE}
    assert [one.title for one in found[:2]] == ["cedar-31 runs", "c3pool.example answers"]


RULE = PauseReason(RuleKind.GPU_TROUBLE, "its driver reports trouble", "Xid 79", "GPU-b")
WRONGS = {
    "not set up": node(LinkState.ABSENT, enrolled=False),
    "not started": node(LinkState.ABSENT),
    "lost": node(LinkState.LOST, status(NodeState.SHARING)),
    "no line": node(told=status(NodeState.SHARING, connected=False, trouble="answers 503")),
    "no line, no word": node(told=status(NodeState.SHARING, connected=False)),
    "refused": node(told=status(NodeState.PROBLEM, connected=False, trouble="this program is too old")),
    "a broken GPU": node(told=status(NodeState.SHARING, gpus=gpus(), rules=RulesNow([RULE]))),
    "self-test": of_self_test(ended(), NOW),
    "self-test of before": of_self_test(a_test(stops="disk"), NOW),
    "no box": of_doctor(msgspec.structs.replace(WELL, confinement=Confined("none", "forbidden", ["sudo it"]))),
    "no Python": of_doctor(msgspec.structs.replace(WELL, pythons=[])),
    "no room": of_doctor(msgspec.structs.replace(WELL, shared_disk_mb=0)),
    "a GPU's driver": of_doctor(msgspec.structs.replace(WELL, gpu_troubles={"GPU-a": "Xid 79"})),
    "no doctor": of_doctor(Trouble("That didn't work", "it is not installed", "Install it whole")),
}


@pytest.mark.parametrize("name", WRONGS)
def test_what_needs_its_owner_has_its_cause_and_what_to_do(name: str) -> None:
    (one,) = wrong(WRONGS[name])
    assert one.title and one.words and one.step
    assert in_order([Finding(Weight.FINE, "well"), one])[0] is one


def test_where_no_node_runs_it_is_started_or_set_up_from_there() -> None:
    assert [one.way for one in WRONGS["not started"] + WRONGS["not set up"]] == [Way.START, Way.MY_NODE]


def test_the_owners_hand_and_rules_are_no_fault() -> None:
    paused = node(told=status(NodeState.PAUSED))[-1]
    assert (paused.weight, paused.way) == (Weight.NOTE, Way.SHARE) and "You paused it" in paused.words
    rule = PauseReason(RuleKind.PROGRAM, "blender runs", "blender")
    ruled = node(told=status(NodeState.PAUSED_BY_RULE, rules=RulesNow([rule])))[-1]
    assert (ruled.weight, ruled.way) == (Weight.NOTE, Way.RULES) and "blender runs" in ruled.words
    unseen = node(told=status(NodeState.SHARING, rules=RulesNow(unknown={"in_use": "no screen tells it"})))[-1]
    assert unseen.weight is Weight.NOTE and "no screen tells it" in unseen.words


LACKS = [UnitsLacking("disk", "40 GiB of disk are asked for", 3), UnitsLacking("vram", "8000 MiB are asked for", 2)]
TOLD = NodeWhy("new", 5, 4, 2, 30.0, 1, LACKS)


def test_the_servers_half_says_what_waits_and_the_answers_of_the_node_itself_are_not_said_twice() -> None:
    found = of_service(Why(False, "", said_by_service(TOLD)))
    assert [one.way for one in found] == [None, Way.RULES, None, Way.HISTORY]
    assert "2 of 5 units that wait can run here" in found[0].words and "40 GiB of disk" in found[1].words
    assert all(one.step for one in found)
    assert of_service(None) == [] and of_service(Why(True, "It works on 1 unit.")) == []


async def test_every_sentence_of_the_servers_half_is_known_in_other_languages(ui: Ui) -> None:
    ui.language.set("zh_CN")
    nothing, others = NodeWhy("new", 0, 0, 0, 0.0, 0), msgspec.structs.replace(TOLD, others_free=2)
    spoken = [reason.words for told in (TOLD, nothing, others) for reason in said_by_service(told)]
    assert len(spoken) == 9 and all(said_words(words) != words for words in spoken)


def test_a_self_test_that_runs_or_was_never_made_is_said_so() -> None:
    assert of_self_test(None, NOW) == []
    (never,) = of_self_test(SelfTestStatus(False, None), NOW)
    assert never.weight is Weight.NOTE and never.step
    (partly,) = of_self_test(a_test(passed=False), NOW)
    assert partly.weight is Weight.NOTE and partly.step
    (runs,) = of_self_test(SelfTestStatus(True, None), NOW)
    assert runs.weight is Weight.UNKNOWN


def test_what_weakens_or_isnt_offered_is_to_be_known() -> None:
    layer = Layer("limits", False, "memory is looked at five times a second, since there are none", ["sudo it"])
    agents = Confinement(ConfinementKind.BUBBLEWRAP, "units run confined", layers=[layer])
    said = msgspec.structs.replace(
        WELL,
        confinement=msgspec.convert(msgspec.to_builtins(agents), Confined),
        gpus=[],
        gpus_not_offered=[GpuNotOffered("NVIDIA GeForce GTX 960", "it is too old", "")],
        sights=[Sight("in_use", False, "no screen tells it")],
    )
    notes = [one for one in of_doctor(said) if one.weight is Weight.NOTE]
    assert [one.commands for one in notes] == [("sudo it",), (), ()] and all(one.step for one in notes)
    assert notes[1].title == "GTX 960 isn't offered"
    bare = of_doctor(msgspec.structs.replace(WELL, gpus=[], gpu_detail="no driver"))
    (none,) = [one for one in bare if one.title == "No GPU is offered"]
    assert none.words == "no driver"


def test_while_it_is_looked_at_nothing_is_claimed() -> None:
    (one,) = of_doctor(None)
    assert one.weight is Weight.UNKNOWN


def test_words_of_others_move_and_fake_nothing() -> None:
    hostile = status(NodeState.PROBLEM, node_name=HOSTILE, connected=False, trouble=HOSTILE, agent_version=HOSTILE)
    said = msgspec.structs.replace(
        WELL,
        confinement=Confined("none", HOSTILE, [HOSTILE]),
        pythons=[Python(HOSTILE, HOSTILE)],
        gpus_not_offered=[GpuNotOffered(HOSTILE, HOSTILE, HOSTILE)],
        sights=[Sight(HOSTILE, False, HOSTILE)],
    )
    text = as_text("head", [*node(told=hostile), *of_doctor(said)], "log", [])
    assert not {"\u202e", "\x1b", "\r"} & set(text)
