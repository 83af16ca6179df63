"""What a stored package says of itself in its training.toml: scripts, requirements, resources, parameters."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from core.printable import printable

from ....theme.theme import Theme
from ....widgets.frames import Panel
from ....widgets.labels import Label

_MOST_PARAMS = 12


class PackageFacts(Panel):
    """`training` is the server's reading of training.toml; what it lacks is left out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._training: dict[str, Any] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(theme.gap(14), theme.gap(10), theme.gap(14), theme.gap(10))
        self._grid.setHorizontalSpacing(theme.gap(24))
        self._grid.setVerticalSpacing(theme.gap(6))
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def show_training(self, training: dict[str, Any] | None) -> None:
        """None hides it."""
        if training == self._training:
            return
        self._training = training
        self._make_rows()

    def retranslate(self) -> None:
        self._make_rows()

    def _make_rows(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        rows = self._rows(self._training or {})
        for number, (name, value) in enumerate(rows):
            self._grid.addWidget(Label(self._theme, name, colour="ink3"), number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(Label(self._theme, value, wrap=True).selectable(), number, 1)
        self.setVisible(bool(rows))

    def _rows(self, training: dict[str, Any]) -> list[tuple[str, str]]:
        package, resources = _table(training, "package"), _table(training, "resources")
        scripts = [str(package[key]) for key in ("prepare", "entry", "evaluate") if package.get(key)]
        requirements = [str(one) for one in package.get("requirements") or []]
        rows = [(self.tr("Scripts"), " → ".join(scripts)), (self.tr("Requirements"), ", ".join(requirements))]
        if package.get("python"):
            rows.append(("Python", str(package["python"])))
        if resources:
            rows.append((self.tr("Needs"), self._needs(resources)))
        params = _table(training, "params")
        for name, param in list(params.items())[:_MOST_PARAMS]:
            rows.append((str(name), self._param(param if isinstance(param, dict) else {})))
        return [(name, printable(value)) for name, value in rows if value]

    def _needs(self, resources: dict[str, Any]) -> str:
        parts = [self.tr("{0} MiB memory").format(_value(resources.get("memory_mb")))]
        vram = resources.get("vram_mb")
        parts.append(self.tr("{0} MiB VRAM").format(_value(vram)) if vram else self.tr("no GPU"))
        parts.append(self.tr("a checkpoint every {0} s").format(_value(resources.get("checkpoint_every_seconds"))))
        return " · ".join(parts)

    def _param(self, param: dict[str, Any]) -> str:
        least, most = param.get("min"), param.get("max")
        bounds = f"{_value(least)} … {_value(most)}" if least is not None and most is not None else ""
        default = "" if param.get("default") is None else _value(param["default"])
        return " · ".join(part for part in (default, bounds, str(param.get("help") or "")) if part)


def _value(value: object) -> str:
    """A number as people write it; other things as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–" if value is None else str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def _table(training: dict[str, Any], key: str) -> dict[str, Any]:
    value = training.get(key)
    return value if isinstance(value, dict) else {}
