"""Every word that a window shows or tells a screen reader, for comparing two windows."""

import re
from collections import Counter

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QCoreApplication, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from gui.widgets.labels import ElidedLabel

_NUMBERS = re.compile(r"\d+")
_ROLES = 16
_WORDS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


def visible_words(root: QWidget) -> Counter[str]:
    """The words of what is in sight below `root`, with the kind of widget that shows them. Numbers are all the same,
    since clocks go on between two looks."""
    QCoreApplication.sendPostedEvents()  # what was just put into a layout is shown by one
    found: Counter[str] = Counter()
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.isVisibleTo(root):
            for text in _texts(widget):
                if text.strip():
                    found[f"{type(widget).__name__}: {without_numbers(text)}"] += 1
    return found


def without_numbers(text: str) -> str:
    """`first 0 rows`."""
    return _NUMBERS.sub("0", text)


def _texts(widget: QWidget) -> list[str]:
    texts = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
    if isinstance(widget, ElidedLabel):
        return [widget.whole_text()]  # the rest depends on how much room its neighbours leave
    if isinstance(widget, QLabel | QAbstractButton):
        texts.append(widget.text())
    elif isinstance(widget, QLineEdit):
        texts += [widget.text(), widget.placeholderText()]
    elif isinstance(widget, QPlainTextEdit):
        texts += [widget.toPlainText(), widget.placeholderText()]
    elif isinstance(widget, QComboBox):
        texts += [widget.itemText(row) for row in range(widget.count())]
    elif isinstance(widget, QAbstractSpinBox):
        texts.append(widget.text())
    elif isinstance(widget, QAbstractItemView):
        texts += _model_texts(widget)
    elif isinstance(widget, QGraphicsView):
        for item in widget.items():
            texts.append(item.toolTip())
            if isinstance(item, QGraphicsTextItem):
                texts.append(item.toPlainText())
    return texts


def _model_texts(view: QAbstractItemView) -> list[str]:
    model = view.model()
    if model is None:
        return []
    texts = _rows_texts(model, QModelIndex())
    if isinstance(view, QTableView):
        across = Qt.Orientation.Horizontal
        roles = [int(Qt.ItemDataRole.DisplayRole), *range(Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + _ROLES)]
        heads = [model.headerData(section, across, role) for section in range(model.columnCount()) for role in roles]
        texts += [head for head in heads if isinstance(head, str)]
    return texts


def _rows_texts(model: QAbstractItemModel, parent: QModelIndex) -> list[str]:
    roles = [*_WORDS, *range(Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + _ROLES)]
    texts: list[str] = []
    for row in range(model.rowCount(parent)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)):
            index = model.index(row, column, parent)
            values = [model.data(index, role) for role in roles]
            texts += [value for value in values if isinstance(value, str)]
            texts += _rows_texts(model, index)
    return texts
