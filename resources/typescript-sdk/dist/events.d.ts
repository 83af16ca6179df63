/** Live events: a job's stream and a customer's, kept alive over lost lines, each event once and in order. */
import type { EventData } from "./generated/schemas.js";
import type { CallOptions, Transport } from "./transport.js";
/** One event: its `number` in its stream, its `kind`, and what that kind tells. */
export type StreamEvent = {
    [Kind in keyof EventData]: {
        kind: Kind;
        number: number;
        data: EventData[Kind];
    };
}[keyof EventData];
/** How the line to the service is: after `offline` it is taken up again in `seconds`. */
export type LineState = {
    state: "connected";
} | {
    state: "offline";
    seconds: number;
};
export interface FollowOptions extends CallOptions {
    /** Only events behind this number: 0 for all of a job's, `"now"` for what is new. */
    after?: number | "now" | undefined;
    onLine?: ((line: LineState) => void) | undefined;
}
/** Whether nothing more happens to a job of this status unless it is retried. */
export declare function hasEnded(status: string): boolean;
/**
 * A job's events to its last state, or (without a job) those of all that is yours, without end. A lost line is taken up
 * again behind the last event, for ever: end it by `break` or a signal. Where the service no longer has that event,
 * since it was restored from a backup, a `gap` is told and what is new follows. Throws ApiError for a refusal.
 */
export declare function follow(transport: Transport, jobId: string | null, options?: FollowOptions): AsyncGenerator<StreamEvent, void, undefined>;
interface SentEvent {
    id: string;
    event: string;
    data: string;
}
/** Takes text in pieces, wherever they are cut, and gives the events that are whole. */
export declare class EventParser {
    private left;
    private id;
    private event;
    private data;
    feed(text: string): Generator<SentEvent, void, undefined>;
    private field;
}
export {};
