"""The loop that sends what is due, within this process: how many requests at once, and what becomes of those cut."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend import webhook_deliveries, webhook_places
from backend.context import Context
from backend.host_lookups import TooManyLookups
from backend.settings import Settings
from backend.steady_clock import SteadyClock
from backend.webhook_deliveries import WebhookDeliveries
from backend.webhook_dialling import Answer, WebhookSender
from core.protocol.webhooks import ChangeWebhook, CreateWebhook, Delivery, WebhookEvent
from core.webhooks.deliveries import list_deliveries, send_test
from core.webhooks.endpoints import change_endpoint, create_endpoint
from core.webhooks.outbox import note_try
from tests.backend.webhook_endpoint import PATIENCE_SECONDS, Endpoint, answers, stays_silent
from tests.core.engine import Engine

TAKEN = Answer(200, 0.01, "93.184.216.34", "", None)


class Sender(WebhookSender):
    """Sends nothing: says what became of it by `behave`, and counts how many are under way."""

    def __init__(self, behave: Callable[[str], Awaitable[Answer]]) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.under_way = self.most = 0
        self._behave = behave

    async def send(self, url: str, headers: dict[str, str], body: bytes, asker: Hashable = None) -> Answer:
        self.sent.append(url)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self._behave(url)
        finally:
            self.under_way -= 1


class World:
    """A store with a customer and webhooks, and the loop of deliveries as the server has it."""

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(folder)
        settings = Settings(data_dir=folder, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1")
        clock = SteadyClock(lambda: self.engine.now, lambda: self.engine.now)
        self.context = Context(settings, self.engine.store, clock=clock)
        self.customer = self.engine.customer()
        self._changed = asyncio.Event()

    def deliveries(self, sender: WebhookSender) -> WebhookDeliveries:
        made = WebhookDeliveries(self.context, sender)
        self.engine.store.on_announced = made.wake
        self.engine.store.on_tallied = lambda _tallied: self._changed.set()
        return made

    def webhook(self, url: str) -> str:
        asked = CreateWebhook(url=url, events=[WebhookEvent.JOB_FAILED])
        with self.engine.store.transaction() as tx:
            return create_endpoint(
                tx,
                self.customer,
                asked,
                balance_micro=0,
                most=10_000,
                now=self.engine.now,
                new_id=self.engine.new_id,
                random_bytes=self.engine.random.randbytes,
            ).id

    def send_test(self, webhook: str) -> None:
        with self.engine.store.transaction() as tx:
            send_test(tx, self.customer, webhook, now=self.engine.now, new_id=self.engine.new_id)

    def switch(self, webhook: str, *, enabled: bool) -> None:
        with self.engine.store.transaction() as tx:
            change_endpoint(tx, self.customer, webhook, ChangeWebhook(enabled=enabled), balance_micro=0)

    def log(self, webhook: str) -> list[Delivery]:
        """Newest first."""
        connection = self.engine.store.connection
        found = list_deliveries(connection, self.customer, webhook, status=None, before=None, limit=100)
        return [one for _, one in found]

    def count(self, status: str) -> int:
        return int(self.engine.one("SELECT count(*) FROM webhook_deliveries WHERE status = ?", status))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Each note of a try has it looked at again."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.engine.check()
    made.engine.store.close()


@pytest.fixture
def few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_places, "MOST_QUICK", 4)
    monkeypatch.setattr(webhook_places, "MOST_SLOW", 4)
    monkeypatch.setattr(webhook_places, "MOST_LASTING", 8)


@pytest.mark.usefixtures("few_places")
async def test_of_many_that_are_due_together_no_more_are_sent_at_once_than_there_are_places(world: World) -> None:
    async def answer(_url: str) -> Answer:
        await asyncio.sleep(0)
        return TAKEN

    for number in range(40):
        world.send_test(world.webhook(f"https://h{number}.example.com/"))
    sender = Sender(answer)
    async with world.deliveries(sender).running():
        await world.until(lambda: world.count("delivered") == 40)
    assert (sender.most, len(sender.sent)) == (4, 40)


@pytest.mark.usefixtures("few_places")
async def test_very_many_that_fall_silent_together_delay_nobody_elses(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "SLOW_SECONDS", 0.01)
    with Endpoint(stays_silent) as silent, Endpoint(answers("200 OK")) as healthy:
        hooks = [world.webhook(silent.url(path=f"/{number}")) for number in range(20)]
        for webhook in hooks:
            world.send_test(webhook)
        mine = world.webhook(healthy.url())
        world.send_test(mine)
        sender = WebhookSender(allow_loopback=True, limit_seconds=10 * PATIENCE_SECONDS)
        async with world.deliveries(sender).running():
            await world.until(lambda: world.count("delivered") == 1)
        assert len(world.log(mine)[0].tries) == 1
        assert silent.connections > 4
    [cut] = [one.tries[0].error for one in world.log(hooks[0])]
    assert cut is not None and "too many endpoints were slow" in cut


async def test_what_was_not_tried_since_too_many_names_are_looked_up_is_no_failed_try(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "LOOKUP_PAUSE_SECONDS", 0.0)
    refusals = 3

    async def answer(_url: str) -> Answer:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise TooManyLookups
        return TAKEN

    webhook = world.webhook("https://h.example.com/")
    world.send_test(webhook)
    sender = Sender(answer)
    async with world.deliveries(sender).running():
        await world.until(lambda: world.count("delivered") == 1)
    assert len(sender.sent) == 4
    assert [one.status for one in world.log(webhook)[0].tries] == [200]


async def test_what_cannot_be_noted_is_not_sent_again_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    logged = asyncio.Event()

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    async def answer(_url: str) -> Answer:
        return TAKEN

    monkeypatch.setattr(webhook_deliveries, "note_try", full)
    monkeypatch.setattr(webhook_deliveries, "log_unhandled", lambda *_: logged.set())
    world.send_test(world.webhook("https://h.example.com/"))
    sender = Sender(answer)
    deliveries = world.deliveries(sender)
    async with deliveries.running():
        await asyncio.wait_for(logged.wait(), PATIENCE_SECONDS)
        [endpoint] = deliveries._endpoints.values()
    rest_seconds = endpoint.rests_until - asyncio.get_running_loop().time()
    assert 0 < rest_seconds <= webhook_places.FIRST_PAUSE_SECONDS
    assert len(sender.sent) == 1


async def test_what_waited_when_a_webhook_was_switched_off_ends_though_it_is_on_again_and_a_request_is_under_way(
    world: World,
) -> None:
    began, let_go = asyncio.Event(), asyncio.Event()

    async def answer(url: str) -> Answer:
        began.set()
        await let_go.wait()
        return Answer(500, 0.01, "93.184.216.34", "", None)

    webhook = world.webhook("https://h.example.com/")
    for _ in range(3):
        world.send_test(webhook)
    async with world.deliveries(Sender(answer)).running():
        await asyncio.wait_for(began.wait(), PATIENCE_SECONDS)
        world.switch(webhook, enabled=False)
        world.switch(webhook, enabled=True)
        world.send_test(webhook)
        await world.until(lambda: world.count("failed") == 3)
        let_go.set()
        await world.until(lambda: all(one.tries for one in (world.log(webhook)[0], world.log(webhook)[-1])))
    assert [str(one.status) for one in world.log(webhook)] == ["pending", "failed", "failed", "failed"]
    assert [len(one.tries) for one in world.log(webhook)] == [1, 0, 0, 1]


@pytest.mark.parametrize(("drawn", "trims"), [(0, True), (1, False)])
async def test_whether_an_endpoints_log_is_trimmed_is_drawn_for_each_try(
    world: World, monkeypatch: pytest.MonkeyPatch, drawn: int, trims: bool
) -> None:
    async def answer(_url: str) -> Answer:
        return TAKEN

    asked: list[bool] = []

    def note(*args: Any, **named: Any) -> None:
        asked.append(named["trims"])
        note_try(*args, **named)

    monkeypatch.setattr(webhook_deliveries, "note_try", note)
    webhook = world.webhook("https://h.example.com/")
    for _ in range(3):
        world.send_test(webhook)
    world.context.random_bytes = lambda size: drawn.to_bytes(size, "big")
    async with world.deliveries(Sender(answer)).running():
        await world.until(lambda: world.count("delivered") == 3)
    assert asked == [trims] * 3
