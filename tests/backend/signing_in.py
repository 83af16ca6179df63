"""People with passwords, who sign in from addresses of their own on this machine's loopback network."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from core.accounts.customers import find_by_email, set_password_hash
from core.accounts.passwords import hash_password
from tests.backend.server_process import BackendServer, Customer

PASSWORD = "correct horse battery"
_HOSTS = itertools.count(2)


def new_address() -> str:
    """An address that no test has come from yet."""
    number = next(_HOSTS)
    return f"127.1.{number // 250}.{number % 250 + 1}"


def with_password(server: BackendServer, password: str = PASSWORD, credits: int = 1000) -> Customer:
    """A customer with a password and a key."""
    customer = server.new_customer(credits)
    with server.store() as store, store.transaction() as tx:
        found = find_by_email(tx.connection, customer.email)
        set_password_hash(tx, found.id, hash_password(password, os.urandom))
    return customer


@contextmanager
def anybody(server: BackendServer, address: str | None = None, **headers: str) -> Iterator[httpx.Client]:
    """Somebody at an address, with these headers."""
    transport = httpx.HTTPTransport(local_address=address or new_address())
    with httpx.Client(
        base_url=f"{server.url}/api/v1", transport=transport, headers=headers, timeout=60, trust_env=False
    ) as http:
        yield http


def sign_in(http: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return http.post("/auth/sign-in", json={"email": email, "password": password})


@contextmanager
def signed_in(server: BackendServer, email: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
    """A customer's requests by a session."""
    with anybody(server) as http:
        answer = sign_in(http, email, password)
        assert answer.status_code == 200, answer.text
        http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield http


def wait_ended(lines: Iterator[Any]) -> None:
    """Reads a stream to its end, which must come."""
    for _ in lines:
        pass
