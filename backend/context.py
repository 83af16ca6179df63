"""What every part of the server shares: made once at start, handed to each part. No rules live here."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.accounts.cursors import Cursors
from core.accounts.limits import RequestWindows
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
from .requirement_locks import FOLDER_NAME, RequirementLocks
from .secret_keys import SecretKeys, load_secret_keys, secrets_stamp
from .settings import Settings, node_settings
from .steady_clock import SteadyClock
from .urls import Urls

INSPECTIONS_AT_ONCE = 2


class Arriving:
    """Chunks that are being written and have no owner yet: by digest, and streams whose chunks nobody can name."""

    def __init__(self) -> None:
        self._streams = 0
        self._counts: dict[str, int] = {}

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
    def stream(self) -> Iterator[None]:
        """While a stream is written and recorded."""
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1


class Context:
    """The open store and blobs, the signer, the clock, and the index of ready units.

    `wake`, set by the exchange, lets every long poll look again; `verify_waiting` is set by the verifications.
    `stopping` is True once the server goes down, and no poll may wait any more. `keys_used` gathers when keys were
    used, for a loop to write.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        clock: SteadyClock | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.settings = settings
        self.node_settings: NodeSettings = node_settings(settings.lease_seconds)
        self.store = store
        blobs_folder = settings.data_dir / BLOBS_NAME
        blobs_folder.mkdir(mode=0o700, exist_ok=True)
        self.blobs: BlobStore = LocalBlobStore(blobs_folder)
        self.clock = clock = clock or SteadyClock()
        self.take_up_secrets(load_secret_keys(settings.data_dir, random_bytes, clock()))
        self.random_bytes = random_bytes
        self.new_id: Callable[[], str] = lambda: uuid7(clock(), random_bytes)
        self.index = ReadyIndex()
        self.wake: Callable[[], None] = lambda: None
        self.streams = EventStreams()
        self.verify_waiting: Callable[[], None] = lambda: None
        self.stopping = False
        self.windows = RequestWindows()
        self.keys_used: dict[int, float] = {}
        self.arriving = Arriving()
        self.sweep_place = SweepPlace()
        self.orphans = set(known_orphans(store.connection))
        self.inspections = asyncio.Semaphore(INSPECTIONS_AT_ONCE)
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
