"""A customer, who owns nodes too, with one of every kind of thing, in every state that needs no waiting, and where
these lie in paths; and the same for the operator."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from core.accounts.customers import find_by_email
from core.ids import uuid7
from core.nodes.tiers import Tier
from core.protocol.webhooks import ChangeWebhook, CreateWebhook, WebhookEvent
from core.webhooks.deliveries import send_test
from core.webhooks.endpoints import change_endpoint, create_endpoint, find_endpoint
from core.webhooks.outbox import Tried, due, end_waiting, note_try
from tests.backend.admin_client import Admin, add_node
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_exchange import Node
from tests.backend.uploading import create, one_file, ready_dataset, ready_package, send, submit_job, zipped

DATA = b"1,2\n3,4\n"
LIMITS = ("requests_per_minute", "jobs_per_minute", "active_jobs", "units_per_day")


class Furnished:
    """`things` are ids by where they stand in a path: below which path, as which parameter."""

    def __init__(self, customer: Customer, things: dict[tuple[str, str], list[str]]) -> None:
        self.customer = customer
        self.things = things

    @property
    def http(self) -> httpx.Client:
        return self.customer.http

    def paths(self, template: str) -> Iterator[str]:
        """The path with ids of this customer's, for every thing that it can be of. Raises KeyError, with the place of
        an id, where none is known: then there is a new kind of thing, to be made in `furnish`."""
        before, brace, rest = template.partition("{")
        if not brace:
            yield template
            return
        name, _, after = rest.partition("}")
        parent = before.removesuffix("/")
        for place, ids in self.things.items():
            if place == (parent, name):
                for id in ids:
                    yield from self.paths(f"{before}{id}{after}")
                return
        raise KeyError(f"no thing of the kind {{{name}}} below {parent}")


def furnish(server: BackendServer, node: Node, customer: Customer | None = None) -> Furnished:
    """Makes all of it, for a customer of its own or this one, at a server whose only node is this one."""
    customer = customer or server.new_customer()
    dataset, package = ready_dataset(customer, DATA), ready_package(customer)
    unfinished = create(customer, one_file("rows.csv", b"sent", b"not sent"), name="unfinished")
    send(customer, {"missing_chunks": [row for row in unfinished["missing_chunks"] if row["size_bytes"] == 4]}, b"sent")
    stream = customer.http.post("/customer/datasets", json={"name": "stream", "file_name": "rows.csv"}).json()
    broken = zipped(train__py="def broken(:\n")
    rejected = create(customer, one_file("p.zip", broken), route="training-packages", name="broken")
    send(customer, rejected, broken)
    assert customer.http.post(f"/customer/training-packages/{rejected['id']}/finalize").status_code == 400
    completed = submit_job(customer, dataset, package)
    _run(node)
    cancelled = submit_job(customer, dataset, package)
    assert customer.http.post(f"/customer/training-jobs/{cancelled}/cancel").status_code == 200
    queued = submit_job(customer, dataset, package)
    things = {
        ("/customer/datasets", "id"): [dataset, unfinished["id"], stream["id"]],
        ("/customer/training-packages", "id"): [package, rejected["id"]],
        ("/customer/training-jobs", "id"): [completed, queued, cancelled],
    }
    for job in (completed, queued, cancelled):
        path = f"/customer/training-jobs/{job}"
        for part, name in (("compute-units", "unit_id"), ("artifacts", "artifact_id")):
            rows = customer.http.get(f"{path}/{part}").json()["data"]
            things[f"{path}/{part}", name] = [row["id"] for row in rows]
    assert things[f"/customer/training-jobs/{completed}/artifacts", "artifact_id"]
    return Furnished(customer, things | _access_and_nodes(server, customer) | add_webhooks(server, customer, 2))


def _access_and_nodes(server: BackendServer, customer: Customer) -> dict[tuple[str, str], list[str]]:
    """API keys, nodes, one of each revoked, and a blocked package."""
    keys = [_made(customer, "/customer/api-keys", name=name)["id"] for name in ("laptop", "lost")]
    assert customer.http.delete(f"/customer/api-keys/{keys[1]}").status_code == 204
    nodes = [add_node(server, name, owner=customer.email, tier=Tier.NEW)[0] for name in ("rig", "sold")]
    assert customer.http.patch(f"/owner/nodes/{nodes[1]}", json={"revoked": True}).status_code == 200
    block = _made(customer, "/owner/blocks", package_digest="b" * 64, reason="mines coins")
    return {
        ("/customer/api-keys", "id"): keys,
        ("/owner/nodes", "id"): nodes,
        ("/owner/blocks", "id"): [block["id"]],
    }


def add_webhooks(server: BackendServer, customer: Customer, count: int) -> dict[tuple[str, str], list[str]]:
    """So many webhooks, at least two, that are switched off, to a name that leads nowhere. The first has as many tests,
    of which one was delivered and the others failed; written as the server would, since nothing may be sent."""
    now = time.time()

    def new_id() -> str:
        return uuid7(now, os.urandom)

    asked = CreateWebhook(url="https://hooks.invalid/gpu-agent", events=[WebhookEvent.JOB_FAILED])
    with server.store() as store, store.transaction() as tx:
        customer_id = find_by_email(tx.connection, customer.email).id
        made = [
            create_endpoint(
                tx, customer_id, asked, balance_micro=0, most=count, now=now, new_id=new_id, random_bytes=os.urandom
            ).id
            for _ in range(count)
        ]
        sent = [send_test(tx, customer_id, made[0], now=now, new_id=new_id).id for _ in range(count)]
        endpoint_id = find_endpoint(tx.connection, customer_id, made[0])["id"]
        one = due(tx.connection, endpoint_id, limit=1, now=now)[0]
        note_try(tx, one.id, Tried(one.url, now, 200, 0.1, "93.184.216.34", "ok", None), now=now, chance=0.5)
        for webhook in made:
            change_endpoint(tx, customer_id, webhook, ChangeWebhook(enabled=False), balance_micro=0)
        end_waiting(tx, endpoint_id)
    return {
        ("/customer/webhooks", "id"): made,
        (f"/customer/webhooks/{made[0]}/deliveries", "delivery_id"): sent,
        (f"/customer/webhooks/{made[1]}/deliveries", "delivery_id"): sent,
    }


def _made(customer: Customer, path: str, **body: str) -> dict[str, Any]:
    answer = customer.http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def operators_things(admin: Admin, furnished: Furnished, other: Customer) -> dict[tuple[str, str], list[str]]:
    """What the operator has: the customer's jobs and nodes, another customer, and a package that is blocked for all."""
    blocked = admin.http.post("/package-blocks", json={"package_digest": "c" * 64, "reason": "mines coins"})
    assert blocked.status_code == 201, blocked.text
    return {
        ("/admin/customers", "id"): [admin.customer_id(other.email)],
        ("/admin/jobs", "id"): furnished.things["/customer/training-jobs", "id"],
        ("/admin/nodes", "id"): furnished.things["/owner/nodes", "id"],
        ("/admin/package-blocks", "package_digest"): ["c" * 64],
    }


def lift_limits(server: BackendServer, customer: Customer) -> None:
    """As much as anybody asks for."""
    server.command("limits", "set", "--email", customer.email, *(f"{name}=100000000" for name in LIMITS))


@contextmanager
def a_node(server: BackendServer) -> Iterator[Node]:
    """A node for as long as the block runs."""
    node = Node(server)
    try:
        yield node
    finally:
        node.close()


def _run(node: Node) -> None:
    """Takes units until there are none and completes each: a line, a point, and the dataset's own file as result."""
    manifest: dict[str, Any] = {"files": [one_file("result.csv", DATA)]}
    while leases := node.exchange(max_leases=1).leases:
        lease = leases[0]
        node.report(lease, "started", 1)
        node.report(lease, "step", 2, step=5, of=10)
        node.report(lease, "log", 3, lines=[{"number": 1, "stream": "stdout", "text": "a line"}])
        node.report(lease, "metrics", 4, points=[{"number": 1, "step": 5, "values": {"loss": 0.5}}])
        node.report(lease, "exited", 5, exit_code=0, run_seconds=0.1)
        assert node.report(lease, "completed", 6, manifest=manifest).status == "accepted"
