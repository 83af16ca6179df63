"""Nodes that were leased what a customer deletes are asked to forget it, until they say that they have."""

import msgspec

from core.content.uploads import Upload, UploadKind, delete_upload, get_upload
from core.jobs.control import cancel
from core.nodes.nodes import authenticate
from core.protocol.customer import TrainingJob
from core.protocol.node import PROTOCOL_VERSION, Directive, ExchangeRequest
from core.scheduling.assignment import Urls
from core.scheduling.exchange import exchange
from core.scheduling.forgetting import ASKED_AGAIN_SECONDS, ask_to_forget
from tests.core.engine import Engine, EngineNode


def say(engine: Engine, node: EngineNode, *forgotten: str, wait_seconds: float = 25.0) -> list[Directive]:
    """A long poll; what the node is asked."""
    request = ExchangeRequest(
        protocol=PROTOCOL_VERSION, agent_version="t", forgotten=list(forgotten), wait_seconds=wait_seconds
    )
    using = engine.exchanging(Urls(lambda digest, size: "", lambda customer, digest, size: ""))
    with engine.store.transaction() as tx:
        answer = exchange(tx, authenticate(tx.connection, node.credential), request, using).response
    return answer.directives


def delete(engine: Engine, customer: int, kind: UploadKind, public_id: str) -> Upload:
    with engine.store.transaction() as tx:
        upload = get_upload(tx.connection, customer, kind, public_id)
        delete_upload(tx, upload, now=engine.now)
        ask_to_forget(
            tx, engine.index, customer_id=upload.customer_id, upload_id=upload.id, content_id=upload.content_id
        )
    return upload


def ended_job(engine: Engine, customer: int, node: EngineNode) -> TrainingJob:
    job = engine.job(customer)
    node.run_all()
    return job


def test_only_nodes_that_were_leased_it_are_asked_and_told_its_chunks(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    holder, idle = engine.node("holder"), engine.node("idle")
    job = ended_job(engine, customer, holder)
    ended_job(engine, other, idle)
    engine.index.take_news()
    dataset = delete(engine, customer, UploadKind.DATASET, job.dataset_id)
    assert len(engine.index.take_news()[1]) == 1
    (asked,) = say(engine, holder)
    assert (asked.kind, asked.content_digest) == ("forget_content", dataset.digest)
    assert asked.chunks == [engine.one("SELECT digest FROM orphans")]
    assert say(engine, idle) == []


def test_a_package_is_forgotten_too_and_both_are_asked_at_once(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    job = ended_job(engine, customer, node)
    package = delete(engine, customer, UploadKind.TRAINING_PACKAGE, job.training_package_id)
    dataset = delete(engine, customer, UploadKind.DATASET, job.dataset_id)
    assert {asked.content_digest for asked in say(engine, node)} == {package.digest, dataset.digest}
    assert say(engine, node, str(package.digest), str(dataset.digest)) == []
    assert engine.one("SELECT count(*) FROM node_forgets") == 0


def test_a_node_is_asked_again_after_a_minute_until_it_says_so(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    job = ended_job(engine, customer, node)
    dataset = delete(engine, customer, UploadKind.DATASET, job.dataset_id)
    assert say(engine, node, wait_seconds=0) == []  # an urgent call carries reports alone
    assert len(say(engine, node)) == 1
    assert say(engine, node) == []
    engine.now += ASKED_AGAIN_SECONDS
    assert len(say(engine, node)) == 1
    assert say(engine, node, "something else", str(dataset.digest)) == []
    engine.now += ASKED_AGAIN_SECONDS
    assert say(engine, node) == []


def test_a_node_that_comes_back_after_months_is_asked(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    job = ended_job(engine, customer, node)
    delete(engine, customer, UploadKind.DATASET, job.dataset_id)
    engine.now += 200 * 86_400.0
    assert len(say(engine, node)) == 1


def test_a_word_that_comes_before_the_question_answers_nothing(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    job = ended_job(engine, customer, node)
    dataset = delete(engine, customer, UploadKind.DATASET, job.dataset_id)
    assert len(say(engine, node, str(dataset.digest))) == 1


def test_one_nodes_word_is_no_other_nodes(engine: Engine) -> None:
    customer, first, second = engine.customer(), engine.node("first"), engine.node("second")
    job = engine.job(customer)
    first.run(first.take())
    second.run_all()
    dataset = delete(engine, customer, UploadKind.DATASET, job.dataset_id)
    assert len(say(engine, first)) == len(say(engine, second)) == 1
    assert say(engine, first, str(dataset.digest)) == []
    engine.now += ASKED_AGAIN_SECONDS
    assert len(say(engine, second)) == 1


def test_a_lease_that_was_never_started_counts_and_a_revoked_node_is_not_asked(engine: Engine) -> None:
    customer, node, revoked = engine.customer(), engine.node("n"), engine.node("revoked")
    job = engine.job(customer)
    node.take()
    with engine.store.transaction() as tx:
        tx.connection.execute("UPDATE nodes SET revoked_at = ? WHERE name = 'revoked'", [engine.now])
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    node.held.clear()
    delete(engine, customer, UploadKind.DATASET, job.dataset_id)
    assert engine.one("SELECT count(*) FROM node_forgets") == 1
    assert [asked.kind for asked in say(engine, node)] == ["forget_content"]
    assert revoked.held == []


def test_an_older_node_does_not_trip_over_the_question() -> None:
    class OldDirective(msgspec.Struct, frozen=True):
        kind: str
        attempt_id: str | None = None

    asked = msgspec.json.encode(Directive("forget_content", content_digest="d", chunks=["c"]))
    assert msgspec.json.decode(asked, type=OldDirective).kind == "forget_content"
