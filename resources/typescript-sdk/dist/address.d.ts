/** The service's address as people write it, and which addresses may be spoken to without encryption. */
/** `https://host[:port]/api/v1` from an address with or without the path. Throws AddressError. */
export declare function baseUrl(address: string, insecure: boolean): string;
/** Refuses a URL that is none, or that would carry keys or data readably over a network. Throws AddressError. */
export declare function checkedUrl(text: string, insecure: boolean): URL;
