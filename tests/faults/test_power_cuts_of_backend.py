"""The power of the backend's machine cut at every sync and rename of a whole job: what it acknowledged is there."""

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.content.blobs_local import LocalBlobStore
from core.nodes.enrollment import make_code
from core.nodes.tiers import Tier
from tests.faults.power import Call, Disk, needs_tracer
from tests.faults.quick_start import quick_server
from tests.faults.recorded_backend import RecordedBackend
from tests.faults.scripted_job import Memory, ScriptedJob
from tests.faults.world import assert_books

SAMPLE = 3
FEWEST = 80
"""Syncs and renames that the job takes at least, however its commits are grouped."""


class Recording:
    """A whole job: the calls of its backend, and what was acknowledged when."""

    def __init__(self, folder: Path) -> None:
        self.memory = Memory()
        backend = RecordedBackend(folder)
        try:
            ScriptedJob(backend.url, self.memory, backend.new_customer, backend.new_code).run()
            self.data_dir, self.calls = backend.data_dir, backend.stop()
        finally:
            backend.close()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    folder = tmp_path_factory.mktemp("recorded")
    yield Recording(folder)
    shutil.rmtree(folder)


def go_on_after(recording: Recording, disk: Disk, number: int, call: Call, folder: Path) -> None:
    """One cut: the server starts on what is left, all it had acknowledged is there, and the job comes to its end."""
    image = folder / str(number)
    disk.image(number, image)
    memory = recording.memory.until(call.begun_at)
    memory.check_chunks(LocalBlobStore(image / "blobs"))
    with quick_server(image) as server:

        def code() -> str:
            with server.store() as store, store.transaction() as tx:
                return make_code(tx, owner_id=None, tier=Tier.CONTROLLED, now=time.time(), random_bytes=os.urandom)

        ScriptedJob(server.url, memory, lambda: server.new_customer().key, code).run()
    assert_books(server)
    shutil.rmtree(image)


@needs_tracer
def test_some_cuts_of_a_whole_job(recording: Recording, tmp_path: Path) -> None:
    chosen = random.Random(1).sample(range(1, FEWEST), SAMPLE)
    disk = Disk(recording.data_dir)
    for number, call in disk.cuts(recording.calls):
        if number in chosen:
            go_on_after(recording, disk, number, call, tmp_path)


@needs_tracer
@pytest.mark.full
def test_every_cut_of_a_whole_job(recording: Recording, tmp_path: Path) -> None:
    disk, number = Disk(recording.data_dir), 0
    for number, call in disk.cuts(recording.calls):
        go_on_after(recording, disk, number, call, tmp_path)
    assert number >= FEWEST
