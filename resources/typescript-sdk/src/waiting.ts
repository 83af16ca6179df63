/** Waiting that can be called off, and signals that end by themselves. */

import { TimeoutError } from "./errors.js";

/** Waits. Throws the signal's reason once it is aborted. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * A signal that is aborted with its caller's, or with a TimeoutError after so many seconds without `heard()`. Release it
 * when the work is done.
 */
export class Deadline {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly outer: AbortSignal | undefined;
  private readonly pass: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly seconds: number,
    private readonly words: string,
    outer?: AbortSignal,
  ) {
    this.signal = this.controller.signal;
    this.outer = outer;
    this.pass = () => this.controller.abort(outer?.reason);
    if (outer?.aborted) {
      this.pass();
    } else {
      outer?.addEventListener("abort", this.pass, { once: true });
      this.heard();
    }
  }

  /** Something came: the time runs anew. */
  heard(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.controller.abort(new TimeoutError(this.words, "Try again; if it stays, look whether the service is well."));
    }, this.seconds * 1000);
  }

  /** The time stands still until the next `heard()`. */
  pause(): void {
    clearTimeout(this.timer);
  }

  /** Ends what still runs under this signal. */
  abort(reason: unknown): void {
    this.controller.abort(reason);
  }

  release(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener("abort", this.pass);
  }
}
