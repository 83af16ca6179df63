import time

import httpx
import pytest

from backend.content_routes import content_disposition, slice_chunks
from backend.ranges import UnsatisfiableRange, parse_range
from backend.secret_keys import load_secret_keys
from core.content.signed_urls import GetFile, UrlSigner
from core.protocol.content import ChunkRef
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, create, finalize, one_file, send

FIRST, SECOND = bytes(range(256)) * 4, b"second" * 100
WHOLE = FIRST + SECOND


@pytest.fixture
def url(customer: Customer) -> str:
    """A signed URL of a file of two chunks."""
    upload = create(customer, one_file("folder/rows äöü.csv", FIRST, SECOND))
    send(customer, upload, FIRST, SECOND)
    finalize(customer, upload)
    made = customer.http.post(
        f"/customer/datasets/{upload['id']}/download-url", json={"path": "folder/rows äöü.csv"}
    ).json()
    assert made["file_name"] == "rows äöü.csv"
    return str(made["download_url"])


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, trust_env=False)


def test_a_file_is_served_whole_without_a_key_as_an_attachment(url: str) -> None:
    answer = get(url)
    assert (answer.status_code, answer.content) == (200, WHOLE)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="rows ___.csv"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    head = httpx.head(url, trust_env=False)
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(len(WHOLE)))


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=1000-1100", 1000, 1101),
        ("bytes=1500-", 1500, len(WHOLE)),
        ("bytes=-10", len(WHOLE) - 10, len(WHOLE)),
        ("bytes=1600-99999", 1600, len(WHOLE)),
    ],
)
def test_a_range_is_served_across_chunks(url: str, asked: str, start: int, end: int) -> None:
    answer = get(url, Range=asked)
    assert (answer.status_code, answer.content) == (206, WHOLE[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(WHOLE)}"


def test_a_range_behind_the_end_is_unsatisfiable(url: str) -> None:
    answer = get(url, Range=f"bytes={len(WHOLE)}-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(WHOLE)}")
    assert code_of(answer) == "VALIDATION_FAILED"


@pytest.mark.parametrize("asked", ["rows=1-2", "bytes=1-2,5-6", "bytes=-", "bytes=9-3"])
def test_what_is_no_single_range_is_passed_over(url: str, asked: str) -> None:
    answer = get(url, Range=asked)
    assert (answer.status_code, answer.content) == (200, WHOLE)


def test_an_altered_url_an_expired_one_and_one_for_something_else_are_refused(
    backend_server: BackendServer, url: str
) -> None:
    start, _, token = url.rpartition("/")
    altered = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]
    signer = UrlSigner(load_secret_keys(backend_server.data_dir, bytes, time.time()).url_keys)
    expired = signer.sign(GetFile(expires_at=int(time.time()) - 1, content=1, path="f"))
    for bad in (altered, expired, token[:-1], token + "/x"):
        answer = get(f"{start}/{bad}")
        assert (answer.status_code, code_of(answer)) == (403, "SIGNED_URL_INVALID")
    written = httpx.put(url, content=b"x", trust_env=False)
    assert (written.status_code, code_of(written), written.headers["Allow"]) == (405, "METHOD_NOT_ALLOWED", "GET, HEAD")


def test_minted_urls_use_the_public_address_and_never_the_host_header(
    backend_server: BackendServer, customer: Customer
) -> None:
    made = customer.http.post(
        "/customer/datasets", json={"name": "d", "file_name": "f"}, headers={"Host": "localhost:1"}
    )
    assert made.json()["content_url"].startswith(f"{backend_server.url}/api/v1/content/")


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("train/model.npz", 'attachment; filename="model.npz"'),
        ('a"b\\c.txt', "attachment; filename=\"a_b_c.txt\"; filename*=UTF-8''a%22b%5Cc.txt"),
        (".bashrc", "attachment; filename=\"_bashrc\"; filename*=UTF-8''.bashrc"),
        ("模型.pt", "attachment; filename=\"__.pt\"; filename*=UTF-8''%E6%A8%A1%E5%9E%8B.pt"),
    ],
)
def test_a_downloads_name_is_the_files_own_and_harmless(path: str, plain: str) -> None:
    assert content_disposition(path) == plain


def test_ranges_of_an_empty_file_are_unsatisfiable() -> None:
    for asked in ("bytes=0-", "bytes=-5"):
        with pytest.raises(UnsatisfiableRange):
            parse_range(asked, 0)


def test_a_slice_of_packed_chunks_begins_at_their_offset() -> None:
    chunks = [ChunkRef("a", 100, 10), ChunkRef("b", 0, 5)]
    assert list(slice_chunks(chunks, 8, 12)) == [ChunkRef("a", 108, 2), ChunkRef("b", 0, 2)]
    assert list(slice_chunks(chunks, 0, 15)) == chunks
