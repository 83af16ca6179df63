/** What can be uploaded: files with a path, whose bytes are read piece by piece from wherever they lie. */
import { TransferError } from "./errors.js";
/** Bytes in memory of their own, as WebCrypto and `fetch` take them. */
export type Bytes = Uint8Array<ArrayBuffer>;
/** A file that is read from `start` to before `end`, again and again. */
export interface SourceFile {
    /** Where it will lie: relative, with `/`. */
    path: string;
    size: number;
    read(start: number, end: number): Promise<Bytes>;
}
/** What `upload` takes: a File, those of a form (`<input type="file" webkitdirectory>` too), sources, blobs by path. */
export type Uploadable = File | Iterable<File | SourceFile> | Record<string, Blob | Uint8Array | string>;
/** A source of a blob. */
export declare function blobSource(path: string, blob: Blob): SourceFile;
/** The sources of whatever may be uploaded. Throws TransferError where there is nothing that could be. */
export declare function sourcesOf(content: Uploadable): SourceFile[];
/** The bytes of a part of a file, which must be as many as were asked for. Throws TransferError. */
export declare function readExactly(source: SourceFile, start: number, end: number): Promise<Bytes>;
export declare function changed(path: string): TransferError;
