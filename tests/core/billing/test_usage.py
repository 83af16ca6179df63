"""Usage by day, by month and as CSV: sums of the ledger, to the micro-credit, whatever happened and whenever."""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.accounts.limits import DEFAULTS
from core.billing.days import day_from, day_of, day_text, month_of
from core.billing.export import COLUMNS, ExportPlace, export_days, export_head, export_rows, plain_cell
from core.billing.ledger import TransferKind
from core.billing.statement import LedgerFilter, ledger_rows
from core.billing.usage import Usage, add_usage, day_usage, usage_of_day, usage_summary
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel, retry
from core.jobs.invalidation import invalidate_unit
from core.protocol.customer import LedgerRow
from core.protocol.node import Fault
from core.protocol.usage import DayUsage, UsageFigures
from tests.core.engine import Engine

NEW_YEARS_EVE = datetime(2027, 12, 31, 12, tzinfo=UTC).timestamp()
GENEROUS = msgspec.structs.replace(DEFAULTS, jobs_per_minute=10**6, active_jobs=10**6, units_per_day=10**6)
REFUSALS = ("STATE_CONFLICT", "CREDIT_INSUFFICIENT")


@contextmanager
def engine_at(moment: float) -> Iterator[Engine]:
    """An engine whose clock stands there."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        engine.now = moment
        yield engine
        engine.check()
        engine.store.close()


class History:
    """Two customers, one of whom owns a node, and what happened to their jobs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.customers = [engine.customer(credits=5), engine.customer(credits=5)]
        self.nodes = [engine.node("n0"), engine.node("n1", owner_id=self.customers[0])]
        self.jobs: list[tuple[int, str]] = []

    def submit(self, who: int) -> None:
        customer = self.customers[who % 2]
        self.jobs.append((customer, self.engine.job(customer, limits=GENEROUS).id))

    def run(self, who: int, seconds: float) -> None:
        node = self.nodes[who % 2]
        for lease in node.exchange(most=1).leases:
            node.run(lease, seconds)

    def fail(self, who: int) -> None:
        node = self.nodes[who % 2]
        for lease in node.exchange(most=1).leases:
            node.start(lease)
            node.fail(lease, Fault.CUSTOMER)
            node.held.clear()

    def control(self, what: str, which: int) -> None:
        engine = self.engine
        completed = "SELECT id FROM units WHERE state = 'completed' ORDER BY id"
        units = [row[0] for row in engine.store.connection.execute(completed)]
        customer, job = self.jobs[which % len(self.jobs)]
        with engine.store.transaction() as tx:
            if what == "cancel":
                cancel(tx, engine.index, customer, job, now=engine.now, new_id=engine.new_id)
            elif what == "retry":
                retry(tx, engine.index, customer, job, limits=GENEROUS, now=engine.now, new_id=engine.new_id)
            elif units:
                unit = units[which % len(units)]
                invalidate_unit(tx, engine.index, unit, "x", now=engine.now, new_id=engine.new_id)

    def play(self, steps: Sequence[tuple[str, int, float]]) -> None:
        """All steps in order; what the rules refuse is left out."""
        self.submit(0)
        self.submit(1)
        for what, which, seconds in steps:
            try:
                match what:
                    case "submit":
                        self.submit(which)
                    case "run":
                        self.run(which, seconds)
                    case "fail":
                        self.fail(which)
                    case "pass":
                        self.engine.now += seconds
                    case _:
                        self.control(what, which)
            except ApiError as refused:
                assert refused.code in REFUSALS


RUNS = st.tuples(st.just("run"), st.integers(0, 1), st.floats(0, 700, allow_nan=False))
PASSES = st.tuples(st.just("pass"), st.just(0), st.sampled_from([3600.0, 43_200.0, 86_400.0, 200_000.0, -50_000.0]))
ENDS = st.tuples(st.sampled_from(["submit", "cancel", "retry", "fail"]), st.integers(0, 99), st.just(0.0))
INVALIDATIONS = st.tuples(st.just("invalidate"), st.integers(0, 99), st.just(0.0))
STEPS = st.lists(st.one_of(RUNS, RUNS, RUNS, PASSES, ENDS, INVALIDATIONS), min_size=5, max_size=40)


