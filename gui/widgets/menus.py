"""How our menus look: flat rows on the surface, lines from edge to edge, the row under the pointer tinted."""

from PySide6.QtWidgets import QMenu

from ..theme.theme import Theme


def style_menu(theme: Theme, menu: QMenu) -> None:
    """Give `menu` the design's look in the colours of now; again after a change of theme. What can be switched on
    wears `check` as its icon while it is."""
    colour, gap = theme.colour, theme.gap
    menu.setFont(theme.font())
    menu.setStyleSheet(
        f"QMenu {{ background: {colour('surface').name()}; border: 1px solid {colour('border_strong').name()};"
        f" padding: {gap(5)}px 0; }}"
        f"QMenu::item {{ color: {colour('ink').name()}; background: transparent;"
        f" padding: {gap(6)}px {gap(26)}px {gap(6)}px {gap(19)}px; }}"
        f"QMenu::item:selected {{ background: {colour('selected').name()}; }}"
        f"QMenu::item:disabled {{ color: {colour('ink2').name()}; background: transparent; }}"
        f"QMenu::icon {{ left: {gap(12)}px; }}"
        "QMenu::indicator { width: 0; height: 0; image: none; }"
        f"QMenu::separator {{ height: 1px; background: {colour('border').name()}; margin: {gap(5)}px 0; }}"
    )
