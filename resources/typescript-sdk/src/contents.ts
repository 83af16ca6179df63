/** Datasets and training packages: uploaded, listed, their files downloaded, deleted. */

import { checkedUrl } from "./address.js";
import type { ContentFile, StoredContent } from "./generated/schemas.js";
import { List } from "./pages.js";
import type { Uploadable } from "./sources.js";
import type { CallOptions, Transport } from "./transport.js";
import { type ContentKind, type UploadOptions, upload } from "./upload.js";

const PAGE_LIMIT = 100;

/** What datasets and packages have in common. */
class Contents {
  readonly #transport: Transport;

  constructor(
    transport: Transport,
    private readonly kind: ContentKind,
  ) {
    this.#transport = transport;
  }

  get(id: string, options: CallOptions = {}): Promise<StoredContent> {
    return this.#transport.call(`get_${this.kind}`, { path: { id } }, options);
  }

  /** All that are not deleted, newest first; `q` finds in name and id. */
  list(filters: { q?: string | undefined } = {}, options: CallOptions = {}): List<StoredContent> {
    return new List((cursor) =>
      this.#transport.call(`list_${this.kind}s`, { query: { limit: PAGE_LIMIT, ...filters, cursor } }, options),
    );
  }

  /** The files of one, with the chunks that they are made of. */
  files(id: string, options: CallOptions = {}): List<ContentFile> {
    return new List((cursor) =>
      this.#transport.call(
        `list_${this.kind}_files`,
        { path: { id }, query: { limit: PAGE_LIMIT, cursor } },
        options,
      ),
    );
  }

  /** A URL that serves one of its files without a key, with `Range`, for 15 minutes. */
  async downloadUrl(id: string, path: string, options: CallOptions = {}): Promise<string> {
    const input = { path: { id }, body: { path } };
    const answer = await this.#transport.call(`${this.kind}_download_url`, input, options);
    return checkedUrl(answer.download_url, this.#transport.insecure).href;
  }

  /** Deletes one that no active job uses. */
  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.call(`delete_${this.kind}`, { path: { id } }, options);
  }

  protected sendUp(name: string, content: Uploadable, options: UploadOptions): Promise<StoredContent> {
    return upload(this.#transport, this.kind, name, content, options);
  }
}

/** What is trained on. */
export class Datasets extends Contents {
  constructor(transport: Transport) {
    super(transport, "dataset");
  }

  /**
   * Uploads files as a dataset; a name that is there gets its next version. Takes a File, the files of an
   * `<input type="file">`, `{ "train.csv": blobOrText }`, or (in Node) what `filesAt` of `gpu-agent-sdk/node` found.
   */
  upload(name: string, content: Uploadable, options: UploadOptions = {}): Promise<StoredContent> {
    return this.sendUp(name, content, options);
  }
}

/** What is run: one zip with a Python entry. */
export class TrainingPackages extends Contents {
  constructor(transport: Transport) {
    super(transport, "training_package");
  }

  /** Uploads a package's zip, of `zipOf` or your own. Throws PackageRejectedError, whose `details` tell file and line. */
  upload(name: string, zip: Blob, options: UploadOptions = {}): Promise<StoredContent> {
    return this.sendUp(name, { "package.zip": zip }, options);
  }
}
