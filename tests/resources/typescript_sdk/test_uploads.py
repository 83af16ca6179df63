"""Uploads by the library to a real server, through a line that loses answers: each chunk's bytes arrive once."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.content.chunking import scan
from core.content.manifest import PACK_BELOW_BYTES
from tests.backend.server_process import BackendServer
from tests.faults.proxy import Proxy, Request

from .programs import Stranger

SIZES = [PACK_BELOW_BYTES + number for number in range(6)]


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy()
    yield made
    made.close()


@pytest.fixture
def server(proxy: Proxy, tmp_path: Path) -> Iterator[BackendServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        proxy.target = probe.getsockname()
    made = BackendServer(tmp_path / "data", "--public-url", proxy.url, port=proxy.target[1])
    made.start()
    yield made
    made.close()


def folder_of(path: Path) -> Path:
    path.mkdir()
    for number, size in enumerate(SIZES):
        (path / f"{number}.bin").write_bytes(bytes([number]) * size)
    return path


def test_chunks_whose_answers_were_lost_are_not_sent_twice(
    server: BackendServer, proxy: Proxy, stranger: Stranger, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "rows")
    lost: list[Request] = []

    def lose(request: Request, _: bytes) -> bool:
        """The answers to the first two chunks, and to the first create and finalize."""
        kinds = [one.path.rpartition("/")[2][:9] if one.method == "POST" else one.method for one in lost]
        kind = request.path.rpartition("/")[2][:9] if request.method == "POST" else request.method
        if kind not in ("PUT", "datasets", "finalize") or kinds.count(kind) >= (2 if kind == "PUT" else 1):
            return False
        lost.append(request)
        return True

    proxy.lose_reply = lose
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: args[1] });
const heard = [];
const onProgress = (done, total) => heard.push([done, total]);
const stored = await gpu.datasets.upload("rows", await disk.filesAt(args[2]), { onProgress });
tell([stored, heard]);
"""
    stored, heard = stranger.tell(code, proxy.url, server.new_customer().key, str(folder))
    expected = scan(folder)
    assert (stored["status"], stored["version"], stored["digest"]) == ("ready", 1, expected.manifest.digest)
    assert len(lost) == 4
    assert dict(proxy.chunks_arrived()) == dict.fromkeys(expected.sources, 1)
    assert heard == sorted(heard) and heard[-1] == [sum(SIZES), sum(SIZES)]


def test_an_upload_that_was_called_off_goes_on_with_what_is_missing(
    server: BackendServer, proxy: Proxy, stranger: Stranger, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "rows")
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: args[1] });
const files = await disk.filesAt(args[2]);
const stop = new AbortController();
const onProgress = (done) => done > 0 && stop.abort("enough");
const options = { signal: stop.signal, parallel: 1, onProgress };
const ended = await gpu.datasets.upload("rows", files, options).catch((error) => error);
const began = [];
const stored = await gpu.datasets.upload("rows", files, { onProgress: (done) => began.push(done) });
tell([ended, stored.status, began[0] > 0]);
"""
    assert stranger.tell(code, proxy.url, server.new_customer().key, str(folder)) == ["enough", "ready", True]
    assert set(proxy.chunks_arrived().values()) == {1}


def test_a_package_with_problems_is_told_with_file_and_line(server: BackendServer, stranger: Stranger) -> None:
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: args[1] });
const toml = '[package]\\nname = "p"\\nversion = "1"\\nentry = "absent.py"\\n';
const zip = await sdk.zipOf({ "training.toml": toml, "train.py": "print(1)\\n" });
const error = await gpu.packages.upload("p", zip).catch((error) => error);
tell([error instanceof sdk.PackageRejectedError, error.details]);
"""
    rejected, details = stranger.tell(code, server.url, server.new_customer().key)
    assert rejected and "absent.py" in details[0]["message"]
    assert (details[0]["file"], details[0]["line"]) == ("training.toml", 4)
