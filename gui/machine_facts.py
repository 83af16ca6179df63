"""What became of an owner's machines since they were looked at before: which fell silent, which GPU can't be used any
more or is back, which driver is another. Plain functions of what was heard; no Qt, no network."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from core.protocol.node_control import NodeState, NodeStatus
from core.protocol.owner import OwnedNode
from core.protocol.self_test import CheckKind, CheckState

from .demand_facts import is_quiet
from .owned_machines import known_gpus
from .settings import KnownGpu, KnownMachine, StoppedEarning, ToldOfMachine, WantedAlert

_BETWEEN = timedelta(hours=1)
_MOST_TOLD = 20
Known = Mapping[str, KnownMachine]


class News(msgspec.Struct, frozen=True):
    """One thing that its owner wants to hear: of the machine with this id, and of its GPU with this UUID."""

    node_id: str
    kind: StoppedEarning
    gpu_uuid: str = ""


def seen_now(nodes: Sequence[OwnedNode], own_id: str | None, here: NodeStatus | None, before: Known) -> Known:
    """The machines as they are now. Of this computer (`own_id`, `here`) all GPUs are known, of another one what it told
    its server. An older one tells only what it offers, so what it doesn't offer stays as it was: it may be busy, or
    paused by a rule."""
    seen = {}
    for node in nodes:
        gpus = before[node.id].gpus if node.id in before else {}
        is_looked_at = here is not None and here.machine is not None and here.state is not NodeState.STARTING
        if node.id == own_id and here is not None and is_looked_at:
            gone = {uuid: msgspec.structs.replace(gpu, usable=False) for uuid, gpu in gpus.items()}
            gpus = {**gone, **{gpu.uuid: KnownGpu(gpu.model, gpu.driver, not gpu.trouble) for gpu in here.gpus}}
        elif node.id != own_id:
            gpus = _told_by_server(node, gpus)
        seen[node.id] = KnownMachine(node.name, node.online, gpus)
    return seen


def news_of(before: Known, seen: Known, silent_before: Collection[str]) -> list[News]:
    """What changed for the worse, and which GPU is back. A machine is taken for silent when it was so in the answer
    before, too (`silent_before`): after a restart of its server none has been heard of for a moment."""
    found = []
    for id, now in seen.items():
        was = before.get(id)
        if was is None:
            continue
        if was.online and not now.online and id in silent_before:
            found.append(News(id, "silent"))
        for uuid, gpu in was.gpus.items():
            after = now.gpus.get(uuid, gpu)
            if gpu.usable and not after.usable:
                found.append(News(id, "gpu", uuid))
            if after.usable and not gpu.usable:
                found.append(News(id, "gpu_back", uuid))
            if gpu.driver and after.driver and gpu.driver != after.driver:
                found.append(News(id, "driver", uuid))
    return found


def may_tell_of(news: News, told: Sequence[ToldOfMachine], quiet: WantedAlert, now: datetime) -> bool:
    """Not in the quiet hours, and the same of the same machine once an hour. `now` is local, with its zone."""
    if is_quiet(quiet, now.hour):
        return False
    same = [one for one in told if (one.node_id, one.kind) == (news.node_id, news.kind)]
    return all(now - datetime.fromisoformat(one.at).astimezone(now.tzinfo) >= _BETWEEN for one in same)


def remembered(before: Known, seen: Known, untold: Sequence[News], silent: Collection[str]) -> dict[str, KnownMachine]:
    """What is known from now on. What may not be told yet is as it was before, and so told later if it is still so;
    likewise a machine that is silent in this answer (`silent`) for the first time."""
    known = dict(seen)
    for id in silent:
        if id in before:
            known[id] = msgspec.structs.replace(known[id], online=before[id].online)
    for news in untold:
        machine, was = known[news.node_id], before[news.node_id]
        if news.kind == "silent":
            known[news.node_id] = msgspec.structs.replace(machine, online=True)
            continue
        old = was.gpus[news.gpu_uuid]
        gpu = machine.gpus[news.gpu_uuid]
        if news.kind == "driver":
            gpu = msgspec.structs.replace(gpu, driver=old.driver)
        else:
            gpu = msgspec.structs.replace(gpu, usable=old.usable)
        known[news.node_id] = msgspec.structs.replace(machine, gpus={**machine.gpus, news.gpu_uuid: gpu})
    return known


def told_of(news: News, seen: Known, at: str) -> ToldOfMachine:
    """What is kept of what was told `at` a time (RFC 3339)."""
    machine = seen[news.node_id]
    gpu = machine.gpus.get(news.gpu_uuid)
    return ToldOfMachine(at, news.node_id, machine.name, news.kind, "" if gpu is None else gpu.model)


def newest_told(told: Sequence[ToldOfMachine], more: Sequence[ToldOfMachine]) -> list[ToldOfMachine]:
    """With those that were told now; the oldest are forgotten."""
    return [*more, *told][:_MOST_TOLD]


# ---- how ------------------------------------------------------------------------------------------------------------


def _told_by_server(node: OwnedNode, gpus: dict[str, KnownGpu]) -> dict[str, KnownGpu]:
    told = {
        uuid: KnownGpu(gpu.model, gpu.driver or (gpus[uuid].driver if uuid in gpus else ""), gpu.works)
        for uuid, gpu in known_gpus(node).items()
    }
    offered = {gpu.uuid for gpu in node.resources.gpus} if node.resources is not None else set()
    failed = _failed_gpus(node) - offered
    if (
        node.resources is not None and node.resources.gpus_withheld is not None
    ):  # of those it named no word, they are gone
        failed |= gpus.keys() - told.keys()
    known = {**gpus, **told}
    return {uuid: msgspec.structs.replace(gpu, usable=False) if uuid in failed else gpu for uuid, gpu in known.items()}


def _failed_gpus(node: OwnedNode) -> set[str]:
    checks = node.self_test.checks if node.self_test is not None else []
    kinds = (CheckKind.GPU, CheckKind.GPU_FREES)
    return {one.gpu_uuid for one in checks if one.gpu_uuid and one.kind in kinds and one.state is CheckState.FAILED}
