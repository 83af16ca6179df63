"""Artifacts brought into a folder: none is taken for the part of another, names may be as long as names can be."""

import hashlib
from pathlib import Path
from typing import Any

from .programs import Stranger
from .raw_server import RawServer, Said, answer, head

DOWNLOAD = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x" });
const job = gpu.jobs.of({ id: "a-job" });
tell(await disk.downloadTo(job, args[1]).then((written) => written.length, (error) => error.message));
"""


def row(name: str, content: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest()
    return {"id": "an-id", "name": name, "size_bytes": len(content), "sha256": digest, "open": True}


def part_of(content: bytes) -> str:
    """The name under which a file is kept while it comes, in both libraries."""
    return f".{hashlib.sha256(content).hexdigest()[:32]}.part"


def downloaded(stranger: Stranger, folder: Path, rows: list[dict[str, Any]], *files: bytes) -> tuple[Any, list[str]]:
    """What `downloadTo` gave, and the Range of each request for a file."""
    answers: list[Said] = [answer(200, {"data": rows, "page": {"limit": 100, "next_cursor": None, "has_more": False}})]
    for file in files:
        answers += [lambda url: answer(200, {"download_url": f"{url}/file"}), file]
    with RawServer(answers) as server:
        told = stranger.tell(DOWNLOAD, server.url, str(folder))
    return told, [asked.headers.get("range", "") for asked in server.asked if asked.path == "/file"]


def whole(content: bytes) -> bytes:
    return head(200, Content_Length=str(len(content))) + content


def test_a_finished_file_is_not_taken_for_the_part_of_another(stranger: Stranger, tmp_path: Path) -> None:
    files = {"a.part": b"one", "a": b"another", "long" * 63 + "est": b"a third"}
    rows = [row(name, content) for name, content in files.items()]
    told, _ = downloaded(stranger, tmp_path, rows, *map(whole, files.values()))
    assert told == len(files)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_what_is_there_of_a_file_is_not_fetched_again(stranger: Stranger, tmp_path: Path) -> None:
    content = b"0123456789"
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / part_of(content)).write_bytes(content[:4])
    rest = head(206, Content_Length="6", Content_Range="bytes 4-9/10") + content[4:]
    assert downloaded(stranger, tmp_path, [row("train/model", content)], rest) == (1, ["bytes=4-"])
    assert [path.name for path in (tmp_path / "train").iterdir()] == ["model"]


def test_a_file_that_lies_where_another_is_kept_is_refused(stranger: Stranger, tmp_path: Path) -> None:
    rows = [row(part_of(b"x").upper(), b"y"), row("model", b"x")]
    assert "kept there while it comes" in downloaded(stranger, tmp_path / "in", rows)[0]
    rows = [{**row("model", b"x"), "sha256": "../" * 12}]
    assert "SHA-256" in downloaded(stranger, tmp_path / "in", rows)[0]
    assert not (tmp_path / "in").exists()
