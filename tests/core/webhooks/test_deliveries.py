"""What becomes of what webhooks are told: tries, ends, switches, the log."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Verifier

from core.accounts.limits import DEFAULTS
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel
from core.protocol.webhooks import DeliveryStatus, WebhookEvent
from core.scheduling.leases import alive, follow_clock, postpone_by_downtime
from core.scheduling.suspending import suspend_customer, unsuspend_customer
from core.webhooks import deliveries as log
from core.webhooks import outbox
from core.webhooks.deliveries import (
    KEPT_DAYS,
    MOST_TRIES_BY_HAND,
    list_deliveries,
    redeliver,
    retain_deliveries,
    send_test,
)
from core.webhooks.endpoints import (
    delete_endpoint,
    get_endpoint,
)
from core.webhooks.outbox import (
    GIVES_UP_SECONDS,
    Tried,
    due,
    end_waiting,
    endpoints_with_due,
    has_ended,
    next_due_at,
    note_try,
)
from tests.core.engine import Engine
from tests.core.webhooks.telling import URL, answer, change, deliveries, due_count, endpoint, key_of, told


def test_what_is_sent_is_signed_and_2xx_alone_delivers_it(engine: Engine) -> None:
    customer = engine.customer()
    made = endpoint(engine, customer)
    with engine.store.transaction() as tx:
        first = send_test(tx, customer, made.id, now=engine.now, new_id=engine.new_id)
    [one] = due(engine.store.connection, key_of(engine, customer, made.id), limit=9, now=engine.now)
    assert first.status is DeliveryStatus.PENDING and first.webhook_message_id == one.message_id
    signed = one.headers(engine.now)
    assert made.secret is not None and made.secret.startswith("whsec_")
    assert signed["webhook-id"].startswith("msg_")
    moment = datetime.fromtimestamp(int(engine.now), UTC)
    assert signed["webhook-signature"] == Verifier(made.secret).sign(one.message_id, moment, one.body)
    for status in (302, 404, 500, None):
        answer(engine, customer, made.id, status)
        engine.now = next_due_at(engine.store.connection, key_of(engine, customer, made.id), after=engine.now) or 0
    answer(engine, customer, made.id, 204)
    [(_, delivery)] = deliveries(engine, customer, made.id)
    assert [one.status for one in delivery.tries] == [302, 404, 500, None, 204]
    assert (delivery.status, delivery.next_attempt_at, delivery.error_code) == ("delivered", None, None)
    last = get_endpoint(engine.store.connection, customer, made.id).last_delivery
    assert last is not None and (last.status, last.response_status) == ("delivered", 204)
    assert due_count(engine, customer, made.id) == 0


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_it_is_tried_ever_more_rarely_for_a_day_and_then_said_to_have_failed(engine: Engine, chance: float) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    began = engine.now
    with engine.store.transaction() as tx:
        send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    waits: list[float] = []
    while due_count(engine, customer, webhook):
        answer(engine, customer, webhook, None, error="connection refused", chance=chance)
        at = next_due_at(engine.store.connection, key_of(engine, customer, webhook), after=engine.now)
        if at is not None:
            waits.append(at - engine.now)
            engine.now = at
    assert engine.now == began + GIVES_UP_SECONDS
    assert 12 <= len(waits) <= 16
    assert waits[0] == pytest.approx(5 * (0.8 + 0.4 * chance))
    assert waits[:-1] == sorted(waits[:-1]) and max(waits) <= 4 * 3600 * 1.2
    [(_, delivery)] = deliveries(engine, customer, webhook)
    assert (delivery.status, delivery.error_code) == ("failed", "WEBHOOK_DELIVERY_FAILED")
    assert len(delivery.tries) == len(waits) + 1
    assert abs(len(delivery.tries) - delivery.expected_tries) <= (chance != 0.5)
    with engine.store.transaction() as tx:
        again = redeliver(tx, customer, webhook, delivery.id, now=engine.now, new_id=engine.new_id)
    assert again.id != delivery.id and again.webhook_message_id == delivery.webhook_message_id
    assert again.request.body == delivery.request.body and again.status is DeliveryStatus.PENDING
    assert due_count(engine, customer, webhook) == 1


def test_one_that_waits_is_tried_now_when_it_is_redelivered(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    with engine.store.transaction() as tx:
        made = send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    answer(engine, customer, webhook, 500)
    assert due_count(engine, customer, webhook) == 0
    with engine.store.transaction() as tx:
        again = redeliver(tx, customer, webhook, made.id, now=engine.now, new_id=engine.new_id)
    assert again.id == made.id and due_count(engine, customer, webhook) == 1


def test_one_that_was_tried_very_often_is_left_to_its_own_pace_and_its_newest_tries_are_kept(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    with engine.store.transaction() as tx:
        made = send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    for number in range(MOST_TRIES_BY_HAND):
        answer(engine, customer, webhook, 500 + number)
        with engine.store.transaction() as tx:
            if number < MOST_TRIES_BY_HAND - 1:
                redeliver(tx, customer, webhook, made.id, now=engine.now, new_id=engine.new_id)
                continue
            with pytest.raises(ApiError) as refused:
                redeliver(tx, customer, webhook, made.id, now=engine.now, new_id=engine.new_id)
    assert refused.value.code is ErrorCode.STATE_CONFLICT
    [(_, delivery)] = deliveries(engine, customer, webhook)
    assert [one.status for one in delivery.tries] == [500 + number for number in range(30, 50)]
    last = get_endpoint(engine.store.connection, customer, webhook).last_delivery
    assert last is not None and last.response_status == 549
    with engine.store.transaction() as tx:  # as if it had been tried without end
        tx.connection.execute("UPDATE webhook_deliveries SET tries = 5000")
    engine.now = next_due_at(engine.store.connection, key_of(engine, customer, webhook), after=engine.now) or 0
    answer(engine, customer, webhook, 500)
    [(_, delivery)] = deliveries(engine, customer, webhook)
    assert delivery.status == "pending" and delivery.next_attempt_at is not None


def test_410_switches_the_webhook_off_and_what_waits_has_failed(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    for _ in range(3):
        with engine.store.transaction() as tx:
            made = send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    answer(engine, customer, webhook, 410)
    shown = get_endpoint(engine.store.connection, customer, webhook)
    assert (shown.enabled, shown.disabled_reason) == (False, "it answered 410 Gone")
    assert due_count(engine, customer, webhook) == 0
    endpoint_id = key_of(engine, customer, webhook)
    assert has_ended(engine.store.connection, endpoint_id)
    with engine.store.transaction() as tx:
        assert end_waiting(tx, endpoint_id) is False
    assert [one.status for _, one in deliveries(engine, customer, webhook)] == ["failed"] * 3
    with engine.store.transaction() as tx:
        with pytest.raises(ApiError) as untested:
            send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
        with pytest.raises(ApiError) as unsent:
            redeliver(tx, customer, webhook, made.id, now=engine.now, new_id=engine.new_id)
    assert untested.value.code is unsent.value.code is ErrorCode.STATE_CONFLICT
    change(engine, customer, webhook, enabled=True)
    assert get_endpoint(engine.store.connection, customer, webhook).disabled_reason is None


def test_410_from_where_messages_went_before_switches_nothing_off(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    with engine.store.transaction() as tx:
        send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    [one] = due(engine.store.connection, key_of(engine, customer, webhook), limit=9, now=engine.now)
    change(engine, customer, webhook, url="https://moved.example.com/")
    tried = Tried(one.url, engine.now, 410, 0.1, "93.184.216.34", "", None)
    with engine.store.transaction() as tx:
        note_try(tx, one.id, tried, now=engine.now, chance=0.5)
    assert get_endpoint(engine.store.connection, customer, webhook).enabled
    [(_, delivery)] = deliveries(engine, customer, webhook)
    assert delivery.status == "pending", "it is sent to the new address"


def test_what_waits_is_over_when_a_webhook_is_switched_off_also_if_it_is_on_again_before_that_is_written(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "ENDED_AT_ONCE", 2)
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    endpoint_id = key_of(engine, customer, webhook)
    for _ in range(3):
        with engine.store.transaction() as tx:
            old = send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    [under_way, *_] = due(engine.store.connection, endpoint_id, limit=9, now=engine.now)
    change(engine, customer, webhook, enabled=False)
    change(engine, customer, webhook, enabled=True)
    assert due_count(engine, customer, webhook) == 0
    with engine.store.transaction() as tx:
        new = send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
        again = redeliver(tx, customer, webhook, old.id, now=engine.now, new_id=engine.new_id)
        note_try(tx, under_way.id, Tried(URL, engine.now, 500, 0.1, None, "", None), now=engine.now, chance=0.5)
    assert again.id != old.id
    assert due_count(engine, customer, webhook) == 2
    pieces: list[bool] = []
    while has_ended(engine.store.connection, endpoint_id):
        with engine.store.transaction() as tx:
            pieces.append(end_waiting(tx, endpoint_id))
    assert pieces == [True]
    with engine.store.transaction() as tx:
        assert end_waiting(tx, endpoint_id) is False
    found = [(one.id, str(one.status)) for _, one in deliveries(engine, customer, webhook)]
    assert [status for _, status in found] == ["failed"] * 3 + ["pending"] * 2
    assert [id for id, _ in found[3:]] == [new.id, again.id]


def test_nothing_is_sent_for_a_suspended_customer_until_they_are_let_in_again(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    with engine.store.transaction() as tx:
        send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
        suspend_customer(tx, engine.index, customer, now=engine.now)
    assert due_count(engine, customer, webhook) == 0
    with engine.store.transaction() as tx:
        unsuspend_customer(tx, engine.index, customer)
        assert any(isinstance(topic, tuple) and topic[0] == "webhook" for topic in tx.announced)
    assert due_count(engine, customer, webhook) == 1


def test_a_deleted_webhook_takes_its_log_along_and_a_try_under_way_is_noted_nowhere(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    kept = endpoint(engine, customer).id
    job = engine.job(customer, webhook_ids=[webhook])
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    endpoint_id = key_of(engine, customer, webhook)
    [one] = due(engine.store.connection, endpoint_id, limit=9, now=engine.now)
    with engine.store.transaction() as tx:
        delete_endpoint(tx, customer, webhook, now=engine.now)
    with pytest.raises(ApiError) as gone:
        list_deliveries(engine.store.connection, customer, webhook, status=None, before=None, limit=9)
    assert gone.value.code is ErrorCode.WEBHOOK_NOT_FOUND
    assert due(engine.store.connection, endpoint_id, limit=9, now=engine.now) == []
    tried = Tried(one.url, engine.now, 200, 0.1, None, "", None)
    with engine.store.transaction() as tx:
        note_try(tx, one.id, tried, now=engine.now, chance=0.5)
    _retain(engine)
    assert engine.one("SELECT count(*) FROM webhook_endpoints") == 1
    assert engine.one("SELECT count(*) FROM webhook_tries") == 0
    assert told(engine, customer, kept) == ["job.cancelled"]
    with engine.store.transaction() as tx:
        note_try(tx, one.id, tried, now=engine.now, chance=0.5)  # its row is gone by now


def _retain(engine: Engine) -> int:
    """Until nothing is left to forget; gives how many steps it took."""
    steps = 0
    while True:
        with engine.store.transaction() as tx:
            if not retain_deliveries(tx, now=engine.now, rows=2):
                return steps
        steps += 1


def test_the_log_is_kept_for_thirty_days(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    for _ in range(5):
        with engine.store.transaction() as tx:
            send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
        answer(engine, customer, webhook, 200)
    engine.now += KEPT_DAYS * 86_400 - 1
    with engine.store.transaction() as tx:
        newest = send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    assert _retain(engine) == 0
    engine.now += 2
    assert _retain(engine) == 3, "two rows a step"
    assert [one.id for _, one in deliveries(engine, customer, webhook)] == [newest.id]


def test_what_waits_is_never_too_old(engine: Engine) -> None:
    """Such as after the machine's clock was set far ahead, which moves nobody's `created_at`."""
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    with engine.store.transaction() as tx:
        send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    engine.now += 2 * KEPT_DAYS * 86_400
    with engine.store.transaction() as tx:
        follow_clock(tx, 2 * KEPT_DAYS * 86_400, engine.now)
    assert _retain(engine) == 0
    assert due_count(engine, customer, webhook) == 1
    answer(engine, customer, webhook, 200)
    assert _retain(engine) == 1


def test_a_day_that_the_service_was_down_is_no_day_of_tries(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    with engine.store.transaction() as tx:
        alive(tx, engine.now)
        send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    engine.now += GIVES_UP_SECONDS + 1
    with engine.store.transaction() as tx:
        postpone_by_downtime(tx, engine.now)
    answer(engine, customer, webhook, 500)
    [(_, delivery)] = deliveries(engine, customer, webhook)
    assert delivery.status == "pending"


def test_looking_for_what_waits_starts_from_what_waits(engine: Engine) -> None:
    customer = engine.customer()
    hooks = [endpoint(engine, customer).id for _ in range(5)]
    for webhook in hooks[1::2]:
        for _ in range(2):
            with engine.store.transaction() as tx:
                send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    answer(engine, customer, hooks[1], 500)
    answer(engine, customer, hooks[1], 500)
    found = endpoints_with_due(engine.store.connection)
    assert found == [
        (key_of(engine, customer, hooks[1]), pytest.approx(engine.now + 5)),
        (key_of(engine, customer, hooks[3]), engine.now),
    ]
    statements: list[str] = []
    engine.store.connection.set_trace_callback(statements.append)
    endpoints_with_due(engine.store.connection)
    engine.store.connection.set_trace_callback(None)
    [sql] = statements
    steps = [row["detail"] for row in engine.store.connection.execute("EXPLAIN QUERY PLAN " + sql)]
    assert not [step for step in steps if "webhook_endpoints" in step]
    assert sum("webhook_deliveries_due" in step for step in steps) == 3


def test_an_endpoint_keeps_its_newest_deliveries_and_all_that_wait(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "KEPT_AN_ENDPOINT", 3)
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    sent: list[str] = []
    for status in (500, 200, 200, 200, 200, 200):
        with engine.store.transaction() as tx:
            sent.append(send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id).id)
        answer(engine, customer, webhook, status, trims=True)
    assert [one.id for _, one in deliveries(engine, customer, webhook)] == [sent[0], *sent[-3:]]
    assert engine.one("SELECT count(*) FROM webhook_tries") == 4


def test_what_is_sent_by_hand_to_an_endpoint_that_takes_nothing_has_an_end(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MOST_WAITING", 2)
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    for _ in range(2):
        with engine.store.transaction() as tx:
            made = send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    with engine.store.transaction() as tx, pytest.raises(ApiError) as full:
        send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    assert full.value.code is ErrorCode.STATE_CONFLICT
    with engine.store.transaction() as tx:
        assert redeliver(tx, customer, webhook, made.id, now=engine.now, new_id=engine.new_id).id == made.id


def test_a_clock_that_is_set_moves_what_waits_along(engine: Engine) -> None:
    customer = engine.customer()
    webhook = endpoint(engine, customer).id
    with engine.store.transaction() as tx:
        send_test(tx, customer, webhook, now=engine.now, new_id=engine.new_id)
    answer(engine, customer, webhook, 500)
    engine.now += 86_400
    with engine.store.transaction() as tx:
        follow_clock(tx, 86_400, engine.now)
    endpoint_id = key_of(engine, customer, webhook)
    assert due_count(engine, customer, webhook) == 0
    assert next_due_at(engine.store.connection, endpoint_id, after=engine.now) == pytest.approx(engine.now + 5)


@pytest.mark.parametrize(
    "events,below,field",
    [
        ([], None, "events"),
        (["job.eaten"], None, "events"),
        (["job.failed", "job.failed"], None, "events"),
        (["credits.low"], None, "credits_low_threshold_micro"),
        (["job.failed"], 5, "credits_low_threshold_micro"),
    ],
)
def test_what_can_be_no_subscription_is_refused(
    engine: Engine, events: list[str], below: int | None, field: str
) -> None:
    with pytest.raises(ApiError) as refused:
        endpoint(engine, engine.customer(), [WebhookEvent(name) for name in events], below)
    assert refused.value.code is ErrorCode.VALIDATION_FAILED
    assert [row.field for row in refused.value.details] == [field]


def test_a_customer_has_only_so_many(engine: Engine) -> None:
    customer = engine.customer()
    made = [endpoint(engine, customer).id for _ in range(DEFAULTS.webhooks)]
    with pytest.raises(ApiError) as refused:
        endpoint(engine, customer)
    assert refused.value.code is ErrorCode.STATE_CONFLICT
    with engine.store.transaction() as tx:
        delete_endpoint(tx, customer, made[0], now=engine.now)
    endpoint(engine, customer)
