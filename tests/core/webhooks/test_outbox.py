"""What webhooks are told, and in whose transaction."""

import msgspec
import pytest

from core.accounts.limits import DEFAULTS
from core.billing.ledger import grant
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel
from core.protocol.node import Fault
from core.protocol.webhooks import WebhookEvent
from core.webhooks.endpoints import (
    find_named,
)
from tests.core.engine import Engine
from tests.core.webhooks.telling import MICRO, change, deliveries, endpoint, told


def test_a_job_tells_of_its_files_and_of_its_end_to_those_who_asked(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    hears_all = endpoint(engine, customer).id
    hears_ends = endpoint(engine, customer, [WebhookEvent.JOB_COMPLETED]).id
    of_another = endpoint(engine, other).id
    job = engine.job(customer)
    engine.node("n0").run_all()
    assert told(engine, customer, hears_all) == ["artifact.ready"] * 4 + ["job.completed"]
    assert told(engine, customer, hears_ends) == ["job.completed"]
    assert told(engine, other, of_another) == []
    [first, *_, last] = [one for _, one in deliveries(engine, customer, hears_all)]
    ready = msgspec.json.decode(first.request.body)
    assert (ready["type"], ready["data"]["role"], ready["data"]["training_job_id"]) == (
        "artifact.ready",
        "prepare",
        job.id,
    )
    names = [row["name"] for row in ready["data"]["artifacts"]]
    assert ready["data"]["artifact_count"] == len(names) == 2
    assert set(names) == {"prepare/model.txt", "prepare/attempt-1.log"}
    ended = msgspec.json.decode(last.request.body)["data"]
    charged = engine.one("SELECT sum(charged_micro) FROM units")
    assert (ended["status"], ended["charged_micro"], ended["job_name"]) == ("completed", charged, job.name)
    [(_, same)] = deliveries(engine, customer, hears_ends)
    assert (same.webhook_message_id, same.request.body) == (last.webhook_message_id, last.request.body)


def test_a_failed_job_tells_why_and_a_cancelled_one_that_it_is(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer, [WebhookEvent.JOB_FAILED, WebhookEvent.JOB_CANCELLED]).id
    engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    node.fail(lease, Fault.CUSTOMER)
    node.held.clear()
    cancelled = engine.job(customer)
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, cancelled.id, now=engine.now, new_id=engine.new_id)
    assert told(engine, customer, webhook) == ["job.failed", "job.cancelled"]
    [(_, failed), _] = deliveries(engine, customer, webhook)
    said = msgspec.json.decode(failed.request.body)["data"]
    assert said["failure"]["code"] == "exit_code" and said["charged_micro"] == 0


