/** Lists that are read page by page, as far as they are asked for. */
import type { Page } from "./generated/schemas.js";
/** Gets the page behind a cursor; the first without one. */
export type FetchPage<T> = (cursor: string | undefined) => Promise<Page<T>>;
/** A list of the service: `for await (const row of list)`. Nothing is asked for before the first row is. */
export declare class List<T> implements AsyncIterable<T> {
    private readonly fetchPage;
    constructor(fetchPage: FetchPage<T>);
    [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined>;
    /** The same, a page at a time. */
    pages(): AsyncGenerator<Page<T>, void, undefined>;
    /** All rows, or the first `most`. */
    all(most?: number): Promise<T[]>;
}
/** Rows that are counted: those behind `after`, up to now. */
export declare function numbered<T extends {
    number: number;
}>(after: number, fetchPage: (after: number) => Promise<Page<T>>): AsyncGenerator<T, void, undefined>;
