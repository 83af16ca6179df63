/** What can go wrong, as types that say what to do about it. The class of each code of the service is generated. */
/** Anything that this library throws, but for your own AbortSignal's reason. `hint` is the next thing to do. */
export class GpuAgentError extends Error {
    hint;
    constructor(message, hint, options) {
        super(message, options);
        this.name = new.target.name;
        this.hint = hint;
    }
}
/**
 * The service refused. Each code that it had when this library was made has a class of its own, such as
 * `CreditInsufficientError`; a newer code comes as a plain `ApiError`, with its `status` to go by.
 */
export class ApiError extends GpuAgentError {
    status;
    code;
    /** A row for each problem, where there are several: the field or file it is about, and what is wrong with it. */
    details;
    /** To be told to the operator of the service. */
    requestId;
    retryAfterSeconds;
    constructor(fields) {
        super(fields.message, fields.hint);
        this.status = fields.status;
        this.code = fields.code;
        this.details = fields.details;
        this.requestId = fields.requestId;
        this.retryAfterSeconds = fields.retryAfterSeconds;
    }
}
/** The service could not be reached, or the connection broke before the answer was whole. */
export class ConnectionError extends GpuAgentError {
}
/** Nothing came within the time that a call may take. */
export class TimeoutError extends ConnectionError {
}
/** The address is none, or one that must not be used as it is. */
export class AddressError extends GpuAgentError {
}
/** What came back is no answer of this service: a proxy, another program, or a version far apart. */
export class UnreadableAnswerError extends GpuAgentError {
}
/** A file can't be sent, or what came is not what the service said it is. */
export class TransferError extends GpuAgentError {
}
