/** The service's address as people write it, and which addresses may be spoken to without encryption. */
import { AddressError } from "./errors.js";
const BASE_PATH = "/api/v1";
/** `https://host[:port]/api/v1` from an address with or without the path. Throws AddressError. */
export function baseUrl(address, insecure) {
    const url = checkedUrl(address.trim(), insecure);
    const path = url.pathname.replace(/\/+$/, "");
    return `${url.origin}${path.endsWith(BASE_PATH) ? path : path + BASE_PATH}`;
}
/** Refuses a URL that is none, or that would carry keys or data readably over a network. Throws AddressError. */
export function checkedUrl(text, insecure) {
    let url = null;
    try {
        url = new URL(text);
    }
    catch {
        // told below, with all else that is no address
    }
    if (url === null || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.password !== "") {
        throw new AddressError(`${JSON.stringify(text)} is not the address of a service.`, "Give it as https://host or https://host:port.");
    }
    if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname)) {
        throw new AddressError(`${JSON.stringify(text)} is plain http to another machine: keys and data could be read on the way.`, "Use https://, or give `insecure: true` if that network is your own.");
    }
    return url;
}
function isLoopback(host) {
    return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
