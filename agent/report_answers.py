"""What the server's answer to a report means for its attempt, and the uploads that an answer asks for.

Pure, as brain.py, which calls this.
"""

from agent import endings
from agent.attempt import Attempt, PendingReport
from agent.desk import Desk
from agent.events import UploadDone, UploadFailed
from agent.history import outcome_of
from agent.instructions import GiveUrls, SayLevel, UploadChunks
from core.protocol.node import FailedReport, NeedUrlsReport, ReportAnswer, ReportStatus
from core.protocol.node_history import UnitOutcome

_RETRY_UPLOAD_SECONDS = 1.0
_LONGEST_RETRY_UPLOAD_SECONDS = 30.0
_SAME_MISSING = 5


def answered(desk: Desk, attempt: Attempt, pending: PendingReport, answer: ReportAnswer, now: float) -> None:
    """A report was answered; one that was dropped meanwhile is passed over."""
    number = pending.report.number
    if number not in attempt.outbox:
        return
    match answer.status:
        case ReportStatus.MISSING if answer.missing:
            _upload(desk, attempt, pending, answer)
        case ReportStatus.MISSING:
            pending.not_before = now + _RETRY_UPLOAD_SECONDS
        case ReportStatus.SUPERSEDED:
            desk.say(attempt, answer.message or "another node has finished this unit")
            desk.remove(attempt, now, (UnitOutcome.SUPERSEDED, "another node's result of this unit counts"))
        case ReportStatus.ACCEPTED | ReportStatus.REPLAYED | ReportStatus.REFUSED | ReportStatus.UNKNOWN:
            if answer.status in (ReportStatus.REFUSED, ReportStatus.UNKNOWN):
                desk.say(attempt, f"the server refused a report: {answer.message}", SayLevel.WARNING)
            _settle(desk, attempt, pending, answer, now)


def uploaded(desk: Desk, attempt: Attempt, event: UploadDone | UploadFailed, now: float) -> None:
    """What a report lacked is with the server, or could not be brought there: the report itself asks again."""
    pending = attempt.outbox.get(event.number)
    if pending is None:
        return
    pending.uploading = False
    if isinstance(event, UploadDone):
        pending.failures = 0
        return
    pending.failures += 1
    delay = _RETRY_UPLOAD_SECONDS * 2 ** min(pending.failures - 1, 10)
    pending.not_before = now + min(delay, _LONGEST_RETRY_UPLOAD_SECONDS)
    pending.last_missing = frozenset()
    desk.say(attempt, f"upload will be tried again: {event.message}", SayLevel.WARNING)


def _settle(desk: Desk, attempt: Attempt, pending: PendingReport, answer: ReportAnswer, now: float) -> None:
    desk.drop_report(attempt, pending.report.number)
    if answer.urls or isinstance(pending.report, NeedUrlsReport):
        desk.do(GiveUrls(attempt.id, answer.urls))
    if pending.is_last:
        desk.say(attempt, endings.in_words(pending.report))
        desk.remove(attempt, now, outcome_of(pending.report))
    else:
        endings.report_settled(desk, attempt, pending.report)


def _upload(desk: Desk, attempt: Attempt, pending: PendingReport, answer: ReportAnswer) -> None:
    missing = frozenset(upload.digest for upload in answer.missing)
    pending.same_missing = pending.same_missing + 1 if missing == pending.last_missing else 0
    pending.last_missing = missing
    if pending.same_missing >= _SAME_MISSING and not isinstance(pending.report, FailedReport):
        desk.drop_report(attempt, pending.report.number)
        endings.upload_is_hopeless(desk, attempt, pending.report)
        return
    pending.uploading = True
    desk.do(UploadChunks(attempt.id, pending.report.number, answer.missing))
