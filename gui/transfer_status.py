"""What the status bar says of transfers: how many move and how fast, or that one waits for its next try."""

import time

from .transfer_words import line_words
from .transfers import Transfers
from .widgets.status_bar import StatusBar


def show_transfers_in(status: StatusBar, transfers: Transfers) -> None:
    """Keep the status bar's part about transfers true."""

    def show(_id: str = "") -> None:
        said = line_words(list(transfers), time.monotonic())
        if said is None:
            status.set_transfers("")
        else:
            icon, words, colour = said
            status.set_transfers(words, icon=icon, warn=colour == "warn")

    for signal in (transfers.added, transfers.changed, transfers.removed, transfers.finished):
        signal.connect(show)
    show()
