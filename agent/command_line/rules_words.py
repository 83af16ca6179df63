"""An owner's rules in words for a terminal. Pure."""

from collections.abc import Iterator

from core.protocol.node_rules import Electricity, GpuRules, Rules, RulesNow, Span, Why, WhyReason

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WIDTH = 14


def rules_in_words(rules: Rules, now: RulesNow) -> str:
    """Each rule that is set, a line each, and what they come to."""
    lines = [f"{name + ':':<{_WIDTH}}{words}" for name, words in _lines(rules)]
    lines += [f"{'now:':<{_WIDTH}}{line}" for line in reason_lines(now)] or [f"{'now:':<{_WIDTH}}no rule pauses"]
    lines += [f"{'not seen:':<{_WIDTH}}{rule}: {why}" for rule, why in now.unknown.items()]
    if now.next_change_at is not None and now.next_change is not None:
        lines.append(f"{'next:':<{_WIDTH}}{now.next_change_at} ({now.next_change})")
    return "\n".join(lines)


def reason_lines(now: RulesNow) -> list[str]:
    """What pauses, or would."""
    return [
        f"{reason.rule}{f' on {reason.gpu_uuid}' if reason.gpu_uuid else ''}: {reason.words}"
        f"{f', until {reason.until}' if reason.until else ''}"
        f"{f' (you share anyway until {reason.anyway_until})' if reason.anyway_until else ''}"
        for reason in now.reasons
    ]


def why_in_words(why: Why) -> str:
    """The answer, a reason a line with what to do about it."""
    lines = [why.words]
    for reason in why.reasons:
        lines += _why_lines(reason, "")
    for reason in why.set_aside:
        lines += _why_lines(reason, "set aside: ")
    return "\n".join(lines)


def _why_lines(reason: WhyReason, lead: str) -> list[str]:
    gpu = f" on {reason.gpu_uuid}" if reason.gpu_uuid else ""
    since = f", since {reason.since}" if reason.since else ""
    until = f", until {reason.until}" if reason.until else ""
    step = [f"  {reason.next_step}"] if reason.next_step else []
    return [f"{lead}{reason.kind}{gpu}: {reason.words}{since}{until}", *step]


def _lines(rules: Rules) -> Iterator[tuple[str, str]]:
    if rules.hours is None:
        yield "hours", "always"
    else:
        for day, spans in zip(_DAYS, rules.hours, strict=False):
            yield day, ", ".join(map(_span, spans)) or "never"
    if rules.idle_minutes is not None:
        yield "only idle", f"after {rules.idle_minutes} min without use"
    programs = [*rules.programs, *(["games of Steam"] if rules.steam_games else [])]
    programs += ["any full-screen program"] if rules.full_screen else []
    if programs:
        yield "pause for", f"{', '.join(programs)}; again {rules.again_minutes} min after"
    paused = {"on battery": rules.battery, "on a metered network": rules.metered, "GPU in use": rules.others_gpu}
    yield "pause when", ", ".join(name for name, is_set in paused.items() if is_set) or "never of itself"
    ceilings = [
        f"{amount:,} {unit}"
        for amount, unit in (
            (rules.cpus, "processors"),
            (rules.cpu_percent, "% of the processors"),
            (rules.disk_mb, "MiB of disk"),
            (rules.download_kib_s, "KiB/s down"),
            (rules.upload_kib_s, "KiB/s up"),
            (rules.daily_mb, "MiB a day"),
        )
        if amount is not None
    ]
    yield "at most", ", ".join(ceilings) or "no ceiling"
    for uuid, gpu in rules.gpus.items():
        yield "GPU", f"{uuid}: {_gpu(gpu)}"
    yield from _electricity(rules.electricity)
    yield "jobs", ", ".join(rules.sensitivities)
    if rules.blocked_packages:
        yield "blocked", f"{len(rules.blocked_packages)} packages"


def _span(span: Span) -> str:
    return "–".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (span.from_minute, span.to_minute))


def _gpu(gpu: GpuRules) -> str:
    if not gpu.shared:
        return "not shared"
    ceilings = (
        (gpu.temperature_celsius, "°C"),
        (gpu.power_watts, "W"),
        (gpu.fan_percent, "% fan"),
        (gpu.vram_mb, "MiB"),
    )
    return ", ".join(f"{amount:,} {unit}" for amount, unit in ceilings if amount is not None) or "no ceiling"


def _electricity(electricity: Electricity) -> Iterator[tuple[str, str]]:
    parts = [f"runs at {electricity.most:g} or less"] if electricity.most is not None else []
    if electricity.command:
        parts.append(f"by the command {electricity.command[0]}")
    elif electricity.tariff:
        parts.append(f"by a table of {len(electricity.tariff)} spans")
    if electricity.price is not None:
        parts.append(f"{electricity.price:g} {electricity.currency}".strip() + " a kWh")
    if parts:
        yield "power", ", ".join(parts)
