"""A real server, an owner at it whose machine ran and earned, and the app's parts connected as that owner."""

from collections.abc import AsyncIterator, Iterator

import pytest

from gui.settings import SavedServer
from gui.ui import Ui
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_owner_routes import Node, submitted
from tests.gui.pages.customer.conftest import Pages


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("owner") / "data")
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def owner(server: BackendServer) -> Customer:
    return server.new_customer()


@pytest.fixture(scope="module")
def rig(server: BackendServer, owner: Customer) -> Iterator[Node]:
    """A machine that was paid for one unit, and whose next one failed by its customer's code."""
    submitted(server.new_customer())
    node = Node(owner)
    (lease,) = node.exchange(max_leases=1).leases
    node.say(lease, {"kind": "started"})
    ended = {"kind": "exited", "exit_code": 0, "run_seconds": 100.0}
    node.say(lease, ended, {"kind": "completed", "manifest": {"files": []}})
    (lease,) = node.exchange(max_leases=1).leases
    failed = {"kind": "failed", "fault": "customer", "code": "secret", "message": "secret", "exit_code": 3}
    node.say(lease, {"kind": "started"}, failed)
    yield node
    node.http.close()


@pytest.fixture
async def connected(ui: Ui, server: BackendServer, owner: Customer) -> AsyncIterator[Ui]:
    await ui.session.connect_to(SavedServer("test", server.url), owner.key)
    yield ui
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


@pytest.fixture
async def pages(connected: Ui) -> AsyncIterator[Pages]:
    made = Pages(connected)
    yield made
    made.close()
