"""The values of resources/theme/tokens.json as types. Reading them is all that happens here."""

from pathlib import Path
from typing import Literal

import msgspec

RESOURCES = Path(__file__).resolve().parent.parent.parent / "resources"
Scheme = Literal["light", "dark"]


class State(msgspec.Struct, frozen=True):
    """A state's glyph (SVG text for a 16 px grid, C the state's colour, K the colour behind it) and its words."""

    glyph: str
    en: str
    zh_CN: str  # noqa: N815 - the file's name for it


class TypeTokens(msgspec.Struct, frozen=True):
    """Sizes in em and weights of text."""

    scale_em: dict[str, float]
    weight: dict[str, int]
    min_caption_px_zh: int


class Contrast(msgspec.Struct, frozen=True):
    """A pair that the design promises to be readable: `need` is the least ratio of WCAG 2.2."""

    fg: str
    bg: str
    need: float


class WcagTokens(msgspec.Struct, frozen=True):
    """The promised pairs of both schemes."""

    light: list[Contrast]
    dark: list[Contrast]


class Tokens(msgspec.Struct, frozen=True):
    """The parts of the file that the app uses, and what its tests hold it to."""

    type: TypeTokens
    radius_px: dict[str, int]
    line_px: dict[str, float]
    size_em: dict[str, float]
    colour: dict[Scheme, dict[str, str]]
    states: dict[str, State]
    other_glyphs: dict[str, str]
    tray_glyphs_24: dict[str, str]
    wcag: WcagTokens


def read_tokens(path: Path = RESOURCES / "theme" / "tokens.json") -> Tokens:
    """Raises OSError, msgspec.DecodeError where the file is missing or not of this shape."""
    return msgspec.json.decode(path.read_bytes(), type=Tokens)
