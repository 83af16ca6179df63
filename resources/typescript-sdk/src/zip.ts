/**
 * A package's zip, made from its files: the same bytes for the same files. Stored, not compressed: code is small, and the
 * service sends nothing twice.
 */

import { TransferError } from "./errors.js";
import { type Bytes, type Uploadable, readExactly, sourcesOf } from "./sources.js";

const UTF8_NAMES = 0x0800;
const VERSION = 20;
const MADE_ON_UNIX = (3 << 8) | VERSION;
const PLAIN_FILE = (0o100644 << 16) >>> 0;
const FIRST_OF_1980 = 0x0021_0000; // day and time as the format has them
const MAX_FILES = 0xfffe;
const MAX_SIZE_BYTES = 0xffff_fffe;

/** A zip of some files, such as `{ "training.toml": …, "train.py": … }` or what `filesAt` found. */
export async function zipOf(content: Uploadable): Promise<Blob> {
  const sources = sourcesOf(content).sort((one, other) => (one.path < other.path ? -1 : 1));
  const size = sources.reduce((sum, source) => sum + source.size, 0);
  if (sources.length > MAX_FILES || size > MAX_SIZE_BYTES) {
    throw new TransferError("This is too much for a training package.", "Put data into a dataset, and code alone here.");
  }
  const parts: Bytes[] = [];
  const directory: Bytes[] = [];
  let at = 0;
  for (const source of sources) {
    const data = await readExactly(source, 0, source.size);
    const entry = { name: new TextEncoder().encode(source.path) as Bytes, size: data.length, crc: crc32(data) };
    const header = localHeader(entry);
    parts.push(header, entry.name, data);
    directory.push(directoryHeader(entry, at), entry.name);
    at += header.length + entry.name.length + data.length;
  }
  const directorySize = directory.reduce((sum, part) => sum + part.length, 0);
  return new Blob([...parts, ...directory, end(sources.length, directorySize, at)], { type: "application/zip" });
}

interface Entry {
  name: Bytes;
  size: number;
  crc: number;
}

/** Fields one after the other, each of two or four bytes. */
function fields(...sized: [bytes: 2 | 4, value: number][]): Bytes {
  const made = new Uint8Array(sized.reduce((sum, [bytes]) => sum + bytes, 0));
  const view = new DataView(made.buffer);
  let at = 0;
  for (const [bytes, value] of sized) {
    if (bytes === 2) {
      view.setUint16(at, value, true);
    } else {
      view.setUint32(at, value, true);
    }
    at += bytes;
  }
  return made;
}

/** What a local header and one of the directory have in common. */
function common(entry: Entry): [2 | 4, number][] {
  return [
    [2, VERSION],
    [2, UTF8_NAMES],
    [2, 0], // stored
    [4, FIRST_OF_1980],
    [4, entry.crc],
    [4, entry.size],
    [4, entry.size],
    [2, entry.name.length],
    [2, 0],
  ];
}

function localHeader(entry: Entry): Bytes {
  return fields([4, 0x04034b50], ...common(entry));
}

function directoryHeader(entry: Entry, at: number): Bytes {
  const rest: [2 | 4, number][] = [[2, 0], [2, 0], [2, 0], [4, PLAIN_FILE], [4, at]];
  return fields([4, 0x02014b50], [2, MADE_ON_UNIX], ...common(entry), ...rest);
}

function end(files: number, directorySize: number, at: number): Bytes {
  return fields([4, 0x06054b50], [2, 0], [2, 0], [2, files], [2, files], [4, directorySize], [4, at], [2, 0]);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  }
  return value;
});

function crc32(data: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of data) {
    crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}
