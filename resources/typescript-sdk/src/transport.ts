/** One HTTP call: sent with its key and a time limit, tried again where that is safe, its refusal read as a typed error. */

import { baseUrl } from "./address.js";
import { ApiError, ConnectionError, GpuAgentError, TimeoutError, UnreadableAnswerError } from "./errors.js";
import { ERROR_CLASSES, type ErrorCode } from "./generated/errors.js";
import { OPERATIONS, type Operations } from "./generated/operations.js";
import type { ErrorEnvelope } from "./generated/schemas.js";
import { Deadline, sleep } from "./waiting.js";

export type OperationName = keyof Operations;
export type Input<Name extends OperationName> = Operations[Name]["input"];
export type Answer<Name extends OperationName> = Operations[Name]["answer"];

/** How long a call is tried again. A longer wait than `longestWaitSeconds` that the service asks for is thrown to you. */
export interface Retries {
  attempts: number;
  seconds: number;
  longestWaitSeconds: number;
}

export interface ClientOptions {
  /** The service's address, with or without `/api/v1`. */
  server: string;
  /** A key, or the token of a session. Not needed for what needs none. */
  apiKey?: string | undefined;
  /** Plain http to another machine is allowed: only in a network of your own. */
  insecure?: boolean | undefined;
  /** How long one try of a call may take; 60 if not given. */
  timeoutSeconds?: number | undefined;
  retries?: Partial<Retries> | undefined;
  /** What is called in place of the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface CreateOptions extends CallOptions {
  /** Makes the same call in another run of a program the same call to the service; made up if not given. */
  idempotencyKey?: string | undefined;
}

export const SESSION_PREFIX = "session_";
const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_RETRIES: Retries = { attempts: 6, seconds: 20, longestWaitSeconds: 10 };
const FIRST_WAIT_SECONDS = 0.1;
const LONGEST_WAIT_SECONDS = 5;
const RETRIED_STATUS = new Set([429, 502, 503, 504]);
const OF_PROXIES = new Set([413, 426, 429]);
/** What is not the same when it is done twice, or whose secret would be lost with the first answer. */
const SENT_ONCE = new Set<OperationName>([
  "approve_device_code",
  "begin_device_login",
  "cancel_training_job",
  "close_account",
  "create_api_key",
  "create_enrollment_code",
  "create_webhook",
  "delete_package_block",
  "deny_device_code",
  "fetch_device_key",
  "retry_training_job",
  "revoke_own_key",
  "sign_in",
  "sign_out",
]);

/** A request but for its URL, key and signal. */
interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: BodyInit | null;
}

/** Within which limits something is tried again. */
export interface Limits {
  signal?: AbortSignal | undefined;
  /** How long one try may take. */
  timeoutSeconds?: number | undefined;
  /**
   * A try may take many minutes: what counts against `retries.seconds` are only the pauses, and a try that ran out of its
   * own time is not made again in the same way.
   */
  isTransfer?: boolean | undefined;
}

/** What one try does under its signal. */
type Try<T> = (signal: AbortSignal, attempt: number) => Promise<T>;

/** Address, key and limits of one client; what carries out all its calls. */
export class Transport {
  readonly baseUrl: string;
  readonly insecure: boolean;
  readonly timeoutSeconds: number;
  readonly retries: Retries;
  // # and not private: what is private is still printed, by console.log and into JSON
  readonly #keyHeaders: Record<string, string>;
  readonly #fetchFunction: typeof fetch;

  constructor(options: ClientOptions) {
    this.insecure = options.insecure ?? false;
    this.baseUrl = baseUrl(options.server, this.insecure);
    this.timeoutSeconds = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
    this.retries = { ...DEFAULT_RETRIES, ...options.retries };
    this.#keyHeaders = keyHeaders(options.apiKey);
    this.#fetchFunction = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  /** Any operation of the service, with typed input and answer. */
  async call<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    options: CreateOptions = {},
  ): Promise<Answer<Name>> {
    const info = OPERATIONS[name];
    const given = input as { path?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };
    const url = this.baseUrl + filled(info.path, given.path ?? {}) + queryText(given.query ?? {});
    const headers: Record<string, string> = {};
    if (given.body !== undefined) {
      headers["Content-Type"] = "application/json";
    }
    if (info.creates) {
      headers["Idempotency-Key"] = options.idempotencyKey ?? randomKey();
    }
    const body = given.body === undefined ? null : JSON.stringify(given.body);
    const sent: Sent = { method: info.method, headers, body };
    let mayBeDone = false;
    const send: Try<Answer<Name>> = async (signal) => {
      try {
        return await readAnswer(await this.open(url, sent, signal), name, signal);
      } catch (error) {
        if (mayBeDone && info.method === "DELETE" && error instanceof ApiError && error.status === 404) {
          return undefined as Answer<Name>; // an earlier try has deleted it, and its answer was lost
        }
        mayBeDone ||= !(error instanceof ApiError && error.status === 429);
        throw error;
      }
    };
    return this.retrying(send, !SENT_ONCE.has(name), { signal: options.signal });
  }

