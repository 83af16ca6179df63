import { ApiError } from "../errors.js";
/** Every code that an answer of this service may carry; a newer one may carry others. */
export type ErrorCode = "CUSTOMER_AUTH_REQUIRED" | "API_KEY_INVALID" | "API_KEY_REVOKED" | "SIGN_IN_FAILED" | "ENROLLMENT_CODE_INVALID" | "CREDIT_INSUFFICIENT" | "API_KEY_SCOPE_DENIED" | "SIGNED_URL_INVALID" | "STORAGE_QUOTA_EXCEEDED" | "CUSTOMER_SUSPENDED" | "JOB_NOT_FOUND" | "ARTIFACT_NOT_FOUND" | "DATASET_NOT_FOUND" | "PACKAGE_NOT_FOUND" | "NODE_NOT_FOUND" | "WEBHOOK_NOT_FOUND" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "IDEMPOTENCY_CONFLICT" | "STATE_CONFLICT" | "UPLOAD_INCOMPLETE" | "LEGACY_DEPRECATED" | "VALIDATION_FAILED" | "IDEMPOTENCY_KEY_INVALID" | "PAGINATION_INVALID_CURSOR" | "EXPORT_RANGE_TOO_LARGE" | "WEBHOOK_INVALID_URL" | "PACKAGE_REJECTED" | "PLAN_INFEASIBLE" | "CHUNK_MISMATCH" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "UPGRADE_REQUIRED" | "RATE_LIMITED" | "DAILY_TASK_LIMIT_EXCEEDED" | "INTERNAL_ERROR" | "UNAVAILABLE" | "SIGNED_URL_FAILED" | "WEBHOOK_DELIVERY_FAILED";
/** CUSTOMER_AUTH_REQUIRED (401): Sign in or supply API key. Send your key in the X-API-Key header. */
export declare class CustomerAuthRequiredError extends ApiError {
    readonly code: "CUSTOMER_AUTH_REQUIRED";
}
/** API_KEY_INVALID (401): X-API-Key not recognized. Copy the key again, whole, or create a new one. */
export declare class ApiKeyInvalidError extends ApiError {
    readonly code: "API_KEY_INVALID";
}
/** API_KEY_REVOKED (401): API key was revoked. Create a new API key. */
export declare class ApiKeyRevokedError extends ApiError {
    readonly code: "API_KEY_REVOKED";
}
/** SIGN_IN_FAILED (401): E-mail or password not recognized. Check both, or ask the operator for a reset. */
export declare class SignInFailedError extends ApiError {
    readonly code: "SIGN_IN_FAILED";
}
/** ENROLLMENT_CODE_INVALID (401): Enrollment code is unknown, used or expired. Make a new code: gpu-agent-client nodes code */
export declare class EnrollmentCodeInvalidError extends ApiError {
    readonly code: "ENROLLMENT_CODE_INVALID";
}
/** CREDIT_INSUFFICIENT (402): Customer credit balance below projected cost. Lower the limits of the job, or ask the operator for credits. */
export declare class CreditInsufficientError extends ApiError {
    readonly code: "CREDIT_INSUFFICIENT";
}
/** API_KEY_SCOPE_DENIED (403): Key is missing the required scope. Use a key that has this scope. */
export declare class ApiKeyScopeDeniedError extends ApiError {
    readonly code: "API_KEY_SCOPE_DENIED";
}
/** SIGNED_URL_INVALID (403): Signed URL is altered or expired. Ask for a fresh URL and use that. */
export declare class SignedUrlInvalidError extends ApiError {
    readonly code: "SIGNED_URL_INVALID";
}
/** STORAGE_QUOTA_EXCEEDED (403): Storage quota is used up. Delete datasets or packages you no longer need. */
export declare class StorageQuotaExceededError extends ApiError {
    readonly code: "STORAGE_QUOTA_EXCEEDED";
}
/** CUSTOMER_SUSPENDED (403): Customer is suspended. Write to the operator of this service. */
export declare class CustomerSuspendedError extends ApiError {
    readonly code: "CUSTOMER_SUSPENDED";
}
/** JOB_NOT_FOUND (404): Job id absent or not yours. List your jobs: GET /customer/training-jobs */
export declare class JobNotFoundError extends ApiError {
    readonly code: "JOB_NOT_FOUND";
}
/** ARTIFACT_NOT_FOUND (404): Artifact id absent or not yours. List the artifacts of the job. */
export declare class ArtifactNotFoundError extends ApiError {
    readonly code: "ARTIFACT_NOT_FOUND";
}
/** DATASET_NOT_FOUND (404): Dataset id absent or not yours. List your datasets: GET /customer/datasets */
export declare class DatasetNotFoundError extends ApiError {
    readonly code: "DATASET_NOT_FOUND";
}
/** PACKAGE_NOT_FOUND (404): Training package id absent or not yours. List your packages: GET /customer/training-packages */
export declare class PackageNotFoundError extends ApiError {
    readonly code: "PACKAGE_NOT_FOUND";
}
/** NODE_NOT_FOUND (404): Node id absent or not yours. List your nodes. */
export declare class NodeNotFoundError extends ApiError {
    readonly code: "NODE_NOT_FOUND";
}
/** WEBHOOK_NOT_FOUND (404): Webhook id absent or not yours. List your webhooks. */
export declare class WebhookNotFoundError extends ApiError {
    readonly code: "WEBHOOK_NOT_FOUND";
}
/** NOT_FOUND (404): No such route. Compare the path with GET /openapi.json. */
export declare class NotFoundError extends ApiError {
    readonly code: "NOT_FOUND";
}
/** METHOD_NOT_ALLOWED (405): The route has no such method. Use one of the methods in the Allow header. */
export declare class MethodNotAllowedError extends ApiError {
    readonly code: "METHOD_NOT_ALLOWED";
}
/** IDEMPOTENCY_CONFLICT (409): Same Idempotency-Key with different body. Use a new Idempotency-Key for a new request. */
export declare class IdempotencyConflictError extends ApiError {
    readonly code: "IDEMPOTENCY_CONFLICT";
}
/** STATE_CONFLICT (409): The resource's state does not allow this. Look at its state first. */
export declare class StateConflictError extends ApiError {
    readonly code: "STATE_CONFLICT";
}
/** UPLOAD_INCOMPLETE (409): Chunks are missing. PUT the missing chunks, then finalize again. */
export declare class UploadIncompleteError extends ApiError {
    readonly code: "UPLOAD_INCOMPLETE";
}
/** LEGACY_DEPRECATED (410): POST /customer/jobs/image* — sunset in Stage 17.1, use /customer/training-jobs. Use POST /customer/training-jobs. */
export declare class LegacyDeprecatedError extends ApiError {
    readonly code: "LEGACY_DEPRECATED";
}
/** VALIDATION_FAILED (400): Request has bad, unknown or missing fields. Mend each field in details. */
export declare class ValidationFailedError extends ApiError {
    readonly code: "VALIDATION_FAILED";
}
/** IDEMPOTENCY_KEY_INVALID (400): Idempotency-Key format invalid. Send 8 to 128 visible ASCII characters, such as a UUID. */
export declare class IdempotencyKeyInvalidError extends ApiError {
    readonly code: "IDEMPOTENCY_KEY_INVALID";
}
/** PAGINATION_INVALID_CURSOR (400): Cursor is malformed or expired. Start again without a cursor, with the same filters. */
export declare class PaginationInvalidCursorError extends ApiError {
    readonly code: "PAGINATION_INVALID_CURSOR";
}
/** EXPORT_RANGE_TOO_LARGE (400): Export range exceeds 90 days. Ask for 90 days or less at a time. */
export declare class ExportRangeTooLargeError extends ApiError {
    readonly code: "EXPORT_RANGE_TOO_LARGE";
}
/** WEBHOOK_INVALID_URL (400): Webhook URL must be public HTTPS. Give an https:// address on the internet. */
export declare class WebhookInvalidUrlError extends ApiError {
    readonly code: "WEBHOOK_INVALID_URL";
}
/** PACKAGE_REJECTED (400): Training package has problems. Mend each problem in details and push the package again. */
export declare class PackageRejectedError extends ApiError {
    readonly code: "PACKAGE_REJECTED";
}
/** PLAN_INFEASIBLE (400): The plan exceeds a ceiling of the service. Compare with limits in GET /meta. */
export declare class PlanInfeasibleError extends ApiError {
    readonly code: "PLAN_INFEASIBLE";
}
/** CHUNK_MISMATCH (400): Bytes are not those of the chunk's name. Read the file again and send it anew. */
export declare class ChunkMismatchError extends ApiError {
    readonly code: "CHUNK_MISMATCH";
}
/** PAYLOAD_TOO_LARGE (413): Body is larger than this route takes. Send less at a time. */
export declare class PayloadTooLargeError extends ApiError {
    readonly code: "PAYLOAD_TOO_LARGE";
}
/** UNSUPPORTED_MEDIA_TYPE (415): Body is of another type. Send Content-Type: application/json. */
export declare class UnsupportedMediaTypeError extends ApiError {
    readonly code: "UNSUPPORTED_MEDIA_TYPE";
}
/** UPGRADE_REQUIRED (426): This version is no longer spoken here. Update the node program. */
export declare class UpgradeRequiredError extends ApiError {
    readonly code: "UPGRADE_REQUIRED";
}
/** RATE_LIMITED (429): Too many requests / too many concurrent jobs. Wait for Retry-After seconds. */
export declare class RateLimitedError extends ApiError {
    readonly code: "RATE_LIMITED";
}
/** DAILY_TASK_LIMIT_EXCEEDED (429): Per-day task quota exhausted. Go on tomorrow (UTC), or plan fewer units. */
export declare class DailyTaskLimitExceededError extends ApiError {
    readonly code: "DAILY_TASK_LIMIT_EXCEEDED";
}
/** INTERNAL_ERROR (500): Unhandled server error. Try again; if it stays, report the request id. */
export declare class InternalError extends ApiError {
    readonly code: "INTERNAL_ERROR";
}
/** UNAVAILABLE (503): The service cannot answer now. Try again in a few seconds. */
export declare class UnavailableError extends ApiError {
    readonly code: "UNAVAILABLE";
}
/** SIGNED_URL_FAILED (502): Storage backend error. Try again in a few seconds. */
export declare class SignedUrlFailedError extends ApiError {
    readonly code: "SIGNED_URL_FAILED";
}
/** WEBHOOK_DELIVERY_FAILED (502): Webhook delivery exhausted retries. Mend the endpoint, then redeliver. */
export declare class WebhookDeliveryFailedError extends ApiError {
    readonly code: "WEBHOOK_DELIVERY_FAILED";
}
/** The class of each code. */
export declare const ERROR_CLASSES: Record<ErrorCode, typeof ApiError>;
