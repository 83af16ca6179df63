"""Idempotency-Key: the first answer to a request is kept in the request's own transaction and given again.

All writes of a server go through one writer, so a twin in flight finds the first one's answer by simply coming second.
"""

import hashlib
import re
from typing import Any

import msgspec

from ..errors import ApiError, ErrorCode
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql

SQL = named_sql(__file__, "idempotency")
KEPT_SECONDS = 24 * 3600.0
_KEY = re.compile(r"[\x21-\x7e]{8,128}")
# A float without a fraction as msgspec writes it, behind what comes before a value; a quoted text has its quote there
_MAY_HAVE_WHOLE_FLOATS = re.compile(rb"[:,\[]-?\d++(?:\.0\b|(?:\.\d++)?[eE])")


class Answer(msgspec.Struct, frozen=True):
    """An answer as it was first given: a 2xx status and the body's bytes."""

    status: int
    body: bytes


class RequestKey(msgspec.Struct, frozen=True):
    """Under what an answer is kept: whose request (None is the operator's), to which route, with which key, saying
    what."""

    customer_id: int | None
    route: str
    key: str
    fingerprint: bytes


def check_key(text: str) -> str:
    """The key itself. Raises IDEMPOTENCY_KEY_INVALID unless it is 8 to 128 visible ASCII characters."""
    if not _KEY.fullmatch(text):
        raise ApiError(ErrorCode.IDEMPOTENCY_KEY_INVALID)
    return text


def fingerprint(request: msgspec.Struct) -> bytes:
    """SHA-256 of the validated request as canonical JSON: equal for bodies that mean the same, however written.

    Numbers are equal by their value, as in RFC 8785: where Python writes 1.0, JavaScript writes 1.
    """
    text = msgspec.json.encode(request, order="sorted")
    if may_have_whole_floats(text):
        text = msgspec.json.encode(_with_whole_numbers(msgspec.to_builtins(request)), order="sorted")
    return hashlib.sha256(text).digest()


def may_have_whole_floats(text: bytes) -> bool:
    """Whether compact JSON has to be looked at number by number. Text like `a:1.0` in a string will do for that, but
    digests, paths and versions won't: a large manifest must not take long."""
    return _MAY_HAVE_WHOLE_FLOATS.search(text) is not None


def _with_whole_numbers(value: Any) -> Any:
    """The same value, floats without a fraction as integers."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _with_whole_numbers(item) for name, item in value.items()}
        case list():
            return [_with_whole_numbers(item) for item in value]
    return value


def find_answer(connection: Connection, request: RequestKey, now: float) -> Answer | None:
    """The answer already given. Raises IDEMPOTENCY_CONFLICT when the key was used with another body."""
    row = SQL.find_answer(
        connection,
        customer_id=request.customer_id,
        route=request.route,
        key=request.key,
        since=now - KEPT_SECONDS,
    )
    if row is None:
        return None
    if row["fingerprint"] != request.fingerprint:
        raise ApiError(ErrorCode.IDEMPOTENCY_CONFLICT)
    return Answer(row["status"], row["body"])


def was_answered(connection: Connection, customer_id: int, key: str, now: float) -> bool:
    """Whether an answer is kept under this key, on whatever route."""
    since = now - KEPT_SECONDS
    return SQL.answered_key(connection, customer_id=customer_id, key=key, since=since) is not None


def keep_answer(tx: Transaction, request: RequestKey, answer: Answer, now: float) -> None:
    """Keeps a 2xx answer, durable together with what the request did."""
    SQL.keep_answer(
        tx.connection,
        customer_id=request.customer_id,
        route=request.route,
        key=request.key,
        fingerprint=request.fingerprint,
        status=answer.status,
        body=answer.body,
        now=now,
    )


def forget_answers(tx: Transaction, *, now: float) -> int:
    """Removes answers older than 24 h; gives how many."""
    return int(SQL.forget_answers(tx.connection, since=now - KEPT_SECONDS))


def move_answers(tx: Transaction, seconds: float) -> None:
    """After the machine's clock was set: answers are kept no longer and no shorter for it."""
    SQL.move_answers(tx.connection, seconds=seconds)
