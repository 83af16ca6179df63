"""Icons and state glyphs from SVG text, with the colours put in before rendering (QtSvg knows no currentColor)."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from .tokens import RESOURCES

ICONS = RESOURCES / "icons"
_LINE_WIDTH = "1.75"


@lru_cache(maxsize=256)
def _svg_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def icon_svg(name: str, colour: str) -> str:
    """The SVG of a Lucide icon, or of our own beside them, in `colour`. Raises FileNotFoundError for unknown names."""
    own = ICONS / f"{name}.svg"
    path = own if own.is_file() else ICONS / "lucide" / f"{name}.svg"
    text = _svg_text(path).replace("currentColor", colour)
    return text.replace('stroke-width="2"', f'stroke-width="{_LINE_WIDTH}"')


def glyph_svg(body: str, grid: int, colour: str, behind: str) -> str:
    """The SVG of a glyph of the tokens: `body` on a square of `grid`, C becoming `colour` and K `behind`."""
    coloured = body.replace('"C"', f'"{colour}"').replace('"K"', f'"{behind}"')
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {grid} {grid}">{coloured}</svg>'


def illustration_svg(name: str, colours: Mapping[str, str]) -> str:
    """One of resources/illustrations, whose colours are tokens after an @."""
    text = _svg_text(RESOURCES / "illustrations" / f"{name}.svg")
    for token in sorted(colours, key=len, reverse=True):
        text = text.replace(f'"@{token}"', f'"{colours[token]}"')
    return text


def render(svg: str, size_px: int, ratio: float) -> QPixmap:
    """A square picture of `size_px` logical pixels at the screen's `ratio`."""
    device = max(1, round(size_px * ratio))
    pixmap = QPixmap(device, device)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, device, device))
    painter.end()
    pixmap.setDevicePixelRatio(device / size_px)
    return pixmap
