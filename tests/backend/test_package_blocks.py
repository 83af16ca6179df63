"""The operator's blocks beside a running server."""

import hashlib
import json

from tests.backend.server_process import BackendServer, Customer, run_command
from tests.backend.uploading import code_of, create, finalize, one_file, ready_dataset, send, submit_job, zipped

PACKAGES = "training-packages"


def pushed(customer: Customer, data: bytes, *, file_name: str = "package.zip") -> dict[str, str]:
    """A package that was sent and not finalized."""
    upload = create(customer, one_file(file_name, data), route=PACKAGES, name="package")
    send(customer, upload, data)
    return upload


def test_a_blocked_package_is_known_by_its_bytes_whoever_sends_it_by_whatever_name(
    backend_server: BackendServer, customer: Customer
) -> None:
    data = zipped(train__py="print('mining')\n")
    digest = hashlib.sha256(data).hexdigest()
    package = pushed(customer, data)
    assert finalize(customer, package, route=PACKAGES).status_code == 200
    job = submit_job(customer, ready_dataset(customer), package["id"])
    blocked = backend_server.command("packages", "block", digest, "--reason", "it mines coins")
    assert (blocked["package_digest"], blocked["jobs_failed"]) == (digest, 1)
    shown = customer.http.get(f"/customer/training-jobs/{job}").json()
    assert (shown["status"], shown["failure"]["code"]) == ("failed", "package_blocked")
    again = customer.http.post(f"/customer/training-jobs/{job}/retry")
    assert (again.status_code, code_of(again)) == (409, "STATE_CONFLICT")
    assert "it mines coins" in again.json()["error"]["message"]
    stranger = backend_server.new_customer()
    refused = finalize(stranger, pushed(stranger, data, file_name="renamed.zip"), route=PACKAGES)
    assert (refused.status_code, code_of(refused)) == (400, "PACKAGE_REJECTED")
    assert "it mines coins" in refused.json()["error"]["details"][0]["message"]
    assert [row["package_digest"] for row in backend_server.command("packages", "blocks")["data"]] == [digest]
    backend_server.command("packages", "unblock", digest.upper())
    assert backend_server.command("packages", "blocks") == {"data": []}
    assert customer.http.post(f"/customer/training-jobs/{job}/retry").json()["status"] == "queued"
    with backend_server.store() as store:
        rows = store.connection.execute("SELECT action, details FROM audit_log WHERE subject = ?", (digest,)).fetchall()
    assert [row["action"] for row in rows] == ["packages.block", "packages.unblock"]
    assert json.loads(rows[0]["details"]) == {"jobs_failed": 1, "reason": "it mines coins"}


def test_a_block_of_what_is_no_digest_is_refused_with_a_hint(backend_server: BackendServer) -> None:
    done = run_command("packages", "block", "abc", "--reason", "x", data_dir=backend_server.data_dir)
    assert done.returncode == 4 and "hint:" in done.stderr and "64 hex digits" in done.stderr
