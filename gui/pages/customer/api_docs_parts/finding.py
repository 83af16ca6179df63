"""Find in the API page: a word typed in the header's field is marked where it stands, Enter goes to the next."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from gui.widgets.fields import Field

from .places import Found, Place, find_all


class FindInPage(QObject):
    """`places` gives the texts of now; `show` brings a place in sight, so far below its widget's top."""

    def __init__(
        self, field: Field, places: Callable[[], list[Place]], show: Callable[[Place, int], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._field, self._places, self._show = field, places, show
        self._found: list[Found] = []
        self._at = -1
        field.changed.connect(lambda text: self.find(text))
        field.edit.installEventFilter(self)

    @property
    def found(self) -> list[Found]:
        """All finds of the word that is typed."""
        return self._found

    def find(self, wanted: str) -> None:
        """Mark the first one."""
        self._unmark()
        self._found, self._at = find_all(self._places(), wanted.strip()), -1
        if self._found:
            self.step(1)
        self._say(bool(wanted.strip()))

    def again(self) -> None:
        """The texts are others now: what is found in them is counted anew, and nothing moves."""
        wanted = self._field.text().strip()
        self._unmark()
        self._found, self._at = find_all(self._places(), wanted), -1
        self._say(bool(wanted))

    def step(self, step: int) -> None:
        """The next one, or the one before; round at the ends."""
        if not self._found:
            return
        self._unmark()
        self._at = (self._at + step) % len(self._found) if self._at >= 0 or step > 0 else len(self._found) - 1
        found = self._found[self._at]
        self._show(found.place, found.place.mark(found.start, found.length))
        self._say(True)

    def clear(self) -> bool:
        """Nothing is looked for any more; whether anything was."""
        if not self._field.text():
            return False
        self._field.set_text("")
        return True

    def _unmark(self) -> None:
        if 0 <= self._at < len(self._found):
            self._found[self._at].place.unmark()

    def _say(self, looks: bool) -> None:
        self._field.set_unit(f"{self._at + 1} / {len(self._found)}" if looks else "")

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        return True
