"""An owner of nodes by the library and the command line, against a real backend."""

import asyncio

import pytest

from core.client.customer import AsyncClient, Client, every
from core.client.errors import ServerError
from core.client.node import NodeClient
from core.protocol.node import PROTOCOL_VERSION, EnrollRequest, EnrollResponse
from tests.core.client.live_backend import LiveBackend
from tests.core.client.saying import failed, ok


def enrol(backend: LiveBackend, code: str, name: str) -> None:
    async def ask() -> EnrollResponse:
        async with NodeClient(backend.url) as node:
            return await node.enroll(EnrollRequest(code, name, PROTOCOL_VERSION, "1.2"))

    assert asyncio.run(ask()).tier == "new"


def test_an_owner_has_all_calls_in_both_clients(backend: LiveBackend) -> None:
    with Client(backend.url, backend.key) as client:
        code = client.create_enrollment_code()
        assert code.code is not None and code.tier == "new"
        enrol(backend, code.code, "rig")
        (node,) = client.list_nodes().data
        assert client.rename_node(node.id, "big rig").name == "big rig"
        assert list(every(lambda cursor: client.list_attempts(node_id=node.id, cursor=cursor))) == []
        assert client.list_attempts(outcomes=["completed", "failed"]).data == []
        assert client.list_earnings(by="unit", days=1).data == []
        assert client.list_demand(node_id=node.id).data == []
        block = client.block_package("a" * 64, "loud")
        assert client.list_blocks().data == [block]
        client.unblock_package(block.id)
        assert client.list_blocks().data == []
        with pytest.raises(ServerError, match="NODE_NOT_FOUND"):
            client.rename_node("nothing", "x")
        assert client.revoke_node(node.id).revoked

    async def ask() -> str:
        async with AsyncClient(backend.url, backend.key) as again:
            return (await again.list_nodes()).data[0].name

    assert asyncio.run(ask()) == "big rig"


@pytest.mark.full
def test_the_commands_make_a_code_and_show_nodes_and_earnings(backend: LiveBackend) -> None:
    shown = backend.command("nodes", "code")
    assert f"gpu-agent-node run --server {backend.url}" in shown.stdout
    enrol(backend, ok(backend.command("nodes", "code", "--json"))["code"], "from the shell")
    node = ok(backend.command("nodes", "list", "--json"))["data"][0]
    assert (node["name"], node["online"], node["running"]) == ("from the shell", False, [])
    assert "not heard of since it was enrolled" in " ".join(backend.command("nodes", "list").stdout.split())
    earned = ok(backend.command("nodes", "earnings", "--days", "3", "--json"))
    assert earned == {"earned_micro": 0, "earned": "0.000000", "rows": []}
    assert "Earned: 0.000000 credits" in backend.command("nodes", "earnings", "--units").stdout
    refused = failed(backend.command("nodes", "earnings", "--node", "nothing", "--json"), 1)
    assert (refused["code"], refused["hint"]) == ("NODE_NOT_FOUND", "gpu-agent-client nodes list")
