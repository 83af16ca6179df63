/** Names of files that a stranger's code chose: which of them may be written below a folder of any system. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const MISLEADING = /[\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?$/i;
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 2048;
const MAX_DEPTH = 32;
/** What is wrong with a name as a path below a folder, in words, or null. */
export function nameProblem(name) {
    const segments = name.split("/");
    if (/\p{Surrogate}/u.test(name)) {
        return "the name is not valid Unicode";
    }
    if (CONTROL.test(name) || MISLEADING.test(name)) {
        return "the name holds characters that can't be seen";
    }
    if (name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.includes("\\")) {
        return "it is no relative path with /";
    }
    if (segments.some((segment) => ["", ".", ".."].includes(segment))) {
        return "it has an empty, . or .. segment";
    }
    if (segments.length > MAX_DEPTH || bytesOf(name) > MAX_PATH_BYTES) {
        return "it is too long";
    }
    for (const segment of segments) {
        if (bytesOf(segment) > MAX_NAME_BYTES) {
            return "a part of it is too long";
        }
        if (DEVICE.test(segment)) {
            return `${segment} is the name of a device on Windows`;
        }
        if (/[. ]$/.test(segment)) {
            return "a part of it ends with a dot or a space, which Windows drops";
        }
        if (/[<>:"|?*]/.test(segment)) {
            return "it holds a character that Windows doesn't take";
        }
    }
    return null;
}
/** The first name that some system could not keep beside the others, compared without case and in one Unicode form. */
export function firstClash(names) {
    const files = new Set();
    const folders = new Map();
    for (const name of names) {
        const segments = name.split("/");
        for (let depth = 1; depth < segments.length; depth++) {
            const folder = segments.slice(0, depth).join("/");
            if ((folders.get(folded(folder)) ?? folder) !== folder || files.has(folded(folder))) {
                return name;
            }
            folders.set(folded(folder), folder);
        }
        if (files.has(folded(name)) || folders.has(folded(name))) {
            return name;
        }
        files.add(folded(name));
    }
    return null;
}
function folded(name) {
    return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
function bytesOf(text) {
    return new TextEncoder().encode(text).length;
}
