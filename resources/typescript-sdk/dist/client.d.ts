/** The client: what a customer can ask of the service, by what it is about. */
import { Datasets, TrainingPackages } from "./contents.js";
import { type FollowOptions, type StreamEvent } from "./events.js";
import type { Account, ApiKeyRow, CreateApiKey, CreatedApiKey, DayUsage, LedgerRow, LimitsAnswer, Meta, SignedIn, UsageSummary } from "./generated/schemas.js";
import { Jobs } from "./jobs.js";
import { type FetchPage, List } from "./pages.js";
import { type Answer, type CallOptions, type ClientOptions, type CreateOptions, type Input, type OperationName, Transport } from "./transport.js";
import { Webhooks } from "./webhooks.js";
/**
 * A client of one service, for one key or session.
 *
 *     const gpu = new GpuAgent({ server: "https://api.example.com", apiKey });
 */
export declare class GpuAgent {
    #private;
    readonly datasets: Datasets;
    readonly packages: TrainingPackages;
    readonly jobs: Jobs;
    readonly usage: Usage;
    readonly apiKeys: ApiKeys;
    readonly webhooks: Webhooks;
    constructor(options: ClientOptions);
    /** Begins a session: a client that goes by it, and what the service said, `token` and `expires_at` among it. */
    static signIn(options: Omit<ClientOptions, "apiKey"> & {
        email: string;
        password: string;
    }, callOptions?: CallOptions): Promise<{
        client: GpuAgent;
        session: SignedIn;
    }>;
    /** Ends the session that this client goes by. */
    signOut(options?: CallOptions): Promise<void>;
    /** Who this key or session is of, and the balance. */
    account(options?: CallOptions): Promise<Account>;
    /** Each limit, what is used and left of it, and when it renews. */
    limits(options?: CallOptions): Promise<LimitsAnswer>;
    /** What this service is: its limits, rates, tiers and error codes. */
    meta(options?: CallOptions): Promise<Meta>;
    /** The states of all jobs, units, datasets and packages that are yours, as they change, without end. */
    events(options?: FollowOptions): AsyncGenerator<StreamEvent, void, undefined>;
    /** Any operation of the service by its `operationId`, such as those of node owners: `call("list_owned_nodes", {})`. */
    call<Name extends OperationName>(name: Name, input: Input<Name>, options?: CreateOptions): Promise<Answer<Name>>;
    /** The list of any operation that answers pages: `list((cursor) => gpu.call("list_demand", { query: { cursor } }))`. */
    list<T>(fetchPage: FetchPage<T>): List<T>;
}
/** What credits went for. */
export declare class Usage {
    #private;
    constructor(transport: Transport);
    /** The month so far and the balance. */
    summary(options?: CallOptions): Promise<UsageSummary>;
    /** The last UTC days, 90 at most, oldest first. */
    daily(days?: number, options?: CallOptions): List<DayUsage>;
    /** The moves of credits, newest first. */
    ledger(filters?: Omit<NonNullable<Input<"ledger">["query"]>, "cursor">, options?: CallOptions): List<LedgerRow>;
    /** The units charged from a UTC day (`2026-04-01`) to another, both inclusive, as CSV. */
    exportCsv(dateFrom: string, dateTo: string, options?: CallOptions): Promise<string>;
}
/** The keys of this account. */
export declare class ApiKeys {
    #private;
    constructor(transport: Transport);
    /** All keys, newest first, revoked ones too. */
    list(options?: CallOptions): List<ApiKeyRow>;
    /** Makes a key. Its `secret` is in this answer alone; without scopes it may do all that this client may. */
    create(key: CreateApiKey, options?: CreateOptions): Promise<CreatedApiKey>;
    /** Ends a key, at once. */
    revoke(id: string, options?: CallOptions): Promise<void>;
}
