import hashlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.cursors import Cursors
from core.accounts.idempotency import (
    Answer,
    RequestKey,
    check_key,
    find_answer,
    fingerprint,
    forget_answers,
    keep_answer,
    may_have_whole_floats,
    was_answered,
)
from core.content.key_ring import SigningKey
from core.errors import ApiError, ErrorCode
from core.protocol.content import ChunkRef, FileEntry, Manifest
from core.protocol.customer import Sensitivity, SubmitJob
from core.store.database import Store

NOW = 1_775_001_600.0
CURSORS = Cursors([SigningKey("k", b"a secret of this test".ljust(32))])


def job(name: str = "fine-tune", **extra: object) -> SubmitJob:
    return SubmitJob(
        name=name,
        dataset_id="d",
        training_package_id="p",
        required_vram_mb=0,
        required_disk_mb=1,
        max_runtime_seconds=60,
        sensitivity=Sensitivity.PUBLIC,
        **extra,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("key", ["short67", "x" * 129, "with space", "schlüssel", "", "tab\tinside"])
def test_a_key_of_another_form_is_refused(key: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_key(key)
    assert refused.value.code is ErrorCode.IDEMPOTENCY_KEY_INVALID


@pytest.mark.parametrize("key", ["client-uuid-12345678", "x" * 8, "~" * 128])
def test_a_key_of_visible_ascii_is_taken(key: str) -> None:
    assert check_key(key) == key


def test_bodies_that_mean_the_same_have_one_fingerprint() -> None:
    assert fingerprint(job(params={"a": 1, "b": 2.5})) == fingerprint(job(params={"b": 2.5, "a": 1}))
    assert fingerprint(job()) == fingerprint(job(params=None))
    assert fingerprint(job()) != fingerprint(job(name="another"))


VALUES = st.recursive(
    st.integers(-(2**53), 2**53) | st.text(st.sampled_from('0123456789.eE:,[]"\\-'), max_size=8) | st.floats(-1, 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("0.e:", max_size=4), inner, max_size=3),
)


def with_floats(value: Any) -> Any:
    """The same value as another language may write it: whole numbers as floats."""
    match value:
        case int():
            return float(value)
        case list():
            return [with_floats(item) for item in value]
        case dict():
            return {name: with_floats(item) for name, item in value.items()}
    return value


@given(value=VALUES)
def test_a_number_is_the_same_however_it_is_written(value: Any) -> None:
    assert fingerprint(job(params={"a": value})) == fingerprint(job(params={"a": with_floats(value)}))


@pytest.mark.parametrize("number", [1.0, -1.0, -0.0, 1e16, 1.5e300, -2e22, 123456789.0])
def test_a_whole_float_is_found_wherever_it_stands(number: float) -> None:
    for value in (number, [number], [1, number, 2], {"a": number, "b": 0.5}):
        assert may_have_whole_floats(msgspec.json.encode({"params": value}))
        assert fingerprint(job(params={"a": value})) == fingerprint(job(params={"a": whole(value)}))


def whole(value: Any) -> Any:
    """The same value, its whole floats as integers."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [whole(item) for item in value]
        case dict():
            return {name: whole(item) for name, item in value.items()}
    return value


def test_digests_names_and_sizes_of_a_manifest_are_not_taken_for_floats() -> None:
    chunks = [ChunkRef(hashlib.sha256(bytes([n])).hexdigest(), n, 8_388_608) for n in range(256)]
    manifest = Manifest([FileEntry(f"run-1.0/v2.0-1e5-{n}.csv", 8_388_608, [chunk]) for n, chunk in enumerate(chunks)])
    assert not may_have_whole_floats(msgspec.json.encode(manifest))


def test_the_first_answer_is_found_again_for_a_day_and_by_its_own_customer_and_route_alone(
    store: Store, customer_id: int
) -> None:
    first = RequestKey(customer_id, "POST /x", "client-uuid-1", b"one")
    with store.transaction() as tx:
        assert find_answer(tx.connection, first, NOW) is None
        keep_answer(tx, first, Answer(201, b"{}"), NOW)
    assert find_answer(store.connection, first, NOW + 86_399) == Answer(201, b"{}")
    assert find_answer(store.connection, first, NOW + 86_400) is None
    for other in (
        RequestKey(customer_id, "POST /y", "client-uuid-1", b"one"),
        RequestKey(customer_id + 1, "POST /x", "client-uuid-1", b"one"),
    ):
        assert find_answer(store.connection, other, NOW) is None
    with store.transaction() as tx:
        assert forget_answers(tx, now=NOW + 86_399) == 0
        assert forget_answers(tx, now=NOW + 86_400) == 1


def test_the_same_key_with_another_body_is_a_conflict(store: Store, customer_id: int) -> None:
    with store.transaction() as tx:
        keep_answer(tx, RequestKey(customer_id, "r", "client-uuid-1", b"one"), Answer(201, b"{}"), NOW)
    with pytest.raises(ApiError) as refused:
        find_answer(store.connection, RequestKey(customer_id, "r", "client-uuid-1", b"two"), NOW)
    assert refused.value.code is ErrorCode.IDEMPOTENCY_CONFLICT


def test_whether_a_key_was_answered_is_found_among_the_customers_own_answers(store: Store, customer_id: int) -> None:
    with store.transaction() as tx:
        keep_answer(tx, RequestKey(customer_id, "r", "client-uuid-1", b"one"), Answer(201, b"{}"), NOW)
        keep_answer(tx, RequestKey(None, "r", "operators-uuid", b"one"), Answer(201, b"{}"), NOW)
    asked: list[str] = []
    store.connection.set_trace_callback(asked.append)
    assert was_answered(store.connection, customer_id, "client-uuid-1", NOW + 1)
    store.connection.set_trace_callback(None)
    assert not was_answered(store.connection, customer_id, "operators-uuid", NOW + 1)
    assert not was_answered(store.connection, customer_id, "client-uuid-1", NOW + 86_400)
    [sql] = asked
    [step] = [row["detail"] for row in store.connection.execute("EXPLAIN QUERY PLAN " + sql)]
    assert "SEARCH idempotency_keys USING INDEX idempotency_keys_by_owner" in step


@given(after=st.integers(0, 2**53), status=st.text(max_size=20))
def test_a_cursor_gives_back_its_place(after: int, status: str) -> None:
    cursor = CURSORS.make(after, customer_id=1, route="/jobs", filters={"status": status}, now=NOW)
    assert cursor.startswith("eyJ0cyI6")
    assert CURSORS.read(cursor, customer_id=1, route="/jobs", filters={"status": status}, now=NOW) == after


@pytest.mark.parametrize(
    ("customer_id", "route", "filters", "now"),
    [
        (2, "/jobs", {}, NOW),
        (1, "/datasets", {}, NOW),
        (1, "/jobs", {"status": "failed"}, NOW),
        (1, "/jobs", {}, NOW + 86_401),
        (1, "/jobs", {}, NOW - 3600),
    ],
)
def test_a_cursor_of_another_list_or_day_is_refused(
    customer_id: int, route: str, filters: dict[str, str], now: float
) -> None:
    cursor = CURSORS.make(7, customer_id=1, route="/jobs", filters={}, now=NOW)
    with pytest.raises(ApiError) as refused:
        CURSORS.read(cursor, customer_id=customer_id, route=route, filters=filters, now=now)
    assert refused.value.code is ErrorCode.PAGINATION_INVALID_CURSOR


@given(text=st.text(max_size=60))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    for cursor in (text, f"eyJ0cyI6{text}"):
        with pytest.raises(ApiError) as refused:
            CURSORS.read(cursor, customer_id=1, route="/jobs", filters={}, now=NOW)
        assert refused.value.code is ErrorCode.PAGINATION_INVALID_CURSOR


def test_an_altered_cursor_and_one_of_another_secret_are_refused() -> None:
    cursor = CURSORS.make(7, customer_id=1, route="/jobs", filters={}, now=NOW)
    place, _, signature = cursor.partition(".")
    for text in (f"{place[:-2]}AA.{signature}", cursor[:-1], place):
        with pytest.raises(ApiError):
            CURSORS.read(text, customer_id=1, route="/jobs", filters={}, now=NOW)
    with pytest.raises(ApiError):
        Cursors([SigningKey("k", b"another".ljust(32))]).read(cursor, customer_id=1, route="/jobs", filters={}, now=NOW)
