"""What each GPU did: a span a change, over kills, sleep, clocks that are set and days that are no 24 hours long."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, tzinfo
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import day
from agent.day import Span, bounds, day_of, settled
from agent.day_keeper import SILENCE_SECONDS, STILL_SECONDS, DayKeeper
from agent.doings import Device
from agent.instructions import JournalChanges
from agent.journal import VERSION, Journal, JournalBusy, JournalRefused, day_of_stopped
from agent.owners_choice import ChoiceKind, OwnersChoice
from core.protocol.node_day import DayLane, Doing, NodeDay

BERLIN = ZoneInfo("Europe/Berlin")
A, B = Device("GPU-a", "RTX 4090"), Device("GPU-b", "RTX 3060")
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC).timestamp()
TODAY = date(2026, 4, 1)


class Run:
    """One run of a keeper by a clock that is turned by hand; what is to be written waits for `catch_up`."""

    def __init__(self, file: Path, now: float = NOON, zone: tzinfo = UTC) -> None:
        self.now = now
        self.zone = zone
        self.doings: dict[Device, Doing] = {}
        self.waiting: list[Callable[[], None]] = []
        self.writes = 0
        self._file = file
        self.start()

    def start(self) -> None:
        self.waiting.clear()
        self.journal = Journal(self._file, lambda: self.now)
        self.keeper = DayKeeper(self.journal, lambda: self.doings, lambda: self.now, self.zone, self._later)

    def _later(self, seconds: float, write: Callable[[], None]) -> "Run":
        self.waiting.append(write)
        return self

    def cancel(self) -> None:
        self.waiting.clear()

    def catch_up(self) -> None:
        while self.waiting:
            self.writes += 1
            self.waiting.pop()()

    def tell(self, doing: Doing, *, seconds: float = 0, device: Device = A, written: bool = True) -> None:
        """Time passes as the loop sees it pass, every five seconds; then the device does something else."""
        self.pass_time(seconds, written=written)
        self.doings[device] = doing
        self.keeper.note()
        if written:
            self.catch_up()

    def pass_time(self, seconds: float, *, step: float = 5, written: bool = True) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now = min(self.now + step, end)
            self.keeper.note()
            if written:
                self.catch_up()

    def kill(self) -> None:
        """What kill -9 leaves is the journal."""
        self.journal.close()

    def end(self) -> None:
        self.keeper.close()
        self.journal.close()

    def lane(self, device: Device = A, wanted: date | None = None) -> list[tuple[str, Doing, str]]:
        return spans(self.keeper.day(wanted), device)


def spans(told: NodeDay, device: Device = A) -> list[tuple[str, Doing, str]]:
    """As `12:00:05 working 12:01:00`, in UTC."""
    found = [lane for lane in told.lanes if lane.gpu_uuid == device.gpu_uuid]
    return [(one.begins_at[11:19], one.doing, one.ends_at[11:19]) for lane in found for one in lane.spans]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path / "journal.sqlite")
    yield made
    made.journal.close()


def test_a_span_lasts_until_something_else_begins(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.tell(Doing.WORKING, seconds=60)
    run.tell(Doing.PAUSED_BY_YOU, seconds=30)
    run.pass_time(10)
    told = run.keeper.day()
    assert spans(told) == [
        ("12:00:00", Doing.WAITING, "12:01:00"),
        ("12:01:00", Doing.WORKING, "12:01:30"),
        ("12:01:30", Doing.PAUSED_BY_YOU, "12:01:40"),
    ]
    assert (told.day, told.begins_at) == ("2026-04-01", "2026-04-01T00:00:00.000Z")
    assert (told.ends_at, told.told_at) == ("2026-04-02T00:00:00.000Z", "2026-04-01T12:01:40.000Z")


def test_each_gpu_has_a_lane_in_the_machines_order(run: Run) -> None:
    run.doings = {B: Doing.WAITING, A: Doing.WAITING}
    run.tell(Doing.WORKING, seconds=10)
    run.pass_time(5)
    assert [(lane.gpu, len(lane.spans)) for lane in run.keeper.day().lanes] == [("RTX 3060", 1), ("RTX 4090", 2)]


def test_a_gpu_that_is_gone_leaves_its_lane_and_comes_back_into_it(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.pass_time(10)
    del run.doings[A]
    run.pass_time(60)
    run.tell(Doing.WAITING)
    run.pass_time(10)
    assert run.lane() == [("12:00:00", Doing.WAITING, "12:00:15"), ("12:01:10", Doing.WAITING, "12:01:20")]


def test_what_goes_on_is_written_rarely(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.pass_time(3600)
    assert run.writes == 1 + 3600 / STILL_SECONDS
    (rows,) = sqlite3_of(run).execute("SELECT count(*) FROM doings").fetchone()
    assert rows == 1


def test_changes_that_come_together_share_a_transaction(run: Run) -> None:
    for doing in (Doing.WAITING, Doing.WORKING, Doing.WAITING):
        run.tell(doing, seconds=0.2, written=False)
    assert len(run.waiting) == 1
    run.catch_up()
    run.kill()
    run.start()
    assert len(run.lane()) == 2  # the last had just begun


def test_a_kill_leaves_what_was_written_and_a_gap(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.tell(Doing.WORKING, seconds=60)
    run.pass_time(STILL_SECONDS)  # written that it goes on
    run.pass_time(100)
    run.kill()
    run.now += 60
    run.start()
    run.tell(Doing.WAITING)
    run.pass_time(5)
    assert run.lane() == [
        ("12:00:00", Doing.WAITING, "12:01:00"),
        ("12:01:00", Doing.WORKING, "12:06:00"),
        ("12:08:40", Doing.WAITING, "12:08:45"),
    ]


def test_a_kill_before_a_change_is_written_loses_that_change_alone(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.tell(Doing.WORKING, seconds=60, written=False)
    run.kill()
    run.now += 5
    run.start()
    assert run.lane() == []  # that it waited had begun only, when it was written
    run.tell(Doing.WORKING)
    run.pass_time(5)
    assert run.lane() == [("12:01:05", Doing.WORKING, "12:01:10")]


def test_an_end_in_order_is_told_to_the_second(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.pass_time(33)
    run.end()
    told = day_of_stopped(run._file, TODAY, run.now + 60)
    assert spans(told) == [("12:00:00", Doing.WAITING, "12:00:33")]
    run.start()


def test_a_machine_that_sleeps_leaves_a_gap(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.pass_time(10)
    run.now += SILENCE_SECONDS + 3600
    run.pass_time(10)
    assert run.lane() == [("12:00:00", Doing.WAITING, "12:00:10"), ("13:02:15", Doing.WAITING, "13:02:20")]


def test_a_clock_that_is_set_back_tells_that_time_anew(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.tell(Doing.WORKING, seconds=600)
    run.pass_time(600)
    run.now -= 900
    run.tell(Doing.PAUSED_BY_YOU)
    run.pass_time(60)
    assert run.lane() == [("12:00:00", Doing.WAITING, "12:05:00"), ("12:05:00", Doing.PAUSED_BY_YOU, "12:06:00")]
    run.pass_time(1200)
    assert run.lane() == [("12:00:00", Doing.WAITING, "12:05:00"), ("12:05:00", Doing.PAUSED_BY_YOU, "12:26:00")]
    run.kill()
    run.start()  # a journal says the same as the run
    assert [doing for _, doing, _ in run.lane()] == [Doing.WAITING, Doing.PAUSED_BY_YOU]


def test_a_clock_that_was_wrong_for_a_while_wipes_nothing(run: Run) -> None:
    run.tell(Doing.WAITING)
    run.pass_time(60)
    right, run.now = run.now, 0.0  # a machine without a clock of its own starts in 1970
    run.pass_time(60)
    run.now = right + 60
    run.pass_time(60)
    assert run.lane() == [("12:00:00", Doing.WAITING, "12:01:00"), ("12:02:05", Doing.WAITING, "12:03:00")]


def test_midnight_parts_a_span_between_two_days(tmp_path: Path) -> None:
    run = Run(tmp_path / "journal.sqlite", datetime(2026, 4, 1, 23, 59, tzinfo=UTC).timestamp())
    run.tell(Doing.WORKING)
    run.pass_time(90)
    assert run.lane() == [("00:00:00", Doing.WORKING, "00:00:30")]
    assert run.lane(wanted=TODAY) == [("23:59:00", Doing.WORKING, "00:00:00")]
    assert run.lane(wanted=date(2026, 4, 3)) == [] and run.lane(wanted=date(2026, 3, 31)) == []
    run.end()


@pytest.mark.parametrize(("wanted", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-04-01", 24)])
def test_a_day_is_as_long_as_the_clock_on_the_wall_makes_it(tmp_path: Path, wanted: str, hours: int) -> None:
    here = date.fromisoformat(wanted)
    begins_at, ends_at = bounds(here, BERLIN)
    assert ends_at - begins_at == hours * 3600
    run = Run(tmp_path / "journal.sqlite", begins_at, BERLIN)
    run.tell(Doing.WAITING)
    run.pass_time(ends_at - begins_at, step=100)
    (lane,) = run.keeper.day(here).lanes
    (span,) = lane.spans
    told = run.keeper.day(here)
    assert (span.begins_at, span.ends_at) == (told.begins_at, told.ends_at)
    assert run.keeper.day().day == day.today(ends_at, BERLIN).isoformat() and run.keeper.day().lanes == []
    run.end()


def test_what_is_old_is_forgotten_and_what_goes_on_is_not(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "KEPT_SECONDS", 1800.0)
    run.doings[B] = Doing.WAITING
    for number in range(12):
        run.tell((Doing.WAITING, Doing.WORKING)[number % 2], seconds=600)
    assert [begin for begin, _, _ in run.lane(A)] == ["13:20:00", "13:30:00", "13:40:00", "13:50:00"]
    assert run.lane(B) == [("12:00:05", Doing.WAITING, "14:00:00")]


def test_rows_are_bounded_whatever_the_clock_says(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "MOST_ROWS", 10)
    for number in range(40):
        run.tell((Doing.WAITING, Doing.WORKING)[number % 2], seconds=5)
    assert sqlite3_of(run).execute("SELECT count(*) FROM doings").fetchone()[0] == 10
    assert run.lane()[-1][0] == "12:03:15"


def test_a_full_disk_keeps_it_for_later(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.tell(Doing.WAITING)
    write = run.journal.write_doings
    monkeypatch.setattr(run.journal, "write_doings", refuses)
    run.tell(Doing.WORKING, seconds=60)
    run.pass_time(60)
    assert [doing for _, doing, _ in run.lane()] == [Doing.WAITING, Doing.WORKING]
    monkeypatch.setattr(run.journal, "write_doings", write)
    run.pass_time(5)
    run.kill()
    run.start()
    assert run.lane() == [("12:00:00", Doing.WAITING, "12:01:00"), ("12:01:00", Doing.WORKING, "12:02:05")]


def refuses(spans: list[Span], now: float) -> list[int]:
    raise JournalRefused("the disk is full")


def sqlite3_of(run: Run) -> sqlite3.Connection:
    return run.journal._connection


# ---- the journal's versions ------------------------------------------------------------------------------------------


def test_a_journal_of_before_gets_its_table_and_keeps_what_it_has(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    made = Journal(file)
    made.write(JournalChanges(choice=OwnersChoice(ChoiceKind.PAUSE)))
    made.close()
    with sqlite3.connect(file) as connection:
        connection.executescript("DROP TABLE doings; PRAGMA user_version = 2")
    connection.close()
    assert day_of_stopped(file, TODAY, NOON).lanes == []
    run = Run(file)
    assert run.journal.counts().version == VERSION == 3 and run.journal.choice().kind is ChoiceKind.PAUSE
    assert [one.name for one in (tmp_path / "backups").iterdir()] == [f"journal-v2-{NOON:.0f}.sqlite"]
    run.tell(Doing.WAITING)
    run.pass_time(5)
    with pytest.raises(JournalBusy):
        day_of_stopped(file, TODAY, NOON)
    run.end()
    assert len(day_of_stopped(file, TODAY, run.now).lanes) == 1
    assert day_of_stopped(tmp_path / "none.sqlite", TODAY, NOON).lanes == []


# ---- properties ------------------------------------------------------------------------------------------------------

SECONDS = st.integers(0, 60)
DOINGS = st.sampled_from(list(Doing))


@given(st.lists(st.tuples(SECONDS, SECONDS, DOINGS), max_size=30))
def test_settled_spans_never_overlap_and_say_what_was_told_last(told: list[tuple[int, int, Doing]]) -> None:
    painted: dict[int, Doing] = {}
    for begin, end, doing in told:
        painted |= dict.fromkeys(range(begin, end), doing)
    laid = settled(Span(A, 0, doing, begin, end) for begin, end, doing in told)
    assert all(one.begun_at < one.until for one in laid)
    for one, after in pairwise(laid):
        assert one.until < after.begun_at or (one.until == after.begun_at and one.doing != after.doing)
    assert {second: one.doing for one in laid for second in range(int(one.begun_at), int(one.until))} == painted


STEPS = st.lists(
    st.tuples(st.sampled_from(["pass", "work", "wait", "pause", "set clock", "kill", "restart"]), st.integers(-50, 50)),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_a_lane_says_what_was_told_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    run = Run(tmp_path_factory.mktemp("day") / "journal.sqlite")
    painted: dict[int, Doing] = {}
    run.tell(Doing.WAITING)
    for step, number in [*steps, ("pass", 5)]:
        doing, before = run.doings[A], int(run.now)
        match step:
            case "pass":
                run.pass_time(abs(number))
            case "work" | "wait" | "pause":
                wanted = {"work": Doing.WORKING, "wait": Doing.WAITING, "pause": Doing.PAUSED_BY_RULE}
                run.tell(wanted[step], seconds=abs(number))
            case "set clock":
                run.now += number * (1 if number < 0 else 10)
                run.tell(doing)
                if not 0 <= run.now - before <= SILENCE_SECONDS:
                    continue
            case "kill" | "restart":
                run.keeper.write()  # what was not on the disk is the matter of other tests
                run.kill() if step == "kill" else run.end()
                run.now += 3
                run.start()
                run.tell(doing)
                continue
        painted |= dict.fromkeys(range(before, int(run.now)), doing)
    told = run.keeper.day()
    assert_orderly(told.lanes)
    said = {
        second: span.doing
        for lane in told.lanes
        for span in lane.spans
        for second in range(seconds(span.begins_at), seconds(span.ends_at))
    }
    assert said == {second: doing for second, doing in painted.items() if second < run.now}
    run.end()


def seconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def assert_orderly(lanes: list[DayLane]) -> None:
    for lane in lanes:
        edges = [edge for span in lane.spans for edge in (span.begins_at, span.ends_at)]
        assert edges == sorted(edges)


def test_an_empty_day_has_no_lanes() -> None:
    assert day_of([], TODAY, NOON, UTC).lanes == []
