"""A poll that waits at the route itself, in this process: for whose units it is woken."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from backend.context import Context
from backend.exchange import Exchange
from backend.settings import Settings
from backend.steady_clock import SteadyClock
from backend.verification import Verifications
from core.nodes.directory import find_node, set_tier
from core.nodes.tiers import Tier
from core.protocol.node import PROTOCOL_VERSION, ExchangeRequest, ExchangeResponse
from core.scheduling.fairness import ReadyIndex
from core.scheduling.suspending import suspend_customer, unsuspend_customer
from tests.core.engine import Engine, EngineNode

ENOUGH_TURNS = 20


class CountingIndex(ReadyIndex):
    """Counts how often somebody looked for what waits."""

    looks = 0

    def classes(self) -> list[int]:
        self.looks += 1
        return super().classes()


async def call(route: Exchange, node: EngineNode, wait_seconds: float) -> ExchangeResponse:
    """One exchange of a node that wants a unit and stays on the line."""
    request = ExchangeRequest(PROTOCOL_VERSION, "test", free=node.free, max_leases=1, wait_seconds=wait_seconds)
    body = {"type": "http.request", "body": msgspec.json.encode(request), "more_body": False}
    received = [body]
    sent: list[Any] = []

    async def receive() -> Any:
        return received.pop() if received else await asyncio.Future[Any]()

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"method": "POST", "headers": [(b"authorization", f"Bearer {node.credential}".encode())]}
    await route(scope, receive, send)
    return msgspec.json.decode(b"".join(part.get("body", b"") for part in sent), type=ExchangeResponse)


async def turns() -> None:
    """Lets whatever was woken go on."""
    for _ in range(ENOUGH_TURNS):
        await asyncio.sleep(0)


async def test_no_poll_is_woken_for_a_suspended_customers_unit_until_they_are_let_in(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    settings = Settings(data_dir=tmp_path, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1")
    context = Context(settings, engine.store, clock=SteadyClock(lambda: engine.now, lambda: 0.0))
    index = context.index = engine.index = CountingIndex()
    route = Exchange(context, Verifications(context))
    node, customer = engine.node("n0"), engine.customer()
    with engine.store.transaction() as tx:
        suspend_customer(tx, index, customer, now=engine.now)
    assert [one.kind for one in (await call(route, node, 0.0)).directives] == ["settings"]
    poll = asyncio.create_task(call(route, node, 25.0))
    await turns()
    assert context.polls_open() == 1
    looks = index.looks
    engine.job(customer)
    await turns()
    assert index.looks == looks and not poll.done()
    with engine.store.transaction() as tx:
        unsuspend_customer(tx, index, customer)
    context.wake()
    assert len((await poll).leases) == 1
    engine.check()
    engine.store.close()


async def test_a_poll_comes_back_with_another_tier_as_soon_as_the_node_has_it(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    settings = Settings(data_dir=tmp_path, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1")
    context = Context(settings, engine.store, clock=SteadyClock(lambda: engine.now, lambda: 0.0))
    route = Exchange(context, Verifications(context))
    node = engine.node("n0", tier=Tier.NEW)
    assert (await call(route, node, 0.0)).tier == "new"
    poll = asyncio.create_task(call(route, node, 25.0))
    await turns()
    assert context.polls_open() == 1
    with engine.store.transaction() as tx:
        named = find_node(tx.connection, "n0")
        set_tier(tx, named, Tier.CONTROLLED)
        context.node_changes += 1
        tx.after_commit(lambda: context.index.tell_node(named.id))
    answer = await poll
    assert (answer.tier, answer.leases, answer.directives) == ("controlled", [], [])
    assert (await call(route, node, 0.0)).tier == "controlled"
    engine.store.close()
