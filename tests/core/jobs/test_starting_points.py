"""Further datasets by name, and another job's checkpoint: who may name them, and what a node gets of them."""

from typing import Any

import pytest

from core.accounts.limits import DEFAULTS
from core.content.uploads import UploadKind, delete_upload, get_upload
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel, retry
from core.jobs.read import get_job
from core.packages.training_toml import PackageTable
from core.protocol.node import Fault, Lease
from tests.core.engine import Engine, EngineNode

ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"
OWN_STAGES = PackageTable("p", prepare="prepare.py", evaluate="evaluate.py")


def with_checkpoint(engine: Engine, customer: int) -> str:
    """A completed job whose training left a checkpoint; the artifact's id."""
    engine.job(customer)
    node = engine.node("maker")
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    node.checkpoint(lease, 1, 5, 1.0)
    node.exit(lease, 1.0)
    node.complete(lease)
    engine.conclude(node.to_verify)
    node.to_verify.clear()
    node.held.clear()
    node.run_all()
    engine.now += 60  # it is not heard of lately, and no other node is better for what comes then
    return str(engine.one("SELECT public_id FROM artifacts WHERE type = 'checkpoint'"))


def refused(engine: Engine, customer: int, **fields: Any) -> tuple[ErrorCode, list[str | None]]:
    with pytest.raises(ApiError) as error:
        engine.job(customer, **fields)
    return error.value.code, [row.field for row in error.value.details]


def test_named_datasets_come_with_every_unit_that_runs_the_customers_code(engine: Engine) -> None:
    customer = engine.customer()
    labels = engine.upload(customer, UploadKind.DATASET, "labels")
    job = engine.job(customer, package=OWN_STAGES, inputs={"labels": labels})
    assert job.inputs == {"labels": labels}
    node = engine.node("n0")
    given: dict[str, list[str]] = {}
    while leases := node.exchange(most=1).leases:
        given[leases[0].role] = sorted(leases[0].inputs)
        data = leases[0].inputs.get("labels")
        assert data is None or (data.manifest.files[0].path == "data.csv" and data.urls)
        node.run(leases[0])
    assert given == {
        "prepare": ["labels"],
        "train": ["labels", "prepare"],
        "evaluate": ["labels", "prepare", "train"],
        "package": ["evaluate", "prepare", "train"],
    }


def test_their_size_counts_as_disk(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer, inputs={"a": engine.upload(customer, UploadKind.DATASET, "a")})
    sizes = engine.store.connection.execute(
        "SELECT DISTINCT c.disk_mb FROM units u JOIN classes c ON c.id = u.class_id"
    )
    assert [row["disk_mb"] for row in sizes] == [257]  # 256 of scratch, and both datasets round up to one


def test_names_that_would_be_taken_for_others_are_refused(engine: Engine) -> None:
    customer = engine.customer()
    data = engine.upload(customer, UploadKind.DATASET, "a")
    for name in ("train", "Evaluate", "replay-3", "..", "a/b", "", ".hidden", "dot.", "x" * 65, "ü", "a\n"):
        assert refused(engine, customer, inputs={name: data}) == (ErrorCode.VALIDATION_FAILED, [f"inputs.{name}"])
    assert refused(engine, customer, inputs={"a": data, "A": data})[1] == ["inputs"]
    assert refused(engine, customer, inputs={f"n{n}": data for n in range(17)})[1] == ["inputs"]


def test_what_is_named_must_be_there_and_ones_own(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    foreign = engine.upload(other, UploadKind.DATASET, "a")
    for id in (ABSENT, foreign, "no id"):
        assert refused(engine, customer, inputs={"a": id})[0] == ErrorCode.DATASET_NOT_FOUND
    artifact = with_checkpoint(engine, other)
    for id in (ABSENT, artifact, "no id"):
        assert refused(engine, customer, initial_checkpoint_artifact_id=id)[0] == ErrorCode.ARTIFACT_NOT_FOUND


def test_a_named_dataset_stays_while_its_job_is_active_and_a_retry_needs_it(engine: Engine) -> None:
    customer = engine.customer()
    labels = engine.upload(customer, UploadKind.DATASET, "labels")
    job = engine.job(customer, inputs={"labels": labels})

    def delete() -> None:
        with engine.store.transaction() as tx:
            delete_upload(tx, get_upload(tx.connection, customer, UploadKind.DATASET, labels), now=engine.now)

    with pytest.raises(ApiError) as used:
        delete()
    assert used.value.code == ErrorCode.STATE_CONFLICT
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    delete()
    with pytest.raises(ApiError) as gone, engine.store.transaction() as tx:
        retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    assert "dataset was deleted" in gone.value.message


def to_training(node: EngineNode) -> Lease:
    lease = node.take()
    while lease.role != "train":
        assert lease.checkpoint is None
        node.run(lease)
        lease = node.take()
    return lease


def test_training_goes_on_from_another_jobs_checkpoint_until_it_has_its_own(engine: Engine) -> None:
    customer = engine.customer()
    artifact = with_checkpoint(engine, customer)
    job = engine.job(customer, initial_checkpoint_artifact_id=artifact)
    assert job.initial_checkpoint_artifact_id == artifact
    node = engine.node("n0")
    lease = to_training(node)
    assert lease.checkpoint is not None and lease.checkpoint.step == 5
    assert [entry.path for entry in lease.checkpoint.content.manifest.files] == ["step.txt"]
    assert lease.checkpoint.content.urls
    node.start(lease)
    node.fail(lease, Fault.NODE)
    node.held.clear()
    again = node.take()
    assert again.checkpoint is not None and again.checkpoint.step == 5
    node.start(again)
    node.checkpoint(again, 1, 9, 1.0)
    node.fail(again, Fault.NODE)
    node.held.clear()
    own = node.take()
    assert own.checkpoint is not None and own.checkpoint.step == 9
    node.run(own)
    node.run_all()
    assert get_job(engine.store.connection, customer, job.id, now=engine.now).status == "completed"


def test_only_a_checkpoint_that_is_open_and_has_room_is_gone_on_from(engine: Engine) -> None:
    customer = engine.customer()
    artifact = with_checkpoint(engine, customer)
    output = engine.one("SELECT public_id FROM artifacts WHERE type = 'output'")
    field = "initial_checkpoint_artifact_id"
    assert refused(engine, customer, **{field: output}) == (ErrorCode.VALIDATION_FAILED, [field])
    assert refused(engine, customer, **{field: artifact}, required_disk_mb=0) == (
        ErrorCode.PLAN_INFEASIBLE,
        ["required_disk_mb"],
    )


def test_a_job_never_begins_with_a_checkpoint_of_another_customers_job(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    job = engine.job(customer, initial_checkpoint_artifact_id=with_checkpoint(engine, customer))
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    with_checkpoint(engine, other)
    with engine.store.transaction() as tx:
        theirs = "(SELECT max(id) FROM artifacts WHERE type = 'checkpoint')"
        tx.connection.execute(f"UPDATE jobs SET start_checkpoint_artifact_id = {theirs} WHERE public_id = ?", (job.id,))
    assert get_job(engine.store.connection, customer, job.id, now=engine.now).initial_checkpoint_artifact_id is None
    with pytest.raises(ApiError) as lost, engine.store.transaction() as tx:
        retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    assert "checkpoint that the job begins with is gone" in lost.value.message
