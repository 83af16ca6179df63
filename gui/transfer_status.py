"""What the status bar says of transfers: how many move and how fast, or that one waits for its next try."""

from PySide6.QtCore import QCoreApplication

from .amounts import speed_words
from .transfers import AT_WORK, Transfers, TransferState
from .widgets.status_bar import StatusBar


def show_transfers_in(status: StatusBar, transfers: Transfers) -> None:
    """Keep the status bar's part about transfers true."""

    def show(_id: str = "") -> None:
        at_work = [one for one in transfers if one.state in AT_WORK]
        retrying = [one for one in at_work if one.state is TransferState.RETRYING]
        speed = sum(one.bytes_per_second or 0.0 for one in at_work)
        translate = QCoreApplication.translate
        uploads = sum(one.is_upload for one in at_work)
        if retrying:
            status.set_transfers(translate("transfer_status", "%n retrying", "", len(retrying)), warn=True)
        elif not at_work:
            status.set_transfers("")
        else:
            icon = "arrow-up" if uploads else "arrow-down"
            if uploads == len(at_work):
                words = translate("transfer_status", "%n upload(s)", "", uploads)
            elif not uploads:
                words = translate("transfer_status", "%n download(s)", "", len(at_work))
            else:
                words = translate("transfer_status", "%n transfer(s)", "", len(at_work))
            status.set_transfers(f"{words} · {speed_words(speed)}" if speed else words, icon=icon)

    for signal in (transfers.added, transfers.changed, transfers.removed, transfers.finished):
        signal.connect(show)
    show()
