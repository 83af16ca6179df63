"""Any failure in words for the window: what happened, what to do, and what to tell whoever helps. No widget here."""

import msgspec
from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate
_MOST_DETAILS = 6
_OF_KEY = frozenset({"CUSTOMER_AUTH_REQUIRED", "API_KEY_INVALID", "API_KEY_REVOKED"})
_OF_ADDRESS = frozenset({"ConnectionFailed", "NameUnknown", "NothingAnswers", "NotEncrypted", "AnswerUnreadable"})


class Trouble(msgspec.Struct, frozen=True):
    """What a banner shows. `code` and `request_id` may be empty; `details` are a line each.

    `passing`: trying again later may well help (no connection, the service is busy).
    """

    title: str
    line: str
    hint: str = ""
    code: str = ""
    request_id: str = ""
    details: tuple[str, ...] = ()
    passing: bool = False

    @property
    def is_of_key(self) -> bool:
        """Whether only another key helps."""
        return self.code in _OF_KEY

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
        return Trouble(translate("trouble", "That didn't work"), message, hint, str(getattr(error, "code", "")))
    import logging  # what no first picture needs
    import traceback

    logging.getLogger(__name__).error("Nobody foresaw this", exc_info=error)
    shown = "".join(traceback.format_exception_only(error)).strip()
    hint = translate("trouble", "What was under way may not have happened. The log has the details.")
    return Trouble(translate("trouble", "Something went wrong here"), shown, hint, "BUG")


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
    title, hint = translate("trouble", "That didn't work"), error.hint
    match error:
        case NameUnknown():
            title = translate("trouble", "There is no server of this name")
            hint = translate("trouble", "Check the address letter by letter, and that this computer is online.")
        case NothingAnswers():
            title = translate("trouble", "Nothing answers at this address")
            hint = translate("trouble", "Check the address and its port, and that the server runs.")
        case NotEncrypted():
            title = translate("trouble", "No safe connection to this address")
            hint = translate(
                "trouble", "Check the address. A server in your own network may speak plain http: write http:// then."
            )
        case ConnectionFailed():
            title = translate("trouble", "No connection to the server")
            hint = translate("trouble", "Check this computer's network and that the server runs, then try again.")
        case AnswerUnreadable():
            title = translate("trouble", "What answers at this address is no server of GPU-Agent")
            hint = translate(
                "trouble", "Check the address: another program answers there, or a page before the server."
            )
        case TransferFailed() if isinstance(error.__cause__, OSError):
            return _of_system(error.__cause__, error.message)
        case TransferFailed():
            title = translate("trouble", "The files can't be fetched")
            hint = translate("trouble", "Try again. If it stays, tell the operator of the server.")
    passing = isinstance(error, ConnectionFailed)
    return Trouble(title, error.message, hint, type(error).__name__, passing=passing)


def _of_system(error: OSError, what: str) -> Trouble:
    """A refusal of this computer; `what` says what it was about, if the error doesn't."""
    import errno

    place = f" ({error.filename})" if error.filename else ""
    line = what or f"{error.strerror or error}{place}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        title = translate("trouble", "This computer's disk is full")
        hint = translate("trouble", "Make room on it, then try again: what is there already is kept.")
        return Trouble(title, line, hint, "DISK_FULL")
    return Trouble(translate("trouble", "This computer refused"), line, code="OS_ERROR")


def _of_server(error: Exception) -> Trouble:
    from core.client.errors import ServerError
    from core.errors import ApiError

    if not isinstance(error, ApiError):
        raise TypeError(error)
    rows = [
        " · ".join(str(part) for part in (row.file, row.line, row.field, row.message) if part is not None)
        for row in error.details
    ]
    left_out = len(rows) - _MOST_DETAILS
    shown = tuple(rows[:_MOST_DETAILS]) + (
        (translate("trouble", "and {0} more").format(left_out),) if left_out > 0 else ()
    )
    code = error.code_text if isinstance(error, ServerError) else error.code.value
    passing = error.status in (429, 502, 503, 504)
    title = _title(error.code.value)
    return Trouble(
        title or error.message, error.message if title else "", error.hint, code, error.request_id, shown, passing
    )


def _title(code: str) -> str:
    titles = {
        "CUSTOMER_AUTH_REQUIRED": translate("trouble", "The server asks for a key"),
        "API_KEY_INVALID": translate("trouble", "The server doesn't know this key"),
        "API_KEY_REVOKED": translate("trouble", "This key was revoked"),
        "API_KEY_SCOPE_DENIED": translate("trouble", "This key may not do that"),
        "ENROLLMENT_CODE_INVALID": translate("trouble", "This code is unknown, used or expired"),
        "CREDIT_INSUFFICIENT": translate("trouble", "Not enough credits"),
        "STORAGE_QUOTA_EXCEEDED": translate("trouble", "The storage on the server is full"),
        "CUSTOMER_SUSPENDED": translate("trouble", "This account is suspended"),
        "RATE_LIMITED": translate("trouble", "Too many at once"),
        "DAILY_TASK_LIMIT_EXCEEDED": translate("trouble", "Today's limit is used up"),
        "VALIDATION_FAILED": translate("trouble", "The server didn't accept this"),
        "PACKAGE_REJECTED": translate("trouble", "The package has problems"),
        "PLAN_INFEASIBLE": translate("trouble", "This plan is beyond the server's limits"),
        "STATE_CONFLICT": translate("trouble", "That isn't possible any more"),
        "INTERNAL_ERROR": translate("trouble", "The server failed"),
        "UNAVAILABLE": translate("trouble", "The server can't answer now"),
        "SIGNED_URL_FAILED": translate("trouble", "The server's storage doesn't answer"),
        "UPGRADE_REQUIRED": translate("trouble", "This program is too old for the server"),
    }
    return titles.get(code, "")
