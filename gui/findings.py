"""What is wrong with this computer's node, as its owner reads it: each finding with its cause and the next step.

Here is what the node itself says and what is seen of it from outside; what its machine is like is in doctor_facts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.node_control import NodeState, NodeStatus
from core.protocol.node_rules import RuleKind, Why, WhyReason
from core.protocol.self_test import CheckState, SelfTestStatus

from .amounts import moment_words
from .node_link import LinkState
from .node_mood import Reason, ReasonKind
from .node_said import said_words
from .node_words import host_words, moment_of, why_not_earning
from .pause_choices import clock_words
from .rule_words import NEVER_SET_ASIDE


class Weight(StrEnum):
    """WRONG needs its owner; NOTE keeps it from earning, or weakens it, and may be meant so; UNKNOWN couldn't be
    looked at, or not yet; FINE."""

    WRONG = "wrong"
    NOTE = "note"
    UNKNOWN = "unknown"
    FINE = "fine"


class Way(StrEnum):
    """What a finding's button does: start the node, share again, or open the page that helps."""

    START = "start"
    SHARE = "share"
    MY_NODE = "my_node"
    RULES = "rules"
    SELF_TEST = "self_test"
    HISTORY = "history"


class Finding(msgspec.Struct, frozen=True):
    """`words` say what was seen and why, `step` what to do about it, `commands` what to say in a terminal for that."""

    weight: Weight
    title: str
    words: str = ""
    step: str = ""
    commands: tuple[str, ...] = ()
    way: Way | None = None


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """What is wrong first."""
    weights = list(Weight)
    return sorted(findings, key=lambda one: weights.index(one.weight))


def of_node(state: LinkState, status: NodeStatus | None, *, is_enrolled: bool, now: datetime) -> list[Finding]:
    """Whether the node is there, whether its server is, and what it says keeps it from earning."""
    if status is None:
        return [_absent(is_enrolled)]
    name = printable(status.node_name)
    if state is not LinkState.LIVE:
        step = _tr("It is looked for all the time. If this stays, end its program and start it again.")
        words = _tr("Its program is there, and gives no answer. What stands here of it is what it said last.")
        return [Finding(Weight.WRONG, _tr("{0} doesn't answer").format(name), words, step)]
    since = moment_of(status.started_at, now)
    words = _tr("Version {0}").format(printable(status.agent_version))
    if since is not None:
        words = _tr("Version {0}, started {1}").format(printable(status.agent_version), clock_words(since, now))
    found = [Finding(Weight.FINE, _tr("{0} runs").format(name), words), _line(status, now)]
    found += [_unseen_rule(rule, why) for rule, why in status.rules.unknown.items()]
    return found + [_of_reason(one) for one in why_not_earning(status, now) if one.kind not in _SAID_ELSEWHERE]


def of_service(why: Why | None) -> list[Finding]:
    """What the server says of the work that waits, which it is asked where nothing here keeps the node from it."""
    return [] if why is None else [_waiting(one) for one in why.reasons if _is_of_service(one.kind)]


def of_self_test(told: SelfTestStatus | None, now: datetime) -> list[Finding]:
    """The newest self-test; nothing while no node tells of it."""
    if told is None:
        return []
    title, run = _tr("Self-test"), told.run
    if told.running or (run is not None and run.passed is None):
        return [Finding(Weight.UNKNOWN, title, _tr("It runs now."), way=Way.SELF_TEST)]
    if run is None:
        words = _tr("None was made yet, so it isn't shown that others' units run safely here.")
        return [Finding(Weight.NOTE, title, words, _tr("Make one: it takes a minute at most."), way=Way.SELF_TEST)]
    when = moment_words(run.finished_at or run.started_at, now)
    failed = sum(check.state is CheckState.FAILED for check in run.checks)
    if failed:
        words = _tr("{0} of {1} checks failed, {2}.").format(failed, len(run.checks), when)
        step = _tr("The self-test's page says for each what mends it.")
        return [Finding(Weight.WRONG, title, words, step, way=Way.SELF_TEST)]
    if still := told.stops or "; ".join(told.stopped_gpus.values()):
        words = "; ".join(said_words(printable(one)) for one in still.split("; "))
        step = _tr("Mend that, then make the self-test again.")
        return [Finding(Weight.WRONG, title, words, step, way=Way.SELF_TEST)]
    if not run.passed:
        words = _tr("Not all of it could be looked at, {0}.").format(when)
        step = _tr("Make it again when the computer is less busy.")
        return [Finding(Weight.NOTE, title, words, step, way=Way.SELF_TEST)]
    return [Finding(Weight.FINE, title, _tr("Passed, {0}.").format(when), way=Way.SELF_TEST)]


