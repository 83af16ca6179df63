"""What a page asks its server for again and again: one request at a time, and only the newest answer counts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject

from .trouble import Trouble
from .ui import Ui

if TYPE_CHECKING:
    import asyncio

    from core.client.customer import AsyncClient

    from .widgets.banner import Banner

T = TypeVar("T")


class Question(Generic[T]):
    """`work` asks a client, `put` takes the answer, `changed` hears when `refused` may be another.

    A failure is told in `banner`, and taken back from there by the next answer; other troubles that stand there stay.
    """

    def __init__(
        self,
        ui: Ui,
        owner: QObject,
        banner: Banner,
        work: Callable[[AsyncClient], Coroutine[Any, Any, T]],
        put: Callable[[T], object],
        changed: Callable[[], object] | None = None,
    ) -> None:
        self._ui, self._owner, self._banner = ui, owner, banner
        self._work, self._put, self._changed = work, put, changed
        self._task: asyncio.Task[T] | None = None
        self._loud = self._once_more = False
        self._trouble: Trouble | None = None

    @property
    def refused(self) -> bool:
        """Whether the server said that this access, or this customer, may not."""
        return self._trouble is not None and self._trouble.is_refusal

    @property
    def is_out(self) -> bool:
        """Whether an answer is waited for."""
        return self._task is not None and not self._task.done()

    def ask(self, *, loud: bool = True) -> None:
        """Now, whatever is on its way. `loud`: also a failure that passes by itself is told, with Try again."""
        self._drop()
        client = self._ui.session.client
        if client is None:
            return
        self._loud = loud
        self._task = self._ui.tasks.start(
            self._work(client),
            on_done=self._answered,
            owner=self._owner,
            on_trouble=lambda trouble: self._failed(trouble, loud=loud),
        )

    def ask_again(self) -> None:
        """By a timer: nobody asks while an answer is on its way, nor what the key will never be told."""
        if not self.is_out and not self._is_final():
            self.ask(loud=False)

    def ask_soon(self) -> None:
        """Something has happened on the server, of which an answer that is on its way may know nothing."""
        if self.is_out:
            self._once_more = True
        else:
            self.ask_again()

    def changed_here(self) -> None:
        """What it asks about was changed from here: an answer on its way may be from before that."""
        if self.is_out:
            self.ask(loud=self._loud)

    def forget(self) -> None:
        """Another server: nothing is on its way and nothing was refused."""
        self._drop()
        self._take_back()

    def _is_final(self) -> bool:
        return self._trouble is not None and (self._trouble.is_of_key or self._trouble.is_of_scope)

    def _drop(self) -> None:
        task, self._task, self._once_more = self._task, None, False
        if task is not None and not task.done():
            task.cancel()

    def _answered(self, answer: T) -> None:
        once_more = self._once_more
        self._task = None
        self._take_back()
        self._put(answer)
        if once_more and not self.is_out:
            self.ask(loud=False)

    def _failed(self, trouble: Trouble, *, loud: bool) -> None:
        """What passes is not worth a word of a timer's, the status bar says how the line is; nor what was told already,
        which its reader may have closed."""
        self._task, self._once_more = None, False
        if trouble.passing and not loud:
            return
        if not loud and self._trouble is not None and self._trouble.code == trouble.code:
            return
        self._trouble = trouble
        if trouble.is_of_key:
            self._ui.tasks.tell(trouble)
        else:
            self._banner.show_trouble(trouble, self.ask)
        if self._changed is not None:
            self._changed()

    def _take_back(self) -> None:
        trouble, self._trouble = self._trouble, None
        if trouble is None:
            return
        if self._banner.trouble is trouble:
            self._banner.clear_trouble()
        if self._changed is not None:
            self._changed()
