"""A section of the API page: a title with its route behind it, and texts and examples below."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.theme.theme import Theme
from gui.widgets.code import CodeBlock
from gui.widgets.code_colours import Language
from gui.widgets.labels import ElidedLabel, Label

from .places import Place, place_of_code, place_of_label

_WIDEST_EM = 80


class MethodBadge(Label):
    """GET or POST in a box."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, style="tick", colour="accent", weight="strong")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return super().sizeHint() + QSize(self._theme.gap(12), self._theme.gap(3))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("info_edge"), 1))
        radius = self._theme.radius("chip")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()
        super().paintEvent(event)


class RouteLine(QWidget):
    """Method and path of a route, as the published page writes them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.method = MethodBadge(theme)
        self.path = ElidedLabel(theme, style="caption", mono=True, where=Qt.TextElideMode.ElideMiddle)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.gap(10))
        row.addWidget(self.method)
        row.addWidget(self.path, 1)

    def show_route(self, words: tuple[str, str] | None) -> None:
        """None where the server has no such route."""
        self.setVisible(words is not None)
        method, path = words or ("", "")
        self.method.setText(method)
        self.path.setText(path)
        self.setAccessibleName(f"{method} {path}")

    def place(self) -> Place:
        return Place(self, self.path.whole_text, lambda start, length: 0, lambda: None)


class Section(QWidget):
    """`column` holds what was added, in order; `places` are its texts in the order of reading."""

    def __init__(self, theme: Theme, key: str, *, with_route: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self.key = key
        self.title = Label(theme, style="subtitle", weight="strong")
        self.route: RouteLine | None = RouteLine(theme) if with_route else None
        self.note = Label(theme, style="caption", colour="ink3")
        self.note.hide()
        self.places: list[Place] = [place_of_label(self.title)]
        head = QHBoxLayout()
        head.setSpacing(theme.gap(10))
        head.addWidget(self.title)
        if self.route is not None:
            head.addWidget(self.route, 1)
            self.places.append(self.route.place())
        head.addWidget(self.note)
        head.addStretch(0 if self.route is not None else 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.gap(9))
        self.column.addLayout(head)

    def add_text(self) -> Label:
        """A paragraph, no wider than reads well."""
        label = Label(self._theme, colour="ink2", wrap=True)
        label.setMaximumWidth(self._theme.px(_WIDEST_EM))
        self.column.addWidget(label)
        self.places.append(place_of_label(label))
        return label

    def add_code(self, language: Language = "plain") -> CodeBlock:
        """An example to be copied, whose long lines go on below: the page is scrolled one way only."""
        block = CodeBlock(self._theme, language, wrap=True)
        self.column.addWidget(block)
        self.places.append(place_of_code(block.view))
        return block

    def add_route(self) -> RouteLine:
        """A further route."""
        line = RouteLine(self._theme)
        self.column.addWidget(line)
        self.places.append(line.place())
        return line

    def add_bullet(self, icon: str) -> tuple[Label, Label]:
        """A row of a list: its words, and a figure at the right end."""
        theme = self._theme
        words, figure = Label(theme, colour="ink2", wrap=True), Label(theme, weight="strong")
        row = QHBoxLayout()
        row.setSpacing(theme.gap(8))
        row.addWidget(IconLabel(theme, icon), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        row.addWidget(figure, 0, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setMaximumWidth(theme.px(_WIDEST_EM))
        holder.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(holder)
        self.places.append(place_of_label(words))
        return words, figure


class IconLabel(Label):
    """An icon in quiet ink, in the colours of the theme shown now."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__(theme)
        self._icon_name = icon
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(self._theme.pixmap(self._icon_name, "ink3"))
