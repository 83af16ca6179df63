"""Logging a program in by a code (RFC 8628): it shows a short code, a customer approves that elsewhere, it gets a key.

Two secrets. The **device code** is the program's own, 256 random bits: who has it fetches the key. The **user code** is
eight of twenty letters without vowels, so that it is easily read and makes no words: who knows it can look at what asks
and give it a key of *their own* account, no more. Guessing one would let a stranger's program work for the guesser, so
the server counts wrong ones. Of both only the SHA-256 is kept, for `CODE_SECONDS`.

The key is made when it is fetched: one that lay here from the approval on would be a secret at rest. Until then what
was approved ends with what approved it: with that key, or when all sessions of its customer are ended (a new password,
a suspension). A session that signs out ends no approval: `device approve --email` does so at once.

Whoever asks for codes without end drives out their own: a network (`MOST_OF_A_NETWORK`) loses its oldest for a new one,
and so does, when there are `MOST_WAITING` in all, the network that has the most. Nobody is refused for what others did.
"""

import base64
import hashlib
import ipaddress
from collections.abc import Callable, Sequence

import msgspec

from ..clock import rfc3339
from ..errors import ApiError, ErrorCode, validation_failed
from ..protocol.accounts import CreatedApiKey, SignedInCustomer
from ..protocol.device_codes import DeviceCode, DeviceCodeState, DeviceKey, DeviceLogin, DeviceLoginState
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .api_keys import SCOPES, Principal, check_may_grant, check_room_for_key, create_key, get_key
from .customers import find_by_id

SQL = named_sql(__file__, "device_codes")
CODE_SECONDS = 15 * 60
INTERVAL_SECONDS = 5
LONGEST_INTERVAL_SECONDS = 60
MOST_WAITING = 10_000
MOST_OF_A_NETWORK = 250
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_LETTERS = 8
DEVICE_CODE_BYTES = 32
_FAIR_BELOW = 256 - 256 % len(LETTERS)


def begin_device_login(
    tx: Transaction,
    *,
    name: str,
    address: str,
    scopes: Sequence[str] | None,
    verification_url: str,
    now: float,
    random_bytes: Callable[[int], bytes],
) -> DeviceLogin:
    """New codes for a program at a network address.

    Raises VALIDATION_FAILED for a name or scopes that can't be.
    """
    name = name.strip()
    if not name or not name.isprintable():
        raise validation_failed(name="must have visible characters, and only printable ones")
    _check_scopes(scopes)
    forget_old_device_codes(tx, now=now)
    network = _network(address)
    _make_room(tx, network)
    device_code = base64.urlsafe_b64encode(random_bytes(DEVICE_CODE_BYTES)).rstrip(b"=").decode()
    user_code = _new_user_code(tx.connection, random_bytes)
    SQL.add_device_code(
        tx.connection,
        device_hash=_hash(device_code),
        user_hash=_hash(user_code),
        name=name,
        address=address,
        network=network,
        scopes=None if scopes is None else " ".join(dict.fromkeys(scopes)),
        now=now,
        expires_at=now + CODE_SECONDS,
        interval_seconds=INTERVAL_SECONDS,
    )
    return DeviceLogin(device_code, _shown(user_code), verification_url, CODE_SECONDS, INTERVAL_SECONDS)


def _make_room(tx: Transaction, network: str) -> None:
    if SQL.count_of_network(tx.connection, network=network) >= MOST_OF_A_NETWORK:
        SQL.drop_oldest(tx.connection, network=network)
    elif SQL.count_waiting(tx.connection) >= MOST_WAITING:
        SQL.drop_oldest(tx.connection, network=SQL.network_of_most(tx.connection))


