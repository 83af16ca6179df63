"""A real server's answers, kept back on their way to the window, or lost there."""

import asyncio

import httpx

from core.client.customer import AsyncClient


class HeldAnswers:
    """The answers to one kind of request: once they have come they wait until `let_go`, or are lost by `lose`."""

    def __init__(self, client: AsyncClient, method: str, path_end: str) -> None:
        self.came = 0  # how many the server has given
        self._method, self._path_end = method, path_end
        self._settled, self._lost = asyncio.Event(), False
        client.http.event_hooks["response"].append(self._hold)

    def let_go(self) -> None:
        """Those that wait and all that come."""
        self._settled.set()

    def lose(self) -> None:
        """The line broke before they came."""
        self._lost = True
        self._settled.set()

    async def _hold(self, response: httpx.Response) -> None:
        request = response.request
        if request.method != self._method or not request.url.path.endswith(self._path_end):
            return
        self.came += 1
        await self._settled.wait()
        if self._lost:
            raise httpx.ReadError("the line broke", request=request)
