"""Damage of a backup and of what is backed up: found, named, left out if that is wished, and mended."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.backups import back_up, chunk_in, content_of, restore
from tests.backend.server_process import BackendServer, Customer, run_command
from tests.backend.uploading import create, digest, finalize, one_file, ready_dataset, send


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path / "data", "--lease-seconds", "5")
    made.start()
    yield made
    made.close()


@pytest.fixture
def customer(server: BackendServer) -> Customer:
    return server.new_customer()


@pytest.mark.full
def test_a_damaged_chunk_is_found_named_left_out_if_wished_and_mended_by_the_next_backup(
    server: BackendServer, customer: Customer, tmp_path: Path
) -> None:
    to, new = tmp_path / "backup", tmp_path / "new"
    whole, spoilt = ready_dataset(customer, b"whole", "whole"), ready_dataset(customer, b"spoilt", "spoilt")
    missing = ready_dataset(customer, b"missing", "missing")
    back_up(server, to)
    chunk_in(to, b"spoilt").write_bytes(b"SPOILT")
    chunk_in(to, b"missing").unlink()
    refused = restore(to, new)
    error = json.loads(refused.stdout.splitlines()[-1])["error"]
    assert (refused.returncode, error["code"]) == (3, "BACKUP_DAMAGED") and "2 of 3 chunks" in error["message"]
    assert {digest(b"spoilt"), digest(b"missing")} == {row["message"].split()[1] for row in error["details"]}
    assert [entry.name for entry in new.iterdir()] == ["server.lock"]

    done = restore(to, new, "--skip-damaged")
    assert len(json.loads(done.stdout.splitlines()[-1])["damaged"]) == 2
    restored = BackendServer(new)
    restored.start()
    try:
        assert content_of(restored, customer, whole) == b"whole"
        again = Customer(restored.url, "", customer.key)
        upload = create(again, one_file("data.csv", b"spoilt"), name="again")
        assert upload["missing_count"] == 1
        send(again, upload, b"spoilt")
        assert finalize(again, upload).status_code == 200
        assert content_of(restored, customer, spoilt) == b"spoilt"
        again.close()
    finally:
        restored.close()

    assert back_up(server, to)["copied"] == 1  # a chunk of the right size is taken for what it was
    assert back_up(server, to, "--verify")["copied"] == 1
    assert restore(to, tmp_path / "mended").returncode == 0
    assert missing


@pytest.mark.full
def test_damage_of_the_servers_own_chunks_is_told_and_the_rest_is_backed_up(
    server: BackendServer, customer: Customer, tmp_path: Path
) -> None:
    to = tmp_path / "backup"
    dataset = ready_dataset(customer, b"whole", "whole")
    ready_dataset(customer, b"spoilt", "spoilt")
    chunk_in(server.data_dir, b"spoilt").write_bytes(b"SPOILT")
    told = run_command("backup", "--to", str(to), data_dir=server.data_dir)
    assert told.returncode == 3 and digest(b"spoilt") in told.stderr and "1 of 2 chunks" in told.stderr
    restored = BackendServer(tmp_path / "restored")
    assert restore(to, restored.data_dir, "--skip-damaged").returncode == 0
    restored.start()
    try:
        assert content_of(restored, customer, dataset) == b"whole"
    finally:
        restored.close()
