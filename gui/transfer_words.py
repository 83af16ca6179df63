"""What is said of a transfer: its state, its trouble and what to do, each kind of trouble with words of its own."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from core.printable import printable

from .amounts import of_words, seconds_words, size_words, speed_words
from .transfer_memory import UploadWish
from .transfer_messages import Trouble, TroubleKind
from .transfers import AT_WORK, Transfer, TransferState


class StateWords(NamedTuple):
    """A state's glyph (a state of the tokens), its word for a list, and the progress line's kind."""

    state: str
    words: str
    progress_kind: str


class TroubleWords(NamedTuple):
    """A banner's title and text. `again`: the word of the button that tries once more; empty if that brings nothing."""

    title: str
    line: str
    again: str


def state_of(transfer: Transfer) -> StateWords:
    """How it stands, in a word or a number."""
    match transfer.state:
        case TransferState.WAITING:
            return StateWords("queued", _tr("Waiting"), "running")
        case TransferState.HASHING:
            return StateWords("uploading", _tr("Reading {0}").format(_percent(transfer)), "running")
        case TransferState.SENDING:
            return StateWords("uploading", _percent(transfer), "running")
        case TransferState.PAUSED:
            return StateWords("paused", _tr("Paused"), "running")
        case TransferState.RETRYING:
            return StateWords("retrying", _tr("Stopped, retrying"), "retrying")
        case TransferState.DONE:
            return StateWords("completed", _tr("Done"), "kept")
        case TransferState.FAILED:
            rejected = transfer.trouble is not None and transfer.trouble.kind is TroubleKind.REJECTED
            return (
                StateWords("rejected", _tr("Rejected"), "failed")
                if rejected
                else StateWords("failed", _tr("Stopped"), "failed")
            )


def title_of(transfer: Transfer) -> str:
    """`Uploading street-signs`."""
    name = printable(transfer.name)
    if not transfer.is_upload:
        return _tr("Fetching the artifacts of {0}").format(name)
    return (
        _tr("Reading {0}").format(name)
        if transfer.state is TransferState.HASHING
        else _tr("Uploading {0}").format(name)
    )


def amount_of(transfer: Transfer) -> str:
    """`1.39 of 3.4 GB`, or nothing while the total is unknown."""
    return of_words(transfer.done_bytes, transfer.total_bytes) if transfer.total_bytes is not None else ""


def trouble_words(transfer: Transfer) -> TroubleWords | None:
    """What happened, what was kept and what goes on by itself; None if nothing is wrong."""
    trouble = transfer.trouble
    if trouble is None:
        return None
    title, what, again = _of_kind(trouble, transfer)
    return TroubleWords(title, "\n".join(part for part in (_kept(transfer), what) if part), again)


def next_try_words(transfer: Transfer, monotonic: float) -> str:
    """`Tries again in 5 s`."""
    if transfer.retry_at is None:
        return ""
    return _tr("Tries again in {0}").format(seconds_words(transfer.retry_at - monotonic))


def line_words(transfers: Sequence[Transfer], monotonic: float) -> tuple[str, str, str] | None:
    """The status bar's part: icon, words, colour's token; None while nothing goes on."""
    retrying = [one for one in transfers if one.state is TransferState.RETRYING and one.retry_at is not None]
    if retrying:
        first = min(retrying, key=lambda one: one.retry_at or 0.0)
        words = _tr("{0}, retrying").format(_count_words(retrying))
        left = seconds_words((first.retry_at or 0.0) - monotonic)
        return "triangle-alert", f"{words} · " + _tr("next in {0}").format(left), "warn"
    stopped = [one for one in transfers if one.state is TransferState.FAILED]
    if stopped:
        return "triangle-alert", _tr("{0} stopped").format(_count_words(stopped)), "warn"
    moving = [one for one in transfers if one.state in AT_WORK]
    if not moving:
        paused = [one for one in transfers if one.state is TransferState.PAUSED]
        return ("pause", _tr("{0} paused").format(_count_words(paused)), "ink2") if paused else None
    up = [one for one in moving if one.is_upload]
    parts = [_count_words(up or moving)]
    speed = sum(one.bytes_per_second or 0.0 for one in moving)
    parts += [speed_words(speed)] if speed else []
    longest = max((one.seconds_left or 0.0 for one in moving), default=0.0)
    parts += [seconds_words(longest)] if longest else []
    return "arrow-up" if up else "arrow-down", " · ".join(parts), "ink2"


def _percent(transfer: Transfer) -> str:
    return "" if transfer.fraction is None else f"{transfer.fraction * 100:.0f}%"


def _kept(transfer: Transfer) -> str:
    ended = transfer.state is TransferState.FAILED
    if ended or not transfer.is_upload or transfer.total_bytes is None or transfer.file_count is None:
        return ""
    there = of_words(transfer.done_bytes, transfer.total_bytes)
    return _tr("Nothing is lost. {0} is stored and won't be sent again.").format(there)


