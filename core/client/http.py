"""One HTTP call described once and carried out by a sync or an async client, with retries where they are safe.

Which calls there are is in customer and node; nothing here knows any of them.
"""

import itertools
import os
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar, overload

import httpx
import msgspec

from ..protocol.accounts import SESSION_PREFIX
from .address import base_url, is_loopback
from .error_answers import server_error
from .errors import (
    AddressRefused,
    AnswerUnreadable,
    ConnectionFailed,
    KeyRefused,
    NameUnknown,
    NotEncrypted,
    NothingAnswers,
    ServerError,
)
from .profiles import CA_FILE_VARIABLE as CA_FILE_VARIABLE
from .retrying import try_again, try_again_async

T = TypeVar("T")
P = ParamSpec("P")

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 60.0
_CHECK = "Check that the service runs there, and that the address is its own: --server, server= or GPU_AGENT_SERVER."
_CHECK_CERTIFICATE = (
    f"If its certificate is of an authority of your own, give that by --ca-file, ca_file= or {CA_FILE_VARIABLE}. "
    "Else check that the address is that of the service."
)
_RETRIED_STATUS = frozenset({429, 502, 503, 504})
_NOT_RETRIED_CODES = frozenset({"DAILY_TASK_LIMIT_EXCEEDED"})


