"""Add a machine on My node, at a real server: a code of the owner's own, who comes by it, and other ways to one."""

import asyncio
import logging
import shlex
import subprocess
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea

from core.protocol.node_control import NodeState
from gui.enrolment import MadeCode, join_command, lifetime_seconds, same_server
from gui.node_link import LinkState
from gui.pages.node.my_node import MyNode
from gui.pages.node.my_node_parts.add_machine import AddMachineDialog
from gui.pages.node.my_node_parts.machine_tab import OTHERS
from gui.settings import SavedServer
from gui.ui import Ui
from tests.agent.node_process import COMMAND
from tests.backend.server_process import BackendServer, Customer
from tests.gui.held_answers import HeldAnswers
from tests.gui.node_samples import status
from tests.gui.owner_samples import join
from tests.gui.pages.customer.conftest import Pages
from tests.gui.test_little_room import LEAST, cut
from tests.gui.waiting import until

CODES = "/owner/enrollment-codes"
PROGRAM = ["python3", "build_scripts/run.py", "gpu-agent-node"]


@pytest.fixture
def owner(server: BackendServer) -> Customer:
    """One for each test, whose codes and machines are its own."""
    return server.new_customer()


@pytest.fixture
async def dialog(pages: Pages, connected: Ui) -> AsyncIterator[AddMachineDialog]:
    """Of somebody without a node here, whose window is connected."""
    page = pages.open(MyNode)
    page.add_machine.click()
    (made,) = [one for one in page.findChildren(AddMachineDialog) if one.isVisible()]
    yield made
    made.close()


async def made_code(dialog: AddMachineDialog) -> str:
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await until(lambda: dialog.code.isVisible() and dialog.code.line.text())
    return dialog.code.line.text()


def copied() -> QMimeData:
    data = QGuiApplication.clipboard().mimeData()
    assert data is not None
    return data


async def with_scopes(ui: Ui, server: BackendServer, scopes: list[str]) -> None:
    """The window connected by a key that may do no more."""
    assert ui.session.client is not None
    made = await ui.session.client.create_api_key("less", scopes)
    await ui.session.disconnect_from_server()
    await ui.session.connect_to(SavedServer("test", server.url), made.secret or "")


