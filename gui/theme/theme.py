"""The theme that pages and widgets ask for colours, sizes, fonts and icons. What paints is in style and widgets."""

from typing import Literal

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QIcon, QPixmap
from PySide6.QtSvg import QSvgRenderer

from .icons import glyph_svg, icon_svg, illustration_svg, render
from .palette import make_palette
from .tokens import Scheme, Tokens

SchemeChoice = Literal["system", "light", "dark"]
_LEAST_EM_PX = 13  # a caption is 0.92 em and must not be under 12 px
_DESIGN_EM_PX = 13
_STRONG_STYLES = frozenset({"title", "heading", "hero", "readout"})
_GENERIC_FAMILIES = frozenset({"Sans Serif", "Sans", "sans-serif", "DejaVu Sans"})
_WELL_DRAWN_FAMILIES = ("Inter", "Noto Sans")


class Theme(QObject):
    """`changed` says that colours are others now; ask again and repaint."""

    changed = Signal()

    def __init__(self, app: QGuiApplication, tokens: Tokens, choice: SchemeChoice = "system") -> None:
        super().__init__()
        self._app = app
        self.tokens = tokens
        self._family, self.em_px = _system_font()
        self._mono_family = _mono_family()
        self._fonts: dict[tuple[str, str | None, bool], QFont] = {}
        self._pixmaps: dict[tuple[str, int, float], QPixmap] = {}
        self.scheme: Scheme = "light"
        self._choice: SchemeChoice = "system"
        app.setFont(self.font())
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.set_scheme(choice)

    @property
    def choice(self) -> SchemeChoice:
        """What was asked for; `scheme` is what came of it."""
        return self._choice

    def set_scheme(self, choice: SchemeChoice) -> None:
        """Show light or dark, or what the system shows."""
        self._choice = choice
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(choice, Qt.ColorScheme.Unknown)
        self._app.styleHints().setColorScheme(wanted)
        self._apply()

    def _follow_system(self) -> None:
        if self._choice == "system" and self._wanted_scheme() != self.scheme:
            self._apply()

    def _wanted_scheme(self) -> Scheme:
        if self._choice != "system":
            return self._choice
        return "dark" if self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark else "light"

    def _apply(self) -> None:
        self.scheme = self._wanted_scheme()
        self._pixmaps.clear()
        self._app.setPalette(make_palette(self.tokens.colour[self.scheme]))
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """The token's colour in the scheme shown now. Raises KeyError for a name that is no token."""
        return QColor(self.tokens.colour[self.scheme][name])

    def px(self, em: float) -> int:
        """Whole pixels of a size in em."""
        return round(em * self.em_px)

    def gap(self, design_px: float) -> int:
        """Whole pixels of a distance that the design gives at 13 px an em."""
        return round(design_px * self.em_px / _DESIGN_EM_PX)

    def size(self, name: str) -> int:
        """Whole pixels of one of the tokens' `size_em`, such as "control"."""
        return self.px(self.tokens.size_em[name])

    def radius(self, name: Literal["chip", "control", "panel"]) -> int:
        return self.tokens.radius_px[name]

    def font(self, style: str = "body", weight: str | None = None) -> QFont:
        """The interface's font in one of the styles tick, caption, body, subtitle, title, readout, heading, hero."""
        return self._font(style, weight, mono=False)

    def mono(self, style: str = "body") -> QFont:
        """The font of fixed width in the same styles."""
        return self._font(style, "body", mono=True)

    def _font(self, style: str, weight: str | None, *, mono: bool) -> QFont:
        known = self._fonts.get((style, weight, mono))
        if known is None:
            known = QFont(self._mono_family if mono else self._family)
            if not mono:
                known.setFamilies([self._family, "Noto Sans CJK SC"])
            known.setPixelSize(max(11, self.px(self.tokens.type.scale_em[style])))
            name = weight or ("strong" if style in _STRONG_STYLES else "body")
            known.setWeight(QFont.Weight(self.tokens.type.weight[name]))
            known.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[(style, weight, mono)] = known
        return QFont(known)

    def icon(self, name: str, colour: str = "ink2", size_em: float = 1.23) -> QIcon:
        """A Lucide icon (or our own of that name) in a token's colour, greyed where disabled."""
        made = QIcon(self.pixmap(name, colour, size_em))
        made.addPixmap(self.pixmap(name, "ink_disabled", size_em), QIcon.Mode.Disabled)
        return made

    def pixmap(self, name: str, colour: str = "ink2", size_em: float = 1.23) -> QPixmap:
        return self._render(icon_svg(name, self.colour(colour).name()), self.px(size_em))

    def state_pixmap(self, state: str, size_em: float = 1.08, behind: str = "surface") -> QPixmap:
        """The glyph of a state (or of another glyph of the tokens: queued, planning, sharing, problem, uploading)."""
        body = self.glyph_body(state)
        svg = glyph_svg(body, 16, self.state_colour(state).name(), self.colour(behind).name())
        return self._render(svg, self.px(size_em))

    def tray_pixmap(self, state: str, colour: QColor, behind: QColor, size_px: int) -> QPixmap:
        """A tray glyph: sharing, busy, paused or problem."""
        body = self.tokens.tray_glyphs_24[state]
        return self._render(glyph_svg(body, 24, colour.name(), behind.name()), size_px)

    def glyph_body(self, state: str) -> str:
        state = _DRAWN_AS.get(state, state)
        known = self.tokens.states.get(state)
        return known.glyph if known is not None else self.tokens.other_glyphs[state]

    def state_colour(self, state: str) -> QColor:
        """The colour of a state's glyph and word; other glyphs have that of the state they stand for."""
        return self.colour(f"st_{_STANDS_FOR.get(state, state)}")

    def state_tint(self, state: str) -> QColor:
        """The background of a state's chip."""
        return self.colour(f"tint_{_STANDS_FOR.get(state, state)}")

    def illustration(self, name: str) -> QSvgRenderer:
        """One of resources/illustrations in the scheme shown now, to be painted at any size."""
        svg = illustration_svg(name, self.tokens.colour[self.scheme])
        return QSvgRenderer(QByteArray(svg.encode()))

    def _render(self, svg: str, size_px: int) -> QPixmap:
        ratio = self._app.devicePixelRatio()
        key = (svg, size_px, ratio)
        if key not in self._pixmaps:
            self._pixmaps[key] = render(svg, size_px, ratio)
        return self._pixmaps[key]


_STANDS_FOR = {
    "queued": "ready",
    "planning": "leased",
    "sharing": "completed",
    "busy": "running",
    "problem": "failed",
    "uploading": "running",
    "retrying": "paused",
}
_DRAWN_AS = {"retrying": "problem"}


def _system_font() -> tuple[str, int]:
    """The system's family and its size in pixels. Where the system names none, a well drawn one that is installed."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    family = font.family()
    if family in _GENERIC_FAMILIES:
        family = next((one for one in _WELL_DRAWN_FAMILIES if QFontDatabase.hasFamily(one)), family)
    return family, max(_LEAST_EM_PX, QFontInfo(font).pixelSize())


def _mono_family() -> str:
    family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    if family.lower() == "monospace":
        return next((one for one in ("Noto Sans Mono", "DejaVu Sans Mono") if QFontDatabase.hasFamily(one)), family)
    return family