  /** One request with the key. Throws what the answer says if it is no success. */
  open(url: string, sent: Sent, signal: AbortSignal): Promise<Response> {
    return this.openSigned(url, { ...sent, headers: { ...this.#keyHeaders, ...sent.headers } }, signal);
  }

  /** The same without the key, for URLs that are signed. */
  async openSigned(url: string, sent: Sent, signal: AbortSignal): Promise<Response> {
    const host = new URL(url).host;
    // A redirect would take the key with it to wherever it leads.
    const safe: RequestInit = { ...sent, signal, redirect: "error", credentials: "omit", cache: "no-store" };
    const response = await whole(host, signal, () => this.#fetchFunction(url, safe));
    if (!response.ok) {
      throw refusal(response, await whole(host, signal, () => response.text()));
    }
    return response;
  }

  /** Tries again what failed on the way, or where the service asked to wait, as long as `retries` allows. */
  async retrying<T>(send: Try<T>, repeatable: boolean, limits: Limits): Promise<T> {
    const { signal, timeoutSeconds = this.timeoutSeconds, isTransfer = false } = limits;
    const began = Date.now();
    let pausedSeconds = 0;
    for (let attempt = 1; ; attempt++) {
      const deadline = new Deadline(timeoutSeconds, `The service did not answer within ${timeoutSeconds} s.`, signal);
      try {
        return await send(deadline.signal, attempt);
      } catch (error) {
        const isOver = isTransfer && error instanceof TimeoutError;
        const wait = isOver ? null : this.waitSeconds(error, repeatable, attempt);
        const spent = isTransfer ? pausedSeconds : (Date.now() - began) / 1000;
        if (wait === null || signal?.aborted || spent + wait > this.retries.seconds) {
          throw error;
        }
        pausedSeconds += wait;
        await sleep(wait, signal);
      } finally {
        deadline.release();
      }
    }
  }

  /** After how many seconds to try again; null: not at all. */
  private waitSeconds(error: unknown, repeatable: boolean, attempt: number): number | null {
    if (attempt >= this.retries.attempts) {
      return null;
    }
    const longest = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempt - 1));
    const wait = longest * (0.5 + Math.random() / 2); // so that not all come back at once
    if (error instanceof ConnectionError) {
      return repeatable ? wait : null;
    }
    if (!(error instanceof ApiError) || !RETRIED_STATUS.has(error.status)) {
      return null;
    }
    if (error.code === "DAILY_TASK_LIMIT_EXCEEDED" || !(repeatable || error.status === 429)) {
      return null;
    }
    if (error.retryAfterSeconds === null) {
      return wait;
    }
    return error.retryAfterSeconds <= this.retries.longestWaitSeconds ? error.retryAfterSeconds : null;
  }
}

/** Does what reads from the network; whatever breaks is thrown as what it is. */
export async function whole<T>(host: string, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted) {
      throw signal.reason; // a TimeoutError, or what the caller gave
    }
    if (error instanceof GpuAgentError) {
      throw error;
    }
    const hint =
      "Check that the service runs there. In a browser, the page must also come from the service's client domain.";
    throw new ConnectionError(`${host} can't be reached, or the connection broke: ${causeOf(error)}`, hint, {
      cause: error,
    });
  }
}

/** The refusal in an answer outside 2xx: the service's own words, or words from the status where a proxy answered. */
export function refusal(response: Response, text: string): GpuAgentError {
  const { status } = response;
  const body = errorBody(text);
  if (body === null && status < 500 && !OF_PROXIES.has(status)) {
    return new UnreadableAnswerError(
      `The answer was ${status}, without the words that the service has for it.`,
      "Check that the address is that of the service.",
    );
  }
  const asked = response.headers.get("Retry-After") ?? "";
  const fields = {
    status,
    code: body?.code ?? (status === 429 ? "RATE_LIMITED" : status === 500 ? "INTERNAL_ERROR" : "UNAVAILABLE"),
    message: body?.message ?? `The service, or something before it, answered ${status}.`,
    hint: body?.hint || "Check the address of the service, then try again.",
    details: body?.details ?? [],
    requestId: body?.request_id || (response.headers.get("X-Request-Id") ?? ""),
    retryAfterSeconds: /^\d+$/.test(asked) ? Number(asked) : null,
  };
  const known = Object.hasOwn(ERROR_CLASSES, fields.code);
  return new (known ? ERROR_CLASSES[fields.code as ErrorCode] : ApiError)(fields);
}

/** 32 hex digits. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keyHeaders(key: string | undefined): Record<string, string> {
  const said = key?.trim();
  if (said === undefined) {
    return {};
  }
  if (!/^[!-~]+$/.test(said)) {
    throw new GpuAgentError("The API key is empty or holds characters that no key has.", "Copy the key again, whole.");
  }
  return said.startsWith(SESSION_PREFIX) ? { Authorization: `Bearer ${said}` } : { "X-API-Key": said };
}

function filled(path: string, values: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}

function queryText(values: Record<string, unknown>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) {
        pairs.append(name, String(one));
      }
    }
  }
  const text = pairs.toString();
  return text === "" ? "" : `?${text}`;
}

async function readAnswer<Name extends OperationName>(
  response: Response,
  name: Name,
  signal: AbortSignal,
): Promise<Answer<Name>> {
  const text = await whole("the service", signal, () => response.text());
  if (response.status === 204) {
    return undefined as Answer<Name>;
  }
  if (response.headers.get("Content-Type")?.startsWith("text/csv")) {
    return text as Answer<Name>;
  }
  try {
    return JSON.parse(text) as Answer<Name>;
  } catch {
    throw new UnreadableAnswerError(
      `${name} was answered with something else than expected.`,
      "Check that the address is that of the service, and that this library is not older than it.",
    );
  }
}

function errorBody(text: string): ErrorEnvelope["error"] | null {
  try {
    const found = (JSON.parse(text) as Partial<ErrorEnvelope>).error;
    return typeof found?.code === "string" && typeof found.message === "string" ? found : null;
  } catch {
    return null;
  }
}

/** What began it: `fetch` wraps the system's errors. */
function causeOf(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) {
    cause = cause.cause;
  }
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