async def test_a_code_is_made_copied_as_a_secret_and_the_machine_that_uses_it_is_named(
    dialog: AddMachineDialog, connected: Ui, server: BackendServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert not dialog.code.isVisible() and not dialog.operators_way.isVisible()
    code = await made_code(dialog)
    command = join_command(server.url, code)
    assert command.endswith(f"--server {server.url} --enroll {code} --paused")
    assert dialog.code.command.text().replace("\\\n", "").split() == command.split()
    assert "Good for 14:" in dialog.code.lives.text() or "Good for 15:00" in dialog.code.lives.text()
    assert dialog.code.copy_command.hasFocus() and not dialog.go.isVisible()
    assert dialog.code.copy_command.accessibleName() == "Copy the command"
    for button, text in ((dialog.code.copy_code, code), (dialog.code.copy_command, command)):
        button.click()
        assert (copied().text(), bytes(copied().data("x-kde-passwordManagerHint").data())) == (text, b"secret")
    assert dialog.code.came.text().startswith("Waiting for the machine")
    assert join(server, code, "cedar-32") == 201
    dialog._look_again.timeout.emit()
    await until(lambda: dialog.code.came.text().startswith("cedar-32 has joined. It begins paused"))
    page = dialog.parent()
    assert isinstance(page, MyNode)
    await until(lambda: page.machines.others)
    assert not dialog._look_again.isActive()  # nobody else can come by it
    words = [dialog.code.line.text(), dialog.code.command.text()]
    assert words == ["", ""] and not dialog.code.copy_code.isVisible()  # what is used is in sight no more
    for path in connected.settings.folder.rglob("*"):
        assert path.is_dir() or code not in path.read_text(errors="replace")
    assert code not in caplog.text


async def test_another_code_is_for_another_machine(dialog: AddMachineDialog, server: BackendServer) -> None:
    first = await made_code(dialog)
    dialog.code.more.click()
    await until(lambda: dialog.code.line.text() not in ("", first))
    second = dialog.code.line.text()
    assert join(server, first, "cedar-32") == 201 and join(server, first, "again") == 401
    dialog._look_again.timeout.emit()
    await until(lambda: dialog.code.came.text().startswith("cedar-32 has joined"))
    assert dialog.code.line.text() == second and dialog._look_again.isActive()
    assert join(server, second, "cedar-33") == 201
    dialog._look_again.timeout.emit()
    await until(lambda: dialog.code.came.text().startswith("cedar-32, cedar-33 have joined"))


async def test_an_access_that_may_make_no_code_is_told_the_other_ways(
    pages: Pages, connected: Ui, server: BackendServer
) -> None:
    await with_scopes(connected, server, ["usage:read", "jobs:read"])
    page = pages.open(MyNode)
    page.add_machine.click()
    dialog = page.findChild(AddMachineDialog)
    assert dialog is not None
    dialog.go.click()
    await until(lambda: dialog.banner.trouble is not None)
    assert dialog.banner.title_text() == "This key may not do that"
    assert "the right nodes:write" in dialog.banner.line_text() and dialog.operators_way.isVisible()
    connected.session.state_changed.emit()
    assert dialog.operators_way.isVisible() and dialog.go.isEnabled()
    dialog.close()


async def test_an_access_that_may_read_no_machines_says_that_it_cannot_tell_who_came(
    pages: Pages, connected: Ui, server: BackendServer
) -> None:
    await with_scopes(connected, server, ["usage:read", "nodes:write"])
    page = pages.open(MyNode)
    page.add_machine.click()
    dialog = page.findChild(AddMachineDialog)
    assert dialog is not None
    await made_code(dialog)
    assert "can't tell when it has joined" in dialog.code.came.text() and not dialog._look_again.isActive()
    dialog.close()


async def test_too_many_codes_and_a_lost_line_have_words_and_a_next_step(
    dialog: AddMachineDialog, connected: Ui, owner: Customer
) -> None:
    client = connected.session.client
    assert client is not None
    lost = HeldAnswers(client, "POST", CODES)
    lost.lose()
    dialog.go.click()
    await until(lambda: dialog.banner.trouble is not None)
    assert dialog.banner.title_text() == "No connection to the server" and "try again" in dialog.banner.line_text()
    client.http.event_hooks["response"].clear()
    while owner.http.post(CODES).status_code == 201:
        pass
    dialog.banner.clear()
    dialog.go.click()
    await until(lambda: dialog.banner.trouble is not None)
    assert dialog.banner.title_text() == "Too many at once"
    assert "each of them ends 15 minutes after" in dialog.banner.line_text() and not dialog.code.isVisible()


async def test_without_an_access_the_window_is_connected_first_and_the_operators_way_stands_below(
    pages: Pages, connected: Ui, server: BackendServer, owner: Customer
) -> None:
    asked: list[str] = []
    connected.session.server_asked.connect(asked.append)
    await connected.session.disconnect_from_server()
    page = pages.open(MyNode)
    assert not page.add_machine.isVisible()  # there is no server for which
    connected.node.take(LinkState.LIVE, status(NodeState.SHARING, server=f"{server.url}/api/v1"))
    page.add_machine.click()
    dialog = page.findChild(AddMachineDialog)
    assert dialog is not None and dialog.go.words() == "Connect" and dialog.operators_way.isVisible()
    dialog.go.click()
    assert asked == [server.url] and dialog.go.isEnabled()
    await connected.session.connect_to(SavedServer("elsewhere", server.url), owner.key)
    assert dialog.go.words() == "Make a code" and not dialog.operators_way.isVisible()
    assert await made_code(dialog)
    dialog.close()


async def test_a_code_that_has_ended_goes_and_another_is_offered(dialog: AddMachineDialog) -> None:
    await made_code(dialog)
    dialog.code.show_code(MadeCode("ABCD-EFGH-IJKL-MNOP", time.monotonic() - 1))
    assert dialog.code.lives.text() == "The code has ended. Make another one."
    assert not dialog.code.line.text() and dialog.code.more.isVisible()
    await until(lambda: not dialog._look_again.isActive())


async def test_other_machines_are_in_reach_where_this_computer_is_no_node(
    pages: Pages, connected: Ui, server: BackendServer, owner: Customer
) -> None:
    assert join(server, owner.http.post(CODES).json()["code"], "cedar-32") == 201
    page = pages.open(MyNode)
    await until(lambda: page.machines.others)
    assert page.form.isVisible() and page.tabs.isVisible() and page.add_machine.isVisible()
    page.tabs._pick(OTHERS)
    assert not page.form.isVisible() and [panel.isVisible() for panel in page.machines.panels.values()] == [True]


def test_a_command_says_what_another_machine_needs() -> None:
    plain = join_command("http://192.168.1.7:8420/api/v1", "CODE", ca_file=None)
    assert plain.endswith("run --server http://192.168.1.7:8420 --enroll CODE --paused --insecure")
    house = join_command("https://gpu.house", "CODE", ca_file="/home/me/my ca.pem")
    assert shlex.split(house)[-2:] == ["--ca-file", "my ca.pem"]


def test_addresses_of_one_server_are_known_by_scheme_host_and_port() -> None:
    assert same_server("https://GPU.example/", "https://gpu.example/api/v1")
    assert not same_server("http://gpu.example", "https://gpu.example")
    assert not same_server("https://gpu.example:8443", "https://gpu.example")
    assert not same_server("http://[", "http://[")  # typed half


def test_a_clock_that_is_wrong_shortens_and_lengthens_no_code() -> None:
    now = datetime.now(UTC)
    ends = [(now + timedelta(minutes=minutes)).isoformat() for minutes in (14, 75, -45)]
    assert [lifetime_seconds(end, now) for end in ends] == [840, 900, 900]


async def test_the_dialog_is_narrow_in_chinese_and_walked_by_tab(pages: Pages, connected: Ui) -> None:
    connected.language.set("zh_CN")
    page = pages.open(MyNode)
    page.add_machine.click()
    dialog = page.findChild(AddMachineDialog)
    assert dialog is not None and dialog.go.words() == "生成登记码"
    await made_code(dialog)
    dialog.resize(dialog.minimumSizeHint().width(), 400)
    await until(lambda: not cut(dialog))
    assert dialog.width() <= LEAST[0] and dialog.rect().contains(dialog.cancel.geometry().bottomRight())
    reached = []
    for _ in range(12):
        focused = dialog.focusWidget()
        reached.append(focused)
        QTest.keyClick(focused or dialog, Qt.Key.Key_Tab)
    code = dialog.code
    assert {code.line, code.copy_code, code.copy_command, code.more, dialog.cancel} <= set(reached)
    nameless = [one for one in reached if one is not None and not (one.accessibleName() or one.property("text"))]
    assert not [one for one in nameless if not isinstance(one, QAbstractScrollArea)], nameless
    dialog.close()


@pytest.mark.full
async def test_the_command_shown_brings_a_real_node_paused(dialog: AddMachineDialog, tmp_path: Path) -> None:
    code = await made_code(dialog)
    dialog.code.copy_command.click()
    words = shlex.split(copied().text())
    assert words[: len(PROGRAM)] == PROGRAM
    command = [*COMMAND, *words[len(PROGRAM) :], "--data-dir", str(tmp_path / "other"), "--name", "cedar-32"]
    node = await asyncio.to_thread(subprocess.Popen, command, stderr=subprocess.DEVNULL)
    try:
        await until(lambda: dialog.code.came.text().startswith("cedar-32 has joined"))
    finally:
        node.terminate()
        assert await asyncio.to_thread(node.wait, 20) == 0
    kept = [path for path in (tmp_path / "other").rglob("*") if path.is_file()]
    assert kept and not any(code.encode() in path.read_bytes() for path in kept)
