"""A unit whose files are no more: it fails with its job, and whoever was about to get it is served all else."""

import msgspec

from core.protocol.customer import JobFailure, TrainingJob
from core.protocol.node import NeedUrlsReport, ReportStatus
from tests.core.engine import Engine


def lose(engine: Engine, upload_id: str) -> None:
    """As when what was sent is erased under a job that still waits."""
    engine.store.connection.execute("UPDATE uploads SET content_id = NULL WHERE public_id = ?", [upload_id])


def status_of(engine: Engine, job: TrainingJob) -> str:
    return str(engine.one("SELECT status FROM jobs WHERE public_id = ?", job.id))


def test_a_job_whose_files_are_no_more_fails_and_costs_nothing_and_others_are_served(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    lost = engine.job(customer)
    job = engine.job(other)
    lose(engine, lost.dataset_id)
    node = engine.node("n0")
    [lease] = node.exchange(most=4).leases
    assert engine.one("SELECT customer_id FROM units WHERE public_id = ?", lease.unit_id) == other
    assert status_of(engine, lost) == "failed" and engine.balance(customer) == (1_000_000_000, 0)
    text = engine.one("SELECT failure FROM jobs WHERE public_id = ?", lost.id)
    failure = msgspec.json.decode(text, type=JobFailure)
    assert (failure.code, failure.message) == ("content_missing", "files that this needs are no longer kept")
    node.run(lease)
    node.run_all()
    assert status_of(engine, job) == "completed"


def test_files_that_only_a_later_unit_needs_are_missed_when_it_is_leased(engine: Engine) -> None:
    job = engine.job(engine.customer())
    node = engine.node("n0")
    lose(engine, job.training_package_id)
    node.run(node.take())  # prepare is the platform's own: it needs no package
    assert node.exchange(most=1).leases == []
    assert engine.states() == {
        "prepare": "completed",
        "train": "failed",
        "evaluate": "cancelled",
        "package": "cancelled",
    }


def test_a_lease_whose_reply_was_lost_and_whose_files_are_no_more_holds_nothing_up(engine: Engine) -> None:
    job, other = engine.job(engine.customer()), engine.job(engine.customer())
    node = engine.node("n0")
    lease = node.take()
    lose(engine, job.dataset_id)
    asked = NeedUrlsReport(attempt_id=lease.attempt_id, token=lease.token, number=1, digests=["0" * 64])
    [answer] = node.exchange(asked).answers
    assert (answer.status, answer.urls) == (ReportStatus.ACCEPTED, {})
    answered = node.exchange(most=1, named=[])
    assert answered.resent == [] and len(answered.leases) == 1
    assert (status_of(engine, job), status_of(engine, other)) == ("failed", "queued")
    [directive] = node.exchange(named=[lease]).directives
    assert directive.kind == "cancel"
