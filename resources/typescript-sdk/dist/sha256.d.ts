/** SHA-256 (FIPS 180-4): by WebCrypto for what is in memory, and in pieces, which WebCrypto can't, for what isn't. */
import type { Bytes } from "./sources.js";
/** The digest of some bytes, as 64 hex digits. */
export declare function sha256(data: Bytes): Promise<string>;
/** The digest of bytes that come in pieces. */
export declare class Sha256 {
    private readonly state;
    private readonly words;
    private readonly block;
    private inBlock;
    private sizeBytes;
    update(data: Uint8Array): this;
    /** The digest as 64 hex digits. Nothing may be added after it. */
    hex(): string;
    private compress;
}
