"""What every part of the server shares: made once at start, handed to each part. No rules live here."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.accounts.cursors import Cursors
from core.accounts.request_windows import Counts, RequestWindows
from core.content.blobs import BlobStore
from core.content.blobs_local import LocalBlobStore
from core.content.signed_urls import UrlSigner
from core.content.storage import SweepPlace, known_orphans
from core.ids import uuid7
from core.protocol.node import NodeSettings
from core.scheduling.fairness import ReadyIndex
from core.store.database import Store

from .data_folder import BLOBS_NAME
from .event_streams import EventStreams
from .fleet_view import FleetView
from .metrics import Metrics
from .metrics_readings import Readings
from .password_threads import PasswordThreads
from .requirement_locks import FOLDER_NAME, RequirementLocks
from .secret_keys import SecretKeys, load_secret_keys, secrets_stamp
from .settings import Settings, node_settings
from .steady_clock import SteadyClock
from .urls import Urls
from .webhook_dialling import WebhookSender

INSPECTIONS_AT_ONCE = 2


class Arriving:
    """Chunks that are being written and have no owner yet: by digest, and streams whose chunks nobody can name."""

    def __init__(self) -> None:
        self._streams = 0
        self._counts: dict[str, int] = {}
        self._bytes: dict[int, int] = {}

    def __contains__(self, digest: str) -> bool:
        return self._streams > 0 or digest in self._counts

    @contextmanager
    def chunk(self, digest: str) -> Iterator[None]:
        """While a chunk is written and recorded."""
        self._counts[digest] = self._counts.get(digest, 0) + 1
        try:
            yield
        finally:
            self._counts[digest] -= 1
            if not self._counts[digest]:
                del self._counts[digest]

    @contextmanager
    def stream(self, customer_id: int) -> Iterator["ArrivingStream"]:
        """While a stream is written and recorded."""
        self._streams += 1
        stream = ArrivingStream(self._bytes, customer_id)
        try:
            yield stream
        finally:
            self._streams -= 1
            stream.release()


class ArrivingStream:
    """The bytes of a stream that have come or were announced, counted with all that arrives for its customer."""

    def __init__(self, bytes_of: dict[int, int], customer_id: int) -> None:
        self._bytes_of = bytes_of
        self._customer_id = customer_id
        self.size_bytes = 0

    def take(self, size_bytes: int) -> None:
        """So many more."""
        self.size_bytes += size_bytes
        of_all = self._bytes_of.pop(self._customer_id, 0) + size_bytes
        if of_all:
            self._bytes_of[self._customer_id] = of_all

    def release(self) -> None:
        """They are recorded, or gone."""
        self.take(-self.size_bytes)

    @property
    def of_all(self) -> int:
        """The bytes of all streams that arrive for the customer."""
        return self._bytes_of.get(self._customer_id, 0)


class Context:
    """The open store and blobs, the signer, the clock, and the index of ready units.

    `wake` and `polls_open`, set by the exchange, let every long poll look again and tell how many wait;
    `verify_waiting` is set by the verifications. `stopping` is True once the server goes down, and no poll may wait any
    more. `keys_used`, `sessions_used` and `admin_keys_used` gather when keys and sessions were used, for a loop to
    write. `node_changes` counts what operators did to nodes: who has read a node before reads it again.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        clock: SteadyClock | None = None,
        request_counts: Counts | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.settings = settings
        self.node_settings: NodeSettings = node_settings(settings.lease_seconds)
        self.store = store
        self.metrics = Metrics(settings)
        self.polls_open: Callable[[], int] = lambda: 0
        blobs_folder = settings.data_dir / BLOBS_NAME
        blobs_folder.mkdir(mode=0o700, exist_ok=True)
        self.blobs: BlobStore = LocalBlobStore(blobs_folder)
        self.clock = clock = clock or SteadyClock()
        self.readings = Readings(store.path, silent_seconds=self.node_settings.silent_idle_seconds, clock=clock)
        self.take_up_secrets(load_secret_keys(settings.data_dir, random_bytes, clock()))
        self.random_bytes = random_bytes
        self.new_id: Callable[[], str] = lambda: uuid7(clock(), random_bytes)
        self.index = ReadyIndex()
        self.fleet = FleetView(store, clock, self.node_settings.silent_idle_seconds)
        self.wake: Callable[[], None] = lambda: None
        self.streams = EventStreams()
        self.verify_waiting: Callable[[], None] = lambda: None
        self.stopping = False
        self.windows = RequestWindows(request_counts)
        self.replay_windows = RequestWindows()
        self.keys_used: dict[int, float] = {}
        self.admin_keys_used: dict[int, float] = {}
        self.node_changes = 0
        self.sessions_used: dict[int, float] = {}
        self.passwords = PasswordThreads()
        self.arriving = Arriving()
        self.sweep_place = SweepPlace()
        self.orphans = set(known_orphans(store.connection))
        self.inspections = asyncio.Semaphore(INSPECTIONS_AT_ONCE)
        self.webhook_sender = WebhookSender(allow_loopback=settings.allow_loopback_webhooks)
        self.requirement_locks = RequirementLocks(
            settings.data_dir / FOLDER_NAME, wheels_dir=settings.wheels_dir, indexes=settings.package_indexes
        )

    def take_up_secrets(self, secrets: SecretKeys) -> None:
        """Sign with the newest of these keys from now on; what the others signed is still good."""
        self.secrets_stamp = secrets_stamp(self.settings.data_dir)
        self.signer = UrlSigner(secrets.url_keys)
        self.urls = Urls(self.settings.public_url, self.signer)
        self.cursors = Cursors(secrets.cursor_keys)

    def stop(self) -> None:
        """Ends every long poll and stream, and lets none begin."""
        self.stopping = True
        self.wake()
        self.streams.stop()