class Call(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A request and the type of its answer. `repeatable`: sending it twice does what sending it once does.

    `creates`: it carries an Idempotency-Key, the same one in every try, which makes it repeatable. `if_match`: the
    entity tag that what it changes must still have.
    """

    method: str
    path: str
    answer: type[T]
    query: list[tuple[str, str]] = []
    body: Any = None
    repeatable: bool = True
    creates: bool = False
    idempotency_key: str | None = None
    if_match: str | None = None


class Retries(msgspec.Struct, frozen=True):
    """How long a call is tried again. A wait that the service asks for is kept to if it is at most
    `longest_wait_seconds`; a longer one is the caller's business. Of a transfer `attempts` alone counts, anew whenever
    bytes came: a try of many bytes over a slow line may well last longer than `seconds`."""

    attempts: int = 6
    seconds: float = 20.0
    longest_wait_seconds: float = 10.0


PATIENT = Retries(attempts=20, seconds=45.0, longest_wait_seconds=15.0)


class Connection:
    """What the sync and the async client share: address, key (or a session's token in its place), and `key_headers`,
    those of every call. `ca_file` is trusted beside the usual certificate authorities. Transfers are tried for longer
    than calls, unless `retries` were given: those hold for both."""

    def __init__(
        self, address: str, api_key: str | None, *, insecure: bool, retries: Retries | None, ca_file: Path | None
    ) -> None:
        self.base_url = base_url(address, insecure=insecure)
        self.insecure = insecure
        self.ca_file = ca_file
        self.given_retries = retries
        self.retries = retries or Retries()
        self.transfer_retries = retries or PATIENT
        self.api_key = None if api_key is None else check_key(api_key)
        self.key_headers = {"User-Agent": "gpu-agent-client"}
        if self.api_key is not None and self.api_key.startswith(SESSION_PREFIX):
            self.key_headers["Authorization"] = f"Bearer {self.api_key}"
        elif self.api_key is not None:
            self.key_headers["X-API-Key"] = self.api_key

    def headers(self, call: Call[Any]) -> dict[str, str]:
        """The headers of one call, the same in each of its tries."""
        headers = dict(self.key_headers)
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.creates:
            headers["Idempotency-Key"] = call.idempotency_key or token_hex(16)
        if call.if_match is not None:
            headers["If-Match"] = f'"{call.if_match}"'
        return headers

    def failed(self, request: httpx.Request, error: httpx.RequestError) -> ConnectionFailed:
        """What a try without an answer is raised as."""
        failure = connection_failed(self.base_url, error)
        failure.idempotency_key = request.headers.get("Idempotency-Key")
        return failure

    def answered(self, call: Call[T], response: httpx.Response, earlier_tries: int) -> T:
        """What a try was answered. A delete that finds nothing, after one whose answer may be lost, is done."""
        if earlier_tries and call.method == "DELETE" and call.answer is type(None) and response.status_code == 404:
            return None
        return read_answer(call, response.status_code, response.content, response.headers)


def check_key(api_key: str) -> str:
    """The key as it may stand in a header. Raises KeyRefused for what can't be one."""
    key = api_key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise KeyRefused(
            "The API key is empty or holds characters that no key has.",
            hint="Copy the key again, whole, into GPU_AGENT_API_KEY, --api-key or api_key=.",
        )
    return key


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """What an https connection trusts: the usual authorities, and those of `ca_file` (PEM), or else of the file that
    GPU_AGENT_CA_FILE names: a service inside a house has a certificate of the house's own. Raises AddressRefused."""
    context = httpx.create_ssl_context()
    named = os.environ.get(CA_FILE_VARIABLE)
    file = ca_file or (Path(named) if named else None)
    if file is not None:
        try:
            context.load_verify_locations(file)
        except OSError as error:  # ssl.SSLError is one
            reason = error.strerror if error.errno and error.filename else "it holds no certificate in PEM"
            raise AddressRefused(
                f"{file} can't be used as a file of certificate authorities: {reason or error}",
                hint=f"Give the authority's certificate in PEM, by --ca-file, ca_file= or {CA_FILE_VARIABLE}.",
            ) from error
    return context


def transport_options(url: str, ca_file: Path | None = None) -> dict[str, Any]:
    """Options of an httpx client for this service: a proxy of the environment never stands before loopback. Raises
    AddressRefused."""
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL as error:
        raise AddressRefused(f"{url!r} is no address: {error}", hint="Give it as https://host:port.") from error
    timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    trusts = {"trust_env": not is_loopback(host), "verify": trusted(ca_file)}
    return {"timeout": timeout, "follow_redirects": False, **trusts}


def read_answer(call: Call[T], status: int, content: bytes, headers: httpx.Headers) -> T:
    """The answer as its type; unknown fields are passed over. Raises ServerError, AnswerUnreadable."""
    check_status(status, content, headers)
    if call.answer is type(None):
        return None
    try:
        return msgspec.json.decode(content, type=call.answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AnswerUnreadable(
            f"{call.method} {call.path} was answered with something else than expected: {error}",
            hint="Check that the address is that of the service, and that this program is not older than it.",
        ) from error


def check_status(status: int, content: bytes, headers: httpx.Headers) -> None:
    """Raise what an answer outside 2xx says."""
    if not 200 <= status < 300:
        raise server_error(status, content, {name.lower(): value for name, value in headers.items()})


def connection_failed(url: str, error: httpx.RequestError) -> ConnectionFailed:
    """The failed connection in words, as the kind that it is of."""
    host = httpx.URL(url).netloc.decode("ascii", "replace")
    cause = _first_cause(error)
    if isinstance(cause, socket.gaierror):
        return NameUnknown(f"The name of {host} can't be found.", hint=_CHECK)
    if isinstance(cause, ConnectionRefusedError):
        return NothingAnswers(f"Nothing answers at {host}.", hint=_CHECK)
    if isinstance(cause, ssl.SSLError):
        reason = getattr(cause, "verify_message", None) or cause.reason or cause
        untrusted = isinstance(cause, ssl.SSLCertVerificationError)
        hint = _CHECK_CERTIFICATE if untrusted else _CHECK
        return NotEncrypted(f"{host} can't be spoken to by https: {reason}", hint=hint)
    if isinstance(error, httpx.TimeoutException):
        what = f"{host} did not answer in time"
    elif isinstance(error, httpx.ConnectError):
        what = f"{host} can't be reached"
    else:
        what = f"The connection to {host} broke"
    return ConnectionFailed(f"{what}: {error}" if str(error) else what, hint=_CHECK)


def _first_cause(error: BaseException) -> BaseException:
    """What began it: libraries wrap the system's errors, those of several addresses in a group."""
    while True:
        cause = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__ or error.__context__
        if cause is None:
            return error
        error = cause


def worth_retrying(repeatable: bool, retries: Retries) -> Callable[[Exception], bool | float]:
    """What stamina asks after a failure: whether to try again, or after how many seconds."""

    def decide(error: Exception) -> bool | float:
        if isinstance(error, ConnectionFailed):
            never_sent = isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            return repeatable or never_sent
        if not isinstance(error, ServerError) or error.status not in _RETRIED_STATUS:
            return False
        if error.code_text in _NOT_RETRIED_CODES or not (repeatable or error.status == 429):
            return False
        wait = error.retry_after_seconds
        return True if wait is None else wait if wait <= retries.longest_wait_seconds else False

    return decide


def retry_options(retries: Retries) -> dict[str, Any]:
    """Of a call: its tries together end after `seconds`."""
    return {**transfer_options(retries), "timeout": retries.seconds}


def transfer_options(retries: Retries) -> dict[str, Any]:
    """Of a transfer, one try of which may last for minutes: only tries are counted."""
    return {"attempts": retries.attempts, "timeout": None, "wait_initial": 0.1, "wait_max": 5.0}


class SyncConnection(Connection):
    """Carries out calls, each in the calling thread. May be shared by threads. Close it, or use `with`."""

    def __init__(
        self,
        address: str,
        api_key: str | None,
        *,
        insecure: bool = False,
        retries: Retries | None = None,
        ca_file: Path | None = None,
    ) -> None:
        super().__init__(address, api_key, insecure=insecure, retries=retries, ca_file=ca_file)
        self.http = httpx.Client(**transport_options(self.base_url, ca_file))

    def send(self, call: Call[T]) -> T:
        """Raises ServerError, ConnectionFailed or AnswerUnreadable."""
        request = self.http.build_request(
            call.method,
            self.base_url + call.path,
            params=httpx.QueryParams(tuple(call.query)),
            content=None if call.body is None else msgspec.json.encode(call.body),
            headers=self.headers(call),
        )
        decide = worth_retrying(call.repeatable or call.creates, self.retries)
        return try_again(retry_options(self.retries), decide, self._once, call, request, itertools.count())

    def _once(self, call: Call[T], request: httpx.Request, tries: Iterator[int]) -> T:
        earlier_tries = next(tries)
        try:
            response = self.http.send(request)
        except httpx.RequestError as error:
            raise self.failed(request, error) from error
        return self.answered(call, response, earlier_tries)

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> "SyncConnection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncConnection(Connection):
    """Carries out calls in an event loop. Close it, or use `async with`."""

    def __init__(
        self,
        address: str,
        api_key: str | None,
        *,
        insecure: bool = False,
        retries: Retries | None = None,
        ca_file: Path | None = None,
    ) -> None:
        super().__init__(address, api_key, insecure=insecure, retries=retries, ca_file=ca_file)
        self.http = httpx.AsyncClient(**transport_options(self.base_url, ca_file))

    async def send(self, call: Call[T]) -> T:
        """Raises ServerError, ConnectionFailed or AnswerUnreadable."""
        request = self.http.build_request(
            call.method,
            self.base_url + call.path,
            params=httpx.QueryParams(tuple(call.query)),
            content=None if call.body is None else msgspec.json.encode(call.body),
            headers=self.headers(call),
        )
        decide = worth_retrying(call.repeatable or call.creates, self.retries)
        return await try_again_async(retry_options(self.retries), decide, self._once, call, request, itertools.count())

    async def _once(self, call: Call[T], request: httpx.Request, tries: Iterator[int]) -> T:
        earlier_tries = next(tries)
        try:
            response = await self.http.send(request)
        except httpx.RequestError as error:
            raise self.failed(request, error) from error
        return self.answered(call, response, earlier_tries)

    async def close(self) -> None:
        await self.http.aclose()

    async def __aenter__(self) -> "AsyncConnection":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Endpoint(Generic[P, T]):
    """A call as a method of both clients: the sync one returns the answer, the async one a coroutine that gives it."""

    def __init__(self, describe: Callable[P, Call[T]]) -> None:
        self.describe = describe
        self.__doc__ = describe.__doc__

    @overload
    def __get__(self, client: SyncConnection, owner: Any = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: AsyncConnection, owner: Any = None) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, client: None, owner: Any = None) -> "Endpoint[P, T]": ...
    def __get__(
        self, client: SyncConnection | AsyncConnection | None, owner: Any = None
    ) -> "Callable[P, T] | Callable[P, Coroutine[Any, Any, T]] | Endpoint[P, T]":
        if client is None:
            return self

        def call(*arguments: P.args, **named: P.kwargs) -> Any:
            return client.send(self.describe(*arguments, **named))

        call.__doc__ = self.__doc__
        return call
