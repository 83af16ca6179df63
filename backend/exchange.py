"""`POST /node/exchange`: the hot route, a bare ASGI callable in front of the framework.

A node with nothing to say waits here until work or a directive appears; whatever ends a wait is an event, not a timer.
"""

import asyncio
from collections import OrderedDict
from functools import partial
from time import perf_counter

import msgspec
from litestar.types import Receive, Scope, Send

from core.errors import ApiError, ErrorCode
from core.jobs.ready import ReadyUnit
from core.nodes.nodes import Node, authenticate
from core.protocol.node import Directive, DirectiveKind, ExchangeRequest, ExchangeResponse, FreeResources, Lease
from core.scheduling.assignment import Urls
from core.scheduling.exchange import Exchanged, Exchanging, exchange, lease_more, news_for
from core.scheduling.forgetting import has_to_forget, tell_to_forget
from core.scheduling.leases import candidates_for, placements_on
from core.scheduling.match import Placement, customer_allowed, place

from .context import Context
from .orphans import delete_orphans
from .responses import send_bytes
from .validation import nested_too_deeply
from .verification import Verifications

BODY_BYTES = 64 * 2**20

_decoder = msgspec.json.Decoder(ExchangeRequest)
_encoder = msgspec.json.Encoder()


def node_credential(scope: Scope) -> str:
    """The credential of a node's `Authorization: Bearer` header, empty where there is none."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, credential = value.decode("latin-1").partition(" ")
            return credential.strip() if scheme.lower() == "bearer" else ""
    return ""


async def _read_body(receive: Receive) -> bytes:
    """The whole body. Raises PAYLOAD_TOO_LARGE before it is read whole, UNAVAILABLE when the node hung up."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ApiError(ErrorCode.UNAVAILABLE, "the connection ended within the request")
        body += message["body"]
        if len(body) > BODY_BYTES:
            raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE, f"an exchange has at most {BODY_BYTES} bytes")
        if not message["more_body"]:
            return bytes(body)


async def _disconnected(receive: Receive) -> None:
    """Returns when the node has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


class _Caller:
    """The node that speaks. It is read again when an operator has changed any node since: one that was revoked, or is
    trusted less, must not go on with what was true when its call began."""

    def __init__(self, context: Context, credential: str) -> None:
        self._context = context
        self._credential = credential
        self._read_at = context.node_changes
        self.node = authenticate(context.store.connection, credential)

    def now(self, *, offers: FreeResources | None = None) -> Node:
        """The node as it is, with what it offers where that is newer. Raises CUSTOMER_AUTH_REQUIRED once revoked."""
        if self._read_at != self._context.node_changes:
            self._read_at = self._context.node_changes
            self.node = authenticate(self._context.store.connection, self._credential)
        return self.node if offers is None else msgspec.structs.replace(self.node, resources=offers)


class _Offer:
    """A unit that a waiting node is woken for, and the nodes that were woken for it before and took nothing."""

    def __init__(self, unit: ReadyUnit, passed_over: frozenset[int]) -> None:
        self.unit = unit
        self.passed_over = passed_over


class _Waiter:
    """A node's open poll. `woken` is set by news for it, by an offer, by a newer poll (`superseded`), or at the
    server's end."""

    def __init__(self, node: Node, request: ExchangeRequest) -> None:
        self.node = node
        self.request = request
        self.woken = asyncio.Event()
        self.superseded = False
        self.offers: list[_Offer] = []


