"""This computer becomes a node from the window: by an access that makes the code, with a real node at a real server."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.client.customer import AsyncClient
from core.console import CommandError
from core.protocol.node_control import NodeState
from gui.desktop import Desktop
from gui.enrolling import Enrolling
from gui.first_start.connect import ConnectDialog
from gui.first_start.question import FirstStart
from gui.first_start.share import BY_ACCESS, BY_CODE, ShareAnswer, ShareDialog
from gui.node_link import LinkState
from gui.pages.node.my_node import MyNode
from gui.pages.node.my_node_parts import enrol_form
from gui.pages.node.my_node_parts.add_machine import AddMachineDialog
from gui.settings import SavedNode, SavedServer, Settings
from gui.ui import Ui
from tests.backend.server_process import BackendServer, Customer
from tests.gui.held_answers import HeldAnswers
from tests.gui.keyrings import InMemory
from tests.gui.node_samples import status
from tests.gui.owner_samples import join
from tests.gui.waiting import until
from tests.gui.whole_window import connected_window, page_of, press, said, whole_window

CODES = "/owner/enrollment-codes"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("enrolling") / "data")
    made.start()
    yield made
    made.close()


@pytest.fixture
async def connected(ui: Ui, server: BackendServer) -> AsyncIterator[Ui]:
    await ui.session.connect_to(SavedServer("test", server.url), server.new_customer().key)
    yield ui
    await ui.tasks.close()
    await ui.session.disconnect_from_server()
    await ui.processes.close()


def nodes_of(owner: Customer) -> list[str]:
    return [one["name"] for one in owner.http.get("/owner/nodes").json()["data"]]


async def paused_node(desktop: Desktop) -> None:
    """This computer's node has looked at its machine, and pauses."""
    node = desktop.ui.node
    await until(lambda: node.status is not None and node.status.state is NodeState.PAUSED)


@asynccontextmanager
async def first_start(app: QApplication, folder: Path) -> AsyncIterator[tuple[Desktop, ShareDialog]]:
    """A window that asks its first question, answered by *Share my GPU*, with *Sign in* chosen in the form."""
    async with whole_window(app, folder) as desktop:
        question = desktop.window.findChild(FirstStart)
        assert question is not None
        question.share_asked.emit()
        dialog = desktop.window.findChild(ShareDialog)
        assert dialog is not None and dialog.way.current() == BY_CODE
        dialog.way._pick(BY_ACCESS)
        yield desktop, dialog


@pytest.mark.full
async def test_at_the_first_start_one_key_connects_the_window_and_enrols_this_computer(
    qapp: QApplication, tmp_path: Path, server: BackendServer, working_keyring: InMemory
) -> None:
    owner, trainer = server.new_customer(), server.new_customer(scopes=["usage:read", "jobs:read"])
    async with first_start(qapp, tmp_path) as (desktop, dialog):
        dialog.address.set_text(server.url)
        for key in (trainer.key, owner.key):  # the first may make no code, so another one is typed
            await until(dialog.go.isEnabled)
            dialog.key.set_text(key)
            press(dialog, "Set up sharing")
        await paused_node(desktop)
        assert desktop.window.current == "my_node" and desktop.window.findChild(FirstStart) is None
        assert len(nodes_of(owner)) == 1
        settings = desktop.shell.settings.value
        assert settings.current == server.url and settings.node is not None and settings.node.address == server.url
        assert owner.key in str(working_keyring.kept)


