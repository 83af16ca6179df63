"""Sessions: what is kept of a token, and each way that one ends."""

import hashlib
import os

import pytest

from core.accounts.api_keys import SCOPES
from core.accounts.customers import suspend, unsuspend
from core.accounts.sessions import (
    IDLE_SECONDS,
    LAST_SECONDS,
    MOST_SESSIONS,
    Session,
    authenticate_session,
    end_session,
    end_sessions,
    forget_sessions,
    note_sessions_used,
    open_session,
)
from core.errors import ApiError, ErrorCode
from core.store.database import Store

NOW = 1_775_001_600.0


def opened(store: Store, customer_id: int, now: float = NOW) -> Session:
    with store.transaction() as tx:
        return open_session(tx, customer_id, now=now, random_bytes=os.urandom)


def id_of(store: Store, session: Session, now: float = NOW) -> int:
    found = authenticate_session(store.connection, session.token, now).session_id
    assert found is not None
    return found


def code_for(store: Store, token: str, now: float = NOW) -> ErrorCode:
    with pytest.raises(ApiError) as refused:
        authenticate_session(store.connection, token, now)
    return refused.value.code


def test_only_the_hash_of_a_token_is_kept_and_it_opens_all_that_the_customer_may(
    store: Store, customer_id: int
) -> None:
    session = opened(store, customer_id)
    (row,) = store.connection.execute("SELECT * FROM sessions").fetchall()
    assert row["token_hash"] == hashlib.sha256(session.token.encode()).digest()
    assert session.token not in map(str, tuple(row))
    principal = authenticate_session(store.connection, session.token, NOW)
    assert (principal.customer_id, principal.key_id, principal.scopes) == (customer_id, None, frozenset(SCOPES))


def test_a_session_ends_when_it_is_not_used_and_at_last_also_when_it_is(store: Store, customer_id: int) -> None:
    session = opened(store, customer_id)
    session_id = id_of(store, session)
    assert code_for(store, session.token, NOW + IDLE_SECONDS) is ErrorCode.CUSTOMER_AUTH_REQUIRED
    at = NOW
    while at + IDLE_SECONDS / 2 < NOW + LAST_SECONDS:
        at += IDLE_SECONDS / 2
        assert id_of(store, session, at) == session_id
        with store.transaction() as tx:
            note_sessions_used(tx, {session_id: at})
    assert code_for(store, session.token, NOW + LAST_SECONDS) is ErrorCode.CUSTOMER_AUTH_REQUIRED
    with store.transaction() as tx:
        forget_sessions(tx, now=NOW + LAST_SECONDS)
    assert store.connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0


def test_signing_out_ends_one_session_and_the_operator_all(store: Store, customer_id: int) -> None:
    first, second, third = (opened(store, customer_id) for _ in range(3))
    with store.transaction() as tx:
        end_session(tx, id_of(store, second))
    assert code_for(store, second.token) is ErrorCode.CUSTOMER_AUTH_REQUIRED
    assert id_of(store, first) != id_of(store, third)
    with store.transaction() as tx:
        assert end_sessions(tx, customer_id) == 2
    assert code_for(store, first.token) is code_for(store, third.token) is ErrorCode.CUSTOMER_AUTH_REQUIRED


def test_of_too_many_sessions_the_one_unused_for_longest_ends(store: Store, customer_id: int) -> None:
    sessions = [opened(store, customer_id, NOW + number) for number in range(MOST_SESSIONS)]
    with store.transaction() as tx:
        note_sessions_used(tx, {id_of(store, sessions[0]): NOW + 1000})
    sessions.append(opened(store, customer_id, NOW + MOST_SESSIONS))
    assert code_for(store, sessions[1].token) is ErrorCode.CUSTOMER_AUTH_REQUIRED
    assert len({id_of(store, session) for session in (sessions[0], *sessions[2:])}) == MOST_SESSIONS


def test_a_suspension_ends_all_sessions_and_its_end_brings_none_back(store: Store, customer_id: int) -> None:
    sessions = [opened(store, customer_id) for _ in range(2)]
    with store.transaction() as tx:
        assert suspend(tx, customer_id, now=NOW) == 2
    late = opened(store, customer_id)
    assert code_for(store, late.token) is ErrorCode.CUSTOMER_SUSPENDED
    with store.transaction() as tx:
        unsuspend(tx, customer_id)
    assert id_of(store, late)
    assert {code_for(store, session.token) for session in sessions} == {ErrorCode.CUSTOMER_AUTH_REQUIRED}


@pytest.mark.parametrize("token", ["", "session_", "session_" + "x" * 43, "sk_alpha_" + "x" * 43])
def test_what_is_no_session_opens_nothing(store: Store, customer_id: int, token: str) -> None:
    opened(store, customer_id)
    assert code_for(store, token) is ErrorCode.CUSTOMER_AUTH_REQUIRED
