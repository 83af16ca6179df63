"""Closing an account: nothing that the customer said is left, and every sum of the ledger still holds."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.scheduling.account_closing as account_closing
from core.accounts.api_keys import SCOPES, Principal, create_key
from core.accounts.audit import record_change
from core.accounts.customers import create_customer, find_by_email, find_by_id, set_password_hash
from core.accounts.device_codes import approve_device_code, begin_device_login
from core.accounts.idempotency import Answer, RequestKey, keep_answer
from core.accounts.limits import DEFAULTS, set_limits
from core.accounts.sessions import open_session
from core.accounts.sign_in import accept_try, begin_try
from core.billing.ledger import grant
from core.billing.statement import ledger_rows
from core.content.storage import known_orphans
from core.content.uploads import UploadKind
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel
from core.nodes.enrollment import make_code
from core.nodes.nodes import list_nodes
from core.nodes.self_tests import count_line_test, note_self_test
from core.nodes.tiers import Tier
from core.protocol.customer import JobStatus
from core.protocol.node import LogLine, LogReport, MetricPoint, MetricsReport
from core.protocol.self_test import GpuSpeed, MeasuredSpeed, SelfTestReport
from core.protocol.webhooks import CreateWebhook, WebhookEvent
from core.scheduling.account_closing import close_account, erase_piece, next_to_erase
from core.webhooks.endpoints import create_endpoint
from core.webhooks.outbox import Tried, due, endpoints_with_due, note_try
from tests.core.engine import Engine, EngineNode, one_file

MARK = "xyzzy"
# What is erased or emptied; each other table that refers to a customer must be told here, and erased by its own room.
ERASED = {
    "api_keys",
    "artifacts",
    "attempts",
    "checkpoints",
    "content_chunks",
    "contents",
    "customer_chunks",
    "device_codes",
    "enrollment_codes",
    "events",
    "idempotency_keys",
    "job_webhooks",
    "jobs",
    "log_lines",
    "metric_points",
    "node_line_tests",
    "node_self_tests",
    "nodes",
    "package_blocks",
    "running_days",
    "sessions",
    "sign_in_sources",
    "unit_days",
    "units",
    "unit_needs",
    "uploads",
    "webhook_deliveries",
    "webhook_endpoints",
    "webhook_tries",
}
# What nodes are still asked to forget is known by digests alone.
KEPT = {"contents_to_forget", "customers", "ledger_accounts", "ledger_entries", "node_forgets"}


def everything_of(engine: Engine, customer_id: int) -> None:
    """Things of all kinds, each with the mark in whatever it says."""
    now, new_id, random_bytes = engine.now, engine.new_id, engine.random.randbytes
    email = find_by_id(engine.store.connection, customer_id).email
    with engine.store.transaction() as tx:
        name = f"{MARK} key"
        create_key(tx, customer_id, name=name, environment="a", now=now, new_id=new_id, random_bytes=random_bytes)
        open_session(tx, customer_id, now=now, random_bytes=random_bytes)
        set_password_hash(tx, customer_id, MARK)
        accept_try(tx, begin_try(tx, email, "192.0.2.1", now=now), now=now)
        begin_try(tx, email, "192.0.2.2", now=now)
        set_limits(tx, customer_id, {"active_jobs": 77})
        request = RequestKey(customer_id, "POST /x", MARK, b"")
        keep_answer(tx, request, Answer(201, MARK.encode()), now)
        make_code(tx, owner_id=customer_id, tier=Tier.NEW, now=now, random_bytes=random_bytes)
        asked = begin_device_login(
            tx, name=f"{MARK} pc", address=MARK, scopes=None, verification_url="", now=now, random_bytes=random_bytes
        )
        principal = Principal(customer_id, None, frozenset(SCOPES), DEFAULTS)
        approve_device_code(tx, principal, asked.user_code, scopes=None, now=now)
        details = {"email": email.upper(), "other": f"not{email}"}
        record_change(
            tx, actor="user root", action="limits.set", subject=email.upper(), details=details, now=now, new_id=new_id
        )
    engine.upload(customer_id, UploadKind.DATASET, f"{MARK} unused")
    webhooks_of(engine, customer_id)
    give(engine, customer_id)


def webhooks_of(engine: Engine, customer_id: int) -> None:
    """One that a cancelled job names, with a delivery that was tried."""
    asked = CreateWebhook(url=f"https://{MARK}.example.com/", events=[WebhookEvent.JOB_CANCELLED])
    with engine.store.transaction() as tx:
        made = create_endpoint(
            tx,
            customer_id,
            asked,
            balance_micro=0,
            most=1,
            now=engine.now,
            new_id=engine.new_id,
            random_bytes=engine.random.randbytes,
        )
    job = engine.job(customer_id, name=f"{MARK} told of", webhook_ids=[made.id])
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer_id, job.id, now=engine.now, new_id=engine.new_id)
    [(endpoint_id, _)] = endpoints_with_due(engine.store.connection)
    [one] = due(engine.store.connection, endpoint_id, limit=9, now=engine.now)
    with engine.store.transaction() as tx:
        tried = Tried(one.url, engine.now, 500, 0.1, None, f"{MARK} said", f"{MARK} went wrong")
        note_try(tx, one.id, tried, now=engine.now, chance=0.5)


def give(engine: Engine, customer_id: int) -> None:
    """Some credits, with words of the operator's."""
    with engine.store.transaction() as tx:
        key = f"grant:{engine.new_id()}"
        grant(tx, customer_id, 5, key=key, note=f"for {MARK}", now=engine.now, new_id=engine.new_id)