async def test_a_key_that_may_make_no_code_connects_and_leaves_the_form_for_a_code(
    qapp: QApplication, tmp_path: Path, server: BackendServer, working_keyring: InMemory
) -> None:
    trainer = server.new_customer(scopes=["usage:read", "jobs:read", "jobs:write"])
    async with first_start(qapp, tmp_path) as (desktop, dialog):
        dialog.address.set_text(server.url)
        dialog.key.set_text("sk_alpha_" + "a" * 43)
        press(dialog, "Set up sharing")
        await until(lambda: dialog.banner.trouble is not None)
        assert dialog.key.error() == "The server doesn't know this key" and desktop.shell.session.client is None
        dialog.key.set_text(trainer.key)
        dialog.banner.clear()
        press(dialog, "Set up sharing")
        await until(lambda: dialog.banner.trouble is not None)
        assert "or have the operator make a code" in said(dialog.banner)
        assert desktop.shell.session.client is not None and desktop.window.current == "my_node"
        assert dialog.isVisible() and dialog.go.isEnabled() and dialog.address.text() == server.url
        dialog.way._pick(BY_CODE)
        assert dialog.code.isVisible() and dialog.answer() is None and dialog.code.error()
        dialog.reject()


def test_a_form_asks_no_key_for_the_server_that_the_window_is_connected_to(qtbot: QtBot, ui: Ui) -> None:
    server = SavedServer("cedar", "https://cedar.example")
    dialog = ShareDialog(ui.theme, server, connected_to="https://cedar.example/api/v1")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.way.current() == BY_ACCESS and not dialog.key.isVisible()
    assert dialog.answer() == ShareAnswer(server)
    dialog.ask_for_key()  # it may make no code
    assert dialog.key.isVisible() and dialog.answer() is None
    dialog.address.set_text("elsewhere.example")
    assert dialog.key.isVisible() and dialog.answer() is None and dialog.key.error()


@pytest.mark.full
async def test_my_node_of_a_connected_window_enrols_by_one_press(
    qapp: QApplication, tmp_path: Path, server: BackendServer, working_keyring: InMemory
) -> None:
    owner = server.new_customer()
    async with connected_window(qapp, tmp_path, server, owner) as desktop:
        desktop.window.open_page("my_node")
        form = page_of(desktop, MyNode).form
        assert (form.server.text(), form.way.current()) == (server.url, enrol_form.BY_ACCESS)
        form.name.set_text("cedar-31")
        press(form, "Set up sharing")
        await paused_node(desktop)
        assert nodes_of(owner) == ["cedar-31"]


async def test_my_node_of_an_access_that_may_make_no_code_offers_another_key(
    qapp: QApplication, tmp_path: Path, server: BackendServer, working_keyring: InMemory
) -> None:
    trainer = server.new_customer(scopes=["usage:read", "jobs:read"])
    async with connected_window(qapp, tmp_path, server, trainer) as desktop:
        desktop.window.open_page("my_node")
        page = page_of(desktop, MyNode)
        press(page.form, "Set up sharing")
        await until(lambda: page.banner.trouble is not None)
        assert "This key may not do that" in said(page.banner) and page.form.button.isEnabled()
        press(page.banner, "Connect with another key")
        dialog = desktop.window.findChild(ConnectDialog)
        assert dialog is not None and dialog.address.text() == server.url
        dialog.reject()


async def test_my_node_has_the_window_connected_to_the_server_that_was_typed(
    qapp: QApplication, tmp_path: Path, server: BackendServer, working_keyring: InMemory
) -> None:
    owner = server.new_customer()
    async with whole_window(qapp, tmp_path) as desktop:
        desktop.window.drop_question()
        desktop.window.open_page("my_node")
        page = page_of(desktop, MyNode)
        page.form.way._pick(enrol_form.BY_ACCESS)
        press(page.form, "Connect to the server")
        assert page.form.server.error()
        page.form.server.set_text(server.url)
        press(page.form, "Connect to the server")
        dialog = desktop.window.findChild(ConnectDialog)
        assert dialog is not None and dialog.address.text() == server.url
        dialog.key.set_text(owner.key)
        press(dialog, "Connect")
        await until(lambda: desktop.shell.session.client is not None)
        desktop.window.open_page("my_node")
        form = page_of(desktop, MyNode).form
        assert form.server.text() == server.url and form.button.words() == "Set up sharing"


