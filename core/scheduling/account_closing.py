"""Closing an account: at once nobody comes in by it any more; then, a piece at a time, all that was its is erased.

What stays is what the ledger stands on. Its entries belong to accounts of a customer's row, and its transfers are made
once by keys that name jobs and units, whose internal keys must never be given again. So the rows of the customer, its
jobs, units, attempts and uploads stay, emptied of all that they said: names, addresses, parameters, files, reasons.
Kept are states, seconds, amounts and times. Logs, metrics, events, artifacts, checkpoints, webhooks, chunks and kept
answers go.

Erasing takes pieces of a few thousand rows, so that a customer of years holds nobody up; what a stop of the server
interrupts goes on at the next start. A room above this one that keeps things of customers erases them itself.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from ..accounts.customers import ACCESS_CHANGED, find_by_id
from ..accounts.sessions import end_sessions
from ..accounts.sign_in import forget_tries
from ..content.contents import empty_content
from ..content.storage import has_owner, note_orphans
from ..errors import ApiError, ErrorCode
from ..planning.plan import UnitSpec
from ..protocol.customer import StrategySpec
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from ..webhooks.deliveries import deleted_endpoint_of, erase_endpoint
from ..webhooks.endpoints import delete_all_endpoints
from .fairness import ReadyIndex
from .forgetting import ask_to_forget
from .revoking import revoke_node

SQL = named_sql(__file__, "account_closing")
ROWS_AT_ONCE = 2000
_NO_SPEC = msgspec.json.encode(UnitSpec("", stage=True)).decode()
_NO_STRATEGY = msgspec.json.encode(StrategySpec()).decode()


class Erased(msgspec.Struct, frozen=True):
    """One piece: whether more is left of this customer, and the digests of chunks that no customer has any more."""

    more: bool
    orphans: list[str] = []


def close_account(
    tx: Transaction, index: ReadyIndex, customer_id: int, *, now: float, new_id: Callable[[], str]
) -> None:
    """Ends keys and sessions, frees the address, revokes the nodes. From here on no row says whose the ledger's are.

    Raises STATE_CONFLICT while a job is active: what runs is the customer's to cancel, and to see end.
    """
    job_id = SQL.active_job(tx.connection, customer_id=customer_id)
    if job_id is not None:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"job {job_id} has not ended",
            hint=f"Cancel it first: POST /customer/training-jobs/{job_id}/cancel",
        )
    email = find_by_id(tx.connection, customer_id).email
    end_sessions(tx, customer_id)
    forget_tries(tx, email)
    SQL.delete_device_codes(tx.connection, customer_id=customer_id)  # first: they refer to keys
    SQL.delete_keys(tx.connection, customer_id=customer_id)
    SQL.delete_sources(tx.connection, customer_id=customer_id)
    SQL.delete_codes(tx.connection, customer_id=customer_id)
    for row in list(SQL.nodes(tx.connection, customer_id=customer_id)):
        revoke_node(tx, index, row["id"], now=now, new_id=new_id)
    SQL.delete_self_tests(tx.connection, customer_id=customer_id)  # first: they are found by the nodes' owner
    SQL.delete_line_tests(tx.connection, customer_id=customer_id)
    SQL.give_up_nodes(tx.connection, customer_id=customer_id)
    SQL.delete_blocks(tx.connection, customer_id=customer_id)
    delete_all_endpoints(tx, customer_id, now=now)
    SQL.close(tx.connection, customer_id=customer_id, now=now)
    _rename_in_audit_log(tx, email, find_by_id(tx.connection, customer_id).email)
    tx.announce(ACCESS_CHANGED)


def _rename_in_audit_log(tx: Transaction, email: str, name: str) -> None:
    """What operators did stays; whom they did it to is no longer told."""

    def renamed(value: Any) -> Any:
        return name if isinstance(value, str) and value.casefold() == email.casefold() else value

    for row in SQL.changes_naming(tx.connection, email=email):
        details = {key: renamed(value) for key, value in msgspec.json.decode(row["details"]).items()}
        text = msgspec.json.encode(details, order="sorted").decode()
        SQL.rename_change(tx.connection, id=row["id"], subject=renamed(row["subject"]), details=text)


def next_to_erase(connection: Connection) -> int | None:
    """A closed account of which something is left, by its internal id."""
    found: int | None = SQL.next_to_erase(connection)
    return found


def erase_piece(tx: Transaction, index: ReadyIndex, customer_id: int, *, now: float) -> Erased:
    """Erases the next piece of a closed account: its uploads (which nodes are asked to forget, too), its jobs, its
    stream, its chunks, its kept answers."""
    connection = tx.connection
    upload = SQL.next_upload(connection, customer_id=customer_id)
    if upload is not None:
        if upload["name"]:  # before the jobs, which say who may hold what they used
            ask_to_forget(tx, index, customer_id=customer_id, upload_id=upload["id"], content_id=upload["content_id"])
            SQL.empty_upload(connection, id=upload["id"], now=now)
        else:
            _empty_content(tx, upload["content_id"])
        return Erased(more=True)
    endpoint_id = deleted_endpoint_of(connection, customer_id)
    if endpoint_id is not None:
        erase_endpoint(tx, endpoint_id, rows=ROWS_AT_ONCE)
        return Erased(more=True)
    job_id = SQL.next_job(connection, customer_id=customer_id)
    if job_id is not None:
        _erase_job(tx, job_id)
        return Erased(more=True)
    if SQL.delete_events(connection, customer_id=customer_id, limit=ROWS_AT_ONCE):
        return Erased(more=True)
    digests = [row["digest"] for row in SQL.chunks(connection, customer_id=customer_id, limit=ROWS_AT_ONCE)]
    if digests:
        for digest in digests:
            SQL.delete_chunk(connection, customer_id=customer_id, digest=digest)
        orphans = note_orphans(tx, [digest for digest in digests if not has_owner(connection, digest)])
        return Erased(more=True, orphans=orphans)
    if SQL.delete_answers(connection, customer_id=customer_id, limit=ROWS_AT_ONCE):
        return Erased(more=True)
    SQL.delete_days(connection, customer_id=customer_id)
    SQL.delete_running_days(connection, customer_id=customer_id)
    SQL.forget_grant_notes(connection, customer_id=customer_id)
    SQL.erased(connection, customer_id=customer_id, now=now)
    return Erased(more=False)


def _erase_job(tx: Transaction, job_id: int) -> None:
    """A piece of what a job left; when nothing of it is left, its rows are emptied."""
    connection = tx.connection
    for delete in (SQL.delete_log_lines, SQL.delete_points, SQL.delete_job_events):
        if delete(connection, job_id=job_id, limit=ROWS_AT_ONCE):
            return
    content_id = SQL.content_of_job(connection, job_id=job_id)
    if content_id is not None:
        _empty_content(tx, content_id)
        return
    SQL.delete_artifacts(connection, job_id=job_id)
    SQL.empty_attempts(connection, job_id=job_id)
    SQL.delete_checkpoints(connection, job_id=job_id)
    SQL.empty_units(connection, job_id=job_id, spec=_NO_SPEC)
    SQL.empty_job(connection, job_id=job_id, strategy=_NO_STRATEGY)


def _empty_content(tx: Transaction, content_id: int) -> None:
    """A piece of what a content is made of; when nothing of it is left, its row is emptied."""
    if SQL.forget_chunks_of_content(tx.connection, id=content_id, limit=ROWS_AT_ONCE):
        return
    SQL.leave_content(tx.connection, id=content_id)
    empty_content(tx, content_id)
