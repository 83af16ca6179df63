"""Fetching over real HTTP: every chunk is checked, fetched again when it is wrong, and put together once for all."""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from agent.chunk_cache import ChunkCache
from agent.contents import Contents
from agent.fetching import Fetcher, FetchFailed, UrlBook
from agent.shared_folders import SharedFolders
from core.client.node import NodeClient
from core.content.chunking import read_chunk, scan
from core.errors import ApiError
from core.packages.archive import zip_folder
from core.protocol.content import Manifest
from core.protocol.node import Content

from .small_backend import SmallBackend

MIB = 1 << 20


@pytest.fixture
def backend() -> Iterator[SmallBackend]:
    with SmallBackend() as backend:
        yield backend


@pytest.fixture
async def client(backend: SmallBackend) -> AsyncIterator[NodeClient]:
    async with NodeClient(backend.url, "credential") as client:
        yield client


@pytest.fixture
async def cache(tmp_path: Path) -> ChunkCache:
    cache = ChunkCache(tmp_path / "chunks", 100 * MIB, lambda added, removed: None)
    await cache.open()
    return cache


@pytest.fixture
async def contents(client: NodeClient, cache: ChunkCache, tmp_path: Path) -> Contents:
    copies, packages = SharedFolders(tmp_path / "contents", 0), SharedFolders(tmp_path / "packages", 0)
    await copies.open()
    await packages.open()
    return Contents(Fetcher(client, cache), copies, packages)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    (folder / "images").mkdir(parents=True)
    (folder / "labels.csv").write_text("a,1\nb,2\n")
    (folder / "images" / "a.bin").write_bytes(bytes(range(256)) * 8 * 1024)
    return folder


def served(backend: SmallBackend, path: Path, *, urls: bool = True) -> Content:
    found = scan(path)
    return backend.content(
        found.manifest, {digest: read_chunk(source) for digest, source in found.sources.items()}, urls=urls
    )


def no_questions(digests: list[str]) -> None:
    raise AssertionError(f"asked for URLs of {digests}")


def book_of(content: Content) -> UrlBook:
    return UrlBook(content.urls, no_questions)


async def test_units_with_the_same_data_share_one_copy_fetched_once(
    backend: SmallBackend, contents: Contents, dataset: Path
) -> None:
    content = served(backend, dataset)
    first, second = await asyncio.gather(
        contents.data(content, "one", book_of(content)), contents.data(content, "two", book_of(content))
    )
    assert first == second
    assert (first / "labels.csv").read_text() == "a,1\nb,2\n"
    assert (first / "images" / "a.bin").read_bytes() == (dataset / "images" / "a.bin").read_bytes()
    assert set(backend.fetched.values()) == {1}


async def test_a_copy_stays_while_a_unit_holds_it_and_goes_with_the_last(
    backend: SmallBackend, contents: Contents, dataset: Path
) -> None:
    content = served(backend, dataset)
    folder = await contents.data(content, "one", book_of(content))
    await contents.data(content, "two", book_of(content))
    await contents.release("one")
    assert folder.is_dir()
    await contents.release("two")
    assert not folder.exists(), "the quota of copies that nobody holds is 0 here"


async def test_a_chunk_whose_bytes_are_not_its_name_is_refused_and_fetched_again(
    backend: SmallBackend, contents: Contents, dataset: Path
) -> None:
    content = served(backend, dataset)
    digest = next(iter(content.manifest.chunk_sizes()))
    backend.spoil[digest] = 1
    folder = await contents.data(content, "one", book_of(content))
    assert (folder / "images" / "a.bin").read_bytes() == (dataset / "images" / "a.bin").read_bytes()
    assert backend.fetched[digest] == 2


async def test_a_chunk_that_went_bad_on_the_disk_is_fetched_again(
    backend: SmallBackend, contents: Contents, cache: ChunkCache, dataset: Path
) -> None:
    content = served(backend, dataset)
    await contents.data(content, "one", book_of(content))
    await contents.release("one")
    digest = next(iter(content.manifest.chunk_sizes()))
    cache.path(digest).write_bytes(b"rot")
    folder = await contents.data(content, "two", book_of(content))
    assert (folder / "images" / "a.bin").read_bytes() == (dataset / "images" / "a.bin").read_bytes()
    assert backend.fetched[digest] == 2


