/** What a job made, brought here: taken up again where the line broke, and compared with the service's SHA-256. */
import type { Artifact } from "./generated/schemas.js";
import type { Progress } from "./manifest.js";
import type { CallOptions, Transport } from "./transport.js";
export interface DownloadOptions extends CallOptions {
    onProgress?: Progress | undefined;
}
/** One file that a job made; `data` is the service's row of it. */
export declare class ArtifactFile {
    #private;
    readonly jobId: string;
    readonly data: Artifact;
    constructor(transport: Transport, jobId: string, data: Artifact);
    /** What JSON holds of it: the service's row. */
    toJSON(): Artifact;
    get id(): string;
    /** Its place among the job's files, such as `train/model.npz`. A stranger's code chose it: don't write to it unchecked. */
    get name(): string;
    /** A URL that serves it without a key, with `Range`, for 15 minutes. */
    downloadUrl(options?: CallOptions): Promise<string>;
    /** Its bytes, checked. Throws TransferError if they are not those of the row. */
    bytes(options?: DownloadOptions): Promise<Uint8Array<ArrayBuffer>>;
    /** The same as a Blob, to be shown or saved by a page. */
    blob(options?: DownloadOptions): Promise<Blob>;
    /** The same as text in UTF-8. */
    text(options?: DownloadOptions): Promise<string>;
    /**
     * Its bytes as they come; memory doesn't grow with its size. Use none of them before the end: only there is it known
     * whether they are what the row says, and TransferError thrown if not. `beginning` are the bytes that are there already.
     */
    pieces(options?: DownloadOptions & {
        beginning?: AsyncIterable<Uint8Array> | undefined;
    }): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;
    /** What comes over one connection, from a byte on. Each has a fresh URL. */
    private connection;
    private isMended;
    private isAnother;
}