def _of_download(trouble: Trouble) -> tuple[str, str, str] | None:
    """What a download says otherwise than an upload; None for what is the same."""
    match trouble.kind:
        case TroubleKind.UNREACHABLE:
            hint = _tr("The rest goes on by itself when the server is back; what was fetched is kept.")
            return _tr("The download stopped: the server is gone"), hint, _tr("Try now")
        case TroubleKind.BUSY:
            hint = _tr("The rest goes on by itself; what was fetched is kept.")
            said = _tr("The server says: {0}").format(printable(trouble.message, keep="\n"))
            return _tr("The download stopped: the server can't send more now"), f"{said}\n{hint}", _tr("Try now")
        case TroubleKind.KEY:
            hint = _tr("The API key has expired or was revoked. Enter another one, then the download goes on.")
            return _tr("The server doesn't take this key any more"), hint, _tr("Try again")
        case TroubleKind.SCOPE:
            return _tr("This key may not fetch files"), printable(trouble.message, keep="\n"), _tr("Try again")
    return None


def _of_kind(trouble: Trouble, transfer: Transfer) -> tuple[str, str, str]:
    words = None if transfer.is_upload else _of_download(trouble)
    if words is not None:
        return words
    said, again = printable(trouble.message, keep="\n"), _tr("Try again")
    match trouble.kind:
        case TroubleKind.UNREACHABLE if transfer.file_count is None:
            hint = _tr("Is the server's address right, and does it run? It goes on by itself when the server answers.")
            return _tr("The server doesn't answer"), f"{said}\n{hint}", _tr("Try now")
        case TroubleKind.UNREACHABLE:
            hint = _tr("The rest goes on by itself when the server is back; you can close the window.")
            return _tr("The upload stopped: the server is gone"), hint, _tr("Try now")
        case TroubleKind.BUSY:
            hint = _tr("The rest goes on by itself; you can close the window.")
            said = _tr("The server says: {0}").format(said)
            return _tr("The upload stopped: the server can't take more now"), f"{said}\n{hint}", _tr("Try now")
        case TroubleKind.ADDRESS:
            return _tr("What answers at this address is no server of GPU-Agent"), f"{said}\n{trouble.hint}", again
        case TroubleKind.KEY:
            hint = _tr("The API key has expired or was revoked. Enter another one, then the upload goes on.")
            return _tr("The server doesn't take this key any more"), hint, again
        case TroubleKind.SCOPE:
            return _tr("This key may not upload here"), said, again
        case TroubleKind.QUOTA:
            hint = _tr("Delete what you no longer need, or ask the operator for more storage.")
            return _tr("Your storage on the server is full"), f"{said}\n{hint}", again
        case TroubleKind.DISK_FULL:
            hint = _tr("Make room on it, then try again: what is there already is kept.")
            return _tr("This computer's disk is full"), f"{said}\n{hint}", again
        case TroubleKind.SOURCE_CHANGED:
            hint = _tr("Wait until nothing writes there any more. What was sent is kept; only changes are sent anew.")
            return _tr("A file changed while it was sent"), f"{said}\n{hint}", _tr("Read it again")
        case TroubleKind.SOURCE:
            return _tr("This can't be uploaded as it is"), f"{said}\n{trouble.hint}", again
        case TroubleKind.REJECTED:
            rows = [f"{row.file}:{row.line}  {row.message}" if row.file else row.message for row in trouble.details]
            return _tr("The server rejected the package"), "\n".join(printable(row) for row in rows) or said, ""
        case TroubleKind.TARGET:
            return _tr("The files can't be written"), said, again
        case TroubleKind.REFUSED:
            return _tr("The server refused it"), f"{said}\n{trouble.hint}", again
        case TroubleKind.BUG:
            return _tr("Something went wrong here"), said, again


def done_words(transfer: Transfer) -> str:
    """What came of it, once it is done."""
    if transfer.content is not None:
        content = transfer.content
        size = size_words(content.size_bytes or 0)
        return _tr("{0} v{1} is ready, {2}").format(printable(content.name), content.version, size)
    if transfer.fetched is not None:
        return _tr("{0} files are in {1}").format(transfer.fetched.file_count, printable(transfer.fetched.folder))
    return ""


def kind_of(transfer: Transfer) -> str:
    """`datasets`, `training-packages`, or `artifacts`."""
    return transfer.wish.kind if isinstance(transfer.wish, UploadWish) else "artifacts"


def _count_words(transfers: Sequence[Transfer]) -> str:
    up, all = sum(one.is_upload for one in transfers), len(transfers)
    if up == all:
        return _tr("1 upload") if up == 1 else _tr("{0} uploads").format(up)
    if up:
        return _tr("{0} transfers").format(all)
    return _tr("1 download") if all == 1 else _tr("{0} downloads").format(all)


def _tr(text: str) -> str:
    return QCoreApplication.translate("transfer_words", text)
