"""Any failure in words for the window: what happened, what to do, and what to tell whoever helps. No widget here."""

import msgspec
from PySide6.QtCore import QCoreApplication

_MOST_DETAILS = 6
_OF_KEY = frozenset({"CUSTOMER_AUTH_REQUIRED", "API_KEY_INVALID", "API_KEY_REVOKED"})
_ANSWER_LOST = frozenset({"ConnectionFailed", "AnswerUnreadable", "UNAVAILABLE", "INTERNAL_ERROR"})
_OF_ADDRESS = frozenset({"ConnectionFailed", "NameUnknown", "NothingAnswers", "NotEncrypted", "AnswerUnreadable"})


class Trouble(msgspec.Struct, frozen=True):
    """What a banner shows. `code` and `request_id` may be empty; `rows` are a line each, of which `left_out` are not.

    `passing`: trying again later may well help (no connection, the service is busy). Words of ours are kept in English
    and said by `title`, `hint` and `details` in the language shown then.
    """

    english_title: str
    line: str
    english_hint: str = ""
    code: str = ""
    request_id: str = ""
    rows: tuple[str, ...] = ()
    passing: bool = False
    left_out: int = 0

    @property
    def title(self) -> str:
        """What happened."""
        return _tr(self.english_title)

    @property
    def hint(self) -> str:
        """What to do; may be empty."""
        return _tr(self.english_hint)

    @property
    def details(self) -> tuple[str, ...]:
        """A line each, and how many there were no room for."""
        more = _tr("and {0} more").format(self.left_out)
        return (*self.rows, more) if self.left_out > 0 else self.rows

    @property
    def is_of_key(self) -> bool:
        """Whether only another key helps."""
        return self.code in _OF_KEY

    @property
    def is_of_scope(self) -> bool:
        """Whether this key will never be let."""
        return self.code == "API_KEY_SCOPE_DENIED"

    @property
    def is_refusal(self) -> bool:
        """Whether whoever asks is not let, whatever it is that is asked."""
        return self.is_of_key or self.is_of_scope or self.code == "CUSTOMER_SUSPENDED"

    @property
    def is_of_address(self) -> bool:
        """Whether the server's address may be wrong."""
        return self.code in _OF_ADDRESS

    def diagnostics(self) -> str:
        """All of it as text to copy."""
        rows = [self.title, self.line, self.hint, *self.details]
        rows += [f"code: {self.code}"] if self.code else []
        rows += [f"request id: {self.request_id}"] if self.request_id else []
        return "\n".join(row for row in rows if row)


def trouble_of(error: BaseException) -> Trouble:
    """The failure in words. One that nobody foresaw is logged with its traceback."""
    from core.client.errors import ClientError
    from core.errors import ApiError

    if isinstance(error, ApiError):
        return _of_server(error)
    if isinstance(error, ClientError):
        return _of_client(error)
    if isinstance(error, OSError):
        return _of_system(error, "")
    message, hint = getattr(error, "message", None), getattr(error, "hint", None)
    if isinstance(message, str) and isinstance(hint, str):  # the words of a command (core.console.CommandError)
        return Trouble(_mark("That didn't work"), message, hint, str(getattr(error, "code", "")))
    import logging  # what no first picture needs
    import traceback

    logging.getLogger(__name__).error("Nobody foresaw this", exc_info=error)
    shown = "".join(traceback.format_exception_only(error)).strip()
    hint = _mark("What was under way may not have happened. The log has the details.")
    return Trouble(_mark("Something went wrong here"), shown, hint, "BUG")


def key_not_taken(code: str, request_id: str) -> Trouble:
    """A transfer met a key that is good no more."""
    return Trouble(_mark("The server doesn't take this key any more"), "", "", code, request_id)


def answer_lost(trouble: Trouble) -> Trouble:
    """What was asked for may have been done, where only its answer is missing; what was refused was not."""
    if trouble.code not in _ANSWER_LOST:
        return trouble
    hint = _mark("It may have been made all the same: look in the list before you try again.")
    return msgspec.structs.replace(trouble, english_hint=hint)


def not_enrolled(trouble: Trouble) -> Trouble:
    """Why a machine got no enrollment code, or its code was not taken, with what its owner can do."""
    if trouble.is_of_scope:
        hint = _mark("Connect with a key that has the right nodes:write, or have the operator make a code.")
    elif trouble.code == "RATE_LIMITED":
        hint = _mark("Use the codes that you have, or wait: each of them ends 15 minutes after it was made.")
    elif trouble.code == "ENROLLMENT_CODE_INVALID":
        hint = _mark("Make another code, or have one made: each is good once, and for 15 minutes.")
    else:
        return trouble
    return msgspec.structs.replace(trouble, english_hint=hint)


