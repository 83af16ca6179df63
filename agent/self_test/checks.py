"""Which checks there are on this machine, in their order, what each stands on and how long it may take."""

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from agent.interpreters import Interpreter
from agent.probe.gpus import GpusSeen
from agent.sandbox.base import ConfinementKind, Sandbox
from agent.self_test import confining, hardware, line, whole_way
from agent.self_test.boxes import Boxes
from agent.self_test.hardware import LookAtGpus
from agent.self_test.run import Finding, Row, skipped
from agent.trial import TrialTools
from core.client.node import NodeClient
from core.protocol.node import FreeGpu
from core.protocol.self_test import CheckKind as Kind

Examine = Callable[[], Awaitable[Finding]]


class Manners(msgspec.Struct, frozen=True):
    """Why something must not be tested now, in words, "" for no reason; asked before, and while it is. `gpu` is asked
    by UUID."""

    gpu: Callable[[str], str] = lambda uuid: ""
    line: Callable[[], str] = lambda: ""


class Bench(msgspec.Struct, frozen=True):
    """What a self-test is made with. Without a `client` there is no server to reach. `test_id` names its folders.
    `lent`: while a GPU is tested, how many MiB of it were free before, by UUID."""

    sandbox: Sandbox
    interpreters: list[Interpreter]
    tools: TrialTools
    client: NodeClient | None
    gpus: GpusSeen
    look_at_gpus: LookAtGpus
    test_id: str
    manners: Manners = Manners()
    lent: dict[str, int] = {}


def rows_of(bench: Bench) -> list[Row]:
    """All checks, none of them begun."""
    boxes = None
    if bench.interpreters:
        boxes = Boxes(bench.sandbox, bench.interpreters[0], bench.tools.own_files, bench.test_id)
    starts = (Kind.SANDBOX_STARTS, Kind.PYTHON)
    runs = starts if _is_confined(bench) else (Kind.PYTHON,)  # its owner's jobs run without a box, too
    client = bench.client
    server = _no_server if client is None else partial(line.reach_server, client)
    measure = _no_server if client is None else partial(line.measure_line, client)
    return [
        Row(Kind.SERVER, server, 10.0),
        Row(Kind.PYTHON, partial(confining.find_python, bench.interpreters), 5.0),
        Row(Kind.SANDBOX_PROGRAM, confining.find_bubblewrap, 10.0),
        Row(
            Kind.SANDBOX_STARTS,
            partial(confining.start_a_box, bench.sandbox, boxes),
            10.0,
            needs=(Kind.SANDBOX_PROGRAM, Kind.PYTHON),
        ),
        Row(Kind.BREAK_OUT, _in(boxes, confining.break_out), 30.0, starts, "scripts that try to get out"),
        Row(Kind.SYSTEM_CALLS, _in(boxes, confining.ask_the_filter), 20.0, starts, "seccomp, built and loaded"),
        Row(Kind.LIMITS, _in(boxes, confining.too_much), 40.0, runs, "code that takes too much"),
        Row(Kind.DISK, partial(hardware.test_disk, bench.sandbox.workspace_root), 12.0),
        *_of_gpus(bench, boxes, runs),
        Row(Kind.LINE, measure, 15.0, (Kind.SERVER,), "bytes up and down", in_the_way=bench.manners.line),
        Row(
            Kind.UNIT,
            partial(whole_way.run_a_unit, bench.tools, f"{bench.test_id}-unit"),
            40.0,
            needs=(*runs, Kind.DISK),
            evidence="fetch, train, checkpoint, resume, upload",
        ),
    ]


def _is_confined(bench: Bench) -> bool:
    return bench.sandbox.confinement.kind is not ConfinementKind.NONE


def _of_gpus(bench: Bench, boxes: Boxes | None, runs: tuple[Kind, ...]) -> list[Row]:
    if not bench.gpus.gpus:
        return [Row(Kind.GPU, partial(_skip, f"no GPU to test: {bench.gpus.detail}"), 1.0)]
    troubles = {use.uuid: use.trouble for use in bench.gpus.uses if use.trouble}
    rows: list[Row] = []
    for gpu in bench.gpus.gpus:
        if gpu.uuid in troubles:
            rows.append(Row(Kind.GPU, partial(_skip, troubles[gpu.uuid]), 1.0, gpu_uuid=gpu.uuid, subject=gpu.model))
        else:
            rows += _of_gpu(bench, boxes, gpu, runs)
    return rows


def _of_gpu(bench: Bench, boxes: Boxes | None, gpu: FreeGpu, runs: tuple[Kind, ...]) -> list[Row]:
    def lent(examine: Examine) -> Examine:
        async def made() -> Finding:
            bench.lent[gpu.uuid] = gpu.vram_free_mb
            try:
                return await examine()
            finally:
                del bench.lent[gpu.uuid]

        return made

    def row(kind: Kind, examine: Examine, needs: tuple[Kind, ...], evidence: str) -> Row:
        return Row(
            kind,
            lent(examine),
            20.0,
            needs,
            evidence,
            gpu_uuid=gpu.uuid,
            subject=gpu.model,
            in_the_way=partial(bench.manners.gpu, gpu.uuid),
        )

    compute = _in(boxes, partial(hardware.test_gpu, gpu=gpu))
    frees = _in(boxes, partial(hardware.test_gpu_frees, gpu=gpu, look=bench.look_at_gpus))
    return [
        row(Kind.GPU, compute, runs, f"driver {gpu.driver}, memory and arithmetic"),
        row(Kind.GPU_FREES, frees, (*runs, Kind.GPU), "memory taken, then a kill"),
    ]


def _in(boxes: Boxes | None, examine: Callable[[Boxes], Awaitable[Finding]]) -> Examine:
    """A check in a box; without a Python there is none, and what stands on Python is not looked at then."""
    return partial(_skip, "there is no Python to run in a box") if boxes is None else partial(examine, boxes)


async def _skip(why: str) -> Finding:
    return skipped(why)


async def _no_server() -> Finding:
    return skipped("this node is not enrolled at a server yet")