async def test_an_assembled_copy_that_lost_bytes_in_a_power_cut_is_made_anew(
    backend: SmallBackend, contents: Contents, dataset: Path
) -> None:
    content = served(backend, dataset)
    folder = await contents.data(content, "one", book_of(content))
    (folder / "labels.csv").write_bytes(b"")
    again = await contents.data(content, "two", book_of(content))
    assert (again / "labels.csv").read_text() == "a,1\nb,2\n"


async def test_an_expired_url_is_asked_for_anew(backend: SmallBackend, contents: Contents, dataset: Path) -> None:
    content = served(backend, dataset)
    digest = next(iter(content.manifest.chunk_sizes()))
    backend.expire[digest] = 1
    asked: list[list[str]] = []

    def want(digests: list[str]) -> None:
        asked.append(digests)
        book.add({digest: backend.chunk_url(digest) for digest in digests})

    book = UrlBook(content.urls, want)
    await contents.data(content, "one", book)
    assert asked == [[digest]]


async def test_urls_that_the_lease_did_not_bring_are_asked_for_in_one_question(
    backend: SmallBackend, contents: Contents, dataset: Path
) -> None:
    content = served(backend, dataset, urls=False)
    asked: list[list[str]] = []

    def want(digests: list[str]) -> None:
        asked.append(digests)
        book.add({digest: backend.chunk_url(digest) for digest in digests})

    book = UrlBook({}, want)
    await contents.data(content, "one", book)
    assert [sorted(digests) for digests in asked] == [sorted(content.manifest.chunk_sizes())]


async def test_a_url_that_the_server_never_gives_fails_in_words(
    backend: SmallBackend, contents: Contents, dataset: Path
) -> None:
    content = served(backend, dataset, urls=False)
    book = UrlBook({}, lambda digests: book.add({}))
    with pytest.raises(FetchFailed, match="gives no address"):
        await contents.data(content, "one", book)


async def test_a_manifest_under_another_name_is_refused(
    backend: SmallBackend, contents: Contents, dataset: Path
) -> None:
    content = served(backend, dataset)
    forged = Content("0" * 64, content.manifest, content.urls)
    with pytest.raises(FetchFailed, match="digest"):
        await contents.data(forged, "one", book_of(forged))


async def test_a_manifest_with_a_path_that_leads_out_is_refused_and_writes_nothing(
    backend: SmallBackend, contents: Contents, dataset: Path, tmp_path: Path
) -> None:
    content = served(backend, dataset)
    (first, *rest) = content.manifest.files
    escaping = Manifest([type(first)("../escaped", first.size_bytes, first.chunks), *rest])
    forged = Content(escaping.digest, escaping, content.urls)
    with pytest.raises(ApiError):
        await contents.data(forged, "one", book_of(forged))
    assert not list(tmp_path.rglob("escaped"))
    assert [entry.name for entry in (tmp_path / "contents").iterdir()] == []


async def test_a_package_is_unpacked_once_for_all_its_units(
    backend: SmallBackend, contents: Contents, tmp_path: Path
) -> None:
    source = tmp_path / "package"
    source.mkdir()
    (source / "train.py").write_text("print('hello')\n")
    zip_folder(source, tmp_path / "package.zip")
    content = served(backend, tmp_path / "package.zip")
    first = await contents.package(content, "one", book_of(content))
    second = await contents.package(content, "two", book_of(content))
    assert first == second
    assert (first / "train.py").read_text() == "print('hello')\n"


