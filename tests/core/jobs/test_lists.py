"""Lists against plain models: their filters, and pages between which rows come and go."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.accounts.customers import create_customer
from core.content.uploads import UploadKind, list_uploads
from core.ids import uuid7
from core.jobs.read import list_jobs
from core.protocol.customer import JobStatus
from core.store.database import Store

NOW = 1_775_001_600.0
LETTERS = ["a", "B", "%", "_", "'", '"', "\\", "é", "É", "ß", "😀", " ", "1"]
NAMES = st.text(st.sampled_from(LETTERS), min_size=1, max_size=4)  # a job's name is printable
ASKED = st.text(st.sampled_from([*LETTERS, "\x00"]), min_size=1, max_size=4)
Fetch = Callable[[int | None, int], list[tuple[int, str]]]


class Shelf:
    """A store in which each example has a customer of its own."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "store.sqlite", now=NOW, busy_timeout_seconds=5)
        self.store.connection.execute("PRAGMA synchronous = OFF")
        self._numbers = itertools.count(1)

    def new_id(self) -> str:
        return uuid7(NOW, lambda size: next(self._numbers).to_bytes(size, "big"))

    def customer(self) -> int:
        with self.store.transaction() as tx:
            return create_customer(tx, f"{next(self._numbers)}@example.com", now=NOW, new_id=self.new_id).id

    def upload(self, customer: int, name: str, kind: UploadKind = UploadKind.DATASET) -> str:
        """A row of `uploads`; its public id."""
        id = self.new_id()
        self.store.connection.execute(
            "INSERT INTO uploads (public_id, kind, customer_id, name, version, status, created_at)"
            " VALUES (?, ?, ?, ?, ?, 'ready', 0)",
            [id, kind.value, customer, name, next(self._numbers)],
        )
        return id

    def delete(self, public_id: str) -> None:
        self.store.connection.execute("UPDATE uploads SET deleted_at = 1 WHERE public_id = ?", [public_id])

    def job(self, customer: int, name: str, status: str, dataset: str, package: str) -> str:
        """A row of `jobs`; its public id."""
        id = self.new_id()
        self.store.connection.execute(
            "INSERT INTO jobs (public_id, customer_id, name, status, dataset_id, package_id, required_vram_mb,"
            " required_disk_mb, max_runtime_seconds, sensitivity, strategy, params, priority, created_at)"
            " VALUES (?, ?, ?, ?, (SELECT id FROM uploads WHERE public_id = ?),"
            " (SELECT id FROM uploads WHERE public_id = ?), 0, 0, 60, 'public', '{}', '{}', 0, 0)",
            [id, customer, name, status, dataset, package],
        )
        return id


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    made = Shelf(tmp_path_factory.mktemp("lists"))
    yield made
    made.store.close()


def pages(fetch: Fetch, limit: int) -> Iterator[list[str]]:
    """As `backend.responses.page` goes through a list."""
    after: int | None = None
    while True:
        rows = fetch(after, limit + 1)
        yield [id for _, id in rows[:limit]]
        if len(rows) <= limit:
            return
        after = rows[limit - 1][0]


@settings(max_examples=60, deadline=None)
@given(
    begin=st.integers(0, 8),
    limit=st.integers(1, 4),
    between=st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 30), max_size=2)), max_size=10),
)
def test_rows_that_come_and_go_between_pages_make_none_skipped_and_none_repeated(
    shelf: Shelf, begin: int, limit: int, between: list[tuple[int, list[int]]]
) -> None:
    customer = shelf.customer()
    there = [shelf.upload(customer, "d") for _ in range(begin)]
    at_first = list(there)
    gone: set[str] = set()
    connection = shelf.store.connection

    def fetch(before: int | None, count: int) -> list[tuple[int, str]]:
        rows = list_uploads(connection, customer, UploadKind.DATASET, q=None, before=before, limit=count)
        return [(key, upload.public_id) for key, upload in rows]

    seen: list[str] = []
    steps = iter(between)
    for page in pages(fetch, limit):
        assert not gone & set(page), "what is deleted is not shown"
        seen += page
        come, go = next(steps, (0, []))
        there += [shelf.upload(customer, "d") for _ in range(come)]
        for number in go:
            if there:
                gone.add(there[number % len(there)])
                shelf.delete(there[number % len(there)])
    assert len(seen) == len(set(seen)), "none is repeated"
    assert set(at_first) - gone <= set(seen), "none is skipped"
    assert seen == [id for id in reversed(at_first) if id in seen], "newest first, and none that came later"


def folded(text: str) -> str:
    """As SQLite folds letters: those of ASCII alone."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.tuples(NAMES, st.sampled_from(list(JobStatus)), st.booleans(), st.booleans()), max_size=8),
    statuses=st.lists(st.sampled_from(list(JobStatus)), max_size=3, unique=True),
    dataset=st.sampled_from([None, "first", "second", "absent"]),
    package=st.sampled_from([None, "first", "second", "absent"]),
    q=st.one_of(st.none(), ASKED),
    limit=st.integers(1, 3),
)
def test_jobs_are_those_that_pass_all_filters(
    shelf: Shelf,
    names: list[tuple[str, JobStatus, bool, bool]],
    statuses: list[JobStatus],
    dataset: str | None,
    package: str | None,
    q: str | None,
    limit: int,
) -> None:
    customer = shelf.customer()
    datasets = {which: shelf.upload(customer, which) for which in ("first", "second")}
    packages = {which: shelf.upload(customer, which, UploadKind.TRAINING_PACKAGE) for which in ("first", "second")}
    jobs: list[tuple[str, str, JobStatus, str, str]] = []
    for name, status, one, other in names:
        of, by = ("first" if one else "second"), ("first" if other else "second")
        jobs.append((shelf.job(customer, name, status.value, datasets[of], packages[by]), name, status, of, by))
    expected = [
        id
        for id, name, status, of, by in reversed(jobs)
        if (not statuses or status in statuses)
        and dataset in (None, of)
        and package in (None, by)
        and (q is None or folded(q) in folded(name) or folded(q) in id)
    ]

    def fetch(before: int | None, count: int) -> list[tuple[int, str]]:
        asked: dict[str, Any] = {
            "statuses": [status.value for status in statuses],
            "dataset_id": None if dataset is None else datasets.get(dataset, dataset),
            "training_package_id": None if package is None else packages.get(package, package),
            "q": q,
        }
        rows = list_jobs(shelf.store.connection, customer, **asked, before=before, limit=count, now=NOW)
        return [(key, job.id) for key, job in rows]

    assert [id for page in pages(fetch, limit) for id in page] == expected
