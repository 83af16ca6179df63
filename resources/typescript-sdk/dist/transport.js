/** One HTTP call: sent with its key and a time limit, tried again where that is safe, its refusal read as a typed error. */
import { baseUrl } from "./address.js";
import { ApiError, ConnectionError, GpuAgentError, TimeoutError, UnreadableAnswerError } from "./errors.js";
import { ERROR_CLASSES } from "./generated/errors.js";
import { OPERATIONS } from "./generated/operations.js";
import { Deadline, sleep } from "./waiting.js";
export const SESSION_PREFIX = "session_";
const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_RETRIES = { attempts: 6, seconds: 20, longestWaitSeconds: 10 };
const FIRST_WAIT_SECONDS = 0.1;
const LONGEST_WAIT_SECONDS = 5;
const RETRIED_STATUS = new Set([429, 502, 503, 504]);
const OF_PROXIES = new Set([413, 426, 429]);
/** What is not the same when it is done twice, or whose secret would be lost with the first answer. */
const SENT_ONCE = new Set([
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
/** Address, key and limits of one client; what carries out all its calls. */
export class Transport {
    baseUrl;
    insecure;
    timeoutSeconds;
    retries;
    // # and not private: what is private is still printed, by console.log and into JSON
    #keyHeaders;
    #fetchFunction;
    constructor(options) {
        this.insecure = options.insecure ?? false;
        this.baseUrl = baseUrl(options.server, this.insecure);
        this.timeoutSeconds = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
        this.retries = { ...DEFAULT_RETRIES, ...options.retries };
        this.#keyHeaders = keyHeaders(options.apiKey);
        this.#fetchFunction = options.fetch ?? globalThis.fetch.bind(globalThis);
    }
    /** Any operation of the service, with typed input and answer. */
    async call(name, input, options = {}) {
        const info = OPERATIONS[name];
        const given = input;
        const url = this.baseUrl + filled(info.path, given.path ?? {}) + queryText(given.query ?? {});
        const headers = {};
        if (given.body !== undefined) {
            headers["Content-Type"] = "application/json";
        }
        if (info.creates) {
            headers["Idempotency-Key"] = options.idempotencyKey ?? randomKey();
        }
        const body = given.body === undefined ? null : JSON.stringify(given.body);
        const sent = { method: info.method, headers, body };
        let mayBeDone = false;
        const send = async (signal) => {
            try {
                return await readAnswer(await this.open(url, sent, signal), name, signal);
            }
            catch (error) {
                if (mayBeDone && info.method === "DELETE" && error instanceof ApiError && error.status === 404) {
                    return undefined; // an earlier try has deleted it, and its answer was lost
                }
                mayBeDone ||= !(error instanceof ApiError && error.status === 429);
                throw error;
            }
        };
        return this.retrying(send, !SENT_ONCE.has(name), { signal: options.signal });
    }
    /** One request with the key. Throws what the answer says if it is no success. */
    open(url, sent, signal) {
        return this.openSigned(url, { ...sent, headers: { ...this.#keyHeaders, ...sent.headers } }, signal);
    }
    /** The same without the key, for URLs that are signed. */
    async openSigned(url, sent, signal) {
        const host = new URL(url).host;
        // A redirect would take the key with it to wherever it leads.
        const safe = { ...sent, signal, redirect: "error", credentials: "omit", cache: "no-store" };
        const response = await whole(host, signal, () => this.#fetchFunction(url, safe));
        if (!response.ok) {
            throw refusal(response, await whole(host, signal, () => response.text()));
        }
        return response;
    }
    /** Tries again what failed on the way, or where the service asked to wait, as long as `retries` allows. */
    async retrying(send, repeatable, limits) {
        const { signal, timeoutSeconds = this.timeoutSeconds, isTransfer = false } = limits;
        const began = Date.now();
        let pausedSeconds = 0;
        for (let attempt = 1;; attempt++) {
            const deadline = new Deadline(timeoutSeconds, `The service did not answer within ${timeoutSeconds} s.`, signal);
            try {
                return await send(deadline.signal, attempt);
            }
            catch (error) {
                const isOver = isTransfer && error instanceof TimeoutError;
                const wait = isOver ? null : this.waitSeconds(error, repeatable, attempt);
                const spent = isTransfer ? pausedSeconds : (Date.now() - began) / 1000;
                if (wait === null || signal?.aborted || spent + wait > this.retries.seconds) {
                    throw error;
                }
                pausedSeconds += wait;
                await sleep(wait, signal);
            }
            finally {
                deadline.release();
            }
        }
    }
    /** After how many seconds to try again; null: not at all. */
    waitSeconds(error, repeatable, attempt) {
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
export async function whole(host, signal, read) {
    try {
        return await read();
    }
    catch (error) {
        if (signal.aborted) {
            throw signal.reason; // a TimeoutError, or what the caller gave
        }
        if (error instanceof GpuAgentError) {
            throw error;
        }
        const hint = "Check that the service runs there. In a browser, the page must also come from the service's client domain.";
        throw new ConnectionError(`${host} can't be reached, or the connection broke: ${causeOf(error)}`, hint, {
            cause: error,
        });
    }
}
/** The refusal in an answer outside 2xx: the service's own words, or words from the status where a proxy answered. */
export function refusal(response, text) {
    const { status } = response;
    const body = errorBody(text);
    if (body === null && status < 500 && !OF_PROXIES.has(status)) {
        return new UnreadableAnswerError(`The answer was ${status}, without the words that the service has for it.`, "Check that the address is that of the service.");
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
    return new (known ? ERROR_CLASSES[fields.code] : ApiError)(fields);
}
/** 32 hex digits. */
function randomKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
function keyHeaders(key) {
    const said = key?.trim();
    if (said === undefined) {
        return {};
    }
    if (!/^[!-~]+$/.test(said)) {
        throw new GpuAgentError("The API key is empty or holds characters that no key has.", "Copy the key again, whole.");
    }
    return said.startsWith(SESSION_PREFIX) ? { Authorization: `Bearer ${said}` } : { "X-API-Key": said };
}
function filled(path, values) {
    return path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
}
function queryText(values) {
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
async function readAnswer(response, name, signal) {
    const text = await whole("the service", signal, () => response.text());
    if (response.status === 204) {
        return undefined;
    }
    if (response.headers.get("Content-Type")?.startsWith("text/csv")) {
        return text;
    }
    try {
        return JSON.parse(text);
    }
    catch {
        throw new UnreadableAnswerError(`${name} was answered with something else than expected.`, "Check that the address is that of the service, and that this library is not older than it.");
    }
}
function errorBody(text) {
    try {
        const found = JSON.parse(text).error;
        return typeof found?.code === "string" && typeof found.message === "string" ? found : null;
    }
    catch {
        return null;
    }
}
/** What began it: `fetch` wraps the system's errors. */
function causeOf(error) {
    let cause = error;
    while (cause instanceof Error && cause.cause instanceof Error) {
        cause = cause.cause;
    }
    return cause instanceof Error ? cause.message || cause.name : String(cause);
}
