/** One HTTP call: sent with its key and a time limit, tried again where that is safe, its refusal read as a typed error. */
import { GpuAgentError } from "./errors.js";
import { type Operations } from "./generated/operations.js";
export type OperationName = keyof Operations;
export type Input<Name extends OperationName> = Operations[Name]["input"];
export type Answer<Name extends OperationName> = Operations[Name]["answer"];
/** How long a call is tried again. A longer wait than `longestWaitSeconds` that the service asks for is thrown to you. */
export interface Retries {
    attempts: number;
    seconds: number;
    longestWaitSeconds: number;
}
export interface ClientOptions {
    /** The service's address, with or without `/api/v1`. */
    server: string;
    /** A key, or the token of a session. Not needed for what needs none. */
    apiKey?: string | undefined;
    /** Plain http to another machine is allowed: only in a network of your own. */
    insecure?: boolean | undefined;
    /** How long one try of a call may take; 60 if not given. */
    timeoutSeconds?: number | undefined;
    retries?: Partial<Retries> | undefined;
    /** What is called in place of the global `fetch`. */
    fetch?: typeof fetch | undefined;
}
export interface CallOptions {
    signal?: AbortSignal | undefined;
}
export interface CreateOptions extends CallOptions {
    /** Makes the same call in another run of a program the same call to the service; made up if not given. */
    idempotencyKey?: string | undefined;
}
export declare const SESSION_PREFIX = "session_";
/** A request but for its URL, key and signal. */
interface Sent {
    method?: string;
    headers?: Record<string, string>;
    body?: BodyInit | null;
}
/** Within which limits something is tried again. */
export interface Limits {
    signal?: AbortSignal | undefined;
    /** How long one try may take. */
    timeoutSeconds?: number | undefined;
    /**
     * A try may take many minutes: what counts against `retries.seconds` are only the pauses, and a try that ran out of its
     * own time is not made again in the same way.
     */
    isTransfer?: boolean | undefined;
}
/** What one try does under its signal. */
type Try<T> = (signal: AbortSignal, attempt: number) => Promise<T>;
/** Address, key and limits of one client; what carries out all its calls. */
export declare class Transport {
    #private;
    readonly baseUrl: string;
    readonly insecure: boolean;
    readonly timeoutSeconds: number;
    readonly retries: Retries;
    constructor(options: ClientOptions);
    /** Any operation of the service, with typed input and answer. */
    call<Name extends OperationName>(name: Name, input: Input<Name>, options?: CreateOptions): Promise<Answer<Name>>;
    /** One request with the key. Throws what the answer says if it is no success. */
    open(url: string, sent: Sent, signal: AbortSignal): Promise<Response>;
    /** The same without the key, for URLs that are signed. */
    openSigned(url: string, sent: Sent, signal: AbortSignal): Promise<Response>;
    /** Tries again what failed on the way, or where the service asked to wait, as long as `retries` allows. */
    retrying<T>(send: Try<T>, repeatable: boolean, limits: Limits): Promise<T>;
    /** After how many seconds to try again; null: not at all. */
    private waitSeconds;
}
/** Does what reads from the network; whatever breaks is thrown as what it is. */
export declare function whole<T>(host: string, signal: AbortSignal, read: () => Promise<T>): Promise<T>;
/** The refusal in an answer outside 2xx: the service's own words, or words from the status where a proxy answered. */
export declare function refusal(response: Response, text: string): GpuAgentError;
export {};
