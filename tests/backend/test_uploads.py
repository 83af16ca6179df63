import hashlib
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.accounts.customers import find_by_email, suspend, unsuspend
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import (
    code_of,
    create,
    digest,
    finalize,
    one_file,
    ready_dataset,
    ready_package,
    send,
    zipped,
)


def download(customer: Customer, route: str, id: str, path: str) -> httpx.Response:
    made = customer.http.post(f"/customer/{route}/{id}/download-url", json={"path": path})
    assert made.status_code == 200, made.text
    return httpx.get(made.json()["download_url"], trust_env=False)


def test_a_dataset_goes_from_a_manifest_to_ready_and_comes_back_whole(customer: Customer) -> None:
    first, second = b"a" * 1000, b"b" * 500
    upload = create(customer, one_file("rows.csv", first, second), one_file("empty.txt"))
    assert (upload["status"], upload["version"], upload["chunk_size_bytes"]) == ("uploading", 1, 8_388_608)
    assert (upload["missing_count"], upload["content_url"], upload["digest"]) == (2, None, None)
    send(customer, upload, first, second)
    ready = finalize(customer, upload).json()
    assert (ready["status"], ready["size_bytes"], ready["file_count"]) == ("ready", 1500, 2)
    assert finalize(customer, upload).json() == ready
    assert customer.http.get(f"/customer/datasets/{upload['id']}").json() == ready
    assert download(customer, "datasets", upload["id"], "rows.csv").content == first + second
    assert download(customer, "datasets", upload["id"], "empty.txt").content == b""


def test_a_cut_upload_goes_on_without_sending_again_what_is_there(customer: Customer) -> None:
    chunks = [bytes([number]) * 100 for number in range(5)]
    upload = create(customer, one_file("rows.bin", *chunks))
    send(customer, {"missing_chunks": upload["missing_chunks"][:3]}, *chunks)
    refused = finalize(customer, upload)
    assert (refused.status_code, code_of(refused)) == (409, "UPLOAD_INCOMPLETE")
    assert "2 chunks are missing" in refused.json()["error"]["message"]
    left = customer.http.get(f"/customer/datasets/{upload['id']}/missing-chunks").json()
    sent = {row["digest"] for row in upload["missing_chunks"][:3]}
    assert {row["digest"] for row in left["data"]} == {digest(chunk) for chunk in chunks} - sent
    send(customer, {"missing_chunks": left["data"]}, *chunks)
    assert finalize(customer, upload).status_code == 200


def test_a_suspended_customer_uploads_nothing_by_the_urls_of_before(
    backend_server: BackendServer, customer: Customer
) -> None:
    upload = create(customer, one_file("rows.csv", b"rows"))
    (missing,) = upload["missing_chunks"]
    stream = customer.http.post("/customer/datasets", json={"name": "s", "file_name": "f.csv"}).json()["content_url"]
    with backend_server.store() as store, store.transaction() as tx:
        suspend(tx, find_by_email(tx.connection, customer.email).id, now=time.time())
    for url in (missing["upload_url"], stream):
        refused = httpx.put(url, content=b"rows", trust_env=False)
        assert (refused.status_code, code_of(refused)) == (403, "CUSTOMER_SUSPENDED")
    with backend_server.store() as store, store.transaction() as tx:
        unsuspend(tx, find_by_email(tx.connection, customer.email).id)
    assert [httpx.put(url, content=b"rows", trust_env=False).is_success for url in (missing["upload_url"], stream)] == [
        True,
        True,
    ]


def test_missing_chunks_are_paged_without_gap_or_repeat_while_chunks_come_in(customer: Customer) -> None:
    chunks = [bytes([number]) * 10 for number in range(7)]
    upload = create(customer, one_file("rows.bin", *chunks))
    path = f"/customer/datasets/{upload['id']}/missing-chunks"
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = customer.http.get(path, params={"limit": 3, **cursor}).json()
        seen += [row["digest"] for row in answer["data"]]
        send(customer, {"missing_chunks": answer["data"][:1]}, *chunks)
        if not answer["page"]["has_more"]:
            break
        cursor = {"cursor": answer["page"]["next_cursor"]}
    assert seen == sorted(digest(chunk) for chunk in chunks)