def ledger(engine: Engine, customer: int, only: LedgerFilter) -> list[LedgerRow]:
    """All rows, by pages of a few."""
    rows: list[LedgerRow] = []
    before: int | None = None
    while page := ledger_rows(engine.store.connection, customer, before=before, limit=7, only=only):
        rows += [row for _, row in page]
        before = page[-1][0]
    return rows


def exported(engine: Engine, customer: int, first: int, last: int) -> list[dict[str, str]]:
    text = export_head()
    place: ExportPlace | None = ExportPlace()
    while place is not None:
        lines, place = export_rows(engine.store.connection, customer, first, last, place)
        text += lines
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def sums(rows: Sequence[UsageFigures]) -> tuple[int, int, float, int, int]:
    return (
        sum(row.units_completed for row in rows),
        sum(row.units_uncharged for row in rows),
        round(sum(row.seconds for row in rows), 3),
        sum(row.charged_micro for row in rows),
        sum(row.returned_micro for row in rows),
    )


def check_day(engine: Engine, customer: int, day: int) -> DayUsage:
    """A day's usage is the ledger's rows of that day, and its parts are the whole."""
    told = day_usage(day, usage_of_day(engine.store.connection, customer, day))
    rows = ledger(engine, customer, LedgerFilter(first_day=day, last_day=day))
    assert all(row.created_at.startswith(told.date) for row in rows)
    assert told.charged_micro == -sum(row.amount_micro for row in rows if row.kind == "charge")
    own = [row for row in rows if row.kind == "reversal" and row.training_job_id is not None]
    assert told.returned_micro == sum(row.amount_micro for row in own)
    assert sums(told.by_package) == sums(told.by_kind) == sums([told])
    lines = exported(engine, customer, day, day)
    assert sum(int(line["charged_micro"]) for line in lines) == told.charged_micro
    return told


def check_all_agree(engine: Engine, customer: int, jobs: list[str]) -> None:
    """Days, months, CSV and ledger, with and without filters."""
    every = ledger(engine, customer, LedgerFilter())
    assert sum(row.amount_micro for row in every) == engine.balance(customer)[0]
    days = sorted({day_from(row.created_at[:10]) or 0 for row in every})
    first, last = days[0] - 1, days[-1] + 1
    told = [check_day(engine, customer, day) for day in range(first, last + 1)]
    assert [row.date for row in told] == [day_text(day) for day in range(first, last + 1)]
    charged = -sum(row.amount_micro for row in every if row.kind == "charge")
    assert sum(row.charged_micro for row in told) == charged
    lines = exported(engine, customer, first, last)
    assert sum(int(row["charged_micro"]) for row in lines) == charged
    assert sum(int(row["returned_micro"]) for row in lines) == sum(row.returned_micro for row in told)
    kept = engine.one("SELECT coalesce(sum(charged_micro), 0) FROM units WHERE customer_id = ?", customer)
    assert charged - sum(row.returned_micro for row in told) == kept
    completed = "SELECT count(*) FROM units WHERE customer_id = ? AND accepted_attempt_id IS NOT NULL"
    assert sum(row.units_completed for row in told) == engine.one(completed, customer)
    check_months(engine, customer, told)
    for kind in {row.kind for row in every}:
        assert ledger(engine, customer, LedgerFilter(kind=TransferKind(kind))) == [r for r in every if r.kind == kind]
    for job in jobs:
        only = LedgerFilter(job_id=job)
        assert ledger(engine, customer, only) == [row for row in every if row.training_job_id == job]


