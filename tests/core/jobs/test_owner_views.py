"""What an owner sees of units that ran on their nodes, and what they earned."""

import re

import msgspec
import pytest

from core.errors import ApiError
from core.jobs.control import cancel
from core.jobs.earnings import By, list_earnings
from core.jobs.owner_attempts import OWN_JOB
from core.packages.training_toml import PackageTable
from core.protocol.node import ExitedReport, Fault, ReleasedReport
from core.scheduling.blocking import block_package
from tests.core.engine import Engine, EngineNode
from tests.core.owning import attempts, check_owner, earnings

DAY = 86_400.0


def release(node: EngineNode, reason: str) -> None:
    lease = node.held[0]
    said = ReleasedReport(attempt_id=lease.attempt_id, token=lease.token, number=node.number(), reason=reason)
    assert node.say(said) == "accepted"


def test_a_units_row_says_what_it_was_allowed_what_it_moved_and_what_it_earned(engine: Engine) -> None:
    owner = engine.customer()
    job = engine.job(engine.customer(), required_vram_mb=8000)
    node = engine.node("rig", owner_id=owner, vram_mb=[24_000])
    node.run(node.take())
    lease = node.take()
    (running,) = attempts(engine, owner)[:1]
    assert (running.role, running.outcome, running.payment, running.reason) == ("train", None, "waiting", None)
    node.run(lease, seconds=10.0)
    train, prepare = attempts(engine, owner)
    assert (train.kind, train.node_name, train.gpu_uuid) == ("gpu", "rig", "GPU-rig-0")
    assert (train.sensitivity, prepare.sensitivity) == (job.sensitivity, job.sensitivity)
    assert attempts(engine, owner, device="GPU-rig-0") == [train] and attempts(engine, owner, device="cpu") == [prepare]
    assert attempts(engine, owner, device="GPU-other") == []
    digest = engine.one("SELECT package_digest FROM uploads WHERE public_id = ?", job.training_package_id)
    assert train.package_digest == prepare.package_digest == digest == lease.package_digest
    limits = train.limits
    assert (limits.max_runtime_seconds, limits.vram_mb) == (lease.limits.max_runtime_seconds, 8000)
    assert (limits.memory_mb, limits.disk_mb, limits.cpus) == (
        lease.limits.memory_mb,
        lease.limits.disk_mb,
        lease.limits.cpus,
    )
    assert lease.package is not None and lease.data is not None
    needed = [lease.package, lease.data, *lease.inputs.values()]
    assert train.input_bytes == sum(content.manifest.size_bytes for content in needed)
    assert train.output_bytes == len(lease.unit_id)
    assert (train.accepted_seconds, train.share, train.payment) == (10.0, 1.0, "paid")
    assert train.earned_micro == 10 * 2_000 - 10 * 2_000 // 10
    check_owner(engine, owner)


def test_a_units_energy_is_what_its_node_told_last(engine: Engine) -> None:
    owner = engine.customer()
    engine.job(engine.customer())
    node = engine.node("rig", owner_id=owner)
    lease = node.take()
    node.start(lease)
    engine.now += 10
    head = {"attempt_id": lease.attempt_id, "token": lease.token}
    exited = ExitedReport(**head, number=node.number(), exit_code=0, run_seconds=10.0, energy_joules=700.5)
    assert node.say(exited) == "accepted"
    assert attempts(engine, owner)[0].energy_joules == 700.5
    given_back = ReleasedReport(**head, number=node.number(), reason="I play now", energy_joules=701.0)
    assert node.say(given_back) == "accepted"
    assert attempts(engine, owner)[0].energy_joules == 701.0
    assert node.say(msgspec.structs.replace(exited, energy_joules=9e9, number=node.number())) == "superseded"
    assert attempts(engine, owner)[0].energy_joules == 701.0
    node.held.clear()
    node.run(node.take())
    assert attempts(engine, owner)[0].energy_joules is None


def test_a_units_earning_is_shared_by_seconds_and_waits_until_it_ends(engine: Engine) -> None:
    first, second = engine.customer(), engine.customer()
    engine.job(engine.customer())
    begins, ends = engine.node("begins", owner_id=first), engine.node("ends", owner_id=second)
    lease = begins.take()
    begins.start(lease)
    engine.now += 30
    begins.checkpoint(lease, 1, 1, 30.0)
    release(begins, "I play now")
    begins.held.clear()
    (waiting,) = attempts(engine, first)
    assert (waiting.payment, waiting.outcome, waiting.accepted_seconds) == ("waiting", "released", 30.0)
    assert waiting.checkpoint_bytes > 0
    ends.run(ends.take(), seconds=10.0)
    (paid,) = attempts(engine, first)
    (other,) = attempts(engine, second)
    assert (paid.payment, paid.share, other.share) == ("paid", 0.75, 0.25)
    assert (paid.earned_micro, other.earned_micro) == (30 * 180, 10 * 180)
    for owner in (first, second):
        check_owner(engine, owner)


