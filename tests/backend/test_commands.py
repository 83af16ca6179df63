import json
import re
import socket
import subprocess
from pathlib import Path

import httpx
import pytest
import typer.main

from backend.command_line import app
from core.accounts.audit import audit_entries
from tests.backend.admin_client import Admin, add_node
from tests.backend.server_process import COMMAND, PROJECT, BackendServer, run_command
from tests.command_names import command_names

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WHAT_WAS_SAID = "what the command before it said"


def test_a_customer_is_made_beside_a_running_server_and_its_key_works_at_once(backend_server: BackendServer) -> None:
    made = backend_server.command("customers", "create", "--email", "cli@example.com", "--credits", "12.5")
    assert re.fullmatch(r"sk_alpha_[A-Za-z0-9_-]{43}", made["api_key"])
    assert (made["balance_micro"], made["balance"]) == (12_500_000, "12.500000")
    answer = httpx.get(
        f"{backend_server.url}/api/v1/customer/usage/summary",
        headers={"X-API-Key": made["api_key"]},
        trust_env=False,
    )
    assert answer.json()["balance"] == "12.500000"
    granted = backend_server.command("credits", "grant", "--email", "CLI@example.com", "--credits", "0.000001")
    assert granted["balance"] == "12.500001"


def test_a_second_customer_of_an_address_is_refused_with_what_to_do(backend_server: BackendServer) -> None:
    arguments = ("customers", "create", "--email", "twice@example.com", "--json")
    assert run_command(*arguments, data_dir=backend_server.data_dir).returncode == 0
    refused = run_command(*arguments, data_dir=backend_server.data_dir)
    assert refused.returncode == 1
    error = json.loads(refused.stdout.splitlines()[-1])["error"]
    assert error["code"] == "STATE_CONFLICT" and "credits grant" in error["hint"]
    assert "hint:" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("customers", "create", "--email", "nobody"),
        ("customers", "create", "--email", "a@example.com", "--credits", "1.0000001"),
        ("customers", "create", "--email", "a@example.com", "--credits", "NaN"),
        ("credits", "grant", "--email", "a@example.com", "--credits", "-5"),
        ("limits", "set", "--email", "a@example.com", "active_jobs=many"),
        ("nodes", "enrollment-code", "--colour", "red"),
        ("nodes", "set-tier", "otter", "own"),
        ("admin-keys", "create", "--name", ""),
        ("customers", "create", "--email", "a@example.com", "--no-key"),
        ("customers", "create", "--email", "a@example.com", "--password-stdin"),
        ("customers", "set-password", "--email", "a@example.com"),
        ("keys", "revoke", "--email", "a@example.com"),
        ("rates", "set"),
        ("rates", "set", "cpu"),
        ("rates", "set", "cpu=-1", "gpu=2"),
        ("rates", "set", "cpu=1.5"),
        ("rates", "set", f"cpu={'9' * 5000}"),
        ("rates", "set", "--fee-percent", "101"),
        ("jobs", "invalidate-unit", "x", "--reason", " "),
        ("serve", "--port", "70000"),
        ("serve", "--host", "0.0.0.0"),
        ("serve", "--public-url", "ftp://example.com"),
        ("serve", "--environment", "my env"),
    ],
)
def test_wrong_arguments_exit_4_with_a_hint(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run_command(*arguments, data_dir=tmp_path / "data")
    assert done.returncode == 4, done.stderr
    assert "hint:" in done.stderr


def test_a_customer_that_is_not_there_is_a_refusal(tmp_path: Path) -> None:
    done = run_command("limits", "set", "--email", "nobody@example.com", "active_jobs=1", data_dir=tmp_path)
    assert done.returncode == 1
    assert "customers create" in done.stderr


def test_an_enrollment_code_names_its_owner(backend_server: BackendServer) -> None:
    backend_server.command("customers", "create", "--email", "owner@example.com")
    made = backend_server.command("nodes", "enrollment-code", "--owner", "owner@example.com")
    assert (made["owner"], made["tier"]) == ("owner@example.com", "controlled")
    assert made["code"]
    assert backend_server.command("nodes", "list") == {"data": []}


def test_the_data_folder_is_its_owners_alone(backend_server: BackendServer) -> None:
    modes = {name: (backend_server.data_dir / name).stat().st_mode & 0o777 for name in ("", "store.sqlite", "blobs")}
    assert modes == {"": 0o700, "store.sqlite": 0o600, "blobs": 0o700}
    assert (backend_server.data_dir / "secrets.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.full
def test_doctor_finds_a_healthy_folder_healthy_and_says_what_mends_another(own_server: BackendServer) -> None:
    own_server.start()
    healthy = own_server.command("doctor")
    assert healthy["ok"] is True and healthy["served"] is True
    (own_server.data_dir / "secrets.json").chmod(0o644)
    sick = run_command("doctor", "--json", data_dir=own_server.data_dir)
    assert sick.returncode == 3
    assert "chmod 600" in json.loads(sick.stdout.splitlines()[-1])["error"]["hint"]


def test_one_server_works_on_a_folder(backend_server: BackendServer) -> None:
    second = run_command("serve", "--port", "0", data_dir=backend_server.data_dir)
    assert second.returncode == 3
    assert "another server" in second.stderr and "hint:" in second.stderr


def test_a_port_in_use_is_said_in_clear_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_command("serve", "--port", port, data_dir=tmp_path)
    assert done.returncode == 3
    assert f"127.0.0.1:{port}" in done.stderr and "--port" in done.stderr


def test_a_database_from_the_future_is_left_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    assert run_command("customers", "create", "--email", "a@example.com", data_dir=data_dir).returncode == 0
    server = BackendServer(data_dir)
    with server.store() as store:
        store.connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('gpu-agent', '9999_later', '')"
        )
    done = run_command("nodes", "list", data_dir=data_dir)
    assert done.returncode == 3
    assert "9999_later" in done.stderr


def test_sigterm_ends_the_server_with_its_long_polls(own_server: BackendServer) -> None:
    own_server.start()
    code = own_server.command("nodes", "enrollment-code")["code"]
    api = f"{own_server.url}/api/v1"
    enrolled = httpx.post(
        f"{api}/node/enroll",
        json={"code": code, "name": "waiter", "protocol": 1, "agent_version": "0"},
        trust_env=False,
    ).json()
    with socket.create_connection(("127.0.0.1", int(own_server.url.rpartition(":")[2])), timeout=20) as poll:
        body = b'{"protocol": 1, "agent_version": "0", "wait_seconds": 600}'
        poll.sendall(
            b"POST /api/v1/node/exchange HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + enrolled["credential"].encode()
            + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        # the server has read the poll once it answers a request that came after it
        assert httpx.get(f"{api}/healthz", trust_env=False).status_code == 200
        assert own_server.stop() == 0
        assert poll.recv(64).startswith(b"HTTP/1.1 200")


def test_keys_are_named_after_the_servers_environment(tmp_path: Path) -> None:
    server = BackendServer(tmp_path / "data", "--environment", "beta", "--build", "b7", "--client-domain", "https://c")
    server.start()
    try:
        made = server.command("customers", "create", "--email", "a@example.com")
        assert made["api_key"].startswith("sk_beta_")
        meta = httpx.get(f"{server.url}/api/v1/meta", trust_env=False).json()
        assert (meta["environment"], meta["build"], meta["client_domain"]) == ("beta", "b7", "https://c")
    finally:
        server.close()


@pytest.mark.full
def test_every_command_prints_in_quiet_mode_just_what_a_script_wants(own_server: BackendServer) -> None:
    email, id_line = ("--email", "q@example.com"), r"[0-9a-f-]{36}\n"
    own_server.data_dir.mkdir(mode=0o700)
    node, _ = add_node(own_server, "otter")
    admin = Admin(own_server)
    admin.close()
    backup = own_server.data_dir.parent / "backup"
    expected = {
        "customers create": (("customers", "create", *email, "--credits", "2"), r"sk_alpha_[A-Za-z0-9_-]{43}\n"),
        "customers list": (("customers", "list"), r"q@example\.com\n"),
        "customers suspend": (("customers", "suspend", *email), UUID + r"\n"),
        "customers unsuspend": (("customers", "unsuspend", *email), UUID + r"\n"),
        "customers set-password": (("customers", "set-password", *email, "--password-stdin"), UUID + r"\n"),
        "keys list": (("keys", "list", *email), UUID + r"\n"),
        "keys revoke": (("keys", "revoke", *email, "--id", WHAT_WAS_SAID), UUID + r"\n"),
        "credits grant": (("credits", "grant", *email, "--credits", "1.5"), r"3\.500000\n"),
        "limits set": (("limits", "set", *email, "active_jobs=7"), r"(\w+=\d+\n)*active_jobs=7\n(\w+=\d+\n)*"),
        "nodes enrollment-code": (("nodes", "enrollment-code"), r"[A-Z0-9-]+\n"),
        "nodes list": (("nodes", "list"), f"{node}\n"),
        "nodes set-tier": (("nodes", "set-tier", "otter", "trusted"), id_line),
        "nodes revoke": (("nodes", "revoke", node), id_line),
        "admin-keys create": (("admin-keys", "create"), r"ak_alpha_[A-Za-z0-9_-]{43}\n"),
        "admin-keys list": (("admin-keys", "list"), id_line * 2),
        "admin-keys revoke": (("admin-keys", "revoke", admin.key.prefix), id_line),
        "audit list": (("audit", "list", "--limit", "1"), id_line),
        "packages block": (("packages", "block", "a" * 64, "--reason", "x"), r"[0-9a-f-]{36}\n"),
        "packages blocks": (("packages", "blocks"), r"a{64}\n"),
        "packages reports": (("packages", "reports"), ""),
        "packages unblock": (("packages", "unblock", "a" * 64), r"a{64}\n"),
        "secrets rotate": (("secrets", "rotate"), r"[A-Za-z0-9_-]{8}\n"),
        "backup": (("backup", "--to", str(backup)), rf"{backup}\n"),
        "doctor": (("doctor",), r"ok\n"),
        "rates show": (("rates", "show"), r"cpu=200\n(gpu-\d+g=\d+\n)+fee_percent=10\n"),
        "rates set": (("rates", "set", "cpu=7"), r"cpu=7\n(gpu-\d+g=\d+\n)+fee_percent=10\n"),
    }
    said = ""
    for words, pattern in expected.values():
        words = tuple(said.strip() if word == WHAT_WAS_SAID else word for word in words)
        done = run_command(*words, "-q", data_dir=own_server.data_dir, said="correct horse battery\n")
        said = done.stdout
        assert (done.returncode, done.stderr) == (0, ""), words
        assert re.fullmatch(pattern, done.stdout), (words, done.stdout)
    new = own_server.data_dir.parent / "new"
    done = run_command("restore", "--from", str(backup), "-q", data_dir=new)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{new}\n", "")
    others = {"serve", "restore", "jobs invalidate-unit"}  # said above, or tested where there are servers and units
    assert {*expected, *others} == set(command_names(typer.main.get_command(app)))


def test_a_server_says_in_quiet_mode_just_its_address(tmp_path: Path) -> None:
    serving = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "-q", "--data-dir", str(tmp_path / "data")],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert serving.stdout is not None
    url = serving.stdout.readline().rstrip("\n")
    assert httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    serving.terminate()
    assert serving.stdout.read() == "" and serving.wait(30) == 0
    serving.stdout.close()


def test_a_customer_may_begin_with_a_password_alone(backend_server: BackendServer) -> None:
    arguments = ("customers", "create", "--email", "alone@example.com", "--no-key", "--password-stdin", "--json")
    done = run_command(*arguments, data_dir=backend_server.data_dir, said="correct horse battery\n")
    made = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0 and made["api_key"] is None
    answer = httpx.post(
        f"{backend_server.url}/api/v1/auth/sign-in",
        json={"email": "alone@example.com", "password": "correct horse battery"},
        trust_env=False,
    )
    assert answer.status_code == 200 and answer.json()["customer"]["id"] == made["id"]
    (row,) = [r for r in backend_server.command("customers", "list")["data"] if r["email"] == "alone@example.com"]
    assert (row["has_password"], row["keys"], row["sessions"], row["suspended"]) == (True, 0, 1, False)


def test_a_password_that_breaks_the_rule_is_refused_with_it_and_makes_no_customer(tmp_path: Path) -> None:
    for said in ("short\n", "x" * 1025 + "\n"):
        arguments = ("customers", "create", "--email", "a@example.com", "--password-stdin")
        done = run_command(*arguments, data_dir=tmp_path, said=said)
        assert done.returncode == 4 and "10 to 1,024 of any kind" in done.stderr
    assert run_command("customers", "list", "-q", data_dir=tmp_path).stdout == ""


@pytest.mark.full
def test_what_operators_do_to_customers_is_in_the_audit_log_without_secrets(own_server: BackendServer) -> None:
    own_server.start()
    email = "audited@example.com"
    made = own_server.command("customers", "create", "--email", email)
    password = ("customers", "set-password", "--email", email, "--password-stdin")
    assert run_command(*password, data_dir=own_server.data_dir, said="correct horse battery\n").returncode == 0
    (key,) = own_server.command("keys", "list", "--email", email)["data"]
    own_server.command("keys", "revoke", "--email", email, "--id", key["id"])
    own_server.command("customers", "suspend", "--email", email)
    own_server.command("customers", "unsuspend", "--email", email)
    with own_server.store() as store:
        entries = [entry for _, entry in audit_entries(store.connection, before=None, limit=100)]
    assert [entry.action for entry in reversed(entries)] == [
        "customers.create",
        "customers.set-password",
        "keys.revoke",
        "customers.suspend",
        "customers.unsuspend",
    ]
    assert {entry.subject for entry in entries} == {email} and all(entry.actor for entry in entries)
    assert made["api_key"] not in str(entries) and "horse" not in str(entries)


def test_a_key_that_is_meant_by_nothing_or_by_a_wrong_id_is_not_guessed(backend_server: BackendServer) -> None:
    backend_server.command("customers", "create", "--email", "keys@example.com")
    arguments = ("keys", "revoke", "--email", "keys@example.com", "--id", "sk_alpha_")
    done = run_command(*arguments, data_dir=backend_server.data_dir)
    assert done.returncode == 1 and "keys list --email keys@example.com" in done.stderr
    (key,) = backend_server.command("keys", "list", "--email", "keys@example.com")["data"]
    assert key["revoked_at"] is None
