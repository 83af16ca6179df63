/**
 * From files to a manifest and the places of its chunks, by the same rule as the service's other clients: so what one of
 * them has sent is not sent again by another.
 */
import type { StrictFileEntry } from "./generated/schemas.js";
import { type Bytes, type SourceFile } from "./sources.js";
export declare const CHUNK_SIZE_BYTES = 8388608;
export declare const PACK_BELOW_BYTES: number;
interface Part {
    source: SourceFile;
    start: number;
    end: number;
}
/** Where the bytes of one chunk come from: parts of files, one after the other. */
export interface ChunkSource {
    digest: string;
    sizeBytes: number;
    parts: Part[];
}
/** What is uploaded: each file with its chunks, and the source of each chunk by its digest. */
export interface Scan {
    files: StrictFileEntry[];
    chunks: Map<string, ChunkSource>;
    sizeBytes: number;
}
export type Progress = (bytesDone: number, bytesTotal: number) => void;
/**
 * Reads files and cuts them into chunks. Files of 1 MiB and more are cut every 8 MiB; smaller ones are packed in path
 * order into shared chunks. A pack ends before it would pass 8 MiB, or after a path whose SHA-256 ends in seven zero
 * bits, so that one file more changes one pack.
 */
export declare function scan(sources: SourceFile[], onProgress?: Progress, signal?: AbortSignal): Promise<Scan>;
/** The bytes of a chunk, read anew and compared with its name. Throws TransferError if a file changed. */
export declare function readChunk(chunk: ChunkSource): Promise<Bytes>;
/** All pieces as one; a single piece as it is. */
export declare function joined(pieces: Bytes[], sizeBytes: number): Bytes;
export {};
