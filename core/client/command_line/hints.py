"""What to type after each error that the service may answer with; the hints it sends are for those who speak HTTP."""

import shlex
from collections.abc import Sequence

import msgspec

from ...console.words import seconds_in_words
from ...errors import ERRORS, ApiError, ErrorCode
from ..errors import ServerError

PROGRAM = "gpu-agent-client"
_SECRET_OPTION = "--api-key"
_OPTIONS_OF_FIELDS = {
    "required_vram_mb": "--vram-mb",
    "required_disk_mb": "--disk-mb",
    "max_runtime_seconds": "--max-runtime-seconds",
}
_SECONDS_TO_WAIT = 30.0

_AGAIN = "Say it again: {again}"
_GO_ON = "Say it again; it goes on where it stopped: {again}"
_PERHAPS_SUBMITTED = "Look whether it was submitted before you say it again: gpu-agent-client jobs list"
_OTHER_SERVICE = "{server} was asked; if the service is elsewhere: export GPU_AGENT_SERVER=URL"
_OTHER_KEY = "{server} was asked. Give a key of it, whole: export GPU_AGENT_API_KEY=sk_…"

# By code; within it by the command that met it: the longest beginning of its name counts.
HINTS: dict[ErrorCode, dict[str, str]] = {
    ErrorCode.CUSTOMER_AUTH_REQUIRED: {"": _OTHER_KEY},
    ErrorCode.API_KEY_INVALID: {"": _OTHER_KEY},
    ErrorCode.API_KEY_REVOKED: {
        "": "Make a new key: gpu-agent-client keys create --name NAME --email E-MAIL; "
        "or ask the operator of {server} for one"
    },
    ErrorCode.SIGN_IN_FAILED: {
        "": "Look at the address and type the password again: {again}; "
        "the operator of {server} can set a new one. With a key no password is needed: export GPU_AGENT_API_KEY=sk_…"
    },
    ErrorCode.API_KEY_SCOPE_DENIED: {"": "Take a key of {server} that may do this: export GPU_AGENT_API_KEY=sk_…"},
    ErrorCode.CUSTOMER_SUSPENDED: {"": "Write to the operator of {server}; then: {again}"},
    ErrorCode.CREDIT_INSUFFICIENT: {
        "": "See your balance: gpu-agent-client credits",
        "jobs submit": "Submit it with a lower --max-runtime-seconds; your balance: gpu-agent-client credits",
        "jobs extend": "Say it again with a lower --max-runtime-seconds; your balance: gpu-agent-client credits",
    },
    ErrorCode.STORAGE_QUOTA_EXCEEDED: {
        "": "Delete what you no longer need: gpu-agent-client datasets list, gpu-agent-client datasets delete ID",
    },
    ErrorCode.JOB_NOT_FOUND: {"": "gpu-agent-client jobs list"},
    ErrorCode.ARTIFACT_NOT_FOUND: {"": "gpu-agent-client artifacts list {job}"},
    ErrorCode.DATASET_NOT_FOUND: {"": "gpu-agent-client datasets list", "datasets push": _GO_ON},
    ErrorCode.PACKAGE_NOT_FOUND: {"": "gpu-agent-client packages list", "packages push": _GO_ON},
    ErrorCode.NODE_NOT_FOUND: {"": "gpu-agent-client nodes list"},
    ErrorCode.WEBHOOK_NOT_FOUND: {"": "gpu-agent-client webhooks list"},
    ErrorCode.WEBHOOK_INVALID_URL: {"": "Give an https:// address on the internet: {command} --help"},
    ErrorCode.NOT_FOUND: {
        "": _OTHER_SERVICE,
        "keys revoke": "gpu-agent-client keys list",
        "webhooks redeliver": "gpu-agent-client webhooks list, gpu-agent-client webhooks deliveries WEBHOOK",
    },
    ErrorCode.METHOD_NOT_ALLOWED: {"": _OTHER_SERVICE},
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: {"": _OTHER_SERVICE},
    ErrorCode.IDEMPOTENCY_CONFLICT: {"": _AGAIN},
    ErrorCode.STATE_CONFLICT: {
        "": "gpu-agent-client jobs show {job}",
        "datasets push": _GO_ON,
        "packages push": _GO_ON,
        "datasets delete": "gpu-agent-client jobs list --status queued --status running",
        "packages delete": "gpu-agent-client jobs list --status queued --status running",
        "jobs submit": "See what is ready: gpu-agent-client datasets list, gpu-agent-client packages list",
        "keys create": "gpu-agent-client keys list, gpu-agent-client keys revoke ID",
        "webhooks create": "gpu-agent-client webhooks list, gpu-agent-client webhooks delete ID",
        "webhooks": "Switch it on first: gpu-agent-client webhooks update WEBHOOK --on",
        "jobs retry": "gpu-agent-client jobs show {job}; "
        "if its data or package was deleted, push it and: gpu-agent-client jobs submit",
        "artifacts": "Wait for it: gpu-agent-client jobs watch {job}",
    },
    ErrorCode.UPLOAD_INCOMPLETE: {"": _GO_ON},
    ErrorCode.CHUNK_MISMATCH: {"": _GO_ON},
    ErrorCode.SIGNED_URL_INVALID: {"": _GO_ON},
    ErrorCode.SIGNED_URL_FAILED: {"": _GO_ON},
    ErrorCode.UNAVAILABLE: {"": _AGAIN, "jobs submit": _PERHAPS_SUBMITTED},
    ErrorCode.PAGINATION_INVALID_CURSOR: {"": _AGAIN},
    ErrorCode.INTERNAL_ERROR: {
        "": "Say it again: {again}; if it stays, tell the operator of {server} the request id",
        "jobs submit": _PERHAPS_SUBMITTED,
    },
    ErrorCode.VALIDATION_FAILED: {"": "{command} --help"},
    ErrorCode.EXPORT_RANGE_TOO_LARGE: {"": "Ask for 90 days at a time, --from and --to counted: {command} --help"},
    ErrorCode.PACKAGE_REJECTED: {"": "Mend it, then: {again}"},
    ErrorCode.PLAN_INFEASIBLE: {"": "Say it again with a lower {options}: {command} --help"},
    ErrorCode.PAYLOAD_TOO_LARGE: {"": "Leave out what is not needed, then: {again}"},
    ErrorCode.UPGRADE_REQUIRED: {"": "Update this program, then: {again}"},
    ErrorCode.RATE_LIMITED: {
        "": "In {wait}: {again}",
        "jobs": "In {wait}: {again}; what runs now: gpu-agent-client jobs list --status queued --status running",
    },
    ErrorCode.DAILY_TASK_LIMIT_EXCEEDED: {"": "In {wait}, when a new day (UTC) has begun: {again}"},
}

