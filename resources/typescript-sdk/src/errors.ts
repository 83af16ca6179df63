/** What can go wrong, as types that say what to do about it. The class of each code of the service is generated. */

import type { ErrorDetail } from "./generated/schemas.js";

/** Anything that this library throws, but for your own AbortSignal's reason. `hint` is the next thing to do. */
export class GpuAgentError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.hint = hint;
  }
}

/** What an `ApiError` is made of. */
export interface ApiErrorFields {
  status: number;
  code: string;
  message: string;
  hint: string;
  details: ErrorDetail[];
  requestId: string;
  retryAfterSeconds: number | null;
}

/**
 * The service refused. Each code that it had when this library was made has a class of its own, such as
 * `CreditInsufficientError`; a newer code comes as a plain `ApiError`, with its `status` to go by.
 */
export class ApiError extends GpuAgentError {
  readonly status: number;
  readonly code: string;
  /** A row for each problem, where there are several: the field or file it is about, and what is wrong with it. */
  readonly details: ErrorDetail[];
  /** To be told to the operator of the service. */
  readonly requestId: string;
  readonly retryAfterSeconds: number | null;

  constructor(fields: ApiErrorFields) {
    super(fields.message, fields.hint);
    this.status = fields.status;
    this.code = fields.code;
    this.details = fields.details;
    this.requestId = fields.requestId;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }
}

/** The service could not be reached, or the connection broke before the answer was whole. */
export class ConnectionError extends GpuAgentError {}

/** Nothing came within the time that a call may take. */
export class TimeoutError extends ConnectionError {}

/** The address is none, or one that must not be used as it is. */
export class AddressError extends GpuAgentError {}

/** What came back is no answer of this service: a proxy, another program, or a version far apart. */
export class UnreadableAnswerError extends GpuAgentError {}

/** A file can't be sent, or what came is not what the service said it is. */
export class TransferError extends GpuAgentError {}
