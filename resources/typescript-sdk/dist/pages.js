/** Lists that are read page by page, as far as they are asked for. */
/** A list of the service: `for await (const row of list)`. Nothing is asked for before the first row is. */
export class List {
    fetchPage;
    constructor(fetchPage) {
        this.fetchPage = fetchPage;
    }
    async *[Symbol.asyncIterator]() {
        for await (const page of this.pages()) {
            yield* page.data;
        }
    }
    /** The same, a page at a time. */
    async *pages() {
        let cursor;
        do {
            const page = await this.fetchPage(cursor);
            yield page;
            cursor = page.page.has_more ? (page.page.next_cursor ?? undefined) : undefined;
        } while (cursor !== undefined);
    }
    /** All rows, or the first `most`. */
    async all(most = Number.POSITIVE_INFINITY) {
        const rows = [];
        for await (const row of this) {
            rows.push(row);
            if (rows.length >= most) {
                break;
            }
        }
        return rows;
    }
}
/** Rows that are counted: those behind `after`, up to now. */
export async function* numbered(after, fetchPage) {
    for (let last = after;;) {
        const { data, page } = await fetchPage(last);
        yield* data;
        const newest = data.at(-1);
        if (newest === undefined || data.length < page.limit) {
            return;
        }
        last = newest.number;
    }
}
