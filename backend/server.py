"""A running server: its socket, its loops, its application, and an end within seconds when it is told to stop."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from types import FrameType

import structlog
import uvicorn

from core.console import CommandError, ExitCode
from core.content.blobs_local import LocalBlobStore
from core.scheduling.leases import postpone_by_downtime
from core.store.database import Store

from .app import create_app
from .context import Context
from .http_protocol import HttpProtocol, watched
from .kept_counts import FILE_NAME as COUNTS_NAME
from .kept_counts import KeptCounts
from .loops import running_loops
from .package_inspection import TEMPORARY_PREFIX
from .service_values import set_environment
from .settings import Settings
from .tls import Certificate
from .webhook_deliveries import WebhookDeliveries

GRACE_SECONDS = 3
KEEP_ALIVE_SECONDS = 75
"""As nginx: longer than clients keep a connection that they don't use (httpx: 5 s), so that none is closed under a
request that is on its way; one that must not be sent twice would fail."""
RECOVERY_BUSY_SECONDS = 5
LAST_SECONDS = 4.5
RENEWAL_SECONDS = 2.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
log = structlog.get_logger("backend")


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises CommandError in clear words when the port can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform == "linux":
            # A peer that is gone, or reads nothing of what the kernel keeps for it. Each connection has it from here.
            milliseconds = int(HttpProtocol.unread_seconds * 1000)
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        bound.bind((host.strip("[]"), port))
        bound.set_inheritable(False)
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(
            f"can't listen on {host}:{port}: {reason}",
            hint="Stop what uses that port, or give another one: --port PORT",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
    return bound


def recover(settings: Settings, store: Store, context: Context) -> None:
    """Before the first request: what the last process left half done is swept, its downtime given back to leases."""
    if isinstance(context.blobs, LocalBlobStore):
        context.blobs.sweep()
    for left in settings.data_dir.glob(f"{TEMPORARY_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    with store.transaction() as tx:
        postpone_by_downtime(tx, context.clock())
        set_environment(tx, settings.environment)
    context.index.rebuild(store.connection)


async def serve(
    context: Context, listening: socket.socket, started: Callable[[], None], certificate: Certificate | None = None
) -> None:
    """Serves until SIGTERM or SIGINT, by https where there is a certificate; `started` is called when requests are
    answered."""

    def changed_by_another_process() -> None:
        context.node_changes += 1
        context.index.rebuild(context.store.connection)
        context.wake()
        context.streams.wake_all()
        deliveries.wake_all()

    def announced(topics: set[Hashable]) -> None:
        context.streams.wake(topics)
        deliveries.wake(topics)

    deliveries = WebhookDeliveries(context, context.webhook_sender)
    context.store.on_foreign_change = changed_by_another_process
    context.store.on_announced = announced
    context.store.on_tallied = context.metrics.count
    context.store.on_group = context.metrics.count_group
    front = create_app(context)
    config = uvicorn.Config(
        front,
        http=HttpProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        # behind a proxy on this machine, who asks is in X-Forwarded-For; no other peer may say so
        proxy_headers=context.settings.behind_proxy,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        backlog=2048,
        ssl_context_factory=None if certificate is None else lambda _config, _default: certificate.context,
    )
    server = _Server(config, context, started)
    front.start()
    try:
        looking = watched(server.server_state.connections)
        delivering = deliveries.running() if context.settings.sends_webhooks else contextlib.nullcontext()
        async with running_loops(context), delivering, renewals(certificate), looking:
            with server.stopped_by_signals():
                await server.serve(sockets=[listening])
    finally:
        await front.close()


@contextlib.asynccontextmanager
async def renewals(certificate: Certificate | None) -> AsyncIterator[None]:
    """While the block runs, the certificate's files are looked at: one that was renewed is taken up within seconds."""

    async def look(certificate: Certificate) -> None:
        while True:
            await asyncio.sleep(RENEWAL_SECONDS)
            await asyncio.to_thread(certificate.renew)

    looking = None if certificate is None else asyncio.create_task(look(certificate), name="renewals")
    try:
        yield
    finally:
        if looking is not None:
            looking.cancel()


class _Server(uvicorn.Server):
    """uvicorn's server, told to stop here: polls end first, and the process leaves with exit code 0."""

    def __init__(self, config: uvicorn.Config, context: Context, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._context = context
        self._started = started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Left to `stopped_by_signals`: uvicorn's own raises the signal again at the end."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Says that requests are answered, once they are."""
        await super().startup(sockets)
        self._started()

    @contextlib.contextmanager
    def stopped_by_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT end polls and streams, then the server."""
        loop = asyncio.get_running_loop()

        def stop() -> None:
            log.info("stopping")
            _end_at_last(LAST_SECONDS)
            self._context.stop()
            self.should_exit = True

        def handle(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(stop)

        before = {number: signal.signal(number, handle) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def allow_many_connections() -> None:
    """Each open poll, stream and transfer takes a file: as many as this process may have at all."""
    if sys.platform == "win32":
        return
    import resource  # not there on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError) as error:  # macOS names a limit that it does not give
        log.warning("the limit of open files stays as it is", reason=str(error))


def _end_at_last(seconds: float) -> None:
    """Ends the process after so long even if a thread still reads or hashes: nothing answered is lost by that, and
    what it was about is taken up at the next start."""
    timer = threading.Timer(seconds, os._exit, [0])
    timer.daemon = True
    timer.start()


def run_server(
    settings: Settings,
    store: Store,
    listening: socket.socket,
    started: Callable[[], None],
    certificate: Certificate | None = None,
) -> None:
    """Runs a server in this thread until it is told to stop."""
    allow_many_connections()
    with contextlib.closing(KeptCounts(settings.data_dir / COUNTS_NAME)) as counts:
        context = Context(settings, store, request_counts=counts)
        store.set_busy_timeout(RECOVERY_BUSY_SECONDS)  # a command may be writing at this moment
        recover(settings, store, context)
        store.set_busy_timeout(0)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(context, listening, started, certificate))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # not there on Windows

    return uvloop.new_event_loop
