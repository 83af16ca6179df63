"""The customer's limits along the bottom of the list: what is used of each, and a line."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme.theme import Theme
from gui.widgets.frames import Area, Line
from gui.widgets.labels import Label
from gui.widgets.progress import ProgressLine

_SHOWN = ("active_jobs", "units_per_day", "jobs_per_minute")


class _Limit(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.name = Label(theme, "", style="caption", colour="ink2")
        self.used = Label(theme, "", style="caption", weight="strong")
        self.most = Label(theme, "", style="caption", colour="ink2")
        self.bar = ProgressLine(theme, height_px=4)
        self.bar.setFixedWidth(theme.px(4))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.gap(6))
        for part in (self.name, self.used, self.most, self.bar):
            row.addWidget(part)


class LimitsBar(Area):
    """`show_limits` with the answer of `GET /customer/limits`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._limits = {name: _Limit(theme) for name in _SHOWN}
        self.loaded = Label(theme, "", style="caption", colour="ink3")
        row = QHBoxLayout()
        row.setContentsMargins(theme.gap(20), 0, theme.gap(20), 0)
        row.setSpacing(theme.gap(24))
        for limit in self._limits.values():
            limit.hide()
            row.addWidget(limit)
        row.addStretch(1)
        row.addWidget(self.loaded)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line(theme))
        column.addLayout(row, 1)
        self.setFixedHeight(theme.size("section_header") + 1)
        self.retranslate()

    def show_limits(self, answer: Mapping[str, Any]) -> None:
        """Rows that aren't of the known shape are passed over: the service may be newer."""
        rows = answer.get("limits")
        for row in rows if isinstance(rows, list) else []:
            limit = self._limits.get(str(row.get("name"))) if isinstance(row, dict) else None
            if limit is None or not isinstance(row.get("used"), int) or not isinstance(row.get("limit"), int):
                continue
            used, most = row["used"], row["limit"]
            limit.used.setText(f"{used:,}")
            limit.most.setText(f"/ {most:,}")
            limit.bar.set_progress(used / most if most else 0.0, "retrying" if used >= most else "running")
            limit.show()

    def set_narrow(self, narrow: bool) -> None:
        """Figures only, without their lines."""
        for limit in self._limits.values():
            limit.bar.setVisible(not narrow)
        self.loaded.setVisible(not narrow)

    def retranslate(self) -> None:
        self._limits["active_jobs"].name.setText(self.tr("At once"))
        self._limits["units_per_day"].name.setText(self.tr("Units today"))
        self._limits["jobs_per_minute"].name.setText(self.tr("Submitted this minute"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