def test_a_second_version_sends_only_what_changed(customer: Customer) -> None:
    same, old, new = b"same" * 50, b"old" * 50, b"new" * 50
    send(customer, create(customer, one_file("f", same, old), name="versions"), same, old)
    second = create(customer, one_file("f", same, new), name="versions")
    assert second["version"] == 2
    assert [row["digest"] for row in second["missing_chunks"]] == [digest(new)]


def test_nobody_learns_which_chunks_others_have(backend_server: BackendServer, customer: Customer) -> None:
    data = b"a secret" * 10
    ready_dataset(customer, data)
    other = backend_server.new_customer()
    upload = create(other, one_file("guess.csv", data))
    assert [row["digest"] for row in upload["missing_chunks"]] == [digest(data)]


def test_a_chunk_whose_bytes_are_not_its_name_is_refused_and_leaves_nothing(customer: Customer) -> None:
    good = b"good" * 100
    upload = create(customer, one_file("f", good))
    url = upload["missing_chunks"][0]["upload_url"]
    for bad, code in ((b"evil" * 100, "CHUNK_MISMATCH"), (good[:-1], "CHUNK_MISMATCH")):
        answer = customer.http.put(url, content=bad)
        assert (answer.status_code, code_of(answer)) == (400, code)
    longer = customer.http.put(url, content=good + b"x")
    assert (longer.status_code, code_of(longer)) == (413, "PAYLOAD_TOO_LARGE")

    def unannounced() -> Any:
        yield good
        yield b"x"

    longer = customer.http.put(url, content=unannounced())
    assert (longer.status_code, code_of(longer)) == (413, "PAYLOAD_TOO_LARGE")
    assert code_of(finalize(customer, upload)) == "UPLOAD_INCOMPLETE"
    assert customer.http.put(url, content=good).status_code == 204
    assert customer.http.put(url, content=good).status_code == 204
    assert finalize(customer, upload).status_code == 200


def test_a_plain_curl_sends_one_file_in_one_stream(customer: Customer, tmp_path: Path) -> None:
    data = hashlib.sha256(b"seed").digest() * 300_000  # a little over one chunk
    path = tmp_path / "rows.csv"
    path.write_bytes(data)
    made = customer.http.post("/customer/datasets", json={"name": "stream", "file_name": "rows.csv"}).json()
    assert code_of(finalize(customer, made)) == "UPLOAD_INCOMPLETE"
    sent = subprocess.run(
        ["curl", "-fsS", "-T", str(path), made["content_url"]], capture_output=True, text=True, check=False
    )
    assert sent.returncode == 0, sent.stderr
    ready = finalize(customer, made).json()
    assert (ready["status"], ready["size_bytes"], ready["file_count"]) == ("ready", len(data), 1)
    assert download(customer, "datasets", made["id"], "rows.csv").content == data
    again = httpx.put(made["content_url"], content=b"more", trust_env=False)
    assert (again.status_code, code_of(again)) == (409, "STATE_CONFLICT")


def test_a_stream_sent_again_replaces_the_first(customer: Customer) -> None:
    made = customer.http.post("/customer/datasets", json={"name": "again", "file_name": "f.txt"}).json()
    for data in (b"the first", b"the second"):
        assert httpx.put(made["content_url"], content=data, trust_env=False).status_code == 200
    assert finalize(customer, made).status_code == 200
    assert download(customer, "datasets", made["id"], "f.txt").content == b"the second"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "d"}, "files"),
        ({"name": "d", "files": [], "file_name": "f"}, "files"),
        ({"name": "d", "files": []}, "files"),
        ({"name": " ", "file_name": "f"}, "name"),
        ({"name": "d\u202e", "file_name": "f"}, "name"),
        ({"name": "d" * 201, "file_name": "f"}, "name"),
        ({"name": "d", "file_name": "../f"}, "file_name"),
        ({"name": "d", "file_name": ""}, "file_name"),
        ({"name": "d", "files": [one_file("../f", b"x")]}, "files[0].path"),
        ({"name": "d", "files": [one_file("f", b"x"), one_file("F", b"y")]}, "files[1].path"),
        ({"name": "d", "files": [{**one_file("f", b"x"), "size_bytes": 2}]}, "files[0].size_bytes"),
    ],
)
def test_a_create_that_makes_no_sense_is_refused_with_the_field(
    customer: Customer, body: dict[str, Any], field: str
) -> None:
    answer = customer.http.post("/customer/datasets", json=body)
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
    assert answer.json()["error"]["details"][0]["field"] == field