# No command of this program asks for what these are about.
NEVER_MET = frozenset(
    {
        ErrorCode.ENROLLMENT_CODE_INVALID,
        ErrorCode.LEGACY_DEPRECATED,
        ErrorCode.IDEMPOTENCY_KEY_INVALID,
        ErrorCode.WEBHOOK_DELIVERY_FAILED,
    }
)


class Typed(msgspec.Struct, frozen=True):
    """What was typed: the command's name, the whole line as it may be typed again, the service asked, and the job it
    is about."""

    name: str
    again: str
    server: str
    job: str = "JOB"


def typed_again(words: Sequence[str]) -> str:
    """The command line once more, for a shell, without the key: it would stay on the screen and in logs."""
    kept: list[str] = []
    skip = False
    for word in words:
        if not skip and word != _SECRET_OPTION and not word.startswith(f"{_SECRET_OPTION}="):
            kept.append(word)
        skip = not skip and word == _SECRET_OPTION
    return shlex.join([PROGRAM, *kept])


def command_hint(error: ApiError, typed: Typed) -> str:
    """What to type after this error. What was said on this side, or of bad input, more exactly than its code's usual
    hint stands as it is."""
    usual = error.hint == ERRORS[error.code].hint
    exact = not isinstance(error, ServerError) or error.code is ErrorCode.VALIDATION_FAILED
    if error.code not in HINTS or (exact and not usual):
        return error.hint
    beginnings = [name for name in HINTS[error.code] if typed.name.startswith(name)]
    template = HINTS[error.code][max(beginnings, key=len)]
    return template.format(
        again=typed.again,
        command=f"{PROGRAM} {typed.name}",
        server=typed.server,
        job=typed.job,
        wait=seconds_in_words(_wait_seconds(error)),
        options=_options(error),
    )


def _wait_seconds(error: ApiError) -> float:
    told = error.retry_after_seconds if isinstance(error, ServerError) else None
    return _SECONDS_TO_WAIT if told is None else told


def _options(error: ApiError) -> str:
    """The options that set the fields which the error's details name."""
    named = {row.field for row in error.details}
    wanted = [option for field, option in _OPTIONS_OF_FIELDS.items() if field in named]
    return " or ".join(wanted or _OPTIONS_OF_FIELDS.values())
