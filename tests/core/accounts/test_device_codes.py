"""Logging a program in by a code: what is kept, who may decide, how often it may ask, and that one code is one key."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable

import pytest

from core.accounts import device_codes
from core.accounts.api_keys import MOST_KEYS, SCOPES, Principal, authenticate, create_key, revoke_key
from core.accounts.customers import create_customer, find_by_id, suspend, unsuspend
from core.accounts.device_codes import (
    CODE_SECONDS,
    DEVICE_CODE_BYTES,
    INTERVAL_SECONDS,
    LETTERS,
    LONGEST_INTERVAL_SECONDS,
    approve_device_code,
    begin_device_login,
    could_be_user_code,
    deny_device_code,
    fetch_device_key,
    find_device_code,
    forget_old_device_codes,
)
from core.accounts.limits import DEFAULTS
from core.accounts.sessions import end_session, open_session
from core.accounts.sign_in import reset_password
from core.errors import ApiError, ErrorCode
from core.protocol.device_codes import DeviceCode, DeviceCodeState, DeviceKey, DeviceLogin, DeviceLoginState
from core.store.database import Store

NOW = 1_775_001_600.0
NewId = Callable[[], str]


def begun(
    store: Store,
    scopes: list[str] | None = None,
    now: float = NOW,
    name: str = "laptop",
    address: str = "203.0.113.7",
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> DeviceLogin:
    with store.transaction() as tx:
        return begin_device_login(
            tx,
            name=name,
            address=address,
            scopes=scopes,
            verification_url="https://a.example/x",
            now=now,
            random_bytes=random_bytes,
        )


def fetched(store: Store, new_id: NewId, device_code: str, now: float = NOW) -> DeviceKey:
    with store.transaction() as tx:
        return fetch_device_key(tx, device_code, environment="alpha", now=now, new_id=new_id, random_bytes=os.urandom)


def whoever(customer_id: int, *scopes: str) -> Principal:
    return Principal(customer_id, None, frozenset(scopes or SCOPES), DEFAULTS)


def approved(
    store: Store, principal: Principal, code: str, scopes: list[str] | None = None, now: float = NOW
) -> DeviceCode:
    with store.transaction() as tx:
        return approve_device_code(tx, principal, code, scopes=scopes, now=now)


def refusal(call: Callable[[], object]) -> ErrorCode:
    with pytest.raises(ApiError) as refused:
        call()
    return refused.value.code


def another(store: Store, new_id: NewId) -> int:
    with store.transaction() as tx:
        return create_customer(tx, "bob@example.com", now=NOW, new_id=new_id).id


def keys_of(store: Store, customer_id: int) -> int:
    count: int = store.connection.execute(
        "SELECT count(*) FROM api_keys WHERE customer_id = ?", [customer_id]
    ).fetchone()[0]
    return count


def waits(store: Store, login: DeviceLogin) -> bool:
    digest = hashlib.sha256(login.device_code.encode()).digest()
    return store.connection.execute("SELECT 1 FROM device_codes WHERE device_hash = ?", [digest]).fetchone() is not None


def test_a_code_that_is_approved_is_one_key_once(store: Store, customer_id: int, new_id: NewId) -> None:
    login = begun(store, ["jobs:read", "datasets:read"])
    assert (login.expires_in, login.interval) == (CODE_SECONDS, INTERVAL_SECONDS)
    assert fetched(store, new_id, login.device_code).status is DeviceLoginState.AUTHORIZATION_PENDING
    seen = find_device_code(store.connection, customer_id, login.user_code.lower().replace("-", " "), now=NOW)
    assert (seen.name, seen.address, seen.status) == ("laptop", "203.0.113.7", DeviceCodeState.PENDING)
    assert seen.user_code == login.user_code and seen.scopes == ["jobs:read", "datasets:read"]
    assert approved(store, whoever(customer_id), login.user_code).status is DeviceCodeState.APPROVED
    told = fetched(store, new_id, login.device_code)
    assert told.status is DeviceLoginState.APPROVED and told.api_key is not None and told.customer is not None
    assert (told.api_key.name, told.api_key.scopes) == ("laptop", ["datasets:read", "jobs:read"])
    assert told.customer.email == "ada@example.com"
    principal = authenticate(store.connection, told.api_key.secret)
    assert (principal.customer_id, principal.scopes) == (customer_id, frozenset({"jobs:read", "datasets:read"}))
    assert fetched(store, new_id, login.device_code).status is DeviceLoginState.EXPIRED_TOKEN
    assert store.connection.execute("SELECT count(*) FROM api_keys").fetchone()[0] == 1


def test_only_hashes_of_both_codes_are_kept_and_no_key_before_it_is_fetched(store: Store, customer_id: int) -> None:
    login = begun(store)
    approved(store, whoever(customer_id), login.user_code)
    (row,) = store.connection.execute("SELECT * FROM device_codes").fetchall()
    code = login.user_code.replace("-", "")
    assert row["device_hash"] == hashlib.sha256(login.device_code.encode()).digest()
    assert row["user_hash"] == hashlib.sha256(code.encode()).digest()
    texts = [str(value) for value in tuple(row)]
    assert not [text for text in texts if login.device_code in text or code in text or login.user_code in text]
    assert store.connection.execute("SELECT count(*) FROM api_keys").fetchone()[0] == 0


def test_who_asks_too_soon_has_to_wait_longer_each_time_up_to_a_minute(store: Store, new_id: NewId) -> None:
    login = begun(store)
    at, told = NOW, fetched(store, new_id, login.device_code)
    for times in range(1, 20):
        at += told.interval - 0.5
        told = fetched(store, new_id, login.device_code, at)
        expected = min(LONGEST_INTERVAL_SECONDS, INTERVAL_SECONDS * (times + 1))
        assert (told.status, told.interval) == (DeviceLoginState.SLOW_DOWN, expected)
    at += told.interval
    patient = fetched(store, new_id, login.device_code, at)
    assert (patient.status, patient.interval) == (DeviceLoginState.AUTHORIZATION_PENDING, LONGEST_INTERVAL_SECONDS)


def test_both_codes_end_after_a_quarter_of_an_hour(store: Store, customer_id: int, new_id: NewId) -> None:
    login = begun(store)
    last = NOW + CODE_SECONDS
    assert find_device_code(store.connection, customer_id, login.user_code, now=last - 1)
    assert refusal(lambda: approved(store, whoever(customer_id), login.user_code, now=last)) is ErrorCode.NOT_FOUND
    assert fetched(store, new_id, login.device_code, last).status is DeviceLoginState.EXPIRED_TOKEN
    with store.transaction() as tx:
        forget_old_device_codes(tx, now=last)
    assert store.connection.execute("SELECT count(*) FROM device_codes").fetchone()[0] == 0


def test_a_code_that_is_denied_gives_no_key_and_can_not_be_approved_any_more(
    store: Store, customer_id: int, new_id: NewId
) -> None:
    login = begun(store)
    with store.transaction() as tx:
        assert deny_device_code(tx, whoever(customer_id), login.user_code, now=NOW).status is DeviceCodeState.DENIED
    conflict = refusal(lambda: approved(store, whoever(customer_id), login.user_code))
    assert conflict is ErrorCode.STATE_CONFLICT
    assert fetched(store, new_id, login.device_code).status is DeviceLoginState.ACCESS_DENIED
    assert fetched(store, new_id, login.device_code).status is DeviceLoginState.EXPIRED_TOKEN


def test_whoever_decides_first_has_the_code_and_nobody_else_sees_it(
    store: Store, customer_id: int, new_id: NewId
) -> None:
    login, bob = begun(store), another(store, new_id)
    assert find_device_code(store.connection, bob, login.user_code, now=NOW).status is DeviceCodeState.PENDING
    approved(store, whoever(customer_id), login.user_code)
    assert refusal(lambda: find_device_code(store.connection, bob, login.user_code, now=NOW)) is ErrorCode.NOT_FOUND
    assert refusal(lambda: approved(store, whoever(bob), login.user_code)) is ErrorCode.NOT_FOUND
    told = fetched(store, new_id, login.device_code)
    assert told.customer is not None and told.customer.email == "ada@example.com"


def test_nobody_gives_more_than_they_may_and_scopes_can_be_narrowed(store: Store, customer_id: int) -> None:
    less = whoever(customer_id, "jobs:read", "keys:write")
    asks_much = begun(store, ["jobs:read", "jobs:write"])
    assert refusal(lambda: approved(store, less, asks_much.user_code)) is ErrorCode.API_KEY_SCOPE_DENIED
    assert approved(store, less, asks_much.user_code, ["jobs:read"]).scopes == ["jobs:read"]
    asks_all = begun(store)
    assert approved(store, less, asks_all.user_code).scopes == ["jobs:read", "keys:write"]
    for bad in ([], ["jobs:eat"]):
        one = begun(store)
        assert refusal(lambda: approved(store, less, one.user_code, bad)) is ErrorCode.VALIDATION_FAILED  # noqa: B023
        assert refusal(lambda: begun(store, bad)) is ErrorCode.VALIDATION_FAILED  # noqa: B023


def test_a_customer_who_was_suspended_meanwhile_gives_no_key(store: Store, customer_id: int, new_id: NewId) -> None:
    login = begun(store)
    approved(store, whoever(customer_id), login.user_code)
    with store.transaction() as tx:
        suspend(tx, customer_id, now=NOW)
    assert fetched(store, new_id, login.device_code).status is DeviceLoginState.ACCESS_DENIED


def test_what_was_approved_before_a_suspension_gives_no_key_after_it_either(
    store: Store, customer_id: int, new_id: NewId
) -> None:
    login = begun(store)
    approved(store, whoever(customer_id), login.user_code)
    with store.transaction() as tx:
        suspend(tx, customer_id, now=NOW)
        unsuspend(tx, customer_id)
    assert fetched(store, new_id, login.device_code).status is DeviceLoginState.ACCESS_DENIED
    assert keys_of(store, customer_id) == 0


def test_what_a_key_approved_ends_with_that_key_and_with_no_other(
    store: Store, customer_id: int, new_id: NewId
) -> None:
    with store.transaction() as tx:
        stolen, other = (
            create_key(tx, customer_id, name="k", environment="a", now=NOW, new_id=new_id, random_bytes=os.urandom)
            for _ in range(2)
        )
    logins = []
    for key in (stolen, other):
        logins.append(begun(store))
        approved(store, authenticate(store.connection, key.secret), logins[-1].user_code)
    with store.transaction() as tx:
        assert revoke_key(tx, customer_id, stolen.id, now=NOW)
    states = [fetched(store, new_id, login.device_code).status for login in logins]
    assert states == [DeviceLoginState.ACCESS_DENIED, DeviceLoginState.APPROVED]


def test_a_new_password_ends_what_a_session_approved_and_signing_out_does_not(
    store: Store, customer_id: int, new_id: NewId
) -> None:
    with store.transaction() as tx:
        open_session(tx, customer_id, now=NOW, random_bytes=os.urandom)
    session_id = store.connection.execute("SELECT id FROM sessions").fetchone()[0]
    principal = Principal(customer_id, None, frozenset(SCOPES), DEFAULTS, session_id=session_id)
    fetched_first, fetched_last = begun(store), begun(store)
    for login in (fetched_first, fetched_last):
        approved(store, principal, login.user_code)
    with store.transaction() as tx:
        end_session(tx, session_id)
    assert fetched(store, new_id, fetched_first.device_code).status is DeviceLoginState.APPROVED
    with store.transaction() as tx:
        reset_password(tx, find_by_id(tx.connection, customer_id), "the hash")
    assert fetched(store, new_id, fetched_last.device_code).status is DeviceLoginState.ACCESS_DENIED
    assert keys_of(store, customer_id) == 1


def test_where_there_is_no_room_for_a_key_the_code_stays_good(store: Store, customer_id: int, new_id: NewId) -> None:
    login = begun(store)
    approved(store, whoever(customer_id), login.user_code)
    with store.transaction() as tx:
        for _ in range(MOST_KEYS):
            create_key(tx, customer_id, name="k", environment="a", now=NOW, new_id=new_id, random_bytes=os.urandom)
    assert refusal(lambda: fetched(store, new_id, login.device_code)) is ErrorCode.STATE_CONFLICT
    assert refusal(lambda: approved(store, whoever(customer_id), begun(store).user_code)) is ErrorCode.STATE_CONFLICT
    store.connection.execute("UPDATE api_keys SET revoked_at = ? WHERE id = (SELECT min(id) FROM api_keys)", [NOW])
    assert fetched(store, new_id, login.device_code).status is DeviceLoginState.APPROVED


def test_user_codes_are_of_letters_that_are_not_mistaken_and_each_as_likely_as_the_others(store: Store) -> None:
    assert not set(LETTERS) & set("AEIOUY01")
    drawn: Counter[str] = Counter()
    for byte in range(256):
        rest = [byte // len(LETTERS), byte % len(LETTERS), *range(13)]  # makes each code another
        code = begun(store, random_bytes=drawing(bytes([byte, *rest]))).user_code.replace("-", "")
        passed_over = code == "".join(LETTERS[at] for at in rest[:8])
        drawn[code[0] if not passed_over else ""] += 1
    assert drawn == {**dict.fromkeys(LETTERS, 256 // len(LETTERS)), "": 256 % len(LETTERS)}


def drawing(code: bytes) -> Callable[[int], bytes]:
    """Randomness that draws these bytes for a user code."""
    return lambda size: os.urandom(size) if size == DEVICE_CODE_BYTES else code[:size]


@pytest.mark.parametrize(
    ("its", "another"),
    [
        ("203.0.113.{}", "203.0.112.1"),
        ("::ffff:203.0.113.{}", "203.0.112.1"),
        ("2001:db8:7:{}::1", "2001:db8:8::1"),
        ("fe80::{}%eth0", "fe81::1"),
    ],
)
def test_a_network_that_begins_logins_without_end_drives_out_its_own_oldest(
    store: Store, customer_id: int, monkeypatch: pytest.MonkeyPatch, its: str, another: str
) -> None:
    most, beyond = 6, 3
    monkeypatch.setattr(device_codes, "MOST_OF_A_NETWORK", most)
    elsewhere = begun(store, address=another)
    decided = begun(store, address=its.format(1))
    approved(store, whoever(customer_id), decided.user_code)
    many = [begun(store, address=its.format(at)) for at in range(most - 1 + beyond)]
    assert waits(store, elsewhere) and waits(store, decided)
    assert [waits(store, login) for login in many] == [False] * beyond + [True] * (most - 1)


def test_when_too_many_wait_in_all_the_network_with_the_most_makes_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_codes, "MOST_WAITING", 8)
    greedy = [begun(store, address="203.0.113.7") for _ in range(5)]
    modest = [begun(store, address=f"198.51.{at}.1") for at in range(6)]
    assert all(waits(store, login) for login in modest)
    assert [waits(store, login) for login in greedy] == [False] * 3 + [True] * 2


@pytest.mark.parametrize("text", ["", "BCDF", "BCDF-GHJA", "BCDFGHJKL", "BCDF-GHJ1", "ＢCDFGHJK", "BCDF\nGHJK"])
def test_what_has_another_form_is_no_code(store: Store, customer_id: int, text: str) -> None:
    assert not could_be_user_code(text)
    found = refusal(lambda: find_device_code(store.connection, customer_id, text, now=NOW))
    assert found is ErrorCode.NOT_FOUND


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\u202eevil"])
def test_a_name_that_could_deceive_who_approves_is_refused(store: Store, name: str) -> None:
    assert refusal(lambda: begun(store, name=name)) is ErrorCode.VALIDATION_FAILED
