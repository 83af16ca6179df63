"""Whether what is asked of the rules makes sense, beyond what its types say: each fault is told at its field."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from agent.owners_choice import Anyway
from agent.policy.decide import NEVER_ANYWAY, OF_A_GPU
from agent.policy.week import DAYS
from core.errors import ApiError, ErrorCode, validation_failed
from core.protocol.customer import Sensitivity
from core.protocol.node_rules import Rules, ShareAnyway, Span

_DIGEST = re.compile(r"[0-9a-f]{64}")
_AT_FIELD = re.compile(r"(.*) - at `\$\.(.+)`", re.DOTALL)
_SENSITIVITIES = tuple(one.value for one in Sensitivity)


def rules_asked(body: bytes) -> Rules:
    """The rules of a request. Raises VALIDATION_FAILED with a row a field that can't be so."""
    try:
        rules = msgspec.json.decode(body, type=Rules)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _not_so(str(error)) from None
    faults = faults_of(rules)
    if faults:
        raise validation_failed(**faults)
    return rules


def faults_of(rules: Rules) -> dict[str, str]:
    """What can't be so, by the name of its field."""
    return dict(_faults(rules))


def anyway_asked(body: bytes, gpus: Iterable[str], now: float) -> Anyway:
    """The end of *Share anyway* that a request asks for (`now`: at once), of one of these GPUs. Raises
    VALIDATION_FAILED."""
    try:
        asked = msgspec.json.decode(body, type=ShareAnyway)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _not_so(str(error)) from None
    if not asked.rule.is_known:
        raise validation_failed(rule=f"{asked.rule[:40]!r} is no rule")
    if asked.rule in NEVER_ANYWAY:
        raise validation_failed(rule=f"{asked.rule} can't be set aside: {NEVER_ANYWAY[asked.rule]}")
    if asked.gpu_uuid is not None and asked.rule not in OF_A_GPU:
        raise validation_failed(gpu_uuid=f"{asked.rule} is of all the node, not of a GPU")
    if asked.gpu_uuid is not None and asked.gpu_uuid not in gpus:
        raise validation_failed(gpu_uuid="this machine has no such GPU")
    return Anyway(asked.rule, now, now + asked.for_seconds, asked.gpu_uuid)


def _not_so(words: str) -> ApiError:
    """What the decoder says, at the field that it names."""
    found = _AT_FIELD.fullmatch(words)
    if found is None:
        return ApiError(ErrorCode.VALIDATION_FAILED, words)
    return validation_failed(**{found[2]: found[1]})


def _faults(rules: Rules) -> Iterator[tuple[str, str]]:
    if rules.hours is not None:
        if len(rules.hours) != DAYS:
            yield "hours", "must have a list of spans for each of the seven days, Monday first"
        for day, spans in enumerate(rules.hours):
            for number, span in enumerate(spans):
                yield from _span_faults(f"hours[{day}][{number}]", span)
    for number, name in enumerate(rules.programs):
        if not name.isprintable() or name != name.strip() or "/" in name or "\\" in name:
            yield f"programs[{number}]", "must be the name of a program's file, without its folder"
    for uuid in rules.gpus:
        yield from _gpu_faults(uuid)
    yield from _electricity_faults(rules)
    unknown = [word for word in rules.sensitivities if word not in _SENSITIVITIES]
    if unknown or not rules.sensitivities:
        yield "sensitivities", f"must be some of {', '.join(_SENSITIVITIES)}"
    for number, digest in enumerate(rules.blocked_packages):
        if not _DIGEST.fullmatch(digest):
            yield f"blocked_packages[{number}]", "must be the digest of a package, 64 hexadecimal digits"


def _span_faults(field: str, span: Span) -> Iterator[tuple[str, str]]:
    if span.from_minute >= span.to_minute:
        yield field, "must end after it begins; hours past midnight are two spans"


def _gpu_faults(uuid: str) -> Iterator[tuple[str, str]]:
    if not uuid.isprintable() or not 1 <= len(uuid) <= 100:
        yield "gpus", "must name GPUs by their UUID"


def _electricity_faults(rules: Rules) -> Iterator[tuple[str, str]]:
    electricity = rules.electricity
    if not electricity.currency.isprintable():
        yield "electricity.currency", "must be a name, such as EUR"
    for number, one in enumerate(electricity.tariff):
        if not one.days:
            yield f"electricity.tariff[{number}].days", "must name a day, 0 (Monday) to 6 (Sunday)"
        yield from _span_faults(f"electricity.tariff[{number}].span", one.span)
    if any("\0" in word for word in electricity.command):
        yield "electricity.command", "must be a program and its arguments"
