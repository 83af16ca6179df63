"""Admin keys: told once, kept as hashes, revoked by id or prefix, and answers kept for the operator."""

import os
from collections.abc import Callable

import pytest

from core.accounts.admin_keys import (
    AdminKey,
    authenticate_admin,
    create_admin_key,
    list_admin_keys,
    note_admin_used,
    revoke_admin_key,
)
from core.accounts.api_keys import authenticate, create_key
from core.accounts.cursors import Cursors
from core.accounts.idempotency import Answer, RequestKey, find_answer, forget_answers, keep_answer
from core.content.key_ring import SigningKey
from core.errors import ApiError, ErrorCode
from core.store.database import Store

NOW = 1_775_001_600.0
NewId = Callable[[], str]


def make(store: Store, new_id: NewId, *, name: str = "ops", metrics_only: bool = False) -> tuple[AdminKey, str]:
    with store.transaction() as tx:
        return create_admin_key(
            tx,
            name=name,
            metrics_only=metrics_only,
            environment="beta",
            now=NOW,
            new_id=new_id,
            random_bytes=os.urandom,
        )


def refusal(store: Store, secret: str | None) -> ErrorCode:
    with pytest.raises(ApiError) as refused:
        authenticate_admin(store.connection, secret)
    return refused.value.code


def test_a_key_is_known_by_its_hash_alone(store: Store, new_id: NewId) -> None:
    key, secret = make(store, new_id, metrics_only=True)
    assert secret.startswith(key.prefix) and key.prefix.startswith("ak_beta_") and len(secret) == len("ak_beta_") + 43
    principal = authenticate_admin(store.connection, secret)
    assert (principal.prefix, principal.metrics_only, principal.customer_id) == (key.prefix, True, None)
    row = store.connection.execute("SELECT * FROM admin_keys").fetchone()
    assert secret not in [str(value) for value in tuple(row)]


def test_what_is_no_admin_key_is_refused_in_words(store: Store, new_id: NewId, customer_id: int) -> None:
    with store.transaction() as tx:
        theirs = create_key(
            tx, customer_id, name="k", environment="beta", now=NOW, new_id=new_id, random_bytes=os.urandom
        )
    _, ours = make(store, new_id)
    assert refusal(store, None) is refusal(store, "") is ErrorCode.CUSTOMER_AUTH_REQUIRED
    assert refusal(store, theirs.secret) is refusal(store, "ak_beta_") is ErrorCode.API_KEY_INVALID
    with pytest.raises(ApiError) as refused:
        authenticate(store.connection, ours)
    assert refused.value.code is ErrorCode.API_KEY_INVALID


def test_a_key_is_revoked_by_its_id_or_prefix_once_and_stays_listed(store: Store, new_id: NewId) -> None:
    (first, secret), (second, _) = make(store, new_id), make(store, new_id)
    with store.transaction() as tx:
        revoked, is_new = revoke_admin_key(tx, first.prefix, now=NOW + 1)
        assert (revoked.id, is_new, revoked.revoked_at is not None) == (first.id, True, True)
        assert revoke_admin_key(tx, first.id, now=NOW + 2) == (revoked, False)
        with pytest.raises(ApiError) as refused:
            revoke_admin_key(tx, "ak_beta_", now=NOW)
    assert refused.value.code is ErrorCode.NOT_FOUND
    assert refusal(store, secret) is ErrorCode.API_KEY_REVOKED
    assert [key.revoked_at is None for key in list_admin_keys(store.connection)] == [False, True]
    assert second.revoked_at is None


def test_of_two_keys_with_a_prefix_none_is_revoked_by_it(store: Store, new_id: NewId) -> None:
    key, _ = make(store, new_id)
    make(store, new_id)
    store.connection.execute("UPDATE admin_keys SET prefix = ?", (key.prefix,))
    with pytest.raises(ApiError) as refused, store.transaction() as tx:
        revoke_admin_key(tx, key.prefix, now=NOW)
    assert refused.value.code is ErrorCode.STATE_CONFLICT
    with store.transaction() as tx:
        assert revoke_admin_key(tx, key.id, now=NOW)[1]


@pytest.mark.parametrize("name", ["", "x" * 101, "new\nline", "\x1b[31m"])
def test_a_name_that_can_not_be_shown_is_refused(store: Store, new_id: NewId, name: str) -> None:
    with pytest.raises(ApiError) as refused:
        make(store, new_id, name=name)
    assert refused.value.code is ErrorCode.VALIDATION_FAILED


def test_the_last_use_never_goes_back(store: Store, new_id: NewId) -> None:
    _, secret = make(store, new_id)
    key_id = authenticate_admin(store.connection, secret).key_id
    with store.transaction() as tx:
        note_admin_used(tx, {key_id: NOW + 5})
        note_admin_used(tx, {key_id: NOW + 1})
    assert list_admin_keys(store.connection)[0].last_used_at == "2026-04-01T00:00:05.000Z"


def test_answers_are_kept_apart_for_the_operator_and_each_customer(store: Store, customer_id: int) -> None:
    owners = (None, customer_id)
    with store.transaction() as tx:
        for owner in owners:
            request = RequestKey(owner, "POST /x", "same-key", b"fingerprint")
            assert find_answer(tx.connection, request, NOW) is None
            keep_answer(tx, request, Answer(201, str(owner).encode()), NOW)
            keep_answer(tx, request, Answer(201, str(owner).encode()), NOW + 1)
    for owner in owners:
        found = find_answer(store.connection, RequestKey(owner, "POST /x", "same-key", b"fingerprint"), NOW)
        assert found == Answer(201, str(owner).encode())
        with pytest.raises(ApiError) as refused:
            find_answer(store.connection, RequestKey(owner, "POST /x", "same-key", b"another"), NOW)
        assert refused.value.code is ErrorCode.IDEMPOTENCY_CONFLICT
    with store.transaction() as tx:
        assert forget_answers(tx, now=NOW + 25 * 3600) == 2


def test_an_operators_cursor_is_no_customers(customer_id: int) -> None:
    cursors = Cursors([SigningKey("k", b"a secret of this test".ljust(32))])
    made = cursors.make(5, customer_id=None, route="/x", filters={}, now=NOW)
    assert cursors.read(made, customer_id=None, route="/x", filters={}, now=NOW) == 5
    with pytest.raises(ApiError) as refused:
        cursors.read(made, customer_id=customer_id, route="/x", filters={}, now=NOW)
    assert refused.value.code is ErrorCode.PAGINATION_INVALID_CURSOR
