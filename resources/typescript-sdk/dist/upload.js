/** Sends files as chunks, several at a time: only those that the service lacks, each compared with its digest. */
import { checkedUrl } from "./address.js";
import { ApiError, TimeoutError, UnreadableAnswerError } from "./errors.js";
import { ChunkMismatchError, PackageRejectedError, ValidationFailedError } from "./generated/errors.js";
import { readChunk, scan } from "./manifest.js";
import { sourcesOf } from "./sources.js";
const FRUITLESS_ROUNDS = 3;
const SHORTEST_TIMEOUT_SECONDS = 120;
const SLOWEST_BYTES_PER_SECOND = 16 * 1024;
const PARALLEL = 4;
const PIECE_BYTES = 64 * 1024;
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
    parallel;
    atATime;
    #transport;
    done = 0;
    constructor(transport, kind, id, found, options) {
        this.kind = kind;
        this.id = id;
        this.found = found;
        this.options = options;
        this.#transport = transport;
        this.parallel = options.parallel ?? PARALLEL;
        this.atATime = this.parallel;
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
                const asked = missing.map((chunk) => chunk.digest);
                const round = await this.sendPage(missing);
                missing = await this.askMissing();
                const left = new Set(missing.map((chunk) => chunk.digest));
                fruitless = asked.every((digest) => left.has(digest)) ? fruitless + 1 : 0;
                if (fruitless === FRUITLESS_ROUNDS) {
                    throw (round.timedOut ??
                        new UnreadableAnswerError("The service goes on asking for chunks that were sent.", "Start the upload again; if it stays, report it to the operator."));
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
    /** The chunks of a page, several at a time. The first failure ends the others; a page that is over lets them end. */
    async sendPage(page) {
        const round = { isOver: false, timedOut: null };
        const failed = new AbortController();
        const signal = this.options.signal ? AbortSignal.any([this.options.signal, failed.signal]) : failed.signal;
        const left = page.values();
        const worker = async () => {
            for (const chunk of left) {
                await this.send(chunk, round, signal);
                if (round.isOver) {
                    return;
                }
            }
        };
        const workers = Array.from({ length: Math.min(this.atATime, page.length) }, worker);
        try {
            await Promise.all(workers);
            return round;
        }
        catch (error) {
            failed.abort(error);
            await Promise.allSettled(workers);
            throw error;
        }
    }
    async send(missing, round, signal) {
        const chunk = this.found.chunks.get(missing.digest);
        if (chunk === undefined) {
            throw new UnreadableAnswerError(`The service asks for a chunk that is not in this upload: ${missing.digest}`, "Start the upload again; if it stays, report it to the operator.");
        }
        signal.throwIfAborted();
        const url = checkedUrl(missing.upload_url, this.#transport.insecure).href;
        const body = inPieces(await readChunk(chunk));
        const headers = { "Content-Type": "application/octet-stream" };
        const timeoutSeconds = this.options.chunkTimeoutSeconds ?? this.timeoutSeconds(chunk.sizeBytes);
        const put = async (trying, attempt) => {
            if (attempt === 1 || !(await this.hasArrived(url, trying))) {
                await this.#transport.openSigned(url, { method: "PUT", body, headers }, trying);
            }
        };
        try {
            await this.#transport.retrying(put, true, { signal, timeoutSeconds, isTransfer: true });
            this.add(chunk.sizeBytes);
        }
        catch (error) {
            if (error instanceof TimeoutError && !signal.aborted) {
                // The line is slower than was thought: what is left goes alone, with the same time and all of the line.
                round.timedOut = error;
                this.atATime = 1;
            }
            else if (!(error instanceof ApiError && GOES_ON.has(error.code))) {
                throw error;
            }
            round.isOver ||= !(error instanceof ChunkMismatchError);
        }
    }
    /** As long as this chunk takes on a slow line that it shares with as many others of its size. */
    timeoutSeconds(sizeBytes) {
        return Math.max(SHORTEST_TIMEOUT_SECONDS, (sizeBytes * this.parallel) / SLOWEST_BYTES_PER_SECOND);
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
/** A body that is sent piece by piece: Node gives up one of which no piece has gone for five minutes. */
function inPieces(data) {
    const pieces = [];
    for (let start = 0; start < data.length; start += PIECE_BYTES) {
        pieces.push(data.subarray(start, start + PIECE_BYTES));
    }
    return new Blob(pieces);
}
