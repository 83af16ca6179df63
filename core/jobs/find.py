"""Which of a customer's jobs a list shows: each filter has an index of its own, so that a page costs the same however
many jobs there are."""

from functools import partial
from heapq import merge
from itertools import islice
from typing import Any

import msgspec

from ..protocol.customer import JobStatus
from ..store.sqlite import Connection, named_sql

SQL = named_sql(__file__, "find")
WORD_CHARACTERS = 3
# Of a long text the words at both ends are looked for: more would cost more than they rule out
WORDS_AT_THE_START, WORDS_AT_THE_END = 3, 5
FEW = 500


class JobFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What jobs have to be; None and an empty list pass all. Ids are public ones. `q` is found in name and id."""

    statuses: list[str] = []
    dataset_id: str | None = None
    training_package_id: str | None = None
    q: str | None = None


def find_jobs(connection: Connection, customer_id: int, wanted: JobFilter, *, before: int, limit: int) -> list[int]:
    """Internal ids of the customer's jobs that pass the filter, newest first, at most so many below `before`."""
    dataset_id = _upload_id(connection, customer_id, "dataset", wanted.dataset_id)
    package_id = _upload_id(connection, customer_id, "training_package", wanted.training_package_id)
    if (wanted.dataset_id and dataset_id is None) or (wanted.training_package_id and package_id is None):
        return []
    narrowed = partial(_by_index, connection, customer_id, wanted.statuses, dataset_id, package_id, before)
    if not wanted.q:
        return narrowed(limit)
    if wanted.statuses or dataset_id or package_id:
        some = narrowed(FEW)
        if len(some) < FEW:  # all of them: looking at each is cheap
            return _ids(SQL.those_with(connection, ids=_json(some), q=wanted.q, limit=limit))
    rest: dict[str, Any] = {
        "customer_id": customer_id,
        "q": wanted.q,
        "statuses": _json(wanted.statuses) if wanted.statuses else None,
        "dataset_id": dataset_id,
        "package_id": package_id,
        "before": before,
        "limit": limit,
    }
    if len(wanted.q) < WORD_CHARACTERS:
        return _ids(SQL.of_few_characters(connection, **rest))
    return _ids(SQL.of_words(connection, words=" AND ".join(words_of(customer_id, wanted.q)), **rest))


def words_of(customer_id: int, text: str) -> list[str]:
    """Words that a customer's job has in `job_words` if this text is in its name or id; what SQLite's `lower` does to
    letters, which is to those of ASCII alone, is done here too."""
    lowered = "".join(character.lower() if character.isascii() else character for character in text)
    pieces = [lowered[place : place + WORD_CHARACTERS] for place in range(len(lowered) - WORD_CHARACTERS + 1)]
    if len(pieces) > WORDS_AT_THE_START + WORDS_AT_THE_END:
        pieces = pieces[:WORDS_AT_THE_START] + pieces[-WORDS_AT_THE_END:]
    return [f"{customer_id}x{piece.encode().hex()}" for piece in dict.fromkeys(pieces)]


def _by_index(
    connection: Connection,
    customer_id: int,
    statuses: list[str],
    dataset_id: int | None,
    package_id: int | None,
    before: int,
    limit: int,
) -> list[int]:
    """By the one index that has what is asked for; of each status as many as are wanted in all, then merged."""
    common = {"customer_id": customer_id, "before": before, "limit": limit}
    if dataset_id is not None:
        query = partial(SQL.of_dataset, connection, dataset_id=dataset_id, package_id=package_id, **common)
    elif package_id is not None:
        query = partial(SQL.of_package, connection, package_id=package_id, **common)
    elif statuses:
        query = partial(SQL.of_status, connection, **common)
    else:
        return _ids(SQL.newest(connection, **common))
    streams = [_ids(query(status=status)) for status in statuses or [status.value for status in JobStatus]]
    return list(islice(merge(*streams, reverse=True), limit))


def _upload_id(connection: Connection, customer_id: int, kind: str, public_id: str | None) -> int | None:
    if not public_id:
        return None
    found: int | None = SQL.upload_id(connection, customer_id=customer_id, kind=kind, public_id=public_id)
    return found


def _ids(rows: list[Any]) -> list[int]:
    return [row["id"] for row in rows]


def _json(values: list[Any]) -> str:
    return msgspec.json.encode(values).decode()