async def test_the_cache_remembers_its_chunks_and_lets_the_longest_unused_go(tmp_path: Path) -> None:
    told: list[tuple[list[str], list[str]]] = []
    cache = ChunkCache(tmp_path / "chunks", 250, lambda added, removed: told.append((added, removed)))
    await cache.open()
    chunks = [bytes([n]) * 100 for n in range(3)]
    digests = [hashlib.sha256(chunk).hexdigest() for chunk in chunks]
    for digest, chunk in zip(digests[:2], chunks[:2], strict=True):
        await cache.put(digest, chunk)
    cache.touch([digests[0]])
    await cache.put(digests[2], chunks[2])
    assert [digest in cache for digest in digests] == [True, False, True]
    assert told[-1] == ([], [digests[1]])
    again = ChunkCache(tmp_path / "chunks", 250, lambda added, removed: None)
    await again.open()
    assert [digest in again for digest in digests] == [True, False, True]


async def test_two_units_that_want_a_chunk_at_once_fetch_it_once(
    backend: SmallBackend, contents: Contents, cache: ChunkCache, dataset: Path, tmp_path: Path
) -> None:
    content = served(backend, dataset)
    folders = [tmp_path / name for name in ("one", "two", "three")]
    await asyncio.gather(*(contents.put_together(content.manifest, folder, book_of(content)) for folder in folders))
    assert set(backend.fetched.values()) == {1}
    assert all((folder / "labels.csv").read_text() == "a,1\nb,2\n" for folder in folders)


async def test_a_lowered_quota_holds_at_once_but_not_for_what_a_unit_is_being_given(tmp_path: Path) -> None:
    gone: list[str] = []
    cache = ChunkCache(tmp_path / "chunks", MIB, lambda added, removed: gone.extend(removed))
    await cache.open()
    digests = [hashlib.sha256(bytes([n]) * 100).hexdigest() for n in range(4)]
    for n, digest in enumerate(digests):
        await cache.put(digest, bytes([n]) * 100)
    with cache.pinned(digests[:1]):
        await cache.set_quota(200)
        assert (cache.used_bytes, cache.held_bytes, gone) == (200, 100, digests[1:3])
        await cache.set_quota(0)
        assert [digest in cache for digest in digests] == [True, False, False, False]
    assert cache.used_bytes == cache.held_bytes == 0
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


async def test_what_was_unused_for_too_long_goes(cache: ChunkCache) -> None:
    old, pinned, new = (hashlib.sha256(data).hexdigest() for data in (b"old", b"pinned", b"new"))
    for digest, data in ((old, b"old"), (pinned, b"pinned"), (new, b"new")):
        await cache.put(digest, data)
    for digest in (old, pinned):
        os.utime(cache.path(digest), (1000, 1000))
    with cache.pinned([pinned]):
        await cache.expire(1001)
        assert [digest in cache for digest in (old, pinned, new)] == [False, True, True]


async def test_on_a_full_disk_what_no_unit_needs_makes_room(cache: ChunkCache, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [hashlib.sha256(data).hexdigest() for data in (b"unused", b"pinned", b"wanted")]
    await cache.put(digests[0], b"unused")
    await cache.put(digests[1], b"pinned")
    real = Path.write_bytes

    def write(file: Path, data: bytes) -> int:
        if digests[0] in cache:
            real(file, data[:3])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data)

    monkeypatch.setattr(Path, "write_bytes", write)
    with cache.pinned([digests[1]]):
        await cache.put(digests[2], b"wanted")
    assert [digest in cache for digest in digests] == [False, True, True]
    assert {file.name for file in cache.path(digests[2]).parent.parent.rglob("*") if file.is_file()} == set(digests[1:])


async def test_the_cache_takes_no_bytes_under_a_name_that_is_not_theirs(cache: ChunkCache) -> None:
    with pytest.raises(ApiError):
        await cache.put("0" * 64, b"anything")
    with pytest.raises(ApiError):
        await cache.put("../../escaped", b"anything")


async def test_two_units_may_bring_the_same_chunk_at_once(cache: ChunkCache) -> None:
    data = b"shared" * 100_000
    digest = hashlib.sha256(data).hexdigest()
    await asyncio.gather(*(cache.put(digest, data) for _ in range(8)))
    assert digest in cache