def _of_client(error: Exception) -> Trouble:
    """In the window's own words: the hints of core.client are those of a command line."""
    from core.client.errors import (
        AnswerUnreadable,
        ClientError,
        ConnectionFailed,
        NameUnknown,
        NotEncrypted,
        NothingAnswers,
        TransferFailed,
    )

    if not isinstance(error, ClientError):
        raise TypeError(error)
    title, hint = _mark("That didn't work"), error.hint
    match error:
        case NameUnknown():
            title = _mark("There is no server of this name")
            hint = _mark("Check the address letter by letter, and that this computer is online.")
        case NothingAnswers():
            title = _mark("Nothing answers at this address")
            hint = _mark("Check the address and its port, and that the server runs.")
        case NotEncrypted():
            title = _mark("No safe connection to this address")
            hint = _mark("Check the address. A server in your own network may speak plain http: write http:// then.")
        case ConnectionFailed():
            title = _mark("No connection to the server")
            hint = _mark("Check this computer's network and that the server runs, then try again.")
        case AnswerUnreadable():
            title = _mark("What answers at this address is no server of GPU-Agent")
            hint = _mark("Check the address: another program answers there, or a page before the server.")
        case TransferFailed() if isinstance(error.__cause__, OSError):
            return _of_system(error.__cause__, error.message)
        case TransferFailed():
            title = _mark("The files can't be fetched")
            hint = _mark("Try again. If it stays, tell the operator of the server.")
    passing = isinstance(error, ConnectionFailed)
    return Trouble(title, error.message, hint, type(error).__name__, passing=passing)


def _of_system(error: OSError, what: str) -> Trouble:
    """A refusal of this computer; `what` says what it was about, if the error doesn't."""
    import errno

    place = f" ({error.filename})" if error.filename else ""
    line = what or f"{error.strerror or error}{place}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        title = _mark("This computer's disk is full")
        hint = _mark("Make room on it, then try again: what is there already is kept.")
        return Trouble(title, line, hint, "DISK_FULL")
    return Trouble(_mark("This computer refused"), line, code="OS_ERROR")


def _of_server(error: Exception) -> Trouble:
    from core.client.errors import ServerError
    from core.errors import ApiError

    if not isinstance(error, ApiError):
        raise TypeError(error)
    rows = [
        " · ".join(str(part) for part in (row.file, row.line, row.field, row.message) if part is not None)
        for row in error.details
    ]
    shown, left_out = tuple(rows[:_MOST_DETAILS]), max(0, len(rows) - _MOST_DETAILS)
    code = error.code_text if isinstance(error, ServerError) else error.code.value
    passing = error.status in (429, 502, 503, 504)
    title = _title(error.code.value)
    return Trouble(
        title or error.message,
        error.message if title else "",
        error.hint,
        code,
        error.request_id,
        shown,
        passing,
        left_out,
    )


def _title(code: str) -> str:
    """In English; empty for a code whose message says it all."""
    titles = {
        "CUSTOMER_AUTH_REQUIRED": _mark("The server asks for a key"),
        "API_KEY_INVALID": _mark("The server doesn't know this key"),
        "API_KEY_REVOKED": _mark("This key was revoked"),
        "API_KEY_SCOPE_DENIED": _mark("This key may not do that"),
        "ENROLLMENT_CODE_INVALID": _mark("This code is unknown, used or expired"),
        "CREDIT_INSUFFICIENT": _mark("Not enough credits"),
        "STORAGE_QUOTA_EXCEEDED": _mark("The storage on the server is full"),
        "CUSTOMER_SUSPENDED": _mark("This account is suspended"),
        "RATE_LIMITED": _mark("Too many at once"),
        "DAILY_TASK_LIMIT_EXCEEDED": _mark("Today's limit is used up"),
        "VALIDATION_FAILED": _mark("The server didn't accept this"),
        "PACKAGE_REJECTED": _mark("The package has problems"),
        "PLAN_INFEASIBLE": _mark("This plan is beyond the server's limits"),
        "STATE_CONFLICT": _mark("That isn't possible any more"),
        "WEBHOOK_INVALID_URL": _mark("Nothing can be sent to this address"),
        "WEBHOOK_NOT_FOUND": _mark("This endpoint is there no more"),
        "WEBHOOK_DELIVERY_FAILED": _mark("The endpoint didn't take it"),
        "INTERNAL_ERROR": _mark("The server failed"),
        "UNAVAILABLE": _mark("The server can't answer now"),
        "SIGNED_URL_FAILED": _mark("The server's storage doesn't answer"),
        "UPGRADE_REQUIRED": _mark("This program is too old for the server"),
    }
    return titles.get(code, "")


def _mark(text: str) -> str:
    """English that is translated when it is shown."""
    return text


ENROLLED_ALREADY = _mark("This computer is enrolled, only its node didn't start. Try again: that takes no other code.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("trouble", text)
