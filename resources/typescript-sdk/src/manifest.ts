/**
 * From files to a manifest and the places of its chunks, by the same rule as the service's other clients: so what one of
 * them has sent is not sent again by another.
 */

import type { StrictFileEntry } from "./generated/schemas.js";
import { sha256 } from "./sha256.js";
import { type Bytes, type SourceFile, changed, readExactly } from "./sources.js";

export const CHUNK_SIZE_BYTES = 8_388_608;
export const PACK_BELOW_BYTES = 1 << 20;
const BOUNDARY_MASK = 0x7f;

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
export async function scan(sources: SourceFile[], onProgress?: Progress, signal?: AbortSignal): Promise<Scan> {
  const sorted = [...sources].sort((one, other) => byCodePoints(one.path, other.path));
  const total = sorted.reduce((sum, source) => sum + source.size, 0);
  const cutter = new Cutter((done) => onProgress?.(done, total));
  for (const source of sorted) {
    signal?.throwIfAborted();
    await (source.size >= PACK_BELOW_BYTES ? cutter.cut(source, signal) : cutter.pack(source));
  }
  await cutter.endPack();
  return { files: cutter.files(sorted), chunks: cutter.chunks, sizeBytes: total };
}

/** The bytes of a chunk, read anew and compared with its name. Throws TransferError if a file changed. */
export async function readChunk(chunk: ChunkSource): Promise<Bytes> {
  const pieces: Bytes[] = [];
  for (const { source, start, end } of chunk.parts) {
    pieces.push(await readExactly(source, start, end));
  }
  const data = joined(pieces, chunk.sizeBytes);
  if ((await sha256(data)) !== chunk.digest) {
    throw changed(chunk.parts.map((part) => part.source.path).join(", or "));
  }
  return data;
}

class Cutter {
  readonly chunks = new Map<string, ChunkSource>();
  private readonly entries = new Map<SourceFile, StrictFileEntry>();
  private packed: SourceFile[] = [];
  private packBytes = 0;
  private packData: Bytes[] = [];
  private done = 0;

  constructor(private readonly onRead: (bytesDone: number) => void) {}

  files(sorted: SourceFile[]): StrictFileEntry[] {
    return sorted.flatMap((source) => this.entries.get(source) ?? []);
  }

  async cut(source: SourceFile, signal?: AbortSignal): Promise<void> {
    const entry: StrictFileEntry = { path: source.path, size_bytes: source.size, chunks: [] };
    for (let start = 0; start < source.size; start += CHUNK_SIZE_BYTES) {
      signal?.throwIfAborted();
      const end = Math.min(start + CHUNK_SIZE_BYTES, source.size);
      const digest = await sha256(await this.read(source, start, end));
      this.add({ digest, sizeBytes: end - start, parts: [{ source, start, end }] });
      entry.chunks.push({ digest, offset: 0, size_bytes: end - start });
    }
    this.entries.set(source, entry);
  }

  async pack(source: SourceFile): Promise<void> {
    if (this.packBytes + source.size > CHUNK_SIZE_BYTES) {
      await this.endPack();
    }
    this.packData.push(await this.read(source, 0, source.size));
    this.packed.push(source);
    this.packBytes += source.size;
    const name = await sha256(new TextEncoder().encode(source.path) as Bytes);
    if ((parseInt(name.slice(-2), 16) & BOUNDARY_MASK) === 0) {
      await this.endPack();
    }
  }

  async endPack(): Promise<void> {
    const digest = await sha256(joined(this.packData, this.packBytes));
    const parts: Part[] = [];
    let offset = 0;
    for (const source of this.packed) {
      const piece = { digest, offset, size_bytes: source.size };
      const chunks = source.size > 0 ? [piece] : [];
      this.entries.set(source, { path: source.path, size_bytes: source.size, chunks });
      if (source.size > 0) {
        parts.push({ source, start: 0, end: source.size });
      }
      offset += source.size;
    }
    if (offset > 0) {
      this.add({ digest, sizeBytes: offset, parts });
    }
    this.packed = [];
    this.packBytes = 0;
    this.packData = [];
  }

  private add(chunk: ChunkSource): void {
    if (!this.chunks.has(chunk.digest)) {
      this.chunks.set(chunk.digest, chunk);
    }
  }

  private async read(source: SourceFile, start: number, end: number): Promise<Bytes> {
    const data = await readExactly(source, start, end);
    this.done += data.length;
    this.onRead(this.done);
    return data;
  }
}

/** All pieces as one; a single piece as it is. */
export function joined(pieces: Bytes[], sizeBytes: number): Bytes {
  if (pieces.length === 1) {
    return pieces[0]!;
  }
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The order of Python's strings: UTF-16, which JavaScript compares by, puts some characters elsewhere. */
function byCodePoints(one: string, other: string): number {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = left[index]!.codePointAt(0)! - right[index]!.codePointAt(0)!;
    if (difference !== 0) {
      return difference;
    }
  }
  return left.length - right.length;
}