class Exchange:
    """The route, with the polls that are open."""

    def __init__(self, context: Context, verifications: Verifications) -> None:
        self._context = context
        self._verifications = verifications
        self._waiters: OrderedDict[int, _Waiter] = OrderedDict()
        self._scheduled = False
        self._told_settings: set[int] = set()
        context.index.listen(self._schedule_wake)
        context.wake = self.wake_all
        context.polls_open = lambda: len(self._waiters)

    def wake_all(self) -> None:
        """Lets every open poll look again: another process has changed the store, or the server goes down."""
        for waiter in self._waiters.values():
            waiter.woken.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One exchange. Raises ApiError: CUSTOMER_AUTH_REQUIRED, PAYLOAD_TOO_LARGE, VALIDATION_FAILED,
        UPGRADE_REQUIRED."""
        if scope["method"] != "POST":  # type: ignore[typeddict-item]
            raise ApiError(ErrorCode.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        caller = _Caller(self._context, node_credential(scope))
        body = await _read_body(receive)
        try:
            request = _decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ApiError(ErrorCode.VALIDATION_FAILED, str(error)) from None
        except RecursionError:
            raise nested_too_deeply() from None
        response = await self._exchange(caller, request, receive)
        node_id = caller.node.id
        response = msgspec.structs.replace(response, tier=caller.node.tier.value)
        is_told = node_id in self._told_settings
        if not is_told:
            settings = Directive(DirectiveKind.SETTINGS.value, settings=self._context.node_settings)
            response = msgspec.structs.replace(response, directives=[*response.directives, settings])
        await send_bytes(send, 200, _encoder.encode(response))
        self._told_settings.add(node_id)

    def _using(self) -> Exchanging:
        context = self._context
        now = context.clock()
        urls = Urls(partial(context.urls.get_chunk, now=now), partial(context.urls.put_chunk, now=now))
        return Exchanging(
            context.index,
            context.blobs,
            urls,
            context.node_settings,
            now,
            context.new_id,
            context.random_bytes,
        )

    async def _exchange(self, caller: _Caller, request: ExchangeRequest, receive: Receive) -> ExchangeResponse:
        began = perf_counter()
        exchanged = await self._context.store.write(lambda tx: exchange(tx, caller.now(), request, self._using()))
        self._context.metrics.exchange_seconds.observe(perf_counter() - began)
        node = exchanged.node
        self._verifications.add(exchanged.to_verify)
        if exchanged.orphans:
            await delete_orphans(self._context, exchanged.orphans)
        if exchanged.refusal is not None and not (request.attempts or request.reports):
            raise exchanged.refusal
        settings = self._context.node_settings
        longest = settings.busy_poll_seconds if request.attempts else settings.idle_poll_seconds
        wait_seconds = min(request.wait_seconds, longest)
        if node.id not in self._told_settings:
            wait_seconds = 0.0
        if wait_seconds <= 0:
            return exchanged.response
        older = self._waiters.pop(node.id, None)
        if older is not None:
            older.superseded = True
            older.woken.set()
        if not exchanged.empty or self._context.stopping:
            return exchanged.response
        return await self._wait(caller, exchanged, request, wait_seconds, receive)

    async def _wait(
        self,
        caller: _Caller,
        exchanged: Exchanged,
        request: ExchangeRequest,
        wait_seconds: float,
        receive: Receive,
    ) -> ExchangeResponse:
        """Waits for work, a directive, or another tier. Whoever hangs up is not leased anything."""
        node, response = exchanged.node, exchanged.response
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_seconds
        waiter = self._waiters[node.id] = _Waiter(node, request)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            while not (waiter.superseded or gone.done() or self._context.stopping):
                # Looked at after the waiter is known: what came between the exchange and here woke nobody.
                waiter.woken.clear()
                node = waiter.node = caller.now(offers=node.resources)
                directives = news_for(self._context.store.connection, node, request) + await self._to_forget(node)
                leases = await self._lease_more(caller, node, request)
                self._offer_on(waiter)
                if directives or leases or node.tier != exchanged.node.tier:
                    return msgspec.structs.replace(response, directives=directives, leases=leases)
                woken = asyncio.ensure_future(waiter.woken.wait())
                left = deadline - loop.time()
                done, _ = await asyncio.wait({woken, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
                if not done:
                    break
        finally:
            gone.cancel()
            if self._waiters.get(node.id) is waiter:
                del self._waiters[node.id]
            self._offer_on(waiter)
        return response

    async def _to_forget(self, node: Node) -> list[Directive]:
        """What customers have deleted since the node asked, and it may hold."""
        context, now = self._context, self._context.clock()
        if not has_to_forget(context.store.connection, node.id, now):
            return []
        return await context.store.write(lambda tx: tell_to_forget(tx, node.id, now))

    async def _lease_more(self, caller: _Caller, node: Node, request: ExchangeRequest) -> list[Lease]:
        """What a node may take, if it asked for more and something waits for one like it."""
        free, most = request.free, request.max_leases
        if free is None or most <= 0 or not self._fits_something(node, free):
            return []
        return await self._context.store.write(
            lambda tx: lease_more(tx, caller.now(offers=node.resources), free, most, self._using())
        )

    # What ends a wait

    def _schedule_wake(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._wake)

    def _wake(self) -> None:
        """Wakes the nodes that have news, and offers each fresh unit to one node that could run it."""
        self._scheduled = False
        fresh, told = self._context.index.take_news()
        for node_id in told:
            if node_id in self._waiters:
                self._waiters[node_id].woken.set()
        for unit in fresh:
            self._offer(_Offer(unit, frozenset()))

    def _fits_something(self, node: Node, free: FreeResources) -> bool:
        """Whether a unit waits that this node could take; the store decides when it is claimed."""
        connection, index = self._context.store.connection, self._context.index
        placements = placements_on(connection, index, node, free)
        return next(candidates_for(connection, index, node, placements), None) is not None

    def _offer(self, offer: _Offer) -> None:
        """Wakes one waiting node that could run the unit and was not asked before, if there is one."""
        unit = offer.unit
        connection, index = self._context.store.connection, self._context.index
        if index.is_suspended(unit.customer_id):
            return
        unit_class = index.unit_class(connection, unit.class_id)
        for node_id, waiter in self._waiters.items():
            free = waiter.request.free
            if node_id in offer.passed_over or free is None or waiter.request.max_leases <= len(waiter.offers):
                continue
            if (
                customer_allowed(unit_class, unit.customer_id, waiter.node)
                and isinstance(place(unit_class, free), Placement)
                and not index.blocks.is_blocked(connection, waiter.node.owner_id, unit)
            ):
                waiter.offers.append(_Offer(unit, offer.passed_over | {node_id}))
                waiter.woken.set()
                return

    def _offer_on(self, waiter: _Waiter) -> None:
        """What a woken node did not take is offered to the next."""
        offers, waiter.offers = waiter.offers, []
        for offer in offers:
            if offer.unit in self._context.index:
                self._offer(offer)
