/**
 * A package's zip, made from its files: the same bytes for the same files. Stored, not compressed: code is small, and the
 * service sends nothing twice.
 */
import { type Uploadable } from "./sources.js";
/** A zip of some files, such as `{ "training.toml": …, "train.py": … }` or what `filesAt` found. */
export declare function zipOf(content: Uploadable): Promise<Blob>;
