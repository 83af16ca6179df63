/** Sends files as chunks, several at a time: only those that the service lacks, each compared with its digest. */
import { checkedUrl } from "./address.js";
import { ApiError, UnreadableAnswerError } from "./errors.js";
import { PackageRejectedError, ValidationFailedError } from "./generated/errors.js";
import { readChunk, scan } from "./manifest.js";
import { sourcesOf } from "./sources.js";
const FRUITLESS_ROUNDS = 3;
const CHUNK_TIMEOUT_SECONDS = 120;
const PARALLEL = 4;
/** A fresh page of URLs mends these. */
const GOES_ON = new Set(["SIGNED_URL_INVALID", "CHUNK_MISMATCH"]);
/**
 * Uploads files under a name and finalizes them. What was sent before, also by an upload that was cut, is not sent again.
 * Throws PackageRejectedError or ValidationFailedError with each problem that the service finds in them.
 */
export async function upload(transport, kind, name, content, options = {}) {
    const found = await scan(sourcesOf(content), options.onRead, options.signal);
    const body = { name, files: found.files };
    const created = await transport.call(`create_${kind}`, { body }, options);
    const sender = new Sender(transport, kind, created.id, found, options);
    const stored = await sender.sendAll(created.missing_chunks, created.missing_count);
    if (stored.status === "rejected") {
        throw rejected(kind, stored);
    }
    return stored;
}
/** As the service says it the first time: one that was rejected answers a later finalize with its reasons. */
function rejected(kind, stored) {
    const [code, Kind] = kind === "training_package"
        ? ["PACKAGE_REJECTED", PackageRejectedError]
        : ["VALIDATION_FAILED", ValidationFailedError];
    return new Kind({
        status: 400,
        code,
        message: `${stored.name}, version ${stored.version}, was rejected.`,
        hint: "Mend what `details` tells, then upload it again.",
        details: stored.reasons,
        requestId: "",
        retryAfterSeconds: null,
    });
}
class Sender {
    kind;
    id;
    found;
    options;
    total;
    #transport;
    done = 0;
    constructor(transport, kind, id, found, options) {
        this.kind = kind;
        this.id = id;
        this.found = found;
        this.options = options;
        this.#transport = transport;
        this.total = [...found.chunks.values()].reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
    }
    /** Sends page after page of missing chunks until none is left, then finalizes. */
    async sendAll(first, count) {
        let missing = first;
        if (count === first.length) {
            this.add(this.total - first.reduce((sum, chunk) => sum + chunk.size_bytes, 0));
        }
        for (let fruitless = 0;;) {
            while (missing.length > 0) {
                const asked = new Set(missing.map((chunk) => chunk.digest));
                await this.sendPage(missing);
                missing = await this.askMissing();
                fruitless = missing.some((chunk) => asked.has(chunk.digest)) ? fruitless + 1 : 0;
                if (fruitless === FRUITLESS_ROUNDS) {
                    throw new UnreadableAnswerError("The service goes on asking for chunks that were sent.", "Start the upload again; if it stays, report it to the operator.");
                }
            }
            try {
                const stored = await this.#transport.call(`finalize_${this.kind}`, this.path(), this.options);
                this.add(this.total - this.done);
                return stored;
            }
            catch (error) {
                fruitless += 1;
                const incomplete = error instanceof ApiError && error.code === "UPLOAD_INCOMPLETE";
                if (!incomplete || fruitless === FRUITLESS_ROUNDS) {
                    throw error;
                }
                missing = await this.askMissing();
            }
        }
    }
    path() {
        return { path: { id: this.id } };
    }
    async askMissing() {
        const page = await this.#transport.call(`list_${this.kind}_missing_chunks`, this.path(), this.options);
        return page.data;
    }
    /** All chunks of a page, several at a time. The first failure ends the others. */
    async sendPage(page) {
        const failed = new AbortController();
        const signal = this.options.signal ? AbortSignal.any([this.options.signal, failed.signal]) : failed.signal;
        const left = page.values();
        const worker = async () => {
            for (const chunk of left) {
                await this.send(chunk, signal);
            }
        };
        const workers = Array.from({ length: Math.min(this.options.parallel ?? PARALLEL, page.length) }, worker);
        try {
            await Promise.all(workers);
        }
        catch (error) {
            failed.abort(error);
            await Promise.allSettled(workers);
            throw error;
        }
    }
    async send(missing, signal) {
        const chunk = this.found.chunks.get(missing.digest);
        if (chunk === undefined) {
            throw new UnreadableAnswerError(`The service asks for a chunk that is not in this upload: ${missing.digest}`, "Start the upload again; if it stays, report it to the operator.");
        }
        signal.throwIfAborted();
        const url = checkedUrl(missing.upload_url, this.#transport.insecure).href;
        const body = await readChunk(chunk);
        const headers = { "Content-Type": "application/octet-stream" };
        const timeoutSeconds = this.options.chunkTimeoutSeconds ?? CHUNK_TIMEOUT_SECONDS;
        const put = async (trying, attempt) => {
            if (attempt === 1 || !(await this.hasArrived(url, trying))) {
                await this.#transport.openSigned(url, { method: "PUT", body, headers }, trying);
            }
        };
        try {
            await this.#transport.retrying(put, true, signal, timeoutSeconds);
            this.add(chunk.sizeBytes);
        }
        catch (error) {
            if (!(error instanceof ApiError && GOES_ON.has(error.code))) {
                throw error;
            }
        }
    }
    /** Whether the bytes of a try whose answer was lost are there after all. */
    async hasArrived(url, signal) {
        try {
            await this.#transport.openSigned(url, { method: "HEAD" }, signal);
            return true;
        }
        catch (error) {
            if (error instanceof UnreadableAnswerError) {
                return false; // 404: an answer to HEAD has no words
            }
            throw error;
        }
    }
    add(bytes) {
        this.done += bytes;
        this.options.onProgress?.(this.done, this.total);
    }
}
