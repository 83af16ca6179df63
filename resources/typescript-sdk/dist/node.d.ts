/** What needs a disk, for Node: files and folders to upload, and artifacts written to a folder. */
import type { ArtifactFile } from "./artifacts.js";
import type { Job } from "./jobs.js";
import type { Progress } from "./manifest.js";
import type { SourceFile } from "./sources.js";
import type { CallOptions } from "./transport.js";
export interface DownloadToOptions extends CallOptions {
    /** Which artifacts; all that are open if not given. */
    only?: ((artifact: ArtifactFile) => boolean) | undefined;
    /** Replaces files that are there and are others; else they are an error. */
    overwrite?: boolean | undefined;
    onProgress?: Progress | undefined;
}
export interface DownloadedArtifact {
    artifact: ArtifactFile;
    /** Where it lies, absolute. */
    path: string;
}
/**
 * The file at a path, or every file below a folder, to be uploaded. Links, devices and pipes are refused; empty folders,
 * and what is named in `leaveOut`, are passed over.
 */
export declare function filesAt(path: string, options?: {
    leaveOut?: string[];
}): Promise<SourceFile[]>;
/** The zip of a folder with a training package, without `__pycache__`, `.git` and `.venv`. */
export declare function zipFolder(folder: string): Promise<Blob>;
/**
 * Writes a job's open artifacts below a folder, each checked by its SHA-256. A cut download leaves a `.….part` beside where
 * it would be and goes on from there the next time; a file that is there and right is not fetched again. Names come from a stranger's code: one
 * that leads out of the folder, or means a device on some system, is refused before anything is written.
 */
export declare function downloadTo(job: Job, folder: string, options?: DownloadToOptions): Promise<DownloadedArtifact[]>;
