"""What uv fetches of package indexes passes the owner's line, and nobody else's bytes do."""

import asyncio
import base64
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import time

import httpx
import pytest

from agent.environments import Environments
from agent.index_proxy import open_index_proxy
from agent.interpreters import ask_interpreter
from agent.line import Line
from agent.shared_folders import SharedFolders
from agent.traffic import Traffic
from core.protocol.node_rules import Rules
from tests.package_index import PackageIndex, make_wheel


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(Rules, Traffic(tmp_path, time))


@pytest.fixture
async def way(line: Line) -> AsyncIterator[dict[str, str]]:
    async with open_index_proxy(line, {}) as way:
        yield way


async def said(way: dict[str, str], request: bytes) -> bytes:
    """What comes back of the proxy, to its end."""
    port = int(way["HTTP_PROXY"].rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def password(way: dict[str, str]) -> str:
    return httpx.URL(way["HTTP_PROXY"]).password


async def test_what_uv_installs_comes_by_the_line(
    line: Line, way: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    size = make_wheel(wheels, "leaf", "1.0").stat().st_size
    folders = SharedFolders(tmp_path / "environments" / "ready", 0)
    await folders.open()
    environments = Environments(tmp_path / "environments", folders, tmp_path / "none", uv_environment=way)
    interpreter = ask_interpreter(getattr(sys, "_base_executable", sys.executable))
    assert interpreter is not None
    index = PackageIndex(wheels)
    with index.running():
        monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
        found = await environments.site_packages(interpreter, ["leaf"], None, "unit")
    assert found is not None and (found / "leaf" / "__init__.py").exists()
    assert line.status().downloaded_today_bytes > size and line.status().uploaded_today_bytes > 0


async def test_https_passes_unread_and_whole(line: Line, way: dict[str, str]) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(300_000))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    there = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(way["HTTPS_PROXY"].rpartition(":")[2]))
    known = base64.b64encode(f"uv:{password(way)}".encode()).decode()
    writer.write(f"CONNECT 127.0.0.1:{there} HTTP/1.1\r\nProxy-Authorization: Basic {known}\r\n\r\n".encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
    writer.write(b"x" * 300_000)
    assert await reader.readexactly(300_000) == b"x" * 300_000
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
    assert line.status().downloaded_today_bytes == line.status().uploaded_today_bytes == 300_000


@pytest.mark.parametrize(
    "header", [b"", b"Proxy-Authorization: Basic dXY6Z3Vlc3NlZA==\r\n", b"Proxy-Authorization:\r\n"]
)
async def test_who_does_not_know_the_password_goes_nowhere(line: Line, way: dict[str, str], header: bytes) -> None:
    answer = await said(way, b"CONNECT 127.0.0.1:9 HTTP/1.1\r\n" + header + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 407 ")
    assert line.status().downloaded_today_bytes == line.status().uploaded_today_bytes == 0


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (b"CONNECT 127.0.0.1:9 HTTP/1.1", b"502"),
        (b"CONNECT 127.0.0.1:99999999 HTTP/1.1", b"400"),
        (b"GET /relative HTTP/1.1", b"400"),
        (b"GET ftp://127.0.0.1/ HTTP/1.1", b"400"),
        (b"CONNECT", b"400"),
        (b"\xff\xfe \xff \xff", b"400"),
    ],
)
async def test_what_can_not_be_carried_is_said(way: dict[str, str], first: bytes, status: bytes) -> None:
    known = base64.b64encode(f"uv:{password(way)}".encode())
    answer = await said(way, first + b"\r\nProxy-Authorization: Basic " + known + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status)


async def test_an_owners_own_proxy_stands(line: Line) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        async with open_index_proxy(line, {name: "http://proxy.example:3128"}) as way:
            assert way == {}