def as_text(head: str, findings: Sequence[Finding], log_title: str, log: Sequence[str]) -> str:
    """All of it as plain text, to be sent to whoever helps."""
    lines = [head]
    for one in findings:
        lines += ["", f"[{weight_words(one.weight)}] {one.title}"]
        lines += [f"  {line}" for words in (one.words, one.step) for line in words.splitlines()]
        lines += [f"  $ {command}" for command in one.commands]
    return "\n".join([*lines, "", log_title, *(f"  {line}" for line in log)]) + "\n"


def weight_words(weight: Weight) -> str:
    """How a finding stands, in a word."""
    return {
        Weight.WRONG: _tr("Needs you"),
        Weight.NOTE: _tr("To know"),
        Weight.UNKNOWN: _tr("Not known"),
        Weight.FINE: _tr("In order"),
    }[weight]


# ---- how ------------------------------------------------------------------------------------------------------------

_MENDED_AT = {RuleKind.SELF_TEST: Way.SELF_TEST, RuleKind.RULES_UNREADABLE: Way.RULES}
_SAID_ELSEWHERE = (ReasonKind.NOT_CONNECTED, ReasonKind.UNCONFINED, ReasonKind.NO_WORK)


def _absent(is_enrolled: bool) -> Finding:
    if is_enrolled:
        words = _tr("This computer was set up for sharing, and no node runs now: nothing is shared, nothing earned.")
        step = _tr("Start it here. If it ends again, what it says last stands at the top.")
        return Finding(Weight.WRONG, _tr("The node doesn't run"), words, step, way=Way.START)
    words = _tr("No node was set up here.")
    step = _tr("Set it up with an enrollment code of your account.")
    return Finding(Weight.WRONG, _tr("This computer isn't shared"), words, step, way=Way.MY_NODE)


def _line(status: NodeStatus, now: datetime) -> Finding:
    host, trouble = host_words(status.server), printable(status.trouble or "")
    if status.state is NodeState.PROBLEM:
        step = _tr("That doesn't mend by itself: update the program, or enrol this computer anew.")
        return Finding(Weight.WRONG, _tr("{0} refuses this node").format(host), trouble, step, way=Way.MY_NODE)
    if not status.connected:
        words = trouble or _tr("There is no line to it now.")
        step = _tr("It tries again by itself. Look whether this computer reaches the network.")
        weight = Weight.UNKNOWN if status.state is NodeState.STARTING else Weight.WRONG
        return Finding(weight, _tr("No connection to {0}").format(host), words, step)
    since = moment_of(status.connected_since, now)
    words = "" if since is None else _tr("Connected since {0}").format(clock_words(since, now))
    return Finding(Weight.FINE, _tr("{0} answers").format(host), words)


def _unseen_rule(rule: str, why: str) -> Finding:
    title = _tr("A rule can't be looked at: {0}").format(printable(rule.replace("_", " ")))
    step = _tr("It pauses nothing until then. Take it out of the rules, or mend what hides it.")
    return Finding(Weight.NOTE, title, printable(why), step, way=Way.RULES)


def _of_reason(reason: Reason) -> Finding:
    title = _tr("It isn't earning")
    if reason.kind is ReasonKind.PAUSED:
        return Finding(Weight.NOTE, title, reason.text, _tr("Share again, or wait until then."), way=Way.SHARE)
    rule = reason.rule
    if rule is not None and rule.rule in NEVER_SET_ASIDE:
        words = f"{reason.text} {printable(rule.subject)}".rstrip()
        step = _tr("Mend that first: it can't be set aside.")
        return Finding(Weight.WRONG, title, words, step, way=_MENDED_AT.get(rule.rule))
    step = _tr("That is a rule of yours. Change it, or share anyway for an hour on My node.")
    return Finding(Weight.NOTE, title, reason.text, step, way=Way.RULES)


def _is_of_service(kind: str) -> bool:
    return kind in ("in_turn", "blocked", "no_work") or kind.startswith("lacks_")


def _waiting(reason: WhyReason) -> Finding:
    comes = _tr("Nothing to do; work comes by itself.")
    words = said_words(printable(reason.words))
    known = {
        "in_turn": (comes, None),
        "no_work": (comes, None),
        "blocked": (_tr("To take them again, take their packages off your list in History."), Way.HISTORY),
        "lacks_tier": (
            _tr("A passed self-test and ten verified units make a new node a controlled one."),
            Way.SELF_TEST,
        ),
        "lacks_confinement": (_tr("What the sandbox lacks stands here as well."), None),
        "lacks_sensitivity": (_tr("Accept more in Rules, if you like."), Way.RULES),
        "lacks_disk": (_tr("Share more of the disk in Rules, or make room on it."), Way.RULES),
        "lacks_cpus": (_tr("Share more processors in Rules."), Way.RULES),
        "lacks_python": (_tr("Install that Python, and start the node again."), None),
    }
    other = printable(reason.next_step) or _tr("Nothing here would change that; other work comes by itself.")
    step, way = known.get(reason.kind, (other, None))
    return Finding(Weight.NOTE, _tr("Work that waits"), words, step, way=way)


def _tr(text: str) -> str:
    return QCoreApplication.translate("findings", text)
