"""A clock that stands still but while somebody sleeps."""

import asyncio


class FakeTime:
    """`now` in seconds. Whoever sleeps moves it on, and lets all others go on that can."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)
