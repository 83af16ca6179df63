"""`gpu-agent-client keys` and `account`, and a session in place of a key, against a real backend."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.client.customer import AsyncClient, Client, every
from core.client.errors import ServerError
from core.errors import ErrorCode
from tests.core.client.live_backend import LiveBackend, client_command
from tests.core.client.saying import failed, ok

PASSWORD = "correct horse battery"
EMAIL = "a@example.com"


@pytest.fixture(scope="module")
def with_password(backend: LiveBackend) -> LiveBackend:
    command = str(Path(sys.executable).with_name("gpu-agent-backend"))
    words = ["customers", "set-password", "--email", EMAIL, "--password-stdin", "--data-dir", str(backend.data_dir)]
    subprocess.run([command, *words], input=PASSWORD, text=True, check=True, capture_output=True, timeout=60)
    return backend


def keys_create(backend: LiveBackend, *words: str, password: str = PASSWORD) -> "subprocess.CompletedProcess[str]":
    """`keys create` with a password and no key."""
    environment = {**backend.environment(), "GPU_AGENT_API_KEY": ""}
    return subprocess.run(
        [client_command(), "keys", "create", *words, "--email", EMAIL, "--password-stdin"],
        input=password + "\n",
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )


@pytest.mark.full
def test_a_key_is_made_used_listed_and_revoked(backend: LiveBackend) -> None:
    made = ok(backend.command("keys", "create", "--name", "ci", "--scope", "usage:read", "--json"))
    assert re.fullmatch(r"sk_alpha_[A-Za-z0-9_-]{43}", made["secret"]) and made["scopes"] == ["usage:read"]
    shown = ok(backend.command("account", "show", "--json", GPU_AGENT_API_KEY=made["secret"]))
    assert (shown["email"], shown["access"]["api_key_name"]) == (EMAIL, "ci")
    error = failed(backend.command("jobs", "list", "--json", GPU_AGENT_API_KEY=made["secret"]), 2)
    assert error["code"] == "API_KEY_SCOPE_DENIED"
    assert made["id"] in backend.command("keys", "list", "-q").stdout
    assert backend.command("keys", "revoke", made["id"]).returncode == 4, "nobody is there to answer"
    assert backend.command("keys", "revoke", made["id"], "-y", "-q").stdout == f"{made['id']}\n"
    error = failed(backend.command("account", "show", "--json", GPU_AGENT_API_KEY=made["secret"]), 2)
    assert error["code"] == "API_KEY_REVOKED" and "gpu-agent-client keys create" in error["hint"]
    rows = {row["id"]: row for row in ok(backend.command("keys", "list", "--json"))["data"]}
    assert rows[made["id"]]["revoked_at"] is not None


@pytest.mark.full
def test_a_key_is_made_by_password_where_there_is_no_key_yet(with_password: LiveBackend) -> None:
    done = keys_create(with_password, "--name", "first", "-q")
    secret = done.stdout.strip()
    assert done.returncode == 0 and secret.startswith("sk_alpha_")
    shown = with_password.command("account", "show", GPU_AGENT_API_KEY=secret).stdout
    assert EMAIL in shown and "first" in shown and secret not in shown
    assert failed(keys_create(with_password, "--name", "x", "--json", password="wrong horse"), 2)["code"] == (
        "SIGN_IN_FAILED"
    )
    asked = with_password.command("keys", "create", "--name", "x", "--email", EMAIL, "--json")
    assert "--password-stdin" in failed(asked, 4)["hint"]


def test_what_can_be_no_key_is_refused_with_a_command(backend: LiveBackend) -> None:
    refused = failed(backend.command("keys", "create", "--name", "x", "--scope", "jobs:eat", "--json"), 4)
    assert refused["hint"] == "gpu-agent-client keys create --help"
    absent = failed(backend.command("keys", "revoke", "no-such-key", "--json"), 1)
    assert absent["hint"] == "gpu-agent-client keys list"


def test_a_session_stands_in_a_clients_place_of_a_key(with_password: LiveBackend) -> None:
    with Client(with_password.url, None) as nobody:
        token = nobody.sign_in(EMAIL, PASSWORD).token
    with Client(with_password.url, token) as client:
        assert client.account().access.kind == "session"
        made = client.create_api_key("from python", ["jobs:read"])
        assert made.secret and made.id in [key.id for key in every(lambda cursor: client.list_api_keys(cursor=cursor))]
        client.revoke_api_key(made.id)
        client.sign_out()
        with pytest.raises(ServerError) as ended:
            client.account()
    assert ended.value.code is ErrorCode.CUSTOMER_AUTH_REQUIRED


def test_the_async_client_signs_in_alike_and_a_wrong_password_closes_no_account(with_password: LiveBackend) -> None:
    async def run() -> ErrorCode:
        async with AsyncClient(with_password.url, None) as nobody:
            token = (await nobody.sign_in(EMAIL, PASSWORD)).token
        async with AsyncClient(with_password.url, token) as client:
            with pytest.raises(ServerError) as refused:
                await client.close_account("wrong horse battery")
            assert (await client.account()).email == EMAIL
            await client.sign_out()
        return refused.value.code

    assert asyncio.run(run()) is ErrorCode.SIGN_IN_FAILED
