"""Colours, sizes, glyphs and icons, as people with weak sight or other eyes need them."""

from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from gui.theme.icons import ICONS, glyph_svg, render
from gui.theme.theme import Theme
from gui.theme.tokens import Scheme, read_tokens
from gui.widgets.chips import state_words

TOKENS = read_tokens()
TEXT = ("ink", "ink2", "ink3", "accent", "danger", "warn")
BEHIND_TEXT = ("window", "surface", "code", "hover", "selected")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = []
    for place in (1, 3, 5):
        part = int(colour[place : place + 2], 16) / 255
        parts.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _ratio(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out_from_what_is_behind_it_as_wcag_aa_asks(scheme: Scheme) -> None:
    colours = TOKENS.colour[scheme]
    pairs = [(ink, behind, 4.5) for ink, behind in product(TEXT, BEHIND_TEXT)]
    pairs += [(f"st_{state}", f"tint_{state}", 4.5) for state in TOKENS.states]
    pairs += [(f"st_{state}", behind, 4.5) for state, behind in product(TOKENS.states, BEHIND_TEXT)]
    pairs += [(pair.fg, pair.bg, pair.need) for pair in (TOKENS.wcag.light if scheme == "light" else TOKENS.wcag.dark)]
    weak = [(fg, bg) for fg, bg, need in pairs if _ratio(colours[fg], colours[bg]) < need]
    assert weak == []
    assert len(pairs) > 100


def test_both_schemes_have_the_same_colours() -> None:
    assert TOKENS.colour["light"].keys() == TOKENS.colour["dark"].keys()


def test_each_state_has_a_word_and_a_glyph_that_no_other_has_even_in_black_and_white(theme: Theme) -> None:
    pictures: dict[bytes, str] = {}
    for state, token in TOKENS.states.items():
        image = render(glyph_svg(token.glyph, 16, "#000000", "#ffffff"), 48, 1.0).toImage()
        same = pictures.setdefault(bytes(image.convertToFormat(QImage.Format.Format_RGBA8888).constBits()), state)
        assert same == state
    words = [state_words(state) for state in TOKENS.states]
    assert all(words)
    assert len(set(words)) == len(words)


def test_the_words_of_states_are_the_designs() -> None:
    assert {state: token.en for state, token in TOKENS.states.items()} == {
        state: state_words(state) for state in TOKENS.states
    }


def test_a_change_of_scheme_reaches_palette_colours_and_icons(qapp: QApplication, theme: Theme) -> None:
    heard: list[str] = []
    theme.changed.connect(lambda: heard.append(theme.scheme))
    light = theme.pixmap("cpu").toImage()
    theme.set_scheme("dark")
    assert heard[-1] == "dark"
    assert theme.colour("surface") == QColor(TOKENS.colour["dark"]["surface"])
    assert qapp.palette().color(qapp.palette().ColorRole.WindowText) == QColor(TOKENS.colour["dark"]["ink"])
    assert theme.pixmap("cpu").toImage() != light
    theme.set_scheme("light")
    assert theme.pixmap("cpu").toImage() == light


def test_captions_are_never_smaller_than_12_px(theme: Theme) -> None:
    assert theme.font("caption").pixelSize() >= TOKENS.type.min_caption_px_zh


@pytest.mark.parametrize("path", sorted((ICONS / "lucide").glob("*.svg")), ids=lambda path: path.stem)
def test_each_icon_is_drawn_in_the_colour_asked_for(theme: Theme, path: Path) -> None:
    image = theme.pixmap(path.stem, "accent", 3.0).toImage()
    wanted = theme.colour("accent")
    seen = {
        image.pixelColor(x, y).name()
        for x, y in product(range(image.width()), range(image.height()))
        if image.pixelColor(x, y).alpha() == 255
    }
    assert wanted.name() in seen


def test_an_icon_is_rendered_once(theme: Theme) -> None:
    assert theme.pixmap("cpu").cacheKey() == theme.pixmap("cpu").cacheKey()


def test_an_unknown_icon_is_an_error(theme: Theme) -> None:
    with pytest.raises(FileNotFoundError):
        theme.pixmap("no-such-icon")


def test_disabled_icons_are_greyed(theme: Theme) -> None:
    icon = theme.icon("cpu")
    on, off = (icon.pixmap(32, mode) for mode in (icon.Mode.Normal, icon.Mode.Disabled))
    assert on.toImage() != off.toImage()


def test_the_system_scheme_is_followed(qapp: QApplication, theme: Theme) -> None:
    theme.set_scheme("system")
    shown = qapp.styleHints().colorScheme()
    assert theme.scheme == ("dark" if shown is Qt.ColorScheme.Dark else "light")