def run_job(engine: Engine, node: EngineNode, customer_id: int) -> None:
    """A job that says much and ends."""
    engine.job(customer_id, name=f"{MARK} job")
    while leases := node.exchange(most=1).leases:
        (lease,) = leases
        node.start(lease)
        common = {"attempt_id": lease.attempt_id, "token": lease.token}
        lines = [LogLine(number, "stdout", f"{MARK} line {number}") for number in range(1, 8)]
        node.say(LogReport(**common, number=node.number(), lines=lines))
        points = [MetricPoint(number, number, {f"{MARK}": 0.5}) for number in range(1, 8)]
        node.say(MetricsReport(**common, number=node.number(), points=points))
        node.checkpoint(lease, 1, 5, 2.0)
        engine.now += 10
        node.exit(lease, 10)
        node.complete(lease, one_file(f"{MARK}.bin", lease.unit_id.encode()))
        node.held.remove(lease)
        engine.conclude(node.to_verify)
        node.to_verify.clear()


def close_and_erase(engine: Engine, customer_id: int) -> list[str]:
    """Closes it and erases all; gives the orphans."""
    with engine.store.transaction() as tx:
        close_account(tx, engine.index, customer_id, now=engine.now, new_id=engine.new_id)
    orphans: list[str] = []
    while (found := next_to_erase(engine.store.connection)) is not None:
        assert found == customer_id
        with engine.store.transaction() as tx:
            orphans += erase_piece(tx, engine.index, found, now=engine.now).orphans
    return orphans


def said_anywhere(engine: Engine, mark: str) -> list[str]:
    """The columns of the whole database that hold a text."""
    connection = engine.store.connection
    found = []
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if table == "job_words":  # an index of jobs' names, kept by triggers, which can't be read row by row
            continue
        for row in connection.execute(f"SELECT * FROM {table}"):
            for column in row.keys():  # noqa: SIM118 – a sqlite3.Row iterates its values
                value = row[column]
                text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                if mark.lower() in text.lower():
                    found.append(f"{table}.{column}")
    return found


@pytest.fixture
def owner(engine: Engine) -> int:
    return engine.customer()


@pytest.fixture
def node(engine: Engine, owner: int) -> EngineNode:
    return engine.node("theirs", owner_id=owner)


def test_nothing_that_the_customer_said_is_left_and_the_ledger_still_adds_up(
    engine: Engine, owner: int, node: EngineNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_closing, "ROWS_AT_ONCE", 3)
    ada = engine.customer()
    email = find_by_id(engine.store.connection, ada).email
    engine.node(f"{MARK} pc", owner_id=ada)
    everything_of(engine, ada)
    for _ in range(2):
        run_job(engine, node, ada)
    spent, earned = engine.balance(ada), engine.balance(owner)
    entries = engine.one("SELECT count(*) FROM ledger_entries")
    assert len(set(said_anywhere(engine, MARK))) > 10
    orphans = close_and_erase(engine, ada)
    assert said_anywhere(engine, MARK) == []
    assert [place for place in said_anywhere(engine, email) if place != "audit_log.details"] == []
    assert engine.one("SELECT count(*) FROM audit_log WHERE details LIKE ?", f"%not{email}%") == 1
    assert engine.one("SELECT count(*) FROM audit_log WHERE subject LIKE 'closed account %'") == 1
    assert len(orphans) == len(set(orphans)) > 8
    assert set(orphans) <= set(known_orphans(engine.store.connection)), "a server that is killed knows them afterwards"
    assert engine.one("SELECT count(*) FROM customer_chunks WHERE customer_id = ?", ada) == 0
    assert (engine.balance(ada), engine.balance(owner)) == (spent, earned)
    assert engine.one("SELECT count(*) FROM ledger_entries") == entries
    revoked = [row for row in list_nodes(engine.store.connection) if row.revoked]
    assert [(row.name, row.owner) for row in revoked] == [("removed node", None)]


def test_what_others_earned_by_it_is_still_told_to_them_under_no_name(
    engine: Engine, owner: int, node: EngineNode
) -> None:
    ada = engine.customer()
    run_job(engine, node, ada)
    before = [row for _, row in ledger_rows(engine.store.connection, owner, before=None, limit=100)]
    close_and_erase(engine, ada)
    after = [row for _, row in ledger_rows(engine.store.connection, owner, before=None, limit=100)]
    assert after == before and any(row.kind == "earning" for row in after)


