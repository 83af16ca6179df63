"""`gpu-agent-node status`, `pause`, `resume`, `finish-then-pause`: the owner's words to the node that runs here."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.command_line.asking import ask_node, seconds_of
from agent.command_line.options import DataDirOption, default_data_dir
from agent.command_line.rules_words import reason_lines
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption
from core.console.words import seconds_in_words, size_in_words
from core.protocol.node_control import GpuStatus, LineStatus, NodeState, NodeStatus, UnitStatus

if TYPE_CHECKING:  # slow to load: help needs none of it
    from core.client.node_control import NodeControl

_MIB = 1 << 20
ForOption = Annotated[
    str | None, typer.Option("--for", help="For so long, such as 30min or 1h; else until you resume.", metavar="TIME")
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", help="Until a time: 08:00 (the next), or 2026-04-01T08:00:00Z.", metavar="TIME"),
]
_STATES = {
    NodeState.STARTING: "starting",
    NodeState.SHARING: "sharing, waiting for work",
    NodeState.BUSY: "sharing, busy",
    NodeState.FINISHING: "finishing what it has, then pausing",
    NodeState.PAUSING: "pausing: what ran is being stopped",
    NodeState.PAUSED: "paused",
    NodeState.PAUSED_BY_RULE: "paused by a rule",
    NodeState.PROBLEM: "has a problem",
}


def status(
    data_dir: DataDirOption = default_data_dir("node"), json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Say how the node that runs here is, and what its units may touch."""
    _ask(data_dir, json, quiet, lambda node: node.status())


def pause(
    for_time: ForOption = None,
    until: UntilOption = None,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Stop what runs within 10 seconds, keep its last checkpoint, give it back, and take nothing more."""
    if for_time is not None and until is not None:
        raise CommandError("Both --for and --until were given.", hint="Give one of them.", exit_code=ExitCode.ARGUMENTS)
    for_seconds = None if for_time is None else seconds_of(for_time)
    moment = None if until is None else _moment(until, datetime.now())
    _ask(data_dir, json, quiet, lambda node: node.pause(for_seconds=for_seconds, until=moment))


def resume(
    data_dir: DataDirOption = default_data_dir("node"), json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Share again."""
    _ask(data_dir, json, quiet, lambda node: node.resume())


def finish_then_pause(
    data_dir: DataDirOption = default_data_dir("node"), json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Take nothing more, and pause when what runs has ended."""
    _ask(data_dir, json, quiet, lambda node: node.finish_then_pause())


def _ask(data_dir: Path, json: bool, quiet: bool, ask: "Callable[[NodeControl], NodeStatus]") -> None:
    answer = ask_node(data_dir, ask)
    Console.choose(json, quiet).result(answer, human=_in_words(answer))


def _moment(text: str, now: datetime) -> str:
    """The time as RFC 3339; a time of day is the next one on this machine's clock, which `now` is by, without a zone:
    the offset from UTC may be another one by then."""
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}", text):
            hour, minute = map(int, text.split(":"))
            today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
            return (today if today > now else today + timedelta(days=1)).astimezone().isoformat()
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"{text!r} is no time.", hint="Write it like 08:00 or 2026-04-01T08:00:00Z.", exit_code=ExitCode.ARGUMENTS
        ) from error
    return (moment if moment.tzinfo is not None else moment.astimezone()).isoformat()


def _in_words(status: NodeStatus) -> str:
    until = f" until {status.paused_until}" if status.paused_until else ""
    since = f", connected since {status.connected_since}" if status.connected_since else ", not connected"
    confinement = status.confinement
    lines = [
        f"{status.node_name} ({status.tier}): {_STATES[status.state]}{until}",
        f"server:       {status.server}{since}{f': {status.trouble}' if status.trouble else ''}",
        f"confinement:  {confinement.detail if confinement.kind != 'none' else f'NONE: {confinement.detail}'}",
    ]
    if status.machine is not None:
        machine = status.machine
        used = "" if machine.cpu_percent is None else f", {machine.cpu_percent:.0f} % used"
        lines.append(
            f"machine:      {machine.cpus} processors{used}; to share {machine.shared_memory_mb:,} MiB of memory, "
            f"{machine.shared_disk_mb:,} MiB of disk"
        )
    lines.append(f"line:         {_line_in_words(status.line)}")
    lines += [_gpu_in_words(gpu) for gpu in status.gpus]
    for other in status.gpus_not_offered:
        next_step = f" (to mend it: {other.next_step})" if other.next_step else ""
        lines.append(f"not offered:  {other.name}: {other.reason}{next_step}")
    lines += [f"rule:         {line}" for line in reason_lines(status.rules)]
    for unit in status.units:
        lines += _unit_in_words(unit)
    return "\n".join(lines)


def _gpu_in_words(gpu: GpuStatus) -> str:
    if gpu.trouble:
        return f"GPU:          {gpu.model}, NOT USABLE: {gpu.trouble}"
    told = [
        f"{gpu.vram_total_mb:,} MiB"
        if gpu.vram_used_mb is None
        else f"{gpu.vram_used_mb:,} of {gpu.vram_total_mb:,} MiB",
        *([] if gpu.utilization_percent is None else [f"{gpu.utilization_percent} % used"]),
        *([] if gpu.temperature_celsius is None else [f"{gpu.temperature_celsius} °C"]),
        *([] if gpu.fan_percent is None else [f"fan {gpu.fan_percent} %"]),
        *([] if gpu.power_watts is None else [f"{gpu.power_watts:.0f} W"]),
        *([f"also used by {', '.join(sorted(gpu.others))}"] if gpu.others else []),
        *([gpu.profile] if gpu.profile else []),
    ]
    return f"GPU:          {gpu.model}, {', '.join(told)}, {gpu.uuid}"


def _line_in_words(line: LineStatus) -> str:
    ways = [
        (line.download_kib_s, "down", line.download_cap_kib_s),
        (line.upload_kib_s, "up", line.upload_cap_kib_s),
    ]
    now = ", ".join(
        f"{speed:,.0f} KiB/s {way}{'' if cap is None else f' of at most {cap:,}'}" for speed, way, cap in ways
    )
    today = f"{size_in_words(line.downloaded_today_bytes)} down and {size_in_words(line.uploaded_today_bytes)} up today"
    volume = "" if line.daily_mb is None else f", of at most {line.daily_mb:,} MiB"
    rest = f"{size_in_words(line.to_send_bytes)} of units' work" if line.to_send_bytes > 0 else "the rest"
    waits = f"; {rest} waits for midnight" if line.daily_is_used_up else ""
    return f"{now}; {today}{volume}{waits}"


def _unit_in_words(unit: UnitStatus) -> list[str]:
    progress = "" if unit.progress is None else f", {unit.progress:.0%}"
    may = unit.may
    reads = size_in_words(may.package_bytes + may.data_bytes + may.input_bytes)
    return [
        f"{unit.role}, attempt {unit.number}: {unit.phase}{progress}, {seconds_in_words(unit.running_seconds)} of at "
        f"most {seconds_in_words(unit.max_runtime_seconds)}{f'; {unit.releasing}' if unit.releasing else ''}",
        f"  may read its package {unit.package_digest[:12] or 'of the platform'} and data, {reads}; write "
        f"{size_in_words(may.disk_mb * _MIB)}; use {may.cpus} processors and {may.memory_mb:,} MiB of memory",
        "  may NOT be kept from the network and your files: nothing confines it"
        if may.network
        else "  may not reach the network, your files or other programs",
    ]