def _network(address: str) -> str:
    """Whose an address may be: the 256 IPv4 addresses or the /48 of IPv6 that one household or firm is given; whatever
    is no address all together."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((found, 48), strict=False))
        found = found.ipv4_mapped
    return str(ipaddress.IPv4Network((found, 24), strict=False))


def fetch_device_key(
    tx: Transaction,
    device_code: str,
    *,
    environment: str,
    now: float,
    new_id: Callable[[], str],
    random_bytes: Callable[[int], bytes],
) -> DeviceKey:
    """How the login of this device code stands; the key, once, when it is approved.

    A code that never was, is used up or too old is `expired_token` alike. Raises STATE_CONFLICT when the customer has
    as many keys as it may have: the code stays good.
    """
    row = SQL.by_device_code(tx.connection, device_hash=_hash(device_code), now=now)
    if row is None:
        return DeviceKey(DeviceLoginState.EXPIRED_TOKEN, INTERVAL_SECONDS)
    if row["decision"] is None:
        return _asked(tx, row, now)
    ends = (row["suspended_at"], row["closed_at"], row["revoked_at"])
    if row["decision"] == "denied" or any(end is not None for end in ends):
        SQL.use_up(tx.connection, id=row["id"])
        return DeviceKey(DeviceLoginState.ACCESS_DENIED, INTERVAL_SECONDS)
    customer = find_by_id(tx.connection, row["customer_id"])
    check_room_for_key(tx.connection, customer.id)
    made = create_key(
        tx,
        customer.id,
        name=row["name"],
        scopes=row["granted"].split(),
        environment=environment,
        now=now,
        new_id=new_id,
        random_bytes=random_bytes,
    )
    SQL.use_up(tx.connection, id=row["id"])
    kept = msgspec.structs.asdict(get_key(tx.connection, customer.id, made.id))
    key = CreatedApiKey(**kept, secret=made.secret)
    whose = SignedInCustomer(customer.public_id, customer.email)
    return DeviceKey(DeviceLoginState.APPROVED, row["interval_seconds"], key, whose)


def _asked(tx: Transaction, row: Row, now: float) -> DeviceKey:
    """Not decided yet. Who asks before the interval is over has to wait longer from now on."""
    interval: int = row["interval_seconds"]
    too_soon = row["asked_at"] is not None and 0 <= now - row["asked_at"] < interval
    if too_soon:
        interval = min(LONGEST_INTERVAL_SECONDS, interval + INTERVAL_SECONDS)
    SQL.was_asked(tx.connection, id=row["id"], now=now, interval_seconds=interval)
    return DeviceKey(DeviceLoginState.SLOW_DOWN if too_soon else DeviceLoginState.AUTHORIZATION_PENDING, interval)


def find_device_code(connection: Connection, customer_id: int, user_code: str, *, now: float) -> DeviceCode:
    """A code that a customer may decide, or has decided. Raises NOT_FOUND, also for one that another has decided."""
    return _seen(_find(connection, customer_id, user_code, now), user_code)


def approve_device_code(
    tx: Transaction, principal: Principal, user_code: str, *, scopes: Sequence[str] | None, now: float
) -> DeviceCode:
    """Lets the program have a key of these scopes, or of those that it asks for; it may do no more than who approves.

    Raises NOT_FOUND, VALIDATION_FAILED, API_KEY_SCOPE_DENIED, and STATE_CONFLICT for a code that is denied, or when the
    customer has as many keys as it may have.
    """
    _check_scopes(scopes)
    row = _find(tx.connection, principal.customer_id, user_code, now)
    asked = row["scopes"].split() if row["scopes"] is not None else None
    wanted = scopes if scopes is not None else asked
    granted = [scope for scope in SCOPES if scope in (principal.scopes if wanted is None else wanted)]
    check_may_grant(tx.connection, principal, granted)
    return _decide(tx, principal, row, user_code, "approved", " ".join(granted), now)


def deny_device_code(tx: Transaction, principal: Principal, user_code: str, *, now: float) -> DeviceCode:
    """Lets it have none. Raises NOT_FOUND, and STATE_CONFLICT for one that is approved: its key may be on its way."""
    row = _find(tx.connection, principal.customer_id, user_code, now)
    return _decide(tx, principal, row, user_code, "denied", None, now)


def _decide(
    tx: Transaction, principal: Principal, row: Row, user_code: str, decision: str, granted: str | None, now: float
) -> DeviceCode:
    if row["decision"] not in (None, decision):
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"this code is {row['decision']} already",
            hint="A key that was made of it can be revoked: DELETE /customer/api-keys/:id",
        )
    if row["decision"] is None:
        SQL.decide(
            tx.connection,
            id=row["id"],
            customer_id=principal.customer_id,
            key_id=principal.key_id,
            decision=decision,
            granted=granted,
        )
    return find_device_code(tx.connection, principal.customer_id, user_code, now=now)


def could_be_user_code(text: str) -> bool:
    """Whether a text has the form of a user code: whatever has not is no guess at one."""
    code = _normal(text)
    return len(code) == USER_CODE_LETTERS and all(letter in LETTERS for letter in code)


def forget_old_device_codes(tx: Transaction, *, now: float) -> None:
    """Removes codes whose time is over."""
    SQL.forget_old(tx.connection, now=now)


def _find(connection: Connection, customer_id: int, user_code: str, now: float) -> Row:
    row: Row | None = None
    if could_be_user_code(user_code):
        user_hash = _hash(_normal(user_code))
        row = SQL.by_user_code(connection, user_hash=user_hash, customer_id=customer_id, now=now)
    if row is None:
        raise ApiError(
            ErrorCode.NOT_FOUND,
            "no program waits with this code",
            hint="Compare it with what the program shows; it is good for 15 minutes, and used once.",
        )
    return row


def _seen(row: Row, user_code: str) -> DeviceCode:
    state = DeviceCodeState.PENDING if row["decision"] is None else DeviceCodeState(row["decision"])
    scopes = row["scopes"] if row["granted"] is None else row["granted"]
    return DeviceCode(
        user_code=_shown(_normal(user_code)),
        name=row["name"],
        address=row["address"],
        scopes=None if scopes is None else scopes.split(),
        status=state,
        created_at=rfc3339(row["created_at"]),
        expires_at=rfc3339(row["expires_at"]),
    )


def _check_scopes(scopes: Sequence[str] | None) -> None:
    if scopes is None:
        return
    if not scopes:
        raise validation_failed(scopes="must have at least one; left out, it is all that the approver may do")
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        named = ", ".join(unknown)[:200]
        raise validation_failed(scopes=f"has unknown scopes: {named}; known are {', '.join(SCOPES)}")


def _new_user_code(connection: Connection, random_bytes: Callable[[int], bytes]) -> str:
    """Letters drawn fairly: bytes that would make some letters likelier are passed over."""
    while True:
        code = "".join(LETTERS[byte % len(LETTERS)] for byte in random_bytes(16) if byte < _FAIR_BELOW)
        code = code[:USER_CODE_LETTERS]
        if len(code) == USER_CODE_LETTERS and SQL.is_user_code_taken(connection, user_hash=_hash(code)) is None:
            return code


def _normal(user_code: str) -> str:
    return user_code.upper().replace("-", "").replace(" ", "")


def _shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
