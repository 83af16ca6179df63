"""The customer's stream as the window hears it: nothing that happens beside its lists is missed, nor told twice."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.protocol.events import DatasetEvent, GapEvent, StreamEvent
from gui.live_events import LiveEvents
from gui.session import Line
from gui.settings import SavedServer
from gui.ui import Ui
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import create, one_file
from tests.gui.waiting import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path / "data")
    made.start()
    yield made
    made.close()


@pytest.fixture
def heard(ui: Ui) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    ui.session.event_came.connect(events.append)
    return events


@pytest.fixture
async def live(ui: Ui) -> AsyncIterator[LiveEvents]:
    made = LiveEvents(ui.session, ui.tasks)
    yield made
    made.stop()
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


def make(customer: Customer, name: str) -> None:
    create(customer, one_file("data.csv", b"1,2"), name=name)


def names(heard: list[StreamEvent]) -> list[str]:
    assert all(isinstance(event, DatasetEvent) for event in heard)
    return [event.name for event in heard if isinstance(event, DatasetEvent)]


async def test_what_happens_before_the_stream_is_open_and_while_it_is_not_is_told_once(
    ui: Ui, server: BackendServer, live: LiveEvents, heard: list[StreamEvent]
) -> None:
    customer = server.new_customer()
    make(customer, "in the first list")
    await ui.session.connect_to(SavedServer("mine", server.url), customer.key)
    make(customer, "behind the list")
    live.follow()
    await until(lambda: len(heard) == 1)
    live.stop()
    make(customer, "unheard")
    live.follow()
    await until(lambda: len(heard) == 2)
    make(customer, "heard")
    await until(lambda: len(heard) == 3)
    assert names(heard) == ["behind the list", "unheard", "heard"]


async def test_another_customer_s_numbers_are_another_s(
    ui: Ui, server: BackendServer, live: LiveEvents, heard: list[StreamEvent]
) -> None:
    one, other = server.new_customer(), server.new_customer()
    for name in ("a", "b", "c"):
        make(one, name)
    make(other, "d")
    await ui.session.connect_to(SavedServer("mine", server.url), one.key)
    live.follow()
    await ui.session.connect_to(SavedServer("mine", server.url), other.key)
    live.follow()
    make(other, "e")
    await until(lambda: bool(heard))
    assert names(heard) == ["e"] and heard[0].number == 2


async def test_at_a_server_that_answers_late_lists_are_read_again_once_its_stream_is_open(
    ui: Ui, server: BackendServer, live: LiveEvents, heard: list[StreamEvent]
) -> None:
    customer = server.new_customer()
    make(customer, "before")
    server.stop()
    ui.session.expect(SavedServer("mine", server.url), customer.key)
    live.follow()
    server.start()
    await until(lambda: ui.session.line is Line.LIVE)
    make(customer, "after")
    await until(lambda: len(heard) == 2)
    assert heard[0] == GapEvent(number=1, first=1, last=1)
    assert names(heard[1:]) == ["after"]