def test_jobs_of_others_are_held_and_charged_as_ever_afterwards(engine: Engine, owner: int, node: EngineNode) -> None:
    """The ledger makes each transfer once, by keys that name jobs and units: none may be given again."""
    ada, bob = engine.customer(), engine.customer()
    run_job(engine, node, ada)
    close_and_erase(engine, ada)
    before = engine.balance(bob)
    run_job(engine, node, bob)
    assert engine.balance(bob)[0] < before[0] and engine.balance(bob)[1] == 0
    assert engine.one("SELECT count(*) FROM ledger_transfers WHERE kind = 'charge'") == 8


def test_chunks_that_another_customer_has_too_stay(engine: Engine) -> None:
    ada, bob = engine.customer(), engine.customer()
    shared, own = one_file("a", b"both have this"), one_file("b", b"only ada has this")
    with engine.store.transaction() as tx:
        engine.record(tx, ada, shared)
        engine.record(tx, bob, shared)
        engine.record(tx, ada, own)
    assert close_and_erase(engine, ada) == list(own.chunk_sizes())


def test_the_address_is_free_again_and_opens_nothing_of_the_old_account(engine: Engine) -> None:
    ada = engine.customer()
    email = find_by_id(engine.store.connection, ada).email
    close_and_erase(engine, ada)
    with pytest.raises(ApiError) as gone:
        find_by_email(engine.store.connection, email)
    assert gone.value.code is ErrorCode.NOT_FOUND
    with engine.store.transaction() as tx:
        again = create_customer(tx, email, now=engine.now, new_id=engine.new_id)
    assert again.id != ada and engine.balance(again.id) == (0, 0)


def test_an_account_with_an_active_job_is_not_closed_and_nothing_of_it_changes(engine: Engine) -> None:
    ada = engine.customer()
    job = engine.job(ada)
    with pytest.raises(ApiError) as refused, engine.store.transaction() as tx:
        close_account(tx, engine.index, ada, now=engine.now, new_id=engine.new_id)
    assert refused.value.code is ErrorCode.STATE_CONFLICT
    assert job.id in refused.value.message and job.id in refused.value.hint
    assert next_to_erase(engine.store.connection) is None
    assert find_by_id(engine.store.connection, ada).email.startswith("customer")


def test_the_newest_artifacts_key_is_not_given_again(engine: Engine, owner: int, node: EngineNode) -> None:
    """A URL that is signed for 15 minutes names it."""
    ada = engine.customer()
    run_job(engine, node, ada)
    newest = engine.one("SELECT max(id) FROM artifacts")
    close_and_erase(engine, ada)
    run_job(engine, node, engine.customer())
    assert engine.one("SELECT min(id) FROM artifacts WHERE name <> ''") > newest


def test_what_an_owners_nodes_told_and_measured_is_erased(engine: Engine) -> None:
    ada = engine.customer()
    engine.node("theirs", owner_id=ada)
    node_id = engine.one("SELECT max(id) FROM nodes")
    speed = MeasuredSpeed(gpus=[GpuSpeed(MARK, 1.0)])
    with engine.store.transaction() as tx:
        note_self_test(tx, node_id, SelfTestReport(0.0, [], speed), engine.now)
        count_line_test(tx, node_id, engine.now)
    close_and_erase(engine, ada)
    assert engine.one("SELECT count(*) FROM node_self_tests") == engine.one("SELECT count(*) FROM node_line_tests") == 0


def test_every_table_that_leads_to_a_customer_is_known_to_the_closing(engine: Engine) -> None:
    connection = engine.store.connection
    leads = {
        table: {row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    }
    reached = {"customers"}
    while grown := {table for table, parents in leads.items() if parents & reached} - reached:
        reached |= grown
    assert reached == ERASED | KEPT


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(["run", "cancel", "grant", "close"]), min_size=1, max_size=6), st.integers(1, 4))
def test_whatever_was_done_before_the_sums_hold_after_each_closing(steps: list[str], rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(account_closing, "ROWS_AT_ONCE", rows)
        engine = Engine(Path(folder))
        owner = engine.customer()
        node = engine.node("theirs", owner_id=owner)
        customer = engine.customer()
        for step in steps:
            if step == "run":
                run_job(engine, node, customer)
            elif step == "cancel":
                job = engine.job(customer)
                with engine.store.transaction() as tx:
                    ended = cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
                assert ended.status == JobStatus.CANCELLED
            elif step == "grant":
                give(engine, customer)
            else:
                before = engine.balance(customer)
                close_and_erase(engine, customer)
                assert engine.balance(customer) == before and before[1] == 0
                customer = engine.customer()
            engine.check()
        engine.store.close()