def test_each_end_that_earned_nothing_has_a_reason_in_our_words(engine: Engine) -> None:
    owner, customer = engine.customer(), engine.customer()
    node, other = engine.node("own", owner_id=owner), engine.node("other")
    other.exchange()
    secret = "a customer's own words"
    reasons: dict[str, str | None] = {}

    def end(name: str) -> None:
        node.held.clear()
        row = attempts(engine, owner)[0]
        assert row.payment == "nothing"
        reasons[name] = row.reason
        other.run_all()

    engine.job(customer)
    node.take()
    release(node, secret)
    end("released")
    engine.job(customer)
    lease = node.take()
    node.fail(lease, Fault.NODE, "disk")
    end("node's fault")
    engine.job(customer)
    lease = node.take()
    node.start(lease)
    node.fail(lease, Fault.CUSTOMER, secret)
    end("customer's fault")
    job = engine.job(customer)
    node.take()
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    end("cancelled")
    job = engine.job(customer)
    node.take()
    digest = engine.one("SELECT package_digest FROM uploads WHERE public_id = ?", job.training_package_id)
    with engine.store.transaction() as tx:
        block_package(
            tx, engine.index, owner_id=None, package_digest=digest, reason=secret, now=engine.now, new_id=engine.new_id
        )
    end("operator blocked")
    job = engine.job(customer)
    node.take()
    digest = engine.one("SELECT package_digest FROM uploads WHERE public_id = ?", job.training_package_id)
    with engine.store.transaction() as tx:
        block_package(
            tx, engine.index, owner_id=owner, package_digest=digest, reason=secret, now=engine.now, new_id=engine.new_id
        )
    end("owner blocked")
    engine.job(customer)
    node.take()
    engine.pass_time(60)
    other.take()
    end("lost")
    engine.job(owner)
    node.run(node.take())
    end("own job")
    assert reasons["own job"] == OWN_JOB
    assert None not in reasons.values() and len(set(reasons.values())) == len(reasons)
    assert not any(secret in (reason or "") for reason in reasons.values())
    check_owner(engine, owner)


def test_rows_are_newest_first_and_can_be_narrowed_to_a_node_and_to_outcomes(engine: Engine) -> None:
    owner = engine.customer()
    one, two = engine.node("one", owner_id=owner), engine.node("two", owner_id=owner)
    for _ in range(3):
        engine.job(engine.customer())
        one.run(one.take())
        lease = two.take()
        two.start(lease)
        two.fail(lease, Fault.CUSTOMER)
        two.held.clear()
    rows = attempts(engine, owner)
    assert [row.node_name for row in rows] == ["two", "one"] * 3
    assert [row.leased_at for row in rows] == sorted((row.leased_at for row in rows), reverse=True)
    node_id = engine.one("SELECT public_id FROM nodes WHERE name = 'two'")
    assert {row.outcome for row in attempts(engine, owner, node_id)} == {"failed"}
    assert [row.node_name for row in attempts(engine, owner, None, "completed")] == ["one"] * 3
    assert len(attempts(engine, owner, None, "completed", "failed")) == 6
    with pytest.raises(ApiError, match="NODE_NOT_FOUND"):
        attempts(engine, engine.customer(), node_id)


def test_earnings_are_told_by_utc_day_node_and_gpu(engine: Engine) -> None:
    owner = engine.customer()
    midnight = (engine.now // DAY + 1) * DAY
    cpu, gpu = engine.node("cpu", owner_id=owner), engine.node("gpu", owner_id=owner, vram_mb=[9000, 9000])
    engine.now = midnight - 100
    engine.job(engine.customer())
    cpu.run_all()
    engine.now = midnight
    engine.job(engine.customer(), required_vram_mb=8000)
    gpu.run_all()
    rows = earnings(engine, owner, By.DAY)
    assert [(row.node_name, row.gpu_uuid, row.units) for row in rows] == [
        ("gpu", None, 3),
        ("gpu", "GPU-gpu-0", 1),
        ("cpu", None, 4),
    ]
    assert rows[0].date == rows[1].date > rows[2].date
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row.date) for row in rows)
    for by in By:
        for limit in (1, 2, 3, 7):
            assert earnings(engine, owner, by, limit=limit) == earnings(engine, owner, by)
    assert [row.node_name for row in earnings(engine, owner, By.DAY, days=1)] == ["gpu", "gpu"]
    by_unit = earnings(engine, owner, By.UNIT)
    assert len(by_unit) == 8 and {row.role for row in by_unit} == {"prepare", "train", "evaluate", "package"}
    node_id = engine.one("SELECT public_id FROM nodes WHERE name = 'cpu'")
    of_one = list_earnings(
        engine.store.connection,
        owner,
        by=By.DAY,
        node_id=node_id,
        days=30,
        now=engine.now,
        before=None,
        limit=10,
    )
    assert [row.node_name for _, row in of_one] == ["cpu"]
    check_owner(engine, owner)


def test_nothing_of_the_customer_is_in_what_an_owner_sees(engine: Engine) -> None:
    owner, customer = engine.customer(), engine.customer()
    engine.job(customer, name="secret job", package=PackageTable("secret-package"))
    node = engine.node("own", owner_id=owner)
    lease = node.take()
    node.start(lease)
    node.fail(lease, Fault.CUSTOMER, "secret-code")
    text = str(attempts(engine, owner)) + str(earnings(engine, owner, By.UNIT))
    assert lease.unit_id in text
    for hidden in ("secret", "customer2@example.com", "data.csv", "package.zip", "stopped for"):
        assert hidden not in text
