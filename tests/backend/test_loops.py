import httpx
import pytest

from backend.context import Context
from backend.loops import running_loops
from backend.orphans import delete_orphans
from backend.settings import Settings
from backend.steady_clock import SteadyClock
from core.content.uploads import record_chunk
from core.store.database import Store
from tests.backend.server_process import BackendServer
from tests.backend.uploading import create, digest, finalize, one_file, send


@pytest.fixture
def context(own_server: BackendServer) -> Context:
    """The shared parts of a server that serves nothing, on a store of its own."""
    own_server.data_dir.mkdir()
    settings = Settings(data_dir=own_server.data_dir, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1")
    store = Store(own_server.data_dir / "store.sqlite", now=0, busy_timeout_seconds=0)
    return Context(settings, store, clock=SteadyClock(lambda: 1_775_001_600.0, lambda: 0.0))


def test_when_a_key_was_used_is_known_after_a_stop(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    assert customer.http.get("/customer/limits").status_code == 200
    assert own_server.stop() == 0
    with own_server.store() as store:
        assert store.connection.execute("SELECT last_used_at FROM api_keys").fetchone()[0] is not None
        assert store.connection.execute("SELECT value FROM service WHERE key = 'alive_at'").fetchone() is not None


async def test_loops_write_what_they_gathered_when_they_end(context: Context, own_server: BackendServer) -> None:
    customer = own_server.new_customer()
    key_id = context.store.connection.execute("SELECT id FROM api_keys").fetchone()["id"]
    async with running_loops(context):
        context.keys_used[key_id] = 1_775_001_600.0
    seen = context.store.connection.execute("SELECT last_used_at FROM api_keys").fetchone()[0]
    assert (seen, context.keys_used) == (1_775_001_600.0, {})
    assert customer.email
    context.store.close()


async def test_a_chunk_that_is_just_arriving_outlives_its_deletion_until_it_has_an_owner(
    context: Context, own_server: BackendServer
) -> None:
    own_server.new_customer()
    for data in (b"arrives", b"is nobody's"):
        context.blobs.put(digest(data), data)
    both = [digest(b"arrives"), digest(b"is nobody's")]
    with context.arriving.chunk(both[0]):
        await delete_orphans(context, both)
        assert [context.blobs.has(each) for each in both] == [True, False]
    await context.store.write(lambda tx: record_chunk(tx, 1, both[0], 7, 0.0))
    await delete_orphans(context, [])
    assert context.blobs.has(both[0])
    with context.arriving.stream(1):
        context.blobs.put(both[1], b"is nobody's")
        await delete_orphans(context, [both[1]])
        assert context.blobs.has(both[1])
    await delete_orphans(context, [])
    assert not context.blobs.has(both[1])
    context.store.close()


def test_a_server_that_was_killed_starts_again_with_all_that_was_ready(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    upload = create(customer, one_file("f", b"kept"))
    send(customer, upload, b"kept")
    assert finalize(customer, upload).status_code == 200
    own_server.kill()
    own_server.start()
    made = customer.http.post(f"/customer/datasets/{upload['id']}/download-url", json={"path": "f"}).json()
    assert httpx.get(made["download_url"], trust_env=False).content == b"kept"
