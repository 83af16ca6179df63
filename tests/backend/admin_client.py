"""The operator over HTTP, and nodes to look after; made in this process, since a command takes most of a second."""

import os
import time
from typing import Any

import httpx

from core.accounts.admin_keys import create_admin_key
from core.accounts.customers import find_by_email
from core.ids import uuid7
from core.nodes.enrollment import enroll, make_code
from core.nodes.tiers import Tier
from core.protocol.node import PROTOCOL_VERSION, EnrollRequest, NodeSettings
from tests.backend.server_process import BackendServer


def _new_id() -> str:
    return uuid7(time.time(), os.urandom)


class Admin:
    """An admin key of a server: requests are sent with it."""

    def __init__(self, server: BackendServer, *, metrics_only: bool = False) -> None:
        with server.store() as store, store.transaction() as tx:
            self.key, self.secret = create_admin_key(
                tx,
                name="test",
                metrics_only=metrics_only,
                environment="alpha",
                now=time.time(),
                new_id=_new_id,
                random_bytes=os.urandom,
            )
        headers = {"Authorization": f"Bearer {self.secret}"}
        self.http = httpx.Client(base_url=f"{server.url}/api/v1/admin", headers=headers, timeout=30, trust_env=False)

    def close(self) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> Any:
        """What a GET answers."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def customer_id(self, email: str) -> str:
        """The id of the customer with this address."""
        (found,) = self.get("/customers", q=email)["data"]
        return str(found["id"])

    def changes(self, subject: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Actor, action and details of what the audit log has about a subject, newest first."""
        rows = self.get("/audit-log", limit=100)["data"]
        return [(row["actor"], row["action"], row["details"]) for row in rows if row["subject"] == subject]


def add_node(
    server: BackendServer, name: str, *, owner: str | None = None, tier: Tier = Tier.CONTROLLED
) -> tuple[str, str]:
    """A node that never spoke: its id and its credential."""
    with server.store() as store, store.transaction() as tx:
        owner_id = None if owner is None else find_by_email(tx.connection, owner).id
        code = make_code(tx, owner_id=owner_id, tier=tier, now=time.time(), random_bytes=os.urandom)
        answer = enroll(
            tx,
            EnrollRequest(code, name, PROTOCOL_VERSION, "test"),
            settings=NodeSettings(),
            now=time.time(),
            new_id=_new_id,
            random_bytes=os.urandom,
        )
    return answer.node_id, answer.credential
