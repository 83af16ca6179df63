"""Which node a unit goes to: by confinement, tier, GPU and turn."""

import pytest

from core.nodes.tiers import Tier
from core.packages.training_toml import ResourcesTable
from core.protocol.customer import Sensitivity
from core.protocol.node import (
    Confinement,
    Fault,
)
from tests.core.engine import Engine


def test_a_unit_a_node_could_not_run_goes_to_another_where_there_is_one(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    bad, good = engine.node("bad"), engine.node("good")
    good.exchange()
    lease = bad.take()
    bad.fail(lease, Fault.NODE, "disk")
    bad.held.clear()
    assert bad.exchange(most=1).leases == []
    assert good.take().unit_id == lease.unit_id


def test_a_node_where_nothing_confines_takes_only_its_owners_jobs(engine: Engine) -> None:
    engine.job(engine.customer())
    node = engine.node("open", owner_id=engine.customer(), confinement=Confinement.NONE)
    assert node.exchange(most=1).leases == []


def test_an_owners_own_jobs_come_first_on_their_own_machine_and_in_turn_elsewhere(engine: Engine) -> None:
    stranger, owner = engine.customer(), engine.customer()
    others, own = engine.job(stranger), engine.job(owner)
    home, away = engine.node("home", owner_id=owner), engine.node("away", owner_id=engine.customer())
    job_of = "SELECT j.public_id FROM units u JOIN jobs j ON j.id = u.job_id WHERE u.public_id = ?"
    assert engine.one(job_of, home.take().unit_id) == own.id
    assert engine.one(job_of, away.take().unit_id) == others.id


@pytest.mark.parametrize(
    ("tier", "sensitivity", "taken"),
    [
        (Tier.NEW, Sensitivity.PUBLIC, True),
        (Tier.NEW, Sensitivity.LOW_SENSITIVE, False),
        (Tier.CONTROLLED, Sensitivity.LOW_SENSITIVE, True),
        (Tier.CONTROLLED, Sensitivity.SENSITIVE, False),
        (Tier.TRUSTED, Sensitivity.SENSITIVE, True),
        (Tier.TRUSTED, Sensitivity.RESTRICTED, False),
    ],
)
def test_a_tier_takes_only_data_it_may_see(engine: Engine, tier: Tier, sensitivity: Sensitivity, taken: bool) -> None:
    engine.job(engine.customer(), sensitivity=sensitivity)
    assert bool(engine.node("n0", tier=tier).exchange(most=1).leases) is taken


def test_a_gpu_unit_goes_to_the_smallest_gpu_that_holds_it(engine: Engine) -> None:
    engine.job(engine.customer(), required_vram_mb=8000)
    node = engine.node("n0", vram_mb=[6000, 24000, 8192])
    node.run(node.take())
    assert node.take().gpu_uuid == "GPU-n0-2"


def test_a_job_no_node_can_run_is_accepted_and_waits(engine: Engine) -> None:
    job = engine.job(engine.customer(), required_vram_mb=8000)
    node = engine.node("n0")
    node.run_all()
    assert job.status == "queued"
    assert engine.states()["train"] == "ready"


def test_cpu_ok_lets_a_node_without_a_gpu_run_a_gpu_unit_at_the_cpu_rate(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer, required_vram_mb=8000, resources=ResourcesTable(cpu_ok=True))
    node = engine.node("n0")
    node.run_all()
    assert engine.one("SELECT charged_micro FROM units WHERE role = 'train'") == 2000


def test_the_customer_with_less_work_at_nodes_is_served_first(engine: Engine) -> None:
    busy, quiet = engine.customer(), engine.customer()
    engine.job(busy)
    engine.job(busy)
    engine.job(quiet)
    node = engine.node("n0")
    leases = node.exchange(most=3).leases
    owners = [engine.one("SELECT customer_id FROM units WHERE public_id = ?", lease.unit_id) for lease in leases]
    assert owners == [busy, quiet, busy]
