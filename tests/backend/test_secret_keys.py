"""Keys are replaced while URLs and cursors are about: nothing signed ends before its time, or lives beyond it."""

import base64
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.secret_keys import (
    FILE_NAME,
    KEPT_SECONDS,
    LONGEST_SIGNED_SECONDS,
    drop_old_keys,
    load_secret_keys,
    rotate_secret_keys,
)
from backend.urls import CHUNK_GET_SECONDS, CHUNK_PUT_SECONDS, DOWNLOAD_SECONDS, STREAM_PUT_SECONDS
from core.accounts.cursors import CURSOR_SECONDS
from core.content.key_ring import FIRST_KID, KeyRing, NotSigned
from tests.backend.server_process import COMMAND, PROJECT, BackendServer, Customer
from tests.backend.uploading import code_of, create, one_file, ready_dataset
from tests.faults.power import Disk, needs_tracer, read_calls, traced, wait_for_tracer

NOW = 1_800_000_000.0
PATIENCE_SECONDS = 30.0
SALT = "test"


def ring(folder: Path, now: float) -> KeyRing:
    return KeyRing(load_secret_keys(folder, os.urandom, now).url_keys, SALT)


def test_nothing_is_signed_for_longer_than_replaced_keys_are_kept() -> None:
    lives = (DOWNLOAD_SECONDS, CHUNK_PUT_SECONDS, CHUNK_GET_SECONDS + 60, STREAM_PUT_SECONDS, CURSOR_SECONDS)
    assert max(lives) <= LONGEST_SIGNED_SECONDS < KEPT_SECONDS


def test_the_file_is_its_owners_alone_before_and_after_a_rotation(tmp_path: Path) -> None:
    load_secret_keys(tmp_path, os.urandom, NOW)
    rotate_secret_keys(tmp_path, os.urandom, NOW, keep_old=True)
    assert [(file.name, file.stat().st_mode & 0o777) for file in tmp_path.iterdir()] == [(FILE_NAME, 0o600)]


def test_the_file_of_an_older_program_is_read_and_its_key_kept(tmp_path: Path) -> None:
    secret = bytes(range(32))
    (tmp_path / FILE_NAME).write_bytes(msgspec.json.encode({"urls": secret, "cursors": secret[::-1]}))
    old = load_secret_keys(tmp_path, os.urandom, NOW)
    assert (old.url_keys[0].kid, old.url_keys[0].secret, old.cursor_keys[0].secret) == (FIRST_KID, secret, secret[::-1])
    rotated = rotate_secret_keys(tmp_path, os.urandom, NOW, keep_old=True)
    assert [key.kid for key in rotated.keys][1:] == [FIRST_KID]
    assert rotated == load_secret_keys(tmp_path, os.urandom, NOW + KEPT_SECONDS - 1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 3 * KEPT_SECONDS), max_size=6), st.floats(0, KEPT_SECONDS), st.booleans())
def test_whatever_is_rotated_when_what_was_signed_is_good_for_its_time_and_not_for_long_after(
    tmp_path_factory: pytest.TempPathFactory, pauses: list[float], age: float, is_dropped: bool
) -> None:
    folder = tmp_path_factory.mktemp("keys")
    now, signed = NOW, [(NOW, ring(folder, NOW).sign(b"value"))]
    for pause in pauses:
        now += pause
        rotate_secret_keys(folder, os.urandom, now, keep_old=True)
        signed.append((now, ring(folder, now).sign(b"value")))
    replaced_at = [at for at, _ in signed[1:]]
    at = now + age
    if is_dropped:
        drop_old_keys(folder, at)
    good = ring(folder, at)
    for (_, text), replaced in itertools.zip_longest(signed, replaced_at):
        if replaced is None or at < replaced + KEPT_SECONDS:
            assert good.verify(text) == b"value"
        else:
            with pytest.raises(NotSigned, match="no longer in use"):
                good.verify(text)


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)  # a file is looked at by another process, which tells nobody


def kid_of_new_urls(customer: Customer, dataset: str) -> str:
    made = customer.http.post(f"/customer/datasets/{dataset}/download-url", json={"path": "data.csv"}).json()
    return str(made["download_url"]).rsplit(".", 2)[1]


