/** Sends files as chunks, several at a time: only those that the service lacks, each compared with its digest. */

import { checkedUrl } from "./address.js";
import { ApiError, TimeoutError, UnreadableAnswerError } from "./errors.js";
import { ChunkMismatchError, PackageRejectedError, ValidationFailedError } from "./generated/errors.js";
import type { MissingChunk, StoredContent } from "./generated/schemas.js";
import { type Progress, type Scan, readChunk, scan } from "./manifest.js";
import { type Bytes, type Uploadable, sourcesOf } from "./sources.js";
import type { CallOptions, Transport } from "./transport.js";

export type ContentKind = "dataset" | "training_package";

export interface UploadOptions extends CallOptions {
  /** Hears how many bytes have been read and hashed, before anything is sent. */
  onRead?: Progress | undefined;
  /** Hears how many bytes are at the service, what it had before included. */
  onProgress?: Progress | undefined;
  /** How many chunks are sent at a time; 4 if not given. */
  parallel?: number | undefined;
  /** How long sending one chunk may take; if not given, as long as all that are sent at a time take at 16 KiB/s. */
  chunkTimeoutSeconds?: number | undefined;
}

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
export async function upload(
  transport: Transport,
  kind: ContentKind,
  name: string,
  content: Uploadable,
  options: UploadOptions = {},
): Promise<StoredContent> {
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
function rejected(kind: ContentKind, stored: StoredContent): ApiError {
  const [code, Kind] =
    kind === "training_package"
      ? (["PACKAGE_REJECTED", PackageRejectedError] as const)
      : (["VALIDATION_FAILED", ValidationFailedError] as const);
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

/** How one page of missing chunks goes: a page that `isOver` takes no further chunk, and a fresh one is asked for. */
interface Round {
  isOver: boolean;
  timedOut: TimeoutError | null;
}

class Sender {
  private readonly total: number;
  private readonly parallel: number;
  private atATime: number;
  readonly #transport: Transport;
  private done = 0;

  constructor(
    transport: Transport,
    private readonly kind: ContentKind,
    private readonly id: string,
    private readonly found: Scan,
    private readonly options: UploadOptions,
  ) {
    this.#transport = transport;
    this.parallel = options.parallel ?? PARALLEL;
    this.atATime = this.parallel;
    this.total = [...found.chunks.values()].reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
  }

  /** Sends page after page of missing chunks until none is left, then finalizes. */
  async sendAll(first: MissingChunk[], count: number): Promise<StoredContent> {
    let missing = first;
    if (count === first.length) {
      this.add(this.total - first.reduce((sum, chunk) => sum + chunk.size_bytes, 0));
    }
    for (let fruitless = 0; ; ) {
      while (missing.length > 0) {
        const asked = missing.map((chunk) => chunk.digest);
        const round = await this.sendPage(missing);
        missing = await this.askMissing();
        const left = new Set(missing.map((chunk) => chunk.digest));
        fruitless = asked.every((digest) => left.has(digest)) ? fruitless + 1 : 0;
        if (fruitless === FRUITLESS_ROUNDS) {
          throw (
            round.timedOut ??
            new UnreadableAnswerError(
              "The service goes on asking for chunks that were sent.",
              "Start the upload again; if it stays, report it to the operator.",
            )
          );
        }
      }
      try {
        const stored = await this.#transport.call(`finalize_${this.kind}`, this.path(), this.options);
        this.add(this.total - this.done);
        return stored;
      } catch (error) {
        fruitless += 1;
        const incomplete = error instanceof ApiError && error.code === "UPLOAD_INCOMPLETE";
        if (!incomplete || fruitless === FRUITLESS_ROUNDS) {
          throw error;
        }
        missing = await this.askMissing();
      }
    }
  }

  private path(): { path: { id: string } } {
    return { path: { id: this.id } };
  }

  private async askMissing(): Promise<MissingChunk[]> {
    const page = await this.#transport.call(`list_${this.kind}_missing_chunks`, this.path(), this.options);
    return page.data;
  }

  /** The chunks of a page, several at a time. The first failure ends the others; a page that is over lets them end. */
  private async sendPage(page: MissingChunk[]): Promise<Round> {
    const round: Round = { isOver: false, timedOut: null };
    const failed = new AbortController();
    const signal = this.options.signal ? AbortSignal.any([this.options.signal, failed.signal]) : failed.signal;
    const left = page.values();
    const worker = async (): Promise<void> => {
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
    } catch (error) {
      failed.abort(error);
      await Promise.allSettled(workers);
      throw error;
    }
  }

  private async send(missing: MissingChunk, round: Round, signal: AbortSignal): Promise<void> {
    const chunk = this.found.chunks.get(missing.digest);
    if (chunk === undefined) {
      throw new UnreadableAnswerError(
        `The service asks for a chunk that is not in this upload: ${missing.digest}`,
        "Start the upload again; if it stays, report it to the operator.",
      );
    }
    signal.throwIfAborted();
    const url = checkedUrl(missing.upload_url, this.#transport.insecure).href;
    const body = inPieces(await readChunk(chunk));
    const headers = { "Content-Type": "application/octet-stream" };
    const timeoutSeconds = this.options.chunkTimeoutSeconds ?? this.timeoutSeconds(chunk.sizeBytes);
    const put = async (trying: AbortSignal, attempt: number): Promise<void> => {
      if (attempt === 1 || !(await this.hasArrived(url, trying))) {
        await this.#transport.openSigned(url, { method: "PUT", body, headers }, trying);
      }
    };
    try {
      await this.#transport.retrying(put, true, { signal, timeoutSeconds, isTransfer: true });
      this.add(chunk.sizeBytes);
    } catch (error) {
      if (error instanceof TimeoutError && !signal.aborted) {
        // The line is slower than was thought: what is left goes alone, with the same time and all of the line.
        round.timedOut = error;
        this.atATime = 1;
      } else if (!(error instanceof ApiError && GOES_ON.has(error.code))) {
        throw error;
      }
      round.isOver ||= !(error instanceof ChunkMismatchError);
    }
  }

  /** As long as this chunk takes on a slow line that it shares with as many others of its size. */
  private timeoutSeconds(sizeBytes: number): number {
    return Math.max(SHORTEST_TIMEOUT_SECONDS, (sizeBytes * this.parallel) / SLOWEST_BYTES_PER_SECOND);
  }

  /** Whether the bytes of a try whose answer was lost are there after all. */
  private async hasArrived(url: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#transport.openSigned(url, { method: "HEAD" }, signal);
      return true;
    } catch (error) {
      if (error instanceof UnreadableAnswerError) {
        return false; // 404: an answer to HEAD has no words
      }
      throw error;
    }
  }

  private add(bytes: number): void {
    this.done += bytes;
    this.options.onProgress?.(this.done, this.total);
  }
}

/** A body that is sent piece by piece: Node gives up one of which no piece has gone for five minutes. */
function inPieces(data: Bytes): Blob {
  const pieces: Bytes[] = [];
  for (let start = 0; start < data.length; start += PIECE_BYTES) {
    pieces.push(data.subarray(start, start + PIECE_BYTES));
  }
  return new Blob(pieces);
}