async def test_add_a_machine_has_the_window_connected_and_goes_on(
    qapp: QApplication, tmp_path: Path, server: BackendServer, working_keyring: InMemory
) -> None:
    owner = server.new_customer()
    async with whole_window(qapp, tmp_path) as desktop:
        desktop.window.drop_question()
        desktop.window.open_page("my_node")
        desktop.ui.node.take(LinkState.LIVE, status(NodeState.PAUSED, server=f"{server.url}/api/v1"))
        page_of(desktop, MyNode).add_machine.click()
        adding = desktop.window.findChild(AddMachineDialog)
        assert adding is not None and adding.operators_way.isVisible()
        press(adding, "Connect")
        connect = desktop.window.findChild(ConnectDialog)
        assert connect is not None and connect.address.text() == server.url
        connect.key.set_text(owner.key)
        press(connect, "Connect")
        await until(lambda: adding.go.words() == "Make a code")
        press(adding, "Make a code")
        await until(lambda: adding.code.line.text())
        adding.close()


async def test_add_a_machine_says_that_a_remembered_server_was_not_reached(
    qapp: QApplication, tmp_path: Path, server: BackendServer, working_keyring: InMemory
) -> None:
    Settings(tmp_path / "config").change(servers=[SavedServer("cedar", server.url)])
    async with whole_window(qapp, tmp_path) as desktop:  # whose key is gone from the keyring
        desktop.window.open_page("my_node")
        desktop.ui.node.take(LinkState.LIVE, status(NodeState.PAUSED, server=server.url))
        page_of(desktop, MyNode).add_machine.click()
        adding = desktop.window.findChild(AddMachineDialog)
        assert adding is not None
        press(adding, "Connect")
        assert not adding.go.isEnabled()
        await until(lambda: said(adding.banner))
        assert said(adding.banner).startswith(f"Not connected to {server.url.removeprefix('http://')}")
        assert adding.go.isEnabled() and "The key of cedar is not on this computer" in said(desktop.window.banner)
        adding.close()


@pytest.mark.full
async def test_a_code_that_a_failed_try_did_not_use_serves_the_next_one(connected: Ui, server: BackendServer) -> None:
    client = connected.session.client
    assert client is not None
    made = HeldAnswers(client, "POST", CODES)
    made.let_go()
    enrolling, folder = Enrolling(connected), connected.processes.node_dir
    folder.write_text("a file where the node's folder belongs")
    for _ in range(2):
        with pytest.raises(CommandError):
            await enrolling.by_access(SavedServer("test", server.url), client)
    assert made.came == 1 and connected.settings.value.node is None
    folder.unlink()
    assert enrolling._unused is not None
    assert join(server, enrolling._unused[1].code, "quicker") == 201
    with pytest.raises(CommandError) as failed:
        await enrolling.by_access(SavedServer("test", server.url), client)
    assert failed.value.code == "ENROLLMENT_CODE_INVALID"
    await enrolling.by_access(SavedServer("test", server.url), client)
    assert made.came == 2 and connected.processes.has_children


@pytest.mark.full
async def test_a_node_that_enrolled_and_did_not_start_needs_no_other_code(connected: Ui, server: BackendServer) -> None:
    client: AsyncClient | None = connected.session.client
    assert client is not None
    made = HeldAnswers(client, "POST", CODES)
    made.let_go()
    enrolling, journal = Enrolling(connected), connected.processes.node_dir / "journal.sqlite"
    journal.mkdir(parents=True)
    with pytest.raises(CommandError) as failed:
        await enrolling.by_access(SavedServer("test", server.url), client)
    assert "that takes no other code" in failed.value.hint
    node = SavedNode(server.url, str(connected.processes.node_dir))
    assert connected.settings.value.node == node and connected.processes.is_enrolled
    journal.rmdir()
    await enrolling.by_access(SavedServer("test", server.url), client)
    assert made.came == 1 and connected.processes.has_children
