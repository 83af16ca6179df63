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
export function blobSource(path: string, blob: Blob): SourceFile {
  return {
    path,
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** The sources of whatever may be uploaded. Throws TransferError where there is nothing that could be. */
export function sourcesOf(content: Uploadable): SourceFile[] {
  const sources = found(content);
  if (sources.length === 0) {
    throw new TransferError("There is no file to upload.", "Choose other files, or a folder that has some.");
  }
  return sources;
}

function found(content: Uploadable): SourceFile[] {
  if (content instanceof Blob) {
    if (!("name" in content)) {
      throw new TransferError("A Blob has no name of its own.", 'Give it by its path: { "train.csv": blob }');
    }
    return [blobSource(content.name, content)];
  }
  if (Symbol.iterator in content) {
    return Array.from(content as Iterable<File | SourceFile>, (one) =>
      one instanceof Blob ? blobSource(one.webkitRelativePath || one.name, one) : one,
    );
  }
  return Object.entries(content).map(([path, value]) =>
    blobSource(path, value instanceof Blob ? value : new Blob([value as BlobPart])),
  );
}

/** The bytes of a part of a file, which must be as many as were asked for. Throws TransferError. */
export async function readExactly(source: SourceFile, start: number, end: number): Promise<Bytes> {
  const data = await source.read(start, end);
  if (data.length !== end - start) {
    throw changed(source.path);
  }
  return data;
}

export function changed(path: string): TransferError {
  return new TransferError(
    `${path} changed while it was read.`,
    "Wait until nothing writes there any more, then start the upload again: what was sent is kept.",
  );
}
