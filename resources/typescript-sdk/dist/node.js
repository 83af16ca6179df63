/** What needs a disk, for Node: files and folders to upload, and artifacts written to a folder. */
import { createReadStream } from "node:fs";
import { lstat, mkdir, open, readdir, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { TransferError } from "./errors.js";
import { firstClash, nameProblem } from "./names.js";
import { Sha256 } from "./sha256.js";
import { zipOf } from "./zip.js";
const PART_DIGITS = 32; // of the hash, as the Python library takes them; the name of the file may be as long as names can be
const LEFT_OUT = ["__pycache__", ".git", ".venv"];
/**
 * The file at a path, or every file below a folder, to be uploaded. Links, devices and pipes are refused; empty folders,
 * and what is named in `leaveOut`, are passed over.
 */
export async function filesAt(path, options = {}) {
    const root = await realpath(path);
    const status = await stat(root);
    if (status.isFile()) {
        return [fileSource(basename(path), root, status.size)];
    }
    const found = [];
    const folders = [""];
    for (let prefix = folders.pop(); prefix !== undefined; prefix = folders.pop()) {
        for (const entry of await readdir(join(root, prefix), { withFileTypes: true })) {
            const relative = prefix + entry.name;
            const place = join(root, relative);
            if (options.leaveOut?.includes(entry.name)) {
                continue;
            }
            if (entry.isDirectory()) {
                folders.push(`${relative}/`);
            }
            else if (entry.isFile()) {
                found.push(fileSource(relative, place, (await lstat(place)).size));
            }
            else {
                throw new TransferError(`${place} is a link, a device or a pipe.`, "Leave it out, or put a copy of what it points to in its place: only files are uploaded.");
            }
        }
    }
    return found;
}
/** The zip of a folder with a training package, without `__pycache__`, `.git` and `.venv`. */
export async function zipFolder(folder) {
    return zipOf(await filesAt(folder, { leaveOut: LEFT_OUT }));
}
/**
 * Writes a job's open artifacts below a folder, each checked by its SHA-256. A cut download leaves a `.….part` beside where
 * it would be and goes on from there the next time; a file that is there and right is not fetched again. Names come from a stranger's code: one
 * that leads out of the folder, or means a device on some system, is refused before anything is written.
 */
export async function downloadTo(job, folder, options = {}) {
    const artifacts = (await job.artifacts(options)).filter((one) => one.data.open && (options.only?.(one) ?? true));
    checkNames(artifacts);
    const total = artifacts.reduce((sum, artifact) => sum + artifact.data.size_bytes, 0);
    const written = [];
    let before = 0;
    for (const artifact of artifacts) {
        const path = resolve(folder, ...artifact.name.split("/"));
        await makeFolders(resolve(folder), artifact.name);
        if (!(await isThere(path, artifact, options.overwrite ?? false))) {
            const done = before;
            await fetchTo(path, artifact, { ...options, onProgress: (have) => options.onProgress?.(done + have, total) });
        }
        before += artifact.data.size_bytes;
        options.onProgress?.(before, total);
        written.push({ artifact, path });
    }
    return written;
}
function fileSource(path, place, size) {
    return {
        path,
        size,
        read: async (start, end) => {
            const file = await open(place, "r");
            try {
                return await readPart(file, start, end);
            }
            finally {
                await file.close();
            }
        },
    };
}
async function readPart(file, start, end) {
    const data = new Uint8Array(end - start);
    let have = 0;
    while (have < data.length) {
        const { bytesRead } = await file.read(data, have, data.length - have, start + have);
        if (bytesRead === 0) {
            break; // it became shorter: whoever asked compares
        }
        have += bytesRead;
    }
    return data.subarray(0, have);
}
function checkNames(artifacts) {
    const names = artifacts.map((artifact) => artifact.name);
    const clash = firstClash(names);
    const parts = new Set(artifacts.map(partName));
    for (const { name, data } of artifacts) {
        const problem = nameProblem(name) ??
            (/^[0-9a-f]{64}$/.test(data.sha256) ? null : "its SHA-256 is none") ??
            (name === clash ? "another of the job's files clashes with it" : null) ??
            (parts.has(name.toLowerCase()) ? "another of the job's files is kept there while it comes" : null);
        if (problem !== null) {
            throw new TransferError(`Artifact ${JSON.stringify(name)} is not written to this disk: ${problem}.`, "Nothing was downloaded. Leave it out by `only`, or take its `bytes()` if you trust this job.");
        }
    }
}
/** The folders of a name below `root`, none of which may be a link that leads elsewhere. */
async function makeFolders(root, name) {
    await mkdir(root, { recursive: true });
    let place = root;
    for (const segment of name.split("/").slice(0, -1)) {
        place = join(place, segment);
        await mkdir(place, { recursive: true });
        if (!(await lstat(place)).isDirectory()) {
            throw new TransferError(`${place} is a link or a file.`, "Choose another folder.");
        }
    }
}
async function isThere(path, artifact, overwrite) {
    const status = await lstat(path).catch(absent);
    if (status === null) {
        return false;
    }
    if (status.isFile() && status.size === artifact.data.size_bytes && (await digestOf(path)) === artifact.data.sha256) {
        return true;
    }
    if (!overwrite) {
        throw new TransferError(`${path} is there and is another file than ${artifact.name}.`, "Choose another folder, or give `overwrite: true`.");
    }
    return false;
}
/** Where an artifact is kept while it comes, in lower case. Named by its hash: a job may have a file "name.part" too. */
function partName(artifact) {
    const folder = artifact.name.slice(0, artifact.name.lastIndexOf("/") + 1);
    return `${folder.toLowerCase()}${partOf(artifact)}`;
}
function partOf(artifact) {
    return `.${artifact.data.sha256.slice(0, PART_DIGITS)}.part`;
}
/** Into its part, then to its name once its hash is right; a part of other content is begun anew once. */
async function fetchTo(path, artifact, options) {
    const part = join(dirname(path), partOf(artifact));
    const status = await lstat(part).catch(absent);
    const goesOn = status !== null && status.isFile() && status.size <= artifact.data.size_bytes;
    if (status !== null && !goesOn) {
        await unlink(part);
    }
    try {
        await fill(part, artifact, options, goesOn);
    }
    catch (error) {
        if (!(error instanceof TransferError)) {
            throw error; // the part is kept
        }
        await unlink(part);
        if (!goesOn) {
            throw error;
        }
        await fill(part, artifact, options, false);
    }
    await rename(part, path);
}
async function fill(part, artifact, options, goesOn) {
    const beginning = goesOn ? createReadStream(part) : undefined;
    const file = await open(part, goesOn ? "a" : "w");
    try {
        for await (const piece of artifact.pieces({ ...options, beginning })) {
            await file.writeFile(piece);
        }
        await file.sync();
    }
    finally {
        await file.close();
    }
}
async function digestOf(path) {
    const hash = new Sha256();
    for await (const piece of createReadStream(path)) {
        hash.update(piece);
    }
    return hash.hex();
}
function absent(error) {
    if (error.code === "ENOENT") {
        return null;
    }
    throw error;
}