def test_storage_has_an_end_and_unfinished_uploads_count(backend_server: BackendServer, customer: Customer) -> None:
    backend_server.command("limits", "set", "--email", customer.email, "storage_bytes=1000")
    create(customer, one_file("f", b"x" * 600))
    refused = customer.http.post("/customer/datasets", json={"name": "d", "files": [one_file("g", b"y" * 600)]})
    assert (refused.status_code, code_of(refused)) == (403, "STORAGE_QUOTA_EXCEEDED")
    made = customer.http.post("/customer/datasets", json={"name": "s", "file_name": "f"}).json()
    answer = httpx.put(made["content_url"], content=b"z" * 600, trust_env=False)
    assert (answer.status_code, code_of(answer)) == (403, "STORAGE_QUOTA_EXCEEDED")


def test_a_deleted_dataset_is_gone_and_its_storage_is_free_again(
    backend_server: BackendServer, customer: Customer
) -> None:
    shared, own = b"shared" * 30, b"own" * 30
    first = create(customer, one_file("f", shared, own), name="one")
    send(customer, first, shared, own)
    finalize(customer, first)
    second = ready_dataset(customer, shared, name="two")
    assert customer.http.delete(f"/customer/datasets/{first['id']}").status_code == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/files"), ("POST", "/finalize")):
        answer = customer.http.request(method, f"/customer/datasets/{first['id']}{path}")
        assert (answer.status_code, code_of(answer)) == (404, "DATASET_NOT_FOUND")
    limits = {row["name"]: row for row in customer.http.get("/customer/limits").json()["limits"]}
    assert limits["storage_bytes"]["used"] == len(shared)
    chunks = backend_server.data_dir / "blobs" / "chunks"
    assert not list(chunks.rglob(digest(own)))
    assert list(chunks.rglob(digest(shared)))
    assert download(customer, "datasets", second, "data.csv").content == shared


def test_what_is_another_customers_is_answered_as_absent(backend_server: BackendServer, customer: Customer) -> None:
    mine = ready_dataset(customer)
    other = backend_server.new_customer()
    for path in ("", "/files", "/missing-chunks"):
        assert code_of(other.http.get(f"/customer/datasets/{mine}{path}")) == "DATASET_NOT_FOUND"
    assert code_of(other.http.get(f"/customer/training-packages/{mine}")) == "PACKAGE_NOT_FOUND"
    assert code_of(customer.http.get("/customer/datasets/not-an-id")) == "DATASET_NOT_FOUND"


def test_q_finds_by_a_part_of_name_or_id_page_by_page(customer: Customer) -> None:
    made = [create(customer, one_file("f", b"x"), name=name)["id"] for name in ("Digits", "vibration", "my-digits")]

    def found(**query: str | int) -> Any:
        return customer.http.get("/customer/datasets", params=query).json()

    first = found(q="DIGITS", limit=1)
    assert [row["name"] for row in first["data"]] == ["my-digits"] and first["page"]["has_more"]
    cursor = first["page"]["next_cursor"]
    assert [row["name"] for row in found(q="DIGITS", limit=1, cursor=cursor)["data"]] == ["Digits"]
    assert [row["id"] for row in found(q=made[1][-12:])["data"]] == [made[1]]
    assert found(q="%")["data"] == [] and len(found()["data"]) == 3
    other = customer.http.get("/customer/datasets", params={"limit": 1, "cursor": cursor})
    assert code_of(other) == "PAGINATION_INVALID_CURSOR"  # a cursor is of one search


