"""Webhooks' requests on their way: the host looked up, its addresses checked, one of them dialled, the answer read.

h11 on a plain connection and no client library: nothing here can follow a redirect, take a proxy from the environment,
keep a cookie, or look a name up a second time between the check and the dialling. Which addresses are allowed says
`core/webhooks/addresses.py`; when to send what, and what becomes of an answer, is not this room's business.
"""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Hashable, Sequence
from pathlib import Path

import certifi
import h11
import msgspec

from core.errors import ApiError
from core.printable import printable
from core.webhooks.addresses import IpAddress, WebhookUrl, check_addresses, check_url, parsed, refuse, refuse_name

from .host_lookups import HostLookups, TooManyLookups

LIMIT_SECONDS = 15.0
LOOKUP_SECONDS = 5.0
CONNECT_SECONDS = 5.0
MOST_ADDRESSES = 4
RESPONSE_BYTES = 4096
MOST_READ_BYTES = 64 * 1024
_READ_BYTES = 16 * 1024
_MOST_REASON_CHARACTERS = 200

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""Gives the addresses of a name, as text; raises OSError where it has none."""


_Lookups = Callable[[str, Hashable], Awaitable[Sequence[str]]]


class Answer(msgspec.Struct, frozen=True):
    """What became of one request.

    `status` is None where there was no answer; `seconds` all that it took; `address` the one dialled, None where none
    was; `response` the start of the answer's body as text that can be shown; `error` what went wrong, in words.
    """

    status: int | None
    seconds: float
    address: str | None
    response: str
    error: str | None


class _Failed(Exception):
    """Why there is no answer, in words for the customer."""


class _Exchange:
    """What is known so far of a request under way."""

    def __init__(self) -> None:
        self.address: str | None = None
        self.status: int | None = None
        self.body = bytearray()
        self.read_bytes = 0


class WebhookSender:
    """Sends requests to customers' endpoints, each over a connection of its own.

    `allow_loopback` is for development; `resolver` takes the place of the machine's own; `ca_file` is trusted beside
    the usual authorities; making a sender raises OSError where it can't be used. Requests don't wait for each other,
    and what is looked up for `resolve` takes nothing from what is sent. Of one asker only a few names are looked up at
    once: both raise TooManyLookups where a name was not looked up for that.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolver: Resolver | None = None,
        ca_file: Path | None = None,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._for_resolve = HostLookups() if resolver is None else _for_anybody(resolver)
        self._for_send = HostLookups() if resolver is None else self._for_resolve
        self._ca_file = ca_file
        self._limit_seconds = limit_seconds
        self._tls: ssl.SSLContext | None = None
        self._tls_lock = asyncio.Lock()
        if ca_file is not None:
            ssl.create_default_context(cafile=ca_file)  # said at the start, not by every request

    async def resolve(self, url: str, asker: Hashable = None) -> tuple[IpAddress, ...]:
        """The addresses that a request to this URL might be sent to. Raises WEBHOOK_INVALID_URL, saying what is wrong,
        for a URL or a host that is not allowed and for a host that doesn't resolve; TooManyLookups."""
        checked = check_url(url, allow_loopback=self._allow_loopback)
        try:
            return await self._addresses(checked, self._for_resolve, asker)
        except _Failed as failed:
            refuse(str(failed))

    async def send(self, url: str, headers: dict[str, str], body: bytes, asker: Hashable = None) -> Answer:
        """POSTs the body. Whatever the other side does is an answer, never an exception; TooManyLookups, before
        anything was sent, is this side's. `headers` are beside Host, Content-Length and Connection."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        exchange = _Exchange()
        error: str | None = None
        try:
            async with asyncio.timeout(self._limit_seconds):
                await self._send(exchange, url, headers, body, asker)
        except ApiError as refused:
            error = refused.message
        except TimeoutError:
            error = f"no whole answer within {self._limit_seconds:g} s"
        except _Failed as failed:
            error = str(failed)
        except h11.RemoteProtocolError as failed:
            error = f"what came is no HTTP answer: {str(failed)[:_MOST_REASON_CHARACTERS]}"
        except TooManyLookups:
            raise
        except OSError as failed:
            error = _words(failed)
        if error is None and exchange.status is not None and 300 <= exchange.status < 400:
            error = "redirects are not followed: give the address that the endpoint really has"
        seconds = loop.time() - started
        return Answer(exchange.status, seconds, exchange.address, _shown(exchange.body), error and printable(error))

    async def _send(self, exchange: _Exchange, url: str, headers: dict[str, str], body: bytes, asker: Hashable) -> None:
        checked = check_url(url, allow_loopback=self._allow_loopback)
        addresses = await self._addresses(checked, self._for_send, asker)
        reader, writer = await self._dial(exchange, checked, addresses)
        try:
            connection = h11.Connection(h11.CLIENT)
            own = [("Host", checked.authority), ("Content-Length", str(len(body))), ("Connection", "close")]
            request = h11.Request(method="POST", target=checked.target, headers=[*own, *headers.items()])
            for event in (request, h11.Data(data=body), h11.EndOfMessage()):
                writer.write(connection.send(event) or b"")
            await _read(exchange, connection, reader)
        finally:
            writer.transport.abort()  # closing in order would wait for the other side

    async def _addresses(self, url: WebhookUrl, look_up: _Lookups, asker: Hashable) -> tuple[IpAddress, ...]:
        """What the host leads to now, checked. Raises ApiError, _Failed, TooManyLookups."""
        if url.address is not None:
            return (url.address,)
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                addresses = parsed(await look_up(url.host, asker))
        except TimeoutError as error:
            raise _Failed(f"{url.host} could not be looked up within {LOOKUP_SECONDS:g} s") from error
        except TooManyLookups:
            raise
        except OSError:
            refuse_name(url)
        if not addresses:
            refuse_name(url)
        check_addresses(url, addresses, allow_loopback=self._allow_loopback)
        return tuple(addresses)

    async def _dial(
        self, exchange: _Exchange, url: WebhookUrl, addresses: Sequence[IpAddress]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the first of the addresses that takes one. Raises _Failed."""
        context, name = (await self._trusted(), url.host) if url.scheme == "https" else (None, None)
        reason = ""
        for address in addresses[:MOST_ADDRESSES]:
            exchange.address = str(address)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await asyncio.open_connection(
                        exchange.address, url.port, limit=_READ_BYTES, ssl=context, server_hostname=name
                    )
            except ssl.SSLError as error:
                raise _Failed(_words(error)) from error
            except TimeoutError:
                reason = f"no connection within {CONNECT_SECONDS:g} s"
            except OSError as error:
                reason = _words(error)
        raise _Failed(reason)

    async def _trusted(self) -> ssl.SSLContext:
        """Made for the first request that needs it, in a thread: reading the authorities takes a tenth of a second."""
        async with self._tls_lock:
            if self._tls is None:
                self._tls = await asyncio.to_thread(_context, self._ca_file)
            return self._tls


