"""Switches the language while a window is open, and compares it with one that was opened in that language."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtWidgets import QWidget

from gui.ui import Ui
from gui.window import MainWindow
from tests.gui.visible_words import visible_words, without_numbers
from tests.gui.waiting import until


async def same_words(shown: QWidget, wanted: Callable[[], Counter[str]]) -> None:
    """Wait until a window shows these words; fails with the words that differ."""
    try:
        await until(lambda: visible_words(shown) == wanted(), seconds=15)
    except TimeoutError:
        have, want = visible_words(shown), wanted()
        pytest.fail(f"too much: {sorted((have - want).elements())}\nmissing: {sorted((want - have).elements())}")


def shows(shown: QWidget, wanted: str) -> bool:
    return any(wanted in words for words in visible_words(shown))


async def switches(
    window: Callable[[], MainWindow], ui: Ui, open_in: Callable[[MainWindow], object], *evidence: str
) -> None:
    """Open it in English, and wait for `evidence`; switch to Chinese and compare with a fresh window; and back."""
    first = window()
    open_in(first)
    for wanted in map(without_numbers, evidence):
        await until(partial(shows, first, wanted))
    english = visible_words(first)
    ui.language.set("zh_CN")
    fresh = window()
    open_in(fresh)
    await same_words(fresh, lambda: visible_words(first))
    assert visible_words(first) != english
    ui.language.set("en")
    await same_words(first, lambda: english)
    for one in (first, fresh):
        one.forget_pages()
        one.close()
