/** Datasets and training packages: uploaded, listed, their files downloaded, deleted. */
import type { ContentFile, StoredContent } from "./generated/schemas.js";
import { List } from "./pages.js";
import type { Uploadable } from "./sources.js";
import type { CallOptions, Transport } from "./transport.js";
import { type ContentKind, type UploadOptions } from "./upload.js";
/** What datasets and packages have in common. */
declare class Contents {
    #private;
    private readonly kind;
    constructor(transport: Transport, kind: ContentKind);
    get(id: string, options?: CallOptions): Promise<StoredContent>;
    /** All that are not deleted, newest first; `q` finds in name and id. */
    list(filters?: {
        q?: string | undefined;
    }, options?: CallOptions): List<StoredContent>;
    /** The files of one, with the chunks that they are made of. */
    files(id: string, options?: CallOptions): List<ContentFile>;
    /** A URL that serves one of its files without a key, with `Range`, for 15 minutes. */
    downloadUrl(id: string, path: string, options?: CallOptions): Promise<string>;
    /** Deletes one that no active job uses. */
    delete(id: string, options?: CallOptions): Promise<void>;
    protected sendUp(name: string, content: Uploadable, options: UploadOptions): Promise<StoredContent>;
}
/** What is trained on. */
export declare class Datasets extends Contents {
    constructor(transport: Transport);
    /**
     * Uploads files as a dataset; a name that is there gets its next version. Takes a File, the files of an
     * `<input type="file">`, `{ "train.csv": blobOrText }`, or (in Node) what `filesAt` of `gpu-agent-sdk/node` found.
     */
    upload(name: string, content: Uploadable, options?: UploadOptions): Promise<StoredContent>;
}
/** What is run: one zip with a Python entry. */
export declare class TrainingPackages extends Contents {
    constructor(transport: Transport);
    /** Uploads a package's zip, of `zipOf` or your own. Throws PackageRejectedError, whose `details` tell file and line. */
    upload(name: string, zip: Blob, options?: UploadOptions): Promise<StoredContent>;
}
export {};
