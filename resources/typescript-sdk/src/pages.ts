/** Lists that are read page by page, as far as they are asked for. */

import type { Page } from "./generated/schemas.js";

/** Gets the page behind a cursor; the first without one. */
export type FetchPage<T> = (cursor: string | undefined) => Promise<Page<T>>;

/** A list of the service: `for await (const row of list)`. Nothing is asked for before the first row is. */
export class List<T> implements AsyncIterable<T> {
  constructor(private readonly fetchPage: FetchPage<T>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) {
      yield* page.data;
    }
  }

  /** The same, a page at a time. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.fetchPage(cursor);
      yield page;
      cursor = page.page.has_more ? (page.page.next_cursor ?? undefined) : undefined;
    } while (cursor !== undefined);
  }

  /** All rows, or the first `most`. */
  async all(most = Number.POSITIVE_INFINITY): Promise<T[]> {
    const rows: T[] = [];
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
export async function* numbered<T extends { number: number }>(
  after: number,
  fetchPage: (after: number) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  for (let last = after; ; ) {
    const { data, page } = await fetchPage(last);
    yield* data;
    const newest = data.at(-1);
    if (newest === undefined || data.length < page.limit) {
      return;
    }
    last = newest.number;
  }
}