def test_lists_go_on_by_cursor_while_new_ones_come_in(customer: Customer) -> None:
    made = [create(customer, one_file("f", b"x"), name=f"d{number}")["id"] for number in range(5)]
    first = customer.http.get("/customer/datasets", params={"limit": 2}).json()
    assert first["page"]["limit"] == 2 and first["page"]["has_more"] is True
    assert first["page"]["next_cursor"].startswith("eyJ0cyI6")
    create(customer, one_file("f", b"x"), name="later")
    seen = [row["id"] for row in first["data"]]
    cursor = first["page"]["next_cursor"]
    while cursor:
        page = customer.http.get("/customer/datasets", params={"limit": 2, "cursor": cursor}).json()
        seen += [row["id"] for row in page["data"]]
        cursor = page["page"]["next_cursor"]
    assert seen == made[::-1]
    for path, bad in (
        ("/customer/training-packages", first["page"]["next_cursor"]),
        ("/customer/datasets", "eyJ0cy.."),
        ("/customer/datasets", ""),
    ):
        answer = customer.http.get(path, params={"cursor": bad})
        assert (answer.status_code, code_of(answer)) == (400, "PAGINATION_INVALID_CURSOR")


def test_files_are_listed_with_their_chunks(customer: Customer) -> None:
    upload = create(customer, *(one_file(f"{number}.txt", bytes([number])) for number in range(3)))
    page = customer.http.get(f"/customer/datasets/{upload['id']}/files", params={"limit": 2}).json()
    assert [row["path"] for row in page["data"]] == ["0.txt", "1.txt"]
    assert page["data"][0]["chunks"] == one_file("0.txt", b"\0")["chunks"]
    rest = customer.http.get(
        f"/customer/datasets/{upload['id']}/files", params={"limit": 2, "cursor": page["page"]["next_cursor"]}
    ).json()
    assert [row["path"] for row in rest["data"]] == ["2.txt"]


def test_a_package_is_inspected_and_says_what_it_is(customer: Customer) -> None:
    toml = '[package]\nname = "tiny"\n[params.lr]\ntype = "float"\ndefault = 0.5\n'
    package = ready_package(customer, train__py="print(1)\n", training__toml=toml)
    shown = customer.http.get(f"/customer/training-packages/{package}").json()
    assert shown["status"] == "ready"
    assert shown["training"]["package"]["name"] == "tiny"
    assert shown["training"]["params"]["lr"]["default"] == 0.5


def test_a_package_with_problems_is_rejected_with_file_and_line_each_time(customer: Customer) -> None:
    data = zipped(train__py="def broken(:\n", training__toml='[package]\nname = "x"\nentry = "train.py"\ncolour = 1\n')
    upload = create(customer, one_file("p.zip", data), route="training-packages", name="broken")
    send(customer, upload, data)
    first = finalize(customer, upload, route="training-packages")
    assert (first.status_code, code_of(first)) == (400, "PACKAGE_REJECTED")
    rows = first.json()["error"]["details"]
    assert any(row.get("file") == "training.toml" and row.get("line") == 4 for row in rows)
    again = finalize(customer, upload, route="training-packages")
    assert again.json()["error"]["details"] == rows
    shown = customer.http.get(f"/customer/training-packages/{upload['id']}").json()
    assert shown["status"] == "rejected" and len(shown["reasons"]) == len(rows)


def test_what_is_no_zip_is_a_rejected_package(customer: Customer) -> None:
    made = customer.http.post("/customer/training-packages", json={"name": "p", "file_name": "p.zip"}).json()
    assert httpx.put(made["content_url"], content=b"not a zip", trust_env=False).status_code == 200
    answer = finalize(customer, made, route="training-packages")
    assert (answer.status_code, code_of(answer)) == (400, "PACKAGE_REJECTED")


def test_a_package_of_two_files_is_refused_at_once(customer: Customer) -> None:
    files = [one_file("a.zip", b"a"), one_file("b.zip", b"b")]
    answer = customer.http.post("/customer/training-packages", json={"name": "p", "files": files})
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")


def test_uploads_survive_a_killed_server(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    chunks = [b"one" * 100, b"two" * 100]
    upload = create(customer, one_file("f", *chunks))
    send(customer, {"missing_chunks": upload["missing_chunks"][:1]}, *chunks)
    own_server.kill()
    own_server.start()
    left = customer.http.get(f"/customer/datasets/{upload['id']}/missing-chunks").json()["data"]
    assert [row["digest"] for row in left] == [upload["missing_chunks"][1]["digest"]]
    send(customer, {"missing_chunks": upload["missing_chunks"][1:]}, *chunks)  # the URL minted before still holds
    assert finalize(customer, upload).status_code == 200
