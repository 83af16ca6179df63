"""Download all: the files of the page's job on their way to one folder, and what stopped them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from core.printable import printable
from gui.job_words import translate
from gui.transfer_memory import DownloadWish
from gui.transfer_words import done_words, state_of, trouble_words
from gui.transfers import Transfer, Transfers
from gui.trouble import Trouble
from gui.widgets.banner import Banner


class DownloadAll(QObject):
    """`say` gets how far it is, under the files; trouble goes to the page's banner with the button that goes on."""

    def __init__(self, transfers: Transfers, banner: Banner, say: Callable[[str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._transfers, self._banner, self._say = transfers, banner, say
        self._job_id = ""
        self._shown: Trouble | None = None
        for signal in (transfers.added, transfers.changed):
            signal.connect(self._changed)

    def show_job(self, job_id: str) -> None:
        """Another job takes the page."""
        self._job_id, self._shown = job_id, None
        for transfer in self._transfers:
            self._changed(transfer.id)

    def begin(self, name: str, folder: Path) -> None:
        """Fetch them all; those that are there are not fetched again."""
        self._transfers.download(self._job_id, name, folder)

    def words(self) -> str:
        """How far it is; empty where nothing was asked for."""
        mine = [one for one in self._transfers if self._is_mine(one)]
        return _words(mine[-1]) if mine else ""

    def _is_mine(self, transfer: Transfer) -> bool:
        return isinstance(transfer.wish, DownloadWish) and transfer.wish.job_id == self._job_id

    def _changed(self, id: str) -> None:
        transfer = self._transfers.get(id)
        if transfer is None or not self._is_mine(transfer):
            return
        self._say(_words(transfer))
        words = trouble_words(transfer)
        if words is None or transfer.trouble is None:
            if self._shown is not None and self._banner.trouble is self._shown:
                self._banner.clear()
            self._shown = None
            return
        trouble = Trouble(words.title, words.line, "", transfer.trouble.code, transfer.trouble.request_id)
        if trouble != self._shown:
            self._shown = trouble
            again = (words.again, "refresh-cw", lambda: self._transfers.resume(id))
            self._banner.show_trouble(trouble, ways=[again] if words.again else [])


def _words(transfer: Transfer) -> str:
    done = done_words(transfer)
    if done or not isinstance(transfer.wish, DownloadWish):
        return done
    return translate("jobs", "{0} · all files go to {1}").format(
        state_of(transfer).words, printable(transfer.wish.folder)
    )
