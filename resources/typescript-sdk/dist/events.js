/** Live events: a job's stream and a customer's, kept alive over lost lines, each event once and in order. */
import { ApiError, ConnectionError, UnreadableAnswerError } from "./errors.js";
import { EVENT_KINDS } from "./generated/operations.js";
import { whole } from "./transport.js";
import { Deadline, sleep } from "./waiting.js";
const SILENCE_SECONDS = 40; // the service says something every 15 s
const FIRST_WAIT_SECONDS = 0.25;
const LONGEST_WAIT_SECONDS = 10;
const LONGEST_ASKED_SECONDS = 60;
const TRIED_AGAIN = new Set([429, 500, 502, 503, 504]);
const ENDED = new Set(["completed", "failed", "cancelled"]);
/** Whether nothing more happens to a job of this status unless it is retried. */
export function hasEnded(status) {
    return ENDED.has(status);
}
/**
 * A job's events to its last state, or (without a job) those of all that is yours, without end. A lost line is taken up
 * again behind the last event, for ever: end it by `break` or a signal. Where the service no longer has that event,
 * since it was restored from a backup, a `gap` is told and what is new follows. Throws ApiError for a refusal.
 */
export async function* follow(transport, jobId, options = {}) {
    const stream = new EventStream(transport, jobId, options);
    for (;;) {
        let wait = null;
        try {
            yield* stream.connection();
            if (await stream.hasEnded()) {
                return;
            }
        }
        catch (error) {
            if (error instanceof ApiError && TRIED_AGAIN.has(error.status)) {
                wait = error.retryAfterSeconds;
            }
            else if (stream.isPastTheEnd(error)) {
                stream.beginAnew();
            }
            else if (!(error instanceof ConnectionError)) {
                throw error;
            }
        }
        const seconds = wait === null ? stream.nextWait() : Math.min(wait, LONGEST_ASKED_SECONDS);
        options.onLine?.({ state: "offline", seconds });
        await sleep(seconds, options.signal);
    }
}
/** One stream over all its connections: where it is, and how often in a row connecting has failed. */
class EventStream {
    jobId;
    options;
    after;
    newest = 0;
    tellsGap = false;
    failures = 0;
    status = null;
    #transport;
    constructor(transport, jobId, options) {
        this.jobId = jobId;
        this.options = options;
        this.#transport = transport;
        const after = options.after ?? (jobId === null ? "now" : 0);
        this.after = after === "now" ? null : after;
    }
    /** What comes over one connection. */
    async *connection() {
        const deadline = new Deadline(SILENCE_SECONDS, "The stream of events went silent.", this.options.signal);
        try {
            if (this.after === null) {
                await this.open(deadline.signal);
                const newest = (this.after = this.newest);
                deadline.abort(new Error("only its headers were wanted"));
                if (this.tellsGap) {
                    this.tellsGap = false;
                    yield { kind: "gap", number: newest, data: { number: newest, from: 1, to: newest } };
                }
                return yield* this.connection();
            }
            const response = await this.open(deadline.signal);
            this.options.onLine?.({ state: "connected" });
            for await (const sent of sentEvents(response, deadline, this.#transport.baseUrl)) {
                if (!/^\d+$/.test(sent.id) || Number(sent.id) <= this.after) {
                    continue;
                }
                this.after = Number(sent.id);
                this.failures = 0;
                const event = decoded(sent);
                if (event?.kind === "job") {
                    this.status = event.data.status;
                }
                if (event !== null) {
                    deadline.pause(); // what the caller does meanwhile is no silence of the service
                    yield event;
                    deadline.heard();
                }
            }
        }
        finally {
            deadline.release();
            deadline.abort(new Error("no longer read"));
        }
    }
    /** Whether a stream that was ended in good order was so by its job's end, and not by the service's. */
    async hasEnded() {
        if (this.jobId === null || (this.after ?? 0) < this.newest) {
            return false;
        }
        const path = { id: this.jobId };
        this.status ??= (await this.#transport.call("get_training_job", { path }, this.options)).status;
        return hasEnded(this.status);
    }
    /** Whether the service has no event of the number behind which the stream was to go on. */
    isPastTheEnd(error) {
        return (Boolean(this.after) &&
            error instanceof ApiError &&
            error.code === "VALIDATION_FAILED" &&
            error.details.length === 1 &&
            error.details[0].field === "Last-Event-ID");
    }
    /** What was told is none of this stream's any more: a gap, then what is new. */
    beginAnew() {
        this.after = null;
        this.tellsGap = true;
        this.status = null;
    }
    nextWait() {
        const longest = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(this.failures, 10));
        this.failures += 1;
        return longest * (0.5 + Math.random() / 2); // so that not all readers come back at once
    }
    async open(signal) {
        const job = this.jobId === null ? "" : `/training-jobs/${encodeURIComponent(this.jobId)}`;
        const headers = { Accept: "text/event-stream" };
        if (this.after) {
            headers["Last-Event-ID"] = String(this.after);
        }
        const response = await this.#transport.open(`${this.#transport.baseUrl}/customer${job}/events`, { headers }, signal);
        if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
            throw new UnreadableAnswerError("What came back is no stream of events.", "Check that the address is that of the service, and that this library is not older than it.");
        }
        this.newest = Number(response.headers.get("X-Newest-Event") ?? "0") || 0;
        return response;
    }
}
/** The events of an answer, as the HTML standard reads them. One that is cut by the end of the connection is none. */
async function* sentEvents(response, deadline, url) {
    const { host } = new URL(url);
    const reader = response.body.getReader();
    const parser = new EventParser();
    const decoder = new TextDecoder();
    for (;;) {
        const { done, value } = await whole(host, deadline.signal, () => reader.read());
        if (done) {
            return;
        }
        deadline.heard();
        yield* parser.feed(decoder.decode(value, { stream: true }));
    }
}
/** Takes text in pieces, wherever they are cut, and gives the events that are whole. */
export class EventParser {
    left = "";
    id = "";
    event = "";
    data = [];
    *feed(text) {
        const lines = (this.left + text).split(/\r\n|\n|\r(?!$)/);
        this.left = lines.pop();
        for (const line of lines) {
            if (line !== "") {
                this.field(line);
            }
            else {
                if (this.data.length > 0) {
                    yield { id: this.id, event: this.event || "message", data: this.data.join("\n") };
                }
                this.event = "";
                this.data = [];
            }
        }
    }
    field(line) {
        const [, name, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
        if (name === "data") {
            this.data.push(value ?? "");
        }
        else if (name === "event") {
            this.event = value ?? "";
        }
        else if (name === "id" && !value?.includes("\0")) {
            this.id = value ?? "";
        }
    }
}
/** The event, or null for a kind that is newer than this library. */
function decoded(sent) {
    if (!Object.hasOwn(EVENT_KINDS, sent.event)) {
        return null;
    }
    try {
        return { kind: sent.event, number: Number(sent.id), data: JSON.parse(sent.data) };
    }
    catch {
        throw new UnreadableAnswerError(`Event ${sent.id} of the stream can't be read.`, "Check that the address is that of the service, and that this library is not older than it.");
    }
}
