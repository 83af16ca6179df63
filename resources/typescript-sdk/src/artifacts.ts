/** What a job made, brought here: taken up again where the line broke, and compared with the service's SHA-256. */

import { checkedUrl } from "./address.js";
import { ApiError, ConnectionError, TransferError } from "./errors.js";
import type { Artifact } from "./generated/schemas.js";
import type { Progress } from "./manifest.js";
import { Sha256 } from "./sha256.js";
import type { CallOptions, Transport } from "./transport.js";
import { whole } from "./transport.js";
import { Deadline, sleep } from "./waiting.js";

export interface DownloadOptions extends CallOptions {
  onProgress?: Progress | undefined;
}

const SILENCE_SECONDS = 60;
const FRUITLESS_TRIES = 6;

/** One file that a job made; `data` is the service's row of it. */
export class ArtifactFile {
  readonly #transport: Transport;

  constructor(
    transport: Transport,
    readonly jobId: string,
    readonly data: Artifact,
  ) {
    this.#transport = transport;
  }

  /** What JSON holds of it: the service's row. */
  toJSON(): Artifact {
    return this.data;
  }

  get id(): string {
    return this.data.id;
  }

  /** Its place among the job's files, such as `train/model.npz`. A stranger's code chose it: don't write to it unchecked. */
  get name(): string {
    return this.data.name;
  }

  /** A URL that serves it without a key, with `Range`, for 15 minutes. */
  async downloadUrl(options: CallOptions = {}): Promise<string> {
    const path = { id: this.jobId, artifact_id: this.id };
    const answer = await this.#transport.call("artifact_download_url", { path }, options);
    return checkedUrl(answer.download_url, this.#transport.insecure).href;
  }

  /** Its bytes, checked. Throws TransferError if they are not those of the row. */
  async bytes(options: DownloadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const data = new Uint8Array(this.data.size_bytes);
    let at = 0;
    for await (const piece of this.pieces(options)) {
      data.set(piece, at);
      at += piece.length;
    }
    return data;
  }

  /** The same as a Blob, to be shown or saved by a page. */
  async blob(options: DownloadOptions = {}): Promise<Blob> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of this.pieces(options)) {
      pieces.push(piece);
    }
    return new Blob(pieces);
  }

  /** The same as text in UTF-8. */
  async text(options: DownloadOptions = {}): Promise<string> {
    return new TextDecoder().decode(await this.bytes(options));
  }

  /**
   * Its bytes as they come; memory doesn't grow with its size. Use none of them before the end: only there is it known
   * whether they are what the row says, and TransferError thrown if not. `beginning` are the bytes that are there already.
   */
  async *pieces(
    options: DownloadOptions & { beginning?: AsyncIterable<Uint8Array> | undefined } = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { signal, onProgress } = options;
    const total = this.data.size_bytes;
    const hash = new Sha256();
    let have = 0;
    for await (const piece of options.beginning ?? []) {
      hash.update(piece);
      have += piece.length;
    }
    onProgress?.(have, total);
    for (let fruitless = 0; have < total; ) {
      const before = have;
      try {
        for await (const piece of this.connection(have, signal)) {
          have += piece.length;
          if (have > total) {
            throw this.isAnother("is larger than");
          }
          hash.update(piece);
          yield piece;
          onProgress?.(have, total);
        }
        if (have < total) {
          throw new ConnectionError(`${this.name} ended after ${have} of ${total} bytes.`, "Try again.");
        }
      } catch (error) {
        fruitless = have > before ? 1 : fruitless + 1;
        if (!this.isMended(error) || fruitless >= FRUITLESS_TRIES) {
          throw error;
        }
        await sleep(0.1 * 2 ** fruitless, signal);
      }
    }
    if (have !== total || hash.hex() !== this.data.sha256) {
      throw this.isAnother("is not");
    }
  }

  /** What comes over one connection, from a byte on. Each has a fresh URL. */
  private async *connection(
    have: number,
    outer: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const url = await this.downloadUrl({ signal: outer });
    const { host } = new URL(url);
    const deadline = new Deadline(SILENCE_SECONDS, `Nothing of ${this.name} came for ${SILENCE_SECONDS} s.`, outer);
    try {
      const init = have > 0 ? { headers: { Range: `bytes=${have}-` } } : {};
      const response = await this.#transport.openSigned(url, init, deadline.signal);
      if (have > 0 && !response.headers.get("Content-Range")?.startsWith(`bytes ${have}-`)) {
        throw new TransferError(`Another part of ${this.name} came than was asked for.`, "Download it anew.");
      }
      const reader = response.body!.getReader();
      for (;;) {
        const { done, value } = await whole(host, deadline.signal, () => reader.read());
        if (done) {
          return;
        }
        deadline.pause(); // what the caller does meanwhile is no silence of the service
        yield value as Uint8Array<ArrayBuffer>;
        deadline.heard();
      }
    } finally {
      deadline.release();
      deadline.abort(new Error("no longer read"));
    }
  }

  private isMended(error: unknown): boolean {
    const expired = error instanceof ApiError && (error.code === "SIGNED_URL_INVALID" || error.status >= 502);
    return error instanceof ConnectionError || expired;
  }

  private isAnother(what: string): TransferError {
    return new TransferError(
      `What came for ${this.name} ${what} what the service's row says.`,
      "Download it again; if it stays, report it to the operator.",
    );
  }
}
