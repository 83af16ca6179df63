"""What a list of jobs finds, by every filter and page, is what looking at all of them finds."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts.limits import Limits
from core.jobs.find import FEW, JobFilter, find_jobs
from core.jobs.read import NEWEST, list_jobs
from core.protocol.customer import JobStatus
from tests.core.engine import Engine

LIMITS = Limits(jobs_per_minute=1000, active_jobs=1000)
STATUSES = [status.value for status in JobStatus]
NAMES = st.text(st.sampled_from("abAB -0%_\"'*ÄäÉé模型x"), min_size=1, max_size=9)


def rename(engine: Engine, job_id: int, **columns: Any) -> None:
    marks = ", ".join(f"{name} = :{name}" for name in columns)
    engine.store.connection.execute(f"UPDATE jobs SET {marks} WHERE id = :id", {**columns, "id": job_id})


def found_by_looking(engine: Engine, customer_id: int, wanted: JobFilter, before: int, limit: int) -> list[int]:
    """The rule itself, over every row."""
    ids = []
    rows = engine.store.connection.execute(
        "SELECT j.*, d.public_id AS dataset, p.public_id AS package FROM jobs j JOIN uploads d ON d.id = j.dataset_id "
        "JOIN uploads p ON p.id = j.package_id ORDER BY j.id DESC"
    )
    for row in rows:
        text = f"{row['name']}\n{row['public_id']}"
        if (
            row["customer_id"] == customer_id
            and row["id"] < before
            and (not wanted.statuses or row["status"] in wanted.statuses)
            and wanted.dataset_id in (None, "", row["dataset"])
            and wanted.training_package_id in (None, "", row["package"])
            and (not wanted.q or ascii_lower(wanted.q) in ascii_lower(text))
        ):
            ids.append(row["id"])
    return ids[:limit]


def ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path)


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_filter_finds_what_looking_at_every_job_finds(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    engine = Engine(tmp_path_factory.mktemp("find"))
    customers = [engine.customer(), engine.customer()]
    uploads: dict[int, tuple[list[str], list[str]]] = {}
    ids: dict[int, list[int]] = {}
    for customer in customers:
        for _ in range(data.draw(st.integers(1, 6))):
            engine.job(customer, limits=LIMITS)
        rows = list(engine.store.connection.execute("SELECT * FROM jobs WHERE customer_id = ?", (customer,)))
        ids[customer] = [row["id"] for row in rows]
        datasets = engine.store.connection.execute(
            "SELECT id, public_id, kind FROM uploads WHERE customer_id = ?", (customer,)
        ).fetchall()
        uploads[customer] = (
            [row["public_id"] for row in datasets if row["kind"] == "dataset"],
            [row["public_id"] for row in datasets if row["kind"] == "training_package"],
        )
        for row in rows:
            dataset = data.draw(st.sampled_from([one["id"] for one in datasets if one["kind"] == "dataset"]))
            rename(
                engine,
                row["id"],
                name=data.draw(NAMES),
                status=data.draw(st.sampled_from(STATUSES)),
                dataset_id=dataset,
            )
    gone = data.draw(st.sampled_from([None, *ids[customers[0]]]))
    if gone is not None:
        engine.store.connection.execute("PRAGMA foreign_keys = OFF")
        engine.store.connection.execute("DELETE FROM jobs WHERE id = ?", (gone,))
    for _ in range(8):
        customer, other = data.draw(st.permutations(customers))
        job = engine.store.connection.execute("SELECT name, public_id FROM jobs ORDER BY random() LIMIT 1").fetchone()
        texts = [data.draw(NAMES), *((job["name"], job["public_id"], job["public_id"][-9:].upper()) if job else ())]
        wanted = JobFilter(
            statuses=data.draw(st.lists(st.sampled_from(STATUSES), unique=True, max_size=3)),
            dataset_id=data.draw(st.sampled_from([None, None, *uploads[customer][0], uploads[other][0][0], "none"])),
            training_package_id=data.draw(st.sampled_from([None, None, *uploads[customer][1], ""])),
            q=data.draw(st.sampled_from([None, "", *texts, texts[0] * 9])),
        )
        before = data.draw(st.sampled_from([NEWEST, *ids[customer]]))
        limit = data.draw(st.integers(1, 7))
        found = find_jobs(engine.store.connection, customer, wanted, before=before, limit=limit)
        assert found == found_by_looking(engine, customer, wanted, before, limit), wanted


def test_a_text_that_many_have_is_found_among_the_jobs_of_a_status_that_many_have(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    connection = engine.store.connection
    [first] = [dict(row) for row in connection.execute("SELECT * FROM jobs")]
    names = list(first)
    with engine.store.transaction():
        rows = [
            {**first, "id": n, "public_id": f"copy-{n}", "name": f"many {n}", "status": "failed"}
            for n in range(2, FEW + 50)
        ]
        connection.executemany(
            f"INSERT INTO jobs ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [tuple(row[name] for name in names) for row in rows],
        )
    wanted = JobFilter(statuses=["failed"], q="MANY 77")
    found = find_jobs(connection, customer, wanted, before=NEWEST, limit=20)
    assert found == found_by_looking(engine, customer, wanted, NEWEST, 20) and found[-1] == 77
    listed = list_jobs(
        connection,
        customer,
        statuses=["failed"],
        dataset_id=None,
        training_package_id=None,
        q="MANY 77",
        before=None,
        limit=20,
        now=engine.now,
    )
    assert [key for key, _ in listed] == found


def test_a_page_is_found_by_indexes_alone(engine: Engine) -> None:
    """So that it costs the same however many jobs there are: no step of a plan looks at all jobs, or sorts them."""
    connection, plans = engine.store.connection, list[str]()
    connection.set_trace_callback(plans.append)
    customer = engine.customer()
    plans.clear()
    job = engine.job(customer)
    plans.clear()
    for wanted in (
        JobFilter(),
        JobFilter(statuses=["queued", "failed"]),
        JobFilter(dataset_id=job.dataset_id),
        JobFilter(training_package_id=job.training_package_id),
        JobFilter(q="job"),
    ):
        assert len(find_jobs(connection, customer, wanted, before=NEWEST, limit=50)) == 1
    connection.set_trace_callback(None)
    asked = [sql for sql in plans if "FROM jobs" in sql or "FROM job_words" in sql]
    assert len(asked) > 8
    for sql in asked:
        steps = [row["detail"] for row in connection.execute("EXPLAIN QUERY PLAN " + sql)]
        scans = [step for step in steps if "SCAN" in step and "VIRTUAL TABLE" not in step]
        assert steps and not scans and not [step for step in steps if "TEMP B-TREE" in step], (sql, steps)
