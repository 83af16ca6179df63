import hashlib
import re
from collections.abc import Callable

import pytest

from core.accounts.api_keys import SCOPES, ApiKey, authenticate, create_key, note_used, revoke_key
from core.accounts.customers import create_customer, find_by_email, suspend
from core.errors import ApiError, ErrorCode
from core.store.database import Store

NOW = 1_775_001_600.0
NewId = Callable[[], str]


def make_key(store: Store, customer_id: int, new_id: NewId, scopes: tuple[str, ...] = SCOPES) -> ApiKey:
    with store.transaction() as tx:
        return create_key(
            tx,
            customer_id,
            name="laptop",
            scopes=scopes,
            environment="alpha",
            now=NOW,
            new_id=new_id,
            random_bytes=lambda size: bytes(range(size)),
        )


def test_an_address_belongs_to_one_customer_in_whatever_case(store: Store, customer_id: int, new_id: NewId) -> None:
    with pytest.raises(ApiError) as refused, store.transaction() as tx:
        create_customer(tx, "ADA@example.com", now=NOW, new_id=new_id)
    assert refused.value.code is ErrorCode.STATE_CONFLICT
    assert find_by_email(store.connection, "Ada@Example.com").id == customer_id


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", "a b@example.com", "a@b@c", "a@" + "x" * 300])
def test_what_is_no_address_is_refused(store: Store, new_id: NewId, email: str) -> None:
    with pytest.raises(ApiError) as refused, store.transaction() as tx:
        create_customer(tx, email, now=NOW, new_id=new_id)
    assert refused.value.code is ErrorCode.VALIDATION_FAILED
    assert refused.value.details[0].field == "email"


def test_a_customer_that_is_not_there_is_said_so(store: Store) -> None:
    with pytest.raises(ApiError) as refused:
        find_by_email(store.connection, "nobody@example.com")
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_a_key_has_the_published_form_and_only_its_hash_is_kept(store: Store, customer_id: int, new_id: NewId) -> None:
    key = make_key(store, customer_id, new_id)
    assert re.fullmatch(r"sk_alpha_[A-Za-z0-9_-]{43}", key.secret)
    row = store.connection.execute("SELECT * FROM api_keys").fetchone()
    assert row["secret_hash"] == hashlib.sha256(key.secret.encode()).digest()
    assert key.secret not in [value for value in tuple(row) if isinstance(value, str)]
    assert key.secret.startswith(row["prefix"]) and len(row["prefix"]) < 20


def test_a_key_opens_the_door_with_its_scopes(store: Store, customer_id: int, new_id: NewId) -> None:
    key = make_key(store, customer_id, new_id, scopes=("jobs:read",))
    principal = authenticate(store.connection, key.secret)
    assert principal.customer_id == customer_id
    principal.require("jobs:read")
    with pytest.raises(ApiError) as refused:
        principal.require("jobs:write")
    assert refused.value.code is ErrorCode.API_KEY_SCOPE_DENIED
    assert "jobs:write" in refused.value.message


def test_no_key_an_unknown_one_a_revoked_one_and_a_suspended_customer_are_told_apart(
    store: Store, customer_id: int, new_id: NewId
) -> None:
    key = make_key(store, customer_id, new_id)

    def code_for(secret: str | None) -> ErrorCode:
        with pytest.raises(ApiError) as refused:
            authenticate(store.connection, secret)
        return refused.value.code

    assert code_for(None) is ErrorCode.CUSTOMER_AUTH_REQUIRED
    assert code_for("") is ErrorCode.CUSTOMER_AUTH_REQUIRED
    assert code_for(key.secret + "x") is ErrorCode.API_KEY_INVALID
    with store.transaction() as tx:
        suspend(tx, customer_id, now=NOW)
    assert code_for(key.secret) is ErrorCode.CUSTOMER_SUSPENDED
    with store.transaction() as tx:
        assert revoke_key(tx, customer_id, key.id, now=NOW)
        assert not revoke_key(tx, customer_id, key.id, now=NOW)
        assert not revoke_key(tx, customer_id + 1, key.id, now=NOW)
    assert code_for(key.secret) is ErrorCode.API_KEY_REVOKED


def test_a_scope_that_is_none_is_refused_by_name(store: Store, customer_id: int, new_id: NewId) -> None:
    with pytest.raises(ApiError) as refused:
        make_key(store, customer_id, new_id, scopes=("jobs:read", "everything"))
    assert "everything" in refused.value.details[0].message


def test_the_last_use_is_kept_and_never_goes_back(store: Store, customer_id: int, new_id: NewId) -> None:
    key = make_key(store, customer_id, new_id)
    key_id = authenticate(store.connection, key.secret).key_id
    assert key_id is not None
    for seen in (NOW + 60, NOW + 5):
        with store.transaction() as tx:
            note_used(tx, {key_id: seen})
    assert store.connection.execute("SELECT last_used_at FROM api_keys").fetchone()[0] == NOW + 60