def check_months(engine: Engine, customer: int, told: list[DayUsage]) -> None:
    """A month is the sum of its days."""
    for month in {row.date[:7] for row in told}:
        of_month = [row for row in told if row.date.startswith(month)]
        used: Usage = {}
        for row in of_month:
            add_usage(used, usage_of_day(engine.store.connection, customer, day_from(row.date) or 0))
        summary = usage_summary(engine.store.connection, customer, month, used)
        assert sums(summary.by_package) == sums(summary.by_kind) == sums(of_month)
        assert (summary.units_completed, summary.charged_micro) == (sums(of_month)[0], sums(of_month)[3])
        assert (summary.balance_micro, summary.held_micro) == engine.balance(customer)


def check_history(steps: Sequence[tuple[str, int, float]]) -> None:
    with engine_at(NEW_YEARS_EVE) as engine:
        history = History(engine)
        history.play(steps)
        for customer in history.customers:
            check_all_agree(engine, customer, [job for _, job in history.jobs])


@settings(max_examples=25)
@example(steps=[("fail", 0, 0.0), ("run", 1, 1.0), ("cancel", 0, 0.0), ("fail", 0, 0.0), ("invalidate", 0, 0.0)])
@given(steps=STEPS)
def test_days_months_csv_and_ledger_agree_to_the_micro_credit(steps: list[tuple[str, int, float]]) -> None:
    check_history(steps)


@pytest.mark.full
@settings(max_examples=300)
@given(steps=STEPS)
def test_days_months_csv_and_ledger_agree_in_many_histories(steps: list[tuple[str, int, float]]) -> None:
    check_history(steps)


def test_a_unit_counts_on_the_utc_day_in_which_it_ended_and_midnight_is_the_new_day() -> None:
    midnight = datetime(2028, 1, 1, tzinfo=UTC).timestamp()
    with engine_at(midnight - 20) as engine:
        history = History(engine)
        history.submit(1)
        for _ in range(2):  # ten seconds each: the second ends at midnight, as what fails then
            history.run(0, 10.0)
        history.fail(0)
        days = [day_of(midnight) - 1, day_of(midnight)]
        told = [check_day(engine, history.customers[1], day) for day in days]
        assert [(row.units_completed, row.charged_micro, row.seconds) for row in told] == [(1, 2000, 10.0)] * 2
        assert [row.units_uncharged for row in told] == [0, 2]
        engine.now = midnight - 5  # the clock is set back
        history.submit(1)
        history.run(0, 1.0)
        told = [check_day(engine, history.customers[1], day) for day in days]
        assert [row.units_completed for row in told] == [2, 1]
        assert month_of(engine.now)[0] == "2027-12" and month_of(midnight)[0] == "2028-01"


def test_months_end_where_they_do() -> None:
    for month, last in (("2027-02", "28"), ("2028-02", "29"), ("2027-12", "31"), ("2027-04", "30")):
        first_day = day_from(f"{month}-01")
        assert first_day is not None
        for moment in (first_day * 86_400, first_day * 86_400 + 20 * 86_400.5):
            assert month_of(moment) == (month, first_day, day_from(f"{month}-{last}"))


def test_what_failed_and_what_ran_on_ones_own_node_is_uncharged() -> None:
    with engine_at(NEW_YEARS_EVE) as engine:
        history = History(engine)
        history.submit(0)
        history.run(1, 10.0)
        history.run(0, 10.0)
        history.fail(0)
        told = check_day(engine, history.customers[0], day_of(engine.now))
        assert (told.units_completed, told.units_uncharged, told.charged_micro) == (2, 3, 2000)


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("tiny-mlp, v2", "tiny-mlp, v2"),
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("@cmd", "'@cmd"),
        ("\t=1", " '=1"),
        ("\r\n=1", " '=1"),
        ('"=1', "\"'=1"),
        ("  ' =1", "  ' '=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("\u200b=1", "\u200b'=1"),
        ("\ufeff=1", "\ufeff'=1"),
        ("a;=1", "a;'=1"),
        ('a; "=1', "a; \"'=1"),
        ("手写数字 = 10", "手写数字 = 10"),
    ],
)
def test_no_cell_begins_a_formula_and_all_stay_readable(cell: str, plain: str) -> None:
    assert plain_cell(cell) == plain


