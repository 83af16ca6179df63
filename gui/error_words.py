"""What the codes of the contract mean, in the language shown. A newer server's codes, and other words of one that is
known, are told in the server's own words."""

from PySide6.QtCore import QCoreApplication

from .api_reference import ErrorCodeRow


def error_words(row: ErrorCodeRow) -> str:
    """The row's description, translated where it says what this program knows the code by."""
    known = _descriptions().get(row.code)
    return _tr(known) if known is not None and known == row.description else row.description


def _descriptions() -> dict[str, str]:
    return {
        "CUSTOMER_AUTH_REQUIRED": _mark("Sign in or supply API key"),
        "API_KEY_INVALID": _mark("X-API-Key not recognized"),
        "API_KEY_REVOKED": _mark("API key was revoked"),
        "SIGN_IN_FAILED": _mark("E-mail or password not recognized"),
        "ENROLLMENT_CODE_INVALID": _mark("Enrollment code is unknown, used or expired"),
        "CREDIT_INSUFFICIENT": _mark("Customer credit balance below projected cost"),
        "API_KEY_SCOPE_DENIED": _mark("Key is missing the required scope"),
        "SIGNED_URL_INVALID": _mark("Signed URL is altered or expired"),
        "STORAGE_QUOTA_EXCEEDED": _mark("Storage quota is used up"),
        "CUSTOMER_SUSPENDED": _mark("Customer is suspended"),
        "JOB_NOT_FOUND": _mark("Job id absent or not yours"),
        "ARTIFACT_NOT_FOUND": _mark("Artifact id absent or not yours"),
        "DATASET_NOT_FOUND": _mark("Dataset id absent or not yours"),
        "PACKAGE_NOT_FOUND": _mark("Training package id absent or not yours"),
        "NODE_NOT_FOUND": _mark("Node id absent or not yours"),
        "WEBHOOK_NOT_FOUND": _mark("Webhook id absent or not yours"),
        "NOT_FOUND": _mark("No such route"),
        "METHOD_NOT_ALLOWED": _mark("The route has no such method"),
        "IDEMPOTENCY_CONFLICT": _mark("Same Idempotency-Key with different body"),
        "STATE_CONFLICT": _mark("The resource's state does not allow this"),
        "UPLOAD_INCOMPLETE": _mark("Chunks are missing"),
        "LEGACY_DEPRECATED": _mark("POST /customer/jobs/image* — sunset in Stage 17.1, use /customer/training-jobs"),
        "VALIDATION_FAILED": _mark("Request has bad, unknown or missing fields"),
        "IDEMPOTENCY_KEY_INVALID": _mark("Idempotency-Key format invalid"),
        "PAGINATION_INVALID_CURSOR": _mark("Cursor is malformed or expired"),
        "EXPORT_RANGE_TOO_LARGE": _mark("Export range exceeds 90 days"),
        "WEBHOOK_INVALID_URL": _mark("Webhook URL must be public HTTPS"),
        "PACKAGE_REJECTED": _mark("Training package has problems"),
        "PLAN_INFEASIBLE": _mark("The plan exceeds a ceiling of the service"),
        "CHUNK_MISMATCH": _mark("Bytes are not those of the chunk's name"),
        "PAYLOAD_TOO_LARGE": _mark("Body is larger than this route takes"),
        "UNSUPPORTED_MEDIA_TYPE": _mark("Body is of another type"),
        "UPGRADE_REQUIRED": _mark("This version is no longer spoken here"),
        "RATE_LIMITED": _mark("Too many requests / too many concurrent jobs"),
        "DAILY_TASK_LIMIT_EXCEEDED": _mark("Per-day task quota exhausted"),
        "INTERNAL_ERROR": _mark("Unhandled server error"),
        "UNAVAILABLE": _mark("The service cannot answer now"),
        "SIGNED_URL_FAILED": _mark("Storage backend error"),
        "WEBHOOK_DELIVERY_FAILED": _mark("Webhook delivery exhausted retries"),
    }


def _mark(text: str) -> str:
    """English that is translated when it is shown."""
    return text


def _tr(text: str) -> str:
    return QCoreApplication.translate("error_codes", text)
