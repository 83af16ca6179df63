/** Waiting that can be called off, and signals that end by themselves. */
/** Waits. Throws the signal's reason once it is aborted. */
export declare function sleep(seconds: number, signal?: AbortSignal): Promise<void>;
/**
 * A signal that is aborted with its caller's, or with a TimeoutError after so many seconds without `heard()`. Release it
 * when the work is done.
 */
export declare class Deadline {
    private readonly seconds;
    private readonly words;
    readonly signal: AbortSignal;
    private readonly controller;
    private readonly outer;
    private readonly pass;
    private timer;
    constructor(seconds: number, words: string, outer?: AbortSignal);
    /** Something came: the time runs anew. */
    heard(): void;
    /** The time stands still until the next `heard()`. */
    pause(): void;
    /** Ends what still runs under this signal. */
    abort(reason: unknown): void;
    release(): void;
}
