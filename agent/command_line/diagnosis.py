"""What `gpu-agent-node doctor` finds, and its words."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from agent.command_line.options import make_data_dir
from agent.identity import load_identity
from agent.interpreters import Interpreter, find_interpreters
from agent.presence.base import Sight
from agent.presence.choose import PresenceNotOffered, choose_presence
from agent.probe.gpus import look_at_gpus
from agent.probe.machine import look_at_machine
from agent.probe.share import shared_disk_mb, shared_memory_mb
from agent.sandbox.base import Confinement, ConfinementKind, Layer
from agent.sandbox.choose import choose_sandbox
from agent.sandbox.workspace import remove_tree_now, workspace_root
from core.protocol.node import FreeGpu
from core.protocol.node_control import GpuNotOffered


class Diagnosis(msgspec.Struct, frozen=True):
    """What was found; `shared_*_mb` (MiB) is what units may get now, `sights` what the owner's rules can see.
    `gpu_troubles` are by the UUIDs of `gpus`."""

    name: str | None
    server: str | None
    confinement: Confinement
    pythons: list[Interpreter]
    gpus: list[FreeGpu]
    gpu_detail: str
    gpu_troubles: dict[str, str]
    gpus_not_offered: list[GpuNotOffered]
    cpus: int
    shared_memory_mb: int
    shared_disk_mb: int
    sights: list[Sight]
    data_dir: str
    workspace: str


async def diagnose(data_dir: Path) -> Diagnosis:
    """Look at all of it, where a node has its data or would have them; folders that are made for that go again. Raises
    CommandError where they can't be made."""
    with _leaving_nothing(data_dir, workspace_root(data_dir)):
        return await _diagnosed(make_data_dir(data_dir))


@contextlib.contextmanager
def _leaving_nothing(*folders: Path) -> Iterator[None]:
    """What wasn't there before the block isn't after it."""
    missing = [folder for folder in folders if not folder.exists()]
    on_the_way = {parent for folder in missing for parent in folder.parents if not parent.exists()}
    try:
        yield
    finally:
        for folder in missing:
            remove_tree_now(folder)
        for parent in sorted(on_the_way, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):  # something else has come there
                parent.rmdir()


async def _diagnosed(data_dir: Path) -> Diagnosis:
    sandbox, interpreters, gpus, sights = await asyncio.gather(
        asyncio.to_thread(choose_sandbox, data_dir),
        asyncio.to_thread(find_interpreters),
        asyncio.to_thread(look_at_gpus),
        asyncio.to_thread(_what_rules_see),
    )
    machine = look_at_machine(sandbox.workspace_root)
    identity = load_identity(data_dir)
    return Diagnosis(
        name=identity.name if identity is not None else None,
        server=identity.server if identity is not None else None,
        confinement=sandbox.confinement,
        pythons=interpreters,
        gpus=gpus.gpus,
        gpu_detail=gpus.detail,
        gpu_troubles={use.uuid: use.trouble for use in gpus.uses if use.trouble},
        gpus_not_offered=gpus.not_offered,
        cpus=machine.cpus,
        shared_memory_mb=shared_memory_mb(machine),
        shared_disk_mb=shared_disk_mb(machine),
        sights=sights,
        data_dir=str(data_dir),
        workspace=str(sandbox.workspace_root),
    )


def _gpus_in_words(found: Diagnosis) -> list[str]:
    lines = [] if found.gpus else [f"GPUs:         none ({found.gpu_detail})"]
    for gpu in found.gpus:
        trouble = found.gpu_troubles.get(gpu.uuid)
        state = f"NOT USABLE: {trouble}" if trouble else f"{gpu.vram_free_mb:,} of {gpu.vram_total_mb:,} MiB free"
        lines.append(f"GPU:          {gpu.model}, {state}")
    for other in found.gpus_not_offered:
        lines.append(f"not offered:  {other.name}: {other.reason}")
        lines += [f"  to mend it: {other.next_step}"] if other.next_step else []
    return lines


def _what_rules_see() -> list[Sight]:
    try:
        sensor = choose_presence()
    except PresenceNotOffered:
        return []
    try:
        return sensor.sights()
    finally:
        sensor.close()


def _sight_in_words(sight: Sight) -> str:
    name = sight.rule.value.replace("_", " ")
    return f"  {name + ':':<14}{sight.words if sight.sees else f'NOT SEEN: {sight.words}'}"


def _layer_in_words(layer: Layer) -> list[str]:
    words = f"  {layer.name + ':':<14}{layer.detail if layer.holds else f'NOT KEPT: {layer.detail}'}"
    return [words, *(f"    to mend it: {remedy}" for remedy in layer.remedies)]


def in_words(found: Diagnosis) -> str:
    """For a person."""
    confined = found.confinement.kind is not ConfinementKind.NONE
    pythons = ", ".join(f"{python.version} ({python.executable})" for python in found.pythons)
    return "\n".join(
        [
            f"node:         {found.name or 'not enrolled'}{f' at {found.server}' if found.server else ''}",
            f"confinement:  {found.confinement.detail if confined else f'NONE: {found.confinement.detail}'}",
            *(f"  to mend it: {remedy}" for remedy in found.confinement.remedies),
            *(line for layer in found.confinement.layers for line in _layer_in_words(layer)),
            f"Pythons:      {pythons or 'none of 3.11 to 3.14; install one, such as: sudo apt-get install python3'}",
            *_gpus_in_words(found),
            f"shares:       {found.cpus} processors, {found.shared_memory_mb:,} MiB of memory, "
            f"{found.shared_disk_mb:,} MiB of disk",
            "the rules see:",
            *(_sight_in_words(sight) for sight in found.sights),
            f"data:         {found.data_dir}",
            f"workspace:    {found.workspace}",
        ]
    )
