"""The one door from a click to work."""

import asyncio
import logging

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from core.client.error_answers import server_error
from core.client.errors import ConnectionFailed
from gui.tasks import Tasks
from gui.theme.theme import Theme
from gui.trouble import Trouble, trouble_of
from gui.widgets.banner import Banner


async def _answer(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def _fail(error: Exception) -> None:
    await asyncio.sleep(0)
    raise error


async def test_a_task_hands_its_answer_to_what_waits_for_it() -> None:
    tasks, got = Tasks(), list[int]()
    await tasks.start(_answer(7), on_done=got.append)
    assert got == [7]
    assert tasks.running() == 0


async def test_a_failure_is_shown_in_the_banner_with_code_request_id_and_a_way_to_try_again(
    qtbot: QtBot, theme: Theme
) -> None:
    tasks, banner, tries = Tasks(), Banner(theme), list[str]()
    qtbot.addWidget(banner)
    body = b'{"error": {"code": "SIGNED_URL_FAILED", "message": "no", "hint": "later", "request_id": "req-1"}}'
    task = tasks.start(_fail(server_error(502, body, {})), banner=banner, retry=lambda: tries.append("again"))
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert banner.trouble is not None
    assert (banner.trouble.code, banner.trouble.request_id) == ("SIGNED_URL_FAILED", "req-1")
    assert "storage" in banner.title_text()
    banner._try_again()
    assert tries == ["again"]
    assert banner.isHidden()


async def test_a_failure_without_a_banner_comes_to_the_windows(qtbot: QtBot) -> None:
    tasks, told = Tasks(), list[Trouble]()
    tasks.troubled.connect(lambda trouble, retry: told.append(trouble))
    task = tasks.start(_fail(ConnectionFailed("gone", hint="look")))
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert [trouble.passing for trouble in told] == [True]


async def test_what_fails_in_the_answers_use_is_told_too(qtbot: QtBot) -> None:
    tasks, told = Tasks(), list[Trouble]()

    def refuse(value: int) -> None:
        raise OSError(28, "No space left on device", "/data")

    task = tasks.start(_answer(1), on_done=refuse, on_trouble=told.append)
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert told[0].line == "No space left on device (/data)"


async def test_a_task_ends_with_its_owner(qtbot: QtBot) -> None:
    tasks, owner, got = Tasks(), QObject(), list[bool]()
    never: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def wait() -> bool:
        return await never

    task = tasks.start(wait(), on_done=got.append, owner=owner)
    await asyncio.sleep(0)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)
    await asyncio.wait([task])
    assert task.cancelled()
    assert got == []


async def test_closing_ends_what_runs(qtbot: QtBot) -> None:
    tasks = Tasks()
    task = tasks.start(asyncio.sleep(3600))
    await tasks.close()
    assert task.cancelled()
    assert tasks.running() == 0


def test_what_nobody_foresaw_is_logged_and_said(caplog: pytest.LogCaptureFixture, qtbot: QtBot) -> None:
    with caplog.at_level(logging.ERROR):
        trouble = trouble_of(KeyError("x"))
    assert trouble.title == "Something went wrong here"
    assert "KeyError" in caplog.text
