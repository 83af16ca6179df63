"""What a server tells an owner of what ran and what it earned, hostile words among it, and pages that show it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from core.clock import credits_text
from core.protocol.customer import AttemptOutcome, Page, PageInfo, UnitKind
from core.protocol.node import PROTOCOL_VERSION, Confinement, FreeGpu, FreeResources
from core.protocol.node_rules import Electricity, Rules
from core.protocol.owner import AttemptLimits, EarningRow, OwnedNode, OwnerAttempt, PackageBlock
from gui.attempt_words import CUSTOMERS_FAULT, OWN_JOB, TAKEN_BACK
from gui.pages.node.earnings import Earnings
from gui.pages.node.history import History
from tests.backend.server_process import BackendServer
from tests.gui.access_samples import HOSTILE, all_of, at

GPU = "GPU-4f1c0000-0000-4000-8000-00000000000a"
OTHER_GPU = "GPU-77aa0000-0000-4000-8000-00000000000b"
NODE = "019d3c02-0000-7e15-8000-0000000000aa"
DIGEST = "9c1f" + "0" * 56 + "e07a"
RULES = Rules(electricity=Electricity(currency="¥", price=0.6))


def attempt(number: int, **changes: Any) -> OwnerAttempt:
    """A unit that ended `number` hours ago, ran for 256 s on the first GPU, and was paid in full."""
    made = OwnerAttempt(
        id=f"019d8a9c-{number:04d}-7222-8333-444455550001",
        node_id=NODE,
        node_name="cedar-31",
        compute_unit_id=f"019d8a88-{number:04d}-7111-8222-3333444421c4",
        role="train",
        kind=UnitKind.GPU,
        package_digest=DIGEST,
        gpu_uuid=GPU,
        limits=AttemptLimits(600, 4, 4096, 1024, 8000),
        input_bytes=1_400_000,
        output_bytes=41_000_000,
        checkpoint_bytes=200_000,
        leased_at=at(number + 256 / 3600),
        started_at=at(number + 256 / 3600),
        finished_at=at(number),
        outcome=AttemptOutcome.COMPLETED,
        accepted_seconds=256.0,
        share=1.0,
        earned_micro=1_152_000,
        earned="1.152000",
        payment="paid",
        reason=None,
        energy_joules=79_200.0,
    )
    return msgspec.structs.replace(made, **changes)


def nothing(number: int, outcome: AttemptOutcome, reason: str, **changes: Any) -> OwnerAttempt:
    """One that earned nothing."""
    return attempt(
        number, outcome=outcome, reason=reason, payment="nothing", earned_micro=0, earned="0", share=None, **changes
    )


def every_state() -> list[OwnerAttempt]:
    """One of each kind, the newest first."""
    running = attempt(0, outcome=None, finished_at=None, payment="waiting", earned_micro=0, share=None)
    lost = AttemptOutcome.LOST
    return [
        msgspec.structs.replace(running, energy_joules=None, output_bytes=0),
        attempt(1, outcome=AttemptOutcome.RELEASED, share=0.59, earned_micro=680_000, earned="0.680000"),
        attempt(2),
        attempt(3, outcome=lost, payment="waiting", share=None, earned_micro=0, earned="0"),
        nothing(4, lost, "this node was not heard of in time, and another took it over", gpu_uuid=OTHER_GPU),
        nothing(5, AttemptOutcome.FAILED, CUSTOMERS_FAULT, energy_joules=None),
        nothing(6, AttemptOutcome.FAILED, "this node could not bring it to an end"),
        nothing(7, AttemptOutcome.REFUSED, "this node did not take it", started_at=None),
        nothing(8, AttemptOutcome.VERIFICATION_FAILED, "its result was not what it should be"),
        nothing(9, AttemptOutcome.CANCELLED, "its job was cancelled or failed elsewhere"),
        nothing(10, AttemptOutcome.SUPERSEDED, "another attempt of the same unit was accepted"),
        nothing(11, AttemptOutcome.COMPLETED, OWN_JOB, gpu_uuid=None, kind=UnitKind.CPU, role="package"),
        nothing(12, AttemptOutcome.COMPLETED, TAKEN_BACK, role=HOSTILE, node_name=HOSTILE),
        nothing(13, AttemptOutcome("bartered"), HOSTILE, package_digest=""),
    ]


def earned(days_ago: int, micro: int, *, gpu: str | None = GPU, units: int = 1, node: str = NODE) -> EarningRow:
    """What a device earned on a UTC day."""
    day = (datetime.now(UTC) - timedelta(days=days_ago)).date().isoformat()
    return EarningRow(day, node, "cedar-31", gpu, units, 256.0 * units, micro, credits_text(micro))


def node(id: str = NODE, name: str = "cedar-31") -> OwnedNode:
    """A machine with two GPUs, of which one is offered now."""
    free = FreeResources(
        4, 8192, 100_000, [FreeGpu(GPU, "NVIDIA GeForce RTX 4090", 24_564, 24_000)], confinement=Confinement.BUBBLEWRAP
    )
    return OwnedNode(id, name, "new", at(900), at(0), True, False, "1.0", free, [])


def block() -> PackageBlock:
    return PackageBlock("019d8a77-0000-7000-8000-000000000001", "52ad" + "1" * 56 + "19b0", HOSTILE, at(30))


def fill_earnings(page: Earnings) -> None:
    """Two weeks of two GPUs, and a unit in each state, with nobody asked."""
    rows = [earned(day, 30_000_000 + day * 1_700_000, units=20) for day in range(13)]
    rows += [earned(day, 9_000_000, gpu=OTHER_GPU, units=6) for day in range(0, 13, 2)]
    page.put_rules(RULES)
    page.put_nodes([node(), node("019d3c02-0000-7e15-8000-0000000000bb", HOSTILE)])
    page.put_answer((rows, all_of(every_state())))


def fill_history(page: History) -> None:
    """A unit in each state, the one that was given back chosen, and a package that is kept off."""
    page.put_nodes([node()])
    page.put_answer((all_of(every_state()), [block()]))
    page.table.setCurrentIndex(page.model.index(1, 0))


def first_of_more(rows: list[OwnerAttempt]) -> Page[OwnerAttempt]:
    """A page behind which there are others."""
    return Page(rows, PageInfo(100, "older", True))


def join(server: BackendServer, code: str, name: str) -> int:
    """What a machine does that was given the code; the answer's status."""
    body = {"code": code, "name": name, "protocol": PROTOCOL_VERSION, "agent_version": "1.2"}
    return httpx.post(f"{server.url}/api/v1/node/enroll", json=body, timeout=30, trust_env=False).status_code
