"""Each kind of trouble has words of its own, and says what was kept and what goes on by itself."""

import errno
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.client.errors import (
    AddressRefused,
    AnswerUnreadable,
    ClientError,
    ConnectionFailed,
    ServerError,
    TransferFailed,
)
from core.content.chunking import SourceChanged, SourceRefused
from core.errors import ApiError, ErrorBody, ErrorCode, ErrorDetail
from gui.transfer_memory import DownloadWish, UploadWish
from gui.transfer_messages import Trouble, TroubleKind
from gui.transfer_process import trouble_of
from gui.transfer_words import line_words, next_try_words, state_of, title_of, trouble_words
from gui.transfers import Transfer, TransferState

MB = 1_000_000


def answered(status: int, code: ErrorCode) -> ServerError:
    return ServerError(status, ErrorBody(code.value, "said", "do", request_id="019d8a9d"))


def full_disk() -> TransferFailed:
    error = TransferFailed("/x can't be written", hint="Make room")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionFailed("127.0.0.1 can't be reached", hint=""), TroubleKind.UNREACHABLE),
        (answered(503, ErrorCode.UNAVAILABLE), TroubleKind.BUSY),
        (answered(502, ErrorCode.SIGNED_URL_FAILED), TroubleKind.BUSY),
        (answered(401, ErrorCode.API_KEY_REVOKED), TroubleKind.KEY),
        (answered(403, ErrorCode.API_KEY_SCOPE_DENIED), TroubleKind.SCOPE),
        (answered(403, ErrorCode.STORAGE_QUOTA_EXCEEDED), TroubleKind.QUOTA),
        (answered(400, ErrorCode.VALIDATION_FAILED), TroubleKind.REFUSED),
        (AddressRefused("no address", hint=""), TroubleKind.ADDRESS),
        (AnswerUnreadable("another program", hint=""), TroubleKind.ADDRESS),
        (full_disk(), TroubleKind.DISK_FULL),
        (OSError(errno.ENOSPC, "No space left on device"), TroubleKind.DISK_FULL),
        (TransferFailed("it is there", hint=""), TroubleKind.TARGET),
        (SourceChanged(Path("a.csv"), "changed"), TroubleKind.SOURCE_CHANGED),
        (SourceRefused(Path("a"), "is a link", "Leave it out."), TroubleKind.SOURCE),
    ],
)
def test_what_went_wrong_is_told_apart(error: ApiError | ClientError | OSError, kind: TroubleKind) -> None:
    assert trouble_of(error).kind is kind


def transfer(state: TransferState, trouble: Trouble | None = None, **more: object) -> Transfer:
    facts = {"done_bytes": 1390 * MB, "total_bytes": 3400 * MB, "file_count": 18_204} | more
    return Transfer("1", UploadWish("datasets", "street-signs", "/x"), state, trouble=trouble, **facts)  # type: ignore[arg-type]


def test_every_kind_has_a_title_of_its_own(qtbot: QtBot) -> None:
    titles = {}
    for kind in TroubleKind:
        words = trouble_words(transfer(TransferState.FAILED, Trouble(kind, "said", "do")))
        assert words is not None and words.line
        titles[kind] = words.title
    assert len(set(titles.values())) == len(TroubleKind)


def test_a_server_that_is_gone_says_what_was_kept_and_when_it_goes_on(qtbot: QtBot) -> None:
    gone = transfer(TransferState.RETRYING, Trouble(TroubleKind.UNREACHABLE, "x"), retry_at=105.0)
    words = trouble_words(gone)
    assert words is not None and words.again == "Try now"
    assert words.line.startswith("Nothing is lost. 1.39 of 3.4 GB is stored and won't be sent again.")
    assert next_try_words(gone, 100.0) == "Tries again in 5 s"
    assert line_words([gone], 100.0) == ("triangle-alert", "1 upload, retrying · next in 5 s", "warn")


def test_the_first_answer_that_never_came_asks_for_the_address(qtbot: QtBot) -> None:
    never = transfer(TransferState.RETRYING, Trouble(TroubleKind.UNREACHABLE, "x"), file_count=None, total_bytes=None)
    words = trouble_words(never)
    assert words is not None and "address" in words.line


def test_rejected_packages_name_every_place(qtbot: QtBot) -> None:
    rows = [ErrorDetail("no", file="train.py", line=3), ErrorDetail("\x1b[2J")]
    words = trouble_words(transfer(TransferState.FAILED, Trouble(TroubleKind.REJECTED, "x", details=rows)))
    assert words is not None and words.line == "train.py:3  no\n\\x1b[2J"


def test_the_status_bar_tells_speed_and_time(qtbot: QtBot) -> None:
    sending = transfer(TransferState.SENDING, bytes_per_second=11_800_000.0, seconds_left=170.0)
    assert line_words([sending], 0.0) == ("arrow-up", "1 upload · 11.8 MB/s · 2 min 50 s", "ink2")
    assert line_words([transfer(TransferState.PAUSED)], 0.0) == ("pause", "1 upload paused", "ink2")
    assert line_words([transfer(TransferState.DONE)], 0.0) is None
    fetching = Transfer("2", DownloadWish("job", "mlp", "/x"), TransferState.SENDING)
    assert line_words([fetching], 0.0) == ("arrow-down", "1 download", "ink2")
    assert (state_of(sending).words, title_of(sending)) == ("41%", "Uploading street-signs")