@given(st.text(alphabet=st.sampled_from("=+-@＝＋－＠\t\r\n ;,\"'|a1\u200b\ufeff\u00a0"), max_size=12))
def test_whatever_a_cell_holds_no_reader_of_csv_meets_a_formula(cell: str) -> None:
    line = io.StringIO()
    csv.writer(line).writerow([plain_cell(cell), plain_cell(cell)])
    for separator in ",;":
        for row in csv.reader(io.StringIO(line.getvalue(), newline=""), delimiter=separator):
            for field in row:
                assert field.lstrip(' "\r\n\u200b\ufeff\u00a0')[:1] not in set("=+-@＝＋－＠\t")


def test_the_columns_are_those_of_the_rows() -> None:
    with engine_at(NEW_YEARS_EVE) as engine:
        customer = engine.customer()
        job = engine.job(customer, name="=HYPERLINK(1)")
        engine.node("n0").run_all()
        rows = exported(engine, customer, day_of(engine.now), day_of(engine.now))
        assert [row["role"] for row in rows] == ["prepare", "train", "evaluate", "package"]
        assert list(rows[0]) == list(COLUMNS)
        assert rows[1] == {
            "charged_at": rows[1]["charged_at"],
            "training_job_id": job.id,
            "job_name": "'=HYPERLINK(1)",
            "training_package_id": job.training_package_id,
            "package_name": rows[0]["package_name"],
            "compute_unit_id": rows[1]["compute_unit_id"],
            "role": "train",
            "kind": "cpu",
            "rate_class": "cpu",
            "seconds": "10.000",
            "charged_micro": "2000",
            "charged": "0.002000",
            "returned_micro": "0",
            "returned": "0.000000",
        }


def test_an_export_goes_on_where_it_stopped_also_past_what_comes_in_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.billing.export.ROWS_AT_ONCE", 3)
    with engine_at(NEW_YEARS_EVE) as engine:
        customer = engine.customer()
        day = day_of(engine.now)
        engine.job(customer)
        node = engine.node("n0")
        node.run(node.take())
        for _ in range(2):
            node.run(node.take())
        first, place = export_rows(engine.store.connection, customer, day, day, ExportPlace())
        assert place is not None and first.count(b"\r\n") == 3
        node.run(node.take())
        rest, end = export_rows(engine.store.connection, customer, day, day, place)
        assert end is None and rest.count(b"\r\n") == 1


@pytest.mark.parametrize(
    ("date_from", "date_to", "fields"),
    [
        (None, None, {"date_from", "date_to"}),
        ("2026-04-01", None, {"date_to"}),
        ("2026-04-31", "2026-05-01", {"date_from"}),
        ("20260401", "2026-W14-1", {"date_from", "date_to"}),
        ("2026-04-02", "2026-04-01", {"date_from"}),
        ("2026-04-01 ", "２０２６-04-01", {"date_from", "date_to"}),
    ],
)
def test_what_is_no_span_of_days_is_refused(date_from: str | None, date_to: str | None, fields: set[str]) -> None:
    with pytest.raises(ApiError) as refused:
        export_days(date_from, date_to)
    assert refused.value.code == ErrorCode.VALIDATION_FAILED
    assert {row.field for row in refused.value.details} == fields


def test_ninety_days_pass_and_ninety_one_do_not() -> None:
    first, last = export_days("2026-01-01", "2026-03-31")
    assert last - first + 1 == 90
    with pytest.raises(ApiError) as refused:
        export_days("2026-01-01", "2026-04-01")
    assert refused.value.code == ErrorCode.EXPORT_RANGE_TOO_LARGE
    assert export_days("0001-01-01", "0001-01-01")[0] < 0 < export_days("9999-12-31", "9999-12-31")[1]
