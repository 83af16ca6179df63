/** Sends files as chunks, several at a time: only those that the service lacks, each compared with its digest. */
import type { StoredContent } from "./generated/schemas.js";
import { type Progress } from "./manifest.js";
import { type Uploadable } from "./sources.js";
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
/**
 * Uploads files under a name and finalizes them. What was sent before, also by an upload that was cut, is not sent again.
 * Throws PackageRejectedError or ValidationFailedError with each problem that the service finds in them.
 */
export declare function upload(transport: Transport, kind: ContentKind, name: string, content: Uploadable, options?: UploadOptions): Promise<StoredContent>;