def _for_anybody(resolver: Resolver) -> _Lookups:
    async def look_up(host: str, _asker: Hashable) -> Sequence[str]:
        return await resolver(host)

    return look_up


def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


async def _read(exchange: _Exchange, connection: h11.Connection, reader: asyncio.StreamReader) -> None:
    """The answer's status and the start of its body. Raises _Failed, OSError, h11.RemoteProtocolError."""
    while len(exchange.body) < RESPONSE_BYTES:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = await reader.read(_READ_BYTES)
            if not data and exchange.status is None:
                raise _Failed("the connection was closed without an answer")
            exchange.read_bytes += len(data)
            if exchange.read_bytes > MOST_READ_BYTES:
                raise _Failed(f"more than {MOST_READ_BYTES} bytes came around so little of an answer")
            connection.receive_data(data)
        elif isinstance(event, h11.Response):
            exchange.status = event.status_code
        elif isinstance(event, h11.Data):
            exchange.body += event.data
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            return


def _shown(body: bytes | bytearray) -> str:
    """The start of a body as text of at most 4 KiB that can neither move a cursor nor pretend to be other words."""
    text = bytes(body[:RESPONSE_BYTES]).decode("utf-8", "replace").replace("\r\n", "\n")
    return printable(text, keep="\n\t").encode()[:RESPONSE_BYTES].decode("utf-8", "ignore")


def _words(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the endpoint's certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {(error.reason or str(error)).replace('_', ' ').lower()}"
    if error.errno:
        return os.strerror(error.errno).lower()
    return str(error) or "the connection was cut"
