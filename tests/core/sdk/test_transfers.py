"""Uploads of the library that are called off, tried again, or beside others; the service answers when it is told."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from core.content import chunking
from core.content.chunking import Scan
from core.content.manifest import CHUNK_SIZE_BYTES
from core.sdk import AsyncClient
from tests.core.client.small_service import KEY, SmallService

LAST_SECONDS = 60


class HeldService(SmallService):
    """Answers no chunk before it may."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        super().__init__()

    def _put(self, handler: BaseHTTPRequestHandler, digest: str, body: bytes) -> None:
        self.may_answer.wait(LAST_SECONDS)
        super()._put(handler, digest, body)


async def test_a_cancelled_upload_stops_and_the_next_one_sends_the_rest(tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(os.urandom(8 * CHUNK_SIZE_BYTES))
    begun = asyncio.Event()
    loop_thread = threading.get_ident()

    def hear(done: int, total: int) -> None:
        assert threading.get_ident() == loop_thread and total == 8 * CHUNK_SIZE_BYTES
        if done:
            begun.set()

    service = HeldService()
    try:
        async with AsyncClient(service.url, KEY) as client, asyncio.timeout(LAST_SECONDS):
            upload = asyncio.create_task(client.datasets.upload(tmp_path / "large.bin", progress=hear))
            await begun.wait()
            upload.cancel()
            await asyncio.sleep(0)
            service.may_answer.set()
            with pytest.raises(asyncio.CancelledError):
                await upload
            assert len(service.chunks) < 8
            done = await client.datasets.upload(tmp_path / "large.bin")
        assert (done.status.value, done.size_bytes, done.name) == ("ready", 8 * CHUNK_SIZE_BYTES, "large.bin")
        assert sorted(service.puts.values()) == [1] * 8
    finally:
        service.may_answer.set()
        service.close()


def test_a_call_that_is_tried_again_says_nothing_and_hooks_hear_of_others(tmp_path: Path) -> None:
    program = """
import stamina, sys
from stamina.instrumentation import set_on_retry_hooks
set_on_retry_hooks([lambda details: print("heard", type(details.caused_by).__name__)])
from core.sdk import Client

def fails():
    raise OSError

with Client(sys.argv[1], "sk_alpha_test") as client:
    try:
        client.jobs.get("absent")
    except Exception as error:
        print(type(error).__name__)
try:
    stamina.RetryingCaller(attempts=2, wait_initial=0, wait_jitter=0)(OSError, fails)
except OSError:
    pass
"""
    service = SmallService()
    service.first_answers = [(503, {"Retry-After": "0"}, b"{}")]
    try:
        said = subprocess.run([sys.executable, "-c", program, service.url], capture_output=True, text=True, timeout=60)
    finally:
        service.close()
    assert said.stdout.splitlines() == ["NotFound", "heard OSError"], said.stderr
    assert said.stderr == ""


async def test_an_upload_that_is_cancelled_while_it_is_hashed_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "huge.bin").open("wb") as file:
        file.truncate(1 << 38)  # a hole: to hash it takes minutes
    begun, ended, loop = asyncio.Event(), threading.Event(), asyncio.get_running_loop()

    def scan(path: Path, *, progress: Callable[[int, int], None]) -> Scan:
        def note(done: int, total: int) -> None:
            loop.call_soon_threadsafe(begun.set)
            progress(done, total)

        try:
            return chunking.scan(path, progress=note)
        finally:
            ended.set()

    monkeypatch.setattr("core.sdk.transfers.scan", scan)
    async with AsyncClient("http://127.0.0.1:9", KEY) as client, asyncio.timeout(LAST_SECONDS):
        upload = asyncio.create_task(client.datasets.upload(tmp_path / "huge.bin"))
        await begun.wait()
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload
        assert ended.is_set()


async def test_an_upload_does_not_wait_for_the_threads_of_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    service, may_end = SmallService(), threading.Event()
    pool = ThreadPoolExecutor(1)
    asyncio.get_running_loop().set_default_executor(pool)
    pool.submit(may_end.wait)
    try:
        async with AsyncClient(service.url, KEY) as client, asyncio.timeout(LAST_SECONDS):
            uploads = [client.datasets.upload(tmp_path / "a.txt", name=str(number)) for number in range(8)]
            assert {one.status.value for one in await asyncio.gather(*uploads)} == {"ready"}
    finally:
        may_end.set()
        service.close()