def test_a_job_is_told_to_those_that_it_names_once_each_whatever_they_asked_for(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    named = endpoint(engine, customer, [WebhookEvent.JOB_FAILED]).id
    both = endpoint(engine, customer, [WebhookEvent.JOB_COMPLETED]).id
    off = endpoint(engine, customer).id
    change(engine, customer, off, enabled=False)
    engine.job(customer, webhook_ids=[named, both, named, off])
    engine.job(customer)
    engine.node("n0").run_all()
    assert told(engine, customer, named) == ["artifact.ready"] * 4 + ["job.completed"]
    assert sorted(told(engine, customer, both)) == ["artifact.ready"] * 4 + ["job.completed"] * 2
    assert told(engine, customer, off) == []
    for absent in (endpoint(engine, other).id, engine.new_id(), "no id"):
        with pytest.raises(ApiError) as refused:
            engine.job(customer, webhook_ids=[named, absent])
        assert refused.value.code is ErrorCode.WEBHOOK_NOT_FOUND
        assert absent not in refused.value.message


def test_a_job_names_no_more_than_a_customer_may_have(engine: Engine) -> None:
    customer = engine.customer()
    named = endpoint(engine, customer).id
    with pytest.raises(ApiError) as refused:
        engine.job(customer, webhook_ids=[named] * (DEFAULTS.webhooks + 1))
    assert refused.value.code is ErrorCode.VALIDATION_FAILED
    statements: list[str] = []
    engine.store.connection.set_trace_callback(statements.append)
    assert len(find_named(engine.store.connection, customer, [named] * 20)) == 1
    engine.store.connection.set_trace_callback(None)
    assert len(statements) == 1


def test_telling_what_files_are_ready_reads_none_of_the_jobs_other_files(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer, [WebhookEvent.ARTIFACT_READY]).id
    engine.job(customer)
    statements: list[str] = []
    engine.store.connection.set_trace_callback(statements.append)
    engine.node("n0").run_all()
    engine.store.connection.set_trace_callback(None)
    asked = {sql for sql in statements if sql.startswith("SELECT") and "FROM artifacts" in sql and "attempt =" in sql}
    steps = [row["detail"] for sql in asked for row in engine.store.connection.execute("EXPLAIN QUERY PLAN " + sql)]
    looks = [step for step in steps if "artifacts" in step]
    assert len(looks) == len(asked) >= 8
    assert all("name>? AND name<?" in step for step in looks)
    for _, one in deliveries(engine, customer, webhook):
        said = msgspec.json.decode(one.request.body)["data"]
        assert said["artifact_count"] == len(said["artifacts"]) == 2


def test_what_is_undone_tells_nothing(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    job = engine.job(customer)

    class Undone(Exception):
        pass

    with pytest.raises(Undone), engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
        tx.finish()
        assert engine.one("SELECT count(*) FROM webhook_deliveries") == 1
        raise Undone
    assert told(engine, customer, webhook) == []


def test_low_credits_are_told_once_and_again_only_after_they_were_above(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    rich = endpoint(engine, customer, [WebhookEvent.CREDITS_LOW], below=5 * MICRO).id
    poor = endpoint(engine, customer, [WebhookEvent.CREDITS_LOW], below=50 * MICRO).id

    def give(credits: int) -> None:
        with engine.store.transaction() as tx:
            key = engine.new_id()
            grant(tx, customer, credits * MICRO, key=key, note="test", now=engine.now, new_id=engine.new_id)

    give(-6)
    give(-1)
    assert (told(engine, customer, rich), told(engine, customer, poor)) == (["credits.low"], [])
    [(_, one)] = deliveries(engine, customer, rich)
    said = msgspec.json.decode(one.request.body)["data"]
    assert said == {
        "balance_micro": 4 * MICRO,
        "balance": "4.000000",
        "threshold_micro": 5 * MICRO,
        "threshold": "5.000000",
    }
    give(2)  # 5: not below
    give(-1)
    assert told(engine, customer, rich) == ["credits.low"] * 2
    give(100)
    give(-60)
    assert told(engine, customer, poor) == ["credits.low"], "it was below when the webhook was made: no news"
    with engine.store.transaction() as tx:  # down and up again within one transaction was never to be seen
        for credits in (-40, 40):
            key = engine.new_id()
            grant(tx, customer, credits * MICRO, key=key, note="test", now=engine.now, new_id=engine.new_id)
    assert told(engine, customer, rich) == ["credits.low"] * 2
    change(engine, customer, rich, credits_low_threshold_micro=60 * MICRO)
    give(-1)
    assert told(engine, customer, rich) == ["credits.low"] * 2, "below the new threshold from its first moment"


def test_credits_are_told_as_low_by_what_they_do_after_a_webhook_is_switched_on_again(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    webhook = endpoint(engine, customer, [WebhookEvent.CREDITS_LOW], below=5 * MICRO).id

    def give(credits: int) -> None:
        with engine.store.transaction() as tx:
            key = engine.new_id()
            grant(tx, customer, credits * MICRO, key=key, note="test", now=engine.now, new_id=engine.new_id)

    change(engine, customer, webhook, enabled=False)
    give(-8)  # 2, told to nobody
    change(engine, customer, webhook, enabled=True)
    give(1)
    assert told(engine, customer, webhook) == [], "a rise is no news"
    change(engine, customer, webhook, enabled=False)
    give(7)  # 10
    change(engine, customer, webhook, enabled=True)
    give(-6)
    assert told(engine, customer, webhook) == ["credits.low"]
