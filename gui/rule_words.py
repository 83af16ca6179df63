"""The owner's rules in words: what they come to at the moment, why one pauses, and what comes next. No widget here."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.node_control import GpuStatus, NodeState, NodeStatus
from core.protocol.node_rules import PauseReason, RuleKind

from .amounts import day_words, local, size_words
from .pause_choices import clock_words

NEVER_SET_ASIDE = frozenset(
    {RuleKind.GPU_TROUBLE, RuleKind.SELF_TEST, RuleKind.RULES_UNREADABLE, RuleKind.DAILY_VOLUME}
)
"""What the owner can't share in spite of."""


def pausing_rules(status: NodeStatus) -> list[PauseReason]:
    """The rules that pause now, without those that the owner has set aside for a while."""
    return [reason for reason in status.rules.reasons if reason.anyway_until is None]


def reason_words(reason: PauseReason) -> str:
    """Why, as the end of a sentence: `blender runs`. The node's own words for a rule of a newer version."""
    subject = printable(reason.subject)
    if reason.until is not None and reason.rule in (RuleKind.PROGRAM, RuleKind.FULL_SCREEN):
        return _tr("{0} has ended only now").format(subject)
    known = {
        RuleKind.HOURS: _tr("it is outside your hours"),
        RuleKind.IN_USE: _tr("you use this computer"),
        RuleKind.FULL_SCREEN: _tr("{0} is full-screen").format(subject) if subject else _tr("a program is full-screen"),
        RuleKind.PROGRAM: _tr("{0} runs").format(subject) if subject else _tr("a program runs"),
        RuleKind.BATTERY: _tr("this computer runs on its battery"),
        RuleKind.METERED: _tr("the network is metered"),
        RuleKind.PRICE: _tr("power costs more than your limit"),
        RuleKind.CPU: _tr("the processor is busy"),
        RuleKind.DISK: _tr("the disk that you give is full"),
        RuleKind.DAILY_VOLUME: _tr("today's traffic is used up"),
        RuleKind.SELF_TEST: _tr("its self-test failed"),
        RuleKind.RULES_UNREADABLE: _tr("its rules can't be read"),
        RuleKind.GPU_OFF: _tr("you switched it off"),
        RuleKind.GPU_TEMPERATURE: _tr("it is too hot"),
        RuleKind.GPU_OTHERS: _tr("{0} uses it").format(subject) if subject else _tr("another program uses it"),
        RuleKind.GPU_TROUBLE: _tr("it is out of order"),
    }
    return known.get(reason.rule, reason.words)


def change_words(rule: RuleKind | None) -> str:
    """What comes next by the clock, in three words."""
    known = {
        RuleKind.HOURS: _tr("your hours"),
        RuleKind.PROGRAM: _tr("after a program has ended"),
        RuleKind.FULL_SCREEN: _tr("after a program has ended"),
        RuleKind.PRICE: _tr("price of power"),
        RuleKind.DAILY_VOLUME: _tr("a new day's traffic"),
        RuleKind.IN_USE: _tr("idle long enough"),
    }
    return "" if rule is None else known.get(rule, "")


def effect_words(status: NodeStatus) -> str:
    """What the rules come to now, for each GPU: `GPU 0 shares. GPU 1 is paused, because blender runs.`"""
    if status.state in (NodeState.PAUSED, NodeState.PAUSING):
        return _tr("You paused it yourself; that stands over all rules.")
    reasons = pausing_rules(status)
    of_node = [reason for reason in reasons if reason.gpu_uuid is None]
    if of_node:
        return _tr("All is paused, because {0}.").format(_because(of_node))
    if not status.gpus:
        return _tr("This computer shares.")
    return " ".join(_gpu_effect(number, gpu, reasons) for number, gpu in enumerate(status.gpus))


def next_words(status: NodeStatus, now: datetime) -> str:
    """`Next change: today 17:00, your hours`; empty where nothing is known to come. `now` is local, with its zone."""
    if status.rules.next_change_at is None:
        return ""
    at = local(status.rules.next_change_at).astimezone(now.tzinfo)
    what = change_words(status.rules.next_change)
    words = _tr("Next change: {0}").format(when_words(at, now))
    return f"{words}{_tr(', ')}{what}" if what else words


def when_words(at: datetime, now: datetime) -> str:
    """`today 17:00`, `tomorrow 08:00`, `4 Dec 17:00`."""
    days = (at.date() - now.date()).days
    named = {0: _tr("today"), 1: _tr("tomorrow")}
    return f"{named.get(days) or day_words(at.isoformat(), now)} {at:%H:%M}"


def pause_words(reason: PauseReason, status: NodeStatus, now: datetime) -> str:
    """`GPU 1 is paused until 15:13, because blender has ended only now.`"""
    numbers = {gpu.uuid: number for number, gpu in enumerate(status.gpus)}
    what = _tr("GPU {0}").format(numbers[reason.gpu_uuid]) if reason.gpu_uuid in numbers else _tr("All of it")
    if reason.until is None:
        return _tr("{0} is paused, because {1}.").format(what, reason_words(reason))
    until = clock_words(local(reason.until).astimezone(now.tzinfo), now)
    words = _tr("{0} is paused until {1}, because {2}.").format(what, until, reason_words(reason))
    waiting = status.line.to_send_bytes
    if reason.rule is RuleKind.DAILY_VOLUME and waiting > 0:
        words = _tr("{0} {1} of finished work wait for tomorrow's.").format(words, size_words(waiting))
    return words


def only_gpu_paused(status: NodeStatus) -> int | None:
    """The number of the one GPU that rules pause, where they pause one of several and nothing else."""
    paused = {reason.gpu_uuid for reason in pausing_rules(status)}
    numbers = [number for number, gpu in enumerate(status.gpus) if gpu.uuid in paused]
    return numbers[0] if len(paused) == len(numbers) == 1 and len(status.gpus) > 1 else None


def _gpu_effect(number: int, gpu: GpuStatus, reasons: Sequence[PauseReason]) -> str:
    own = [reason for reason in reasons if reason.gpu_uuid == gpu.uuid]
    if own:
        return _tr("GPU {0} is paused, because {1}.").format(number, _because(own))
    return _tr("GPU {0} shares.").format(number)


def _because(reasons: Sequence[PauseReason]) -> str:
    return _tr(" and ").join(reason_words(reason) for reason in reasons)


def _tr(text: str) -> str:
    return QCoreApplication.translate("rules", text)
