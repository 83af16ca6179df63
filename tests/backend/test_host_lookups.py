"""Names looked up beside the event loop: one that hangs holds nobody up."""

import asyncio
import socket
from threading import Event

import pytest

from backend.host_lookups import HostLookups, TooManyLookups


class Names:
    """A resolver in which one name hangs until it is let go; `asked` notes each lookup."""

    def __init__(self) -> None:
        self.let_go = Event()
        self.asked: list[str] = []

    def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        if host == "unknown.example":
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        if host.startswith("slow"):
            assert self.let_go.wait(60)
        return ["192.0.2.1", "192.0.2.2", "192.0.2.1"]


async def test_a_name_that_hangs_takes_one_thread_and_holds_nobody_up() -> None:
    names = Names()
    look_up = HostLookups(names)
    waiting = [asyncio.create_task(look_up("slow.example")) for _ in range(20)]
    assert await look_up("quick.example") == ("192.0.2.1", "192.0.2.2")
    assert not any(task.done() for task in waiting)
    waiting[0].cancel()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await look_up("slow.example")
    names.let_go.set()
    assert await asyncio.gather(*waiting[1:]) == [("192.0.2.1", "192.0.2.2")] * 19
    assert sorted(names.asked) == ["quick.example", "slow.example"]
    await look_up("slow.example")
    assert names.asked.count("slow.example") == 2


async def test_a_name_without_addresses_raises_for_everybody_who_asked() -> None:
    look_up = HostLookups(Names())
    found = await asyncio.gather(*(look_up("unknown.example") for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in found] == [socket.gaierror] * 3


async def test_no_more_names_than_allowed_are_looked_up_at_once() -> None:
    names = Names()
    look_up = HostLookups(names, most_at_once=2)
    waiting = [asyncio.create_task(look_up(f"slow{number}.example")) for number in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="too many names"):
        await look_up("quick.example")
    names.let_go.set()
    await asyncio.gather(*waiting)
    assert await look_up("quick.example")


async def test_names_of_one_asker_that_hang_leave_everybody_else_their_lookups() -> None:
    names = Names()
    look_up = HostLookups(names, most_of_one=2, turn_seconds=0.05)
    waiting = [asyncio.create_task(look_up(f"slow{number}.example", "a")) for number in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyLookups):
        await look_up("quick.example", "a")
    assert await look_up("quick.example", "b")
    assert names.asked.count("quick.example") == 1
    names.let_go.set()
    await asyncio.gather(*waiting)
    assert await look_up("quick.example", "a")


async def test_further_names_of_one_asker_are_looked_up_when_it_is_their_turn() -> None:
    names = Names()
    look_up = HostLookups(names, most_of_one=2, turn_seconds=60)
    waiting = [asyncio.create_task(look_up(f"slow{number}.example", "a")) for number in range(5)]
    await asyncio.sleep(0)
    assert look_up.under_way == 2
    names.let_go.set()
    assert len(await asyncio.gather(*waiting)) == 5
    assert sorted(names.asked) == [f"slow{number}.example" for number in range(5)]
    assert look_up.under_way == 0


def test_a_lookup_that_ends_after_the_loop_disturbs_nobody() -> None:
    names = Names()
    look_up = HostLookups(names)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await look_up("slow.example")

    asyncio.run(give_up())
    names.let_go.set()


async def test_this_machines_resolver_answers_for_localhost() -> None:
    found = await HostLookups()("localhost")
    assert found and set(found) <= {"127.0.0.1", "::1"}


async def test_what_is_no_name_is_an_error_of_the_resolver() -> None:
    with pytest.raises(socket.gaierror):
        await HostLookups()("a" * 70 + ".example")