def test_a_running_server_signs_with_the_new_key_and_breaks_nothing_in_flight(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    dataset = ready_dataset(customer)
    ready_dataset(customer, b"more", "more")
    url = customer.http.post(f"/customer/datasets/{dataset}/download-url", json={"path": "data.csv"}).json()
    upload = create(customer, one_file("f", b"in flight"), name="in flight")
    cursor = customer.http.get("/customer/datasets?limit=1").json()["page"]["next_cursor"]
    assert cursor.startswith("eyJ0cyI6")

    rotated = own_server.command("secrets", "rotate")
    until(lambda: kid_of_new_urls(customer, dataset) == rotated["kid"], own_server.log())
    assert customer.http.get(url["download_url"]).content == b"1,2\n3,4\n"
    assert customer.http.put(upload["missing_chunks"][0]["upload_url"], content=b"in flight").status_code == 204
    assert customer.http.get(f"/customer/datasets?limit=1&cursor={cursor}").json()["data"][0]["name"] == "more"

    own_server.command("secrets", "rotate", "--drop-old")
    until(lambda: kid_of_new_urls(customer, dataset) != rotated["kid"], own_server.log())
    assert code_of(customer.http.get(url["download_url"])) == "SIGNED_URL_INVALID"
    answer = customer.http.get(f"/customer/datasets?limit=1&cursor={cursor}")
    assert code_of(answer) == "PAGINATION_INVALID_CURSOR"
    with own_server.store() as store:
        rows = store.connection.execute("SELECT action, subject, details FROM audit_log ORDER BY id").fetchall()
    assert tuple(rows[0])[:2] == ("secrets.rotate", rotated["kid"])
    kept = load_secret_keys(own_server.data_dir, os.urandom, time.time())
    details = "".join(row["details"] for row in rows)
    for key in kept.keys:
        assert base64.b64encode(key.urls).decode() not in details


@needs_tracer
def test_the_power_may_be_cut_at_any_moment_of_a_rotation(tmp_path: Path) -> None:
    folder = tmp_path / "backend"
    folder.mkdir(mode=0o700)
    kids, ended_at, logs = [], [], [tmp_path / "first", tmp_path / "second"]
    for log in logs:
        command = [*traced(COMMAND, log), "secrets", "rotate", "--data-dir", str(folder), "--quiet"]
        done = subprocess.run(command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
        wait_for_tracer(log)
        kids.append(done.stdout.decode().strip())
        ended_at.append(time.time())
    disk, newest = Disk(folder), set()
    calls = [call for log in logs for call in read_calls(log)]
    for number, call in disk.cuts(calls):
        if call.begun_at > ended_at[0]:
            image = tmp_path / str(number)
            disk.image(number, image)
            found = [key.kid for key in load_secret_keys(image, os.urandom, time.time()).keys]
            assert kids[0] in found
            newest.add(found[0])
    assert newest == set(kids)


def test_a_rotation_that_is_killed_leaves_keys_that_sign(tmp_path: Path) -> None:
    load_secret_keys(tmp_path, os.urandom, time.time())
    first = ring(tmp_path, time.time()).sign(b"first")
    for step in range(6):
        script = (
            "import os, sys, signal\n"
            "count = int(sys.argv[1])\n"
            "def killing(call):\n"
            "    def called(*a, **k):\n"
            "        global count\n"
            "        if count == 0: os.kill(os.getpid(), signal.SIGKILL)\n"
            "        count -= 1\n"
            "        return call(*a, **k)\n"
            "    return called\n"
            "from pathlib import Path\n"
            "import time\n"
            "from backend.secret_keys import rotate_secret_keys\n"
            "os.open, os.fsync = killing(os.open), killing(os.fsync)\n"
            "Path.replace = killing(Path.replace)\n"
            "rotate_secret_keys(Path(sys.argv[2]), os.urandom, time.time(), keep_old=True)\n"
        )
        done = subprocess.run([*COMMAND[:2], script, str(step), str(tmp_path)], cwd=PROJECT, check=False)
        assert done.returncode in (0, -signal.SIGKILL)
        assert ring(tmp_path, time.time()).verify(first) == b"first"
        assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert done.returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]
