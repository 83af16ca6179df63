"""What the status bar says of the line of this computer's node: how fast it takes and sends, and what of its owner's
limits is used up, and how far its server trusts the node."""

from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.node_control import LineStatus

from .amounts import size_words, speed_words
from .node_link import LinkState, NodeLink
from .widgets.status_bar import StatusBar

_KIB, _MIB = 1 << 10, 1 << 20


def show_line_in(bar: StatusBar, node: NodeLink) -> None:
    """Keep the status bar's part about the node's line true."""

    def show() -> None:
        status = node.status
        if node.state is not LinkState.LIVE or status is None or not status.connected:
            bar.set_rates("", "")
            return
        line = status.line
        down, up = (speed_words(rate * _KIB) for rate in (line.download_kib_s, line.upload_kib_s))
        tier = _tr("Its tier is {0}.").format(printable(status.tier))
        bar.set_rates(down, up, tip=f"{line_words(line)} {tier}", warn=line.daily_is_used_up)

    node.changed.connect(show)
    show()


def line_words(line: LineStatus) -> str:
    """What passed today, of how much, and the limits: `This node today: 1.4 MB down, 41 MB up, of 2.1 GB a day.`"""
    down, up = size_words(line.downloaded_today_bytes), size_words(line.uploaded_today_bytes)
    if line.daily_mb is None:
        sentences = [_tr("This node today: {0} down, {1} up.").format(down, up)]
    else:
        most = size_words(line.daily_mb * _MIB)
        sentences = [_tr("This node today: {0} down, {1} up, of {2} a day.").format(down, up, most)]
    if line.daily_is_used_up:
        sentences.append(_tr("That is used up: nothing more passes until tomorrow."))
        if line.to_send_bytes > 0:
            sentences.append(_tr("{0} of finished work wait for it.").format(size_words(line.to_send_bytes)))
    if line.download_cap_kib_s is not None:
        sentences.append(_tr("Down at most {0}.").format(speed_words(line.download_cap_kib_s * _KIB)))
    if line.upload_cap_kib_s is not None:
        sentences.append(_tr("Up at most {0}.").format(speed_words(line.upload_cap_kib_s * _KIB)))
    return " ".join(sentences)


def _tr(text: str) -> str:
    return QCoreApplication.translate("line", text)
