"""How often a password may be tried, without a server: counts, windows, sources, and what a success settles."""

import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.customers import create_customer, find_by_email, set_password_hash, suspend
from core.accounts.passwords import NO_PASSWORD_HASH
from core.accounts.sign_in import (
    MOST_TRIES,
    SOURCE_SECONDS,
    SOURCES_KEPT,
    WINDOW_SECONDS,
    Try,
    accept_try,
    begin_try,
    forget_old_tries,
    network_of,
    reset_password,
)
from core.errors import ApiError, ErrorCode
from core.store.database import Store

NOW = 1_775_001_600.0
ADA = "ada@example.com"
HOME, STRANGER, HOTEL = "192.0.2.1", "198.51.100.7", "203.0.113.9"


def tries(store: Store, email: str = ADA, address: str = STRANGER, now: float = NOW) -> Try:
    with store.transaction() as tx:
        return begin_try(tx, email, address, now=now)


def refused(store: Store, email: str = ADA, address: str = STRANGER, now: float = NOW) -> int:
    """For how many seconds a try is refused."""
    with pytest.raises(ApiError) as error:
        tries(store, email, address, now)
    assert error.value.code is ErrorCode.RATE_LIMITED
    return int(error.value.headers["Retry-After"])


def succeed(store: Store, address: str, now: float = NOW) -> None:
    tried = tries(store, address=address, now=now)
    with store.transaction() as tx:
        accept_try(tx, tried, now=now)


@pytest.fixture
def ada(store: Store, customer_id: int) -> int:
    with store.transaction() as tx:
        set_password_hash(tx, customer_id, "the hash")
    return customer_id


@pytest.mark.parametrize("email", [ADA, "ADA@Example.com", "nobody@example.com"])
def test_an_account_has_so_many_tries_a_window_whoever_asks_and_whether_or_not_it_exists(
    store: Store, ada: int, email: str
) -> None:
    for number in range(MOST_TRIES):
        tries(store, email, f"198.51.100.{number}")
    assert refused(store, email.lower(), HOTEL, NOW + 1) == WINDOW_SECONDS - 1
    assert refused(store, email, HOTEL, NOW + WINDOW_SECONDS - 0.5) == 1
    tries(store, email, HOTEL, NOW + WINDOW_SECONDS)


def test_a_try_names_the_hash_to_match_or_one_that_nothing_matches(store: Store, ada: int) -> None:
    assert tries(store).password_hash == "the hash"
    assert tries(store, "nobody@example.com").password_hash == NO_PASSWORD_HASH
    with store.transaction() as tx:
        set_password_hash(tx, ada, "")
    assert tries(store).password_hash == NO_PASSWORD_HASH


def test_a_success_takes_its_count_back(store: Store, ada: int) -> None:
    for _ in range(3 * MOST_TRIES):
        succeed(store, HOTEL)


def test_a_stranger_cannot_use_up_the_tries_of_where_an_account_was_signed_in_from(store: Store, ada: int) -> None:
    succeed(store, HOME)
    for _ in range(MOST_TRIES):
        tries(store, address=STRANGER)
    assert refused(store, address=STRANGER) and refused(store, address=HOTEL)
    for _ in range(MOST_TRIES):
        tries(store, address=HOME)
    assert refused(store, address=HOME), "nor is such a place without limit"


def test_only_the_places_signed_in_from_last_are_remembered_and_not_for_ever(store: Store, ada: int) -> None:
    for number in range(SOURCES_KEPT + 1):
        succeed(store, f"192.0.2.{number}", NOW + number)
    for _ in range(MOST_TRIES):
        tries(store)
    assert refused(store, address="192.0.2.0")
    tries(store, address="192.0.2.1")
    with store.transaction() as tx:
        forget_old_tries(tx, now=NOW + SOURCE_SECONDS + 1)
    assert store.connection.execute("SELECT count(*) FROM sign_in_sources").fetchone()[0] == SOURCES_KEPT - 1
    assert store.connection.execute("SELECT count(*) FROM sign_in_tries").fetchone()[0] == 0


def test_a_password_set_by_the_operator_gives_all_tries_back(store: Store, ada: int) -> None:
    for _ in range(MOST_TRIES):
        tries(store)
    with store.transaction() as tx:
        reset_password(tx, find_by_email(tx.connection, "Ada@example.com"), "another hash")
    assert tries(store).password_hash == "another hash"


def test_a_password_that_was_changed_meanwhile_no_longer_counts(store: Store, ada: int) -> None:
    tried = tries(store)
    with store.transaction() as tx:
        set_password_hash(tx, ada, "another hash")
    with pytest.raises(ApiError) as error, store.transaction() as tx:
        accept_try(tx, tried, now=NOW)
    assert error.value.code is ErrorCode.SIGN_IN_FAILED


def test_that_a_customer_is_suspended_is_told_to_who_knew_the_password(store: Store, ada: int) -> None:
    with store.transaction() as tx:
        suspend(tx, ada, now=NOW)
    tried = tries(store)
    with pytest.raises(ApiError) as error, store.transaction() as tx:
        accept_try(tx, tried, now=NOW)
    assert error.value.code is ErrorCode.CUSTOMER_SUSPENDED


def test_neither_e_mail_nor_network_address_is_kept_with_the_tries(store: Store, ada: int) -> None:
    succeed(store, HOME)
    tries(store, "somebody@example.com", STRANGER)
    for table in ("sign_in_tries", "sign_in_sources"):
        for row in store.connection.execute(f"SELECT * FROM {table}"):
            assert [value for value in tuple(row) if isinstance(value, str)] == []


def test_a_clock_that_is_set_back_gives_a_new_window_and_locks_nobody_out(
    store: Store, ada: int, new_id: Callable[[], str]
) -> None:
    for _ in range(MOST_TRIES):
        tries(store)
    tries(store, now=NOW - 86_400)
    with store.transaction() as tx:
        create_customer(tx, "other@example.com", now=NOW, new_id=new_id)
    tries(store, "other@example.com")


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_an_ipv6_address_counts_with_all_of_its_64(address: object, other: int) -> None:
    assert isinstance(address, ipaddress.IPv6Address)
    neighbour = ipaddress.IPv6Address((int(address) >> 64 << 64) | other)
    if address.ipv4_mapped is None and neighbour.ipv4_mapped is None:
        assert network_of(str(address)) == network_of(str(neighbour))


def test_addresses_are_counted_in_the_form_that_they_mean() -> None:
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("fe80::1%eth0") == network_of("fe80::2")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("") == "" and network_of("unix:") == "unix:"
