/** The client: what a customer can ask of the service, by what it is about. */

import { Datasets, TrainingPackages } from "./contents.js";
import { type FollowOptions, type StreamEvent, follow } from "./events.js";
import type {
  Account,
  ApiKeyRow,
  CreateApiKey,
  CreatedApiKey,
  DayUsage,
  LedgerRow,
  LimitsAnswer,
  Meta,
  SignedIn,
  UsageSummary,
} from "./generated/schemas.js";
import { Jobs } from "./jobs.js";
import { type FetchPage, List } from "./pages.js";
import {
  type Answer,
  type CallOptions,
  type ClientOptions,
  type CreateOptions,
  type Input,
  type OperationName,
  Transport,
} from "./transport.js";
import { Webhooks } from "./webhooks.js";

const PAGE_LIMIT = 100;

/**
 * A client of one service, for one key or session.
 *
 *     const gpu = new GpuAgent({ server: "https://api.example.com", apiKey });
 */
export class GpuAgent {
  readonly datasets: Datasets;
  readonly packages: TrainingPackages;
  readonly jobs: Jobs;
  readonly usage: Usage;
  readonly apiKeys: ApiKeys;
  readonly webhooks: Webhooks;
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.datasets = new Datasets(this.#transport);
    this.packages = new TrainingPackages(this.#transport);
    this.jobs = new Jobs(this.#transport);
    this.usage = new Usage(this.#transport);
    this.apiKeys = new ApiKeys(this.#transport);
    this.webhooks = new Webhooks(this.#transport);
  }

  /** Begins a session: a client that goes by it, and what the service said, `token` and `expires_at` among it. */
  static async signIn(
    options: Omit<ClientOptions, "apiKey"> & { email: string; password: string },
    callOptions: CallOptions = {},
  ): Promise<{ client: GpuAgent; session: SignedIn }> {
    const { email, password, ...rest } = options;
    const session = await new Transport(rest).call("sign_in", { body: { email, password } }, callOptions);
    return { client: new GpuAgent({ ...rest, apiKey: session.token }), session };
  }

  /** Ends the session that this client goes by. */
  signOut(options: CallOptions = {}): Promise<void> {
    return this.#transport.call("sign_out", {}, options);
  }

  /** Who this key or session is of, and the balance. */
  account(options: CallOptions = {}): Promise<Account> {
    return this.#transport.call("get_account", {}, options);
  }

  /** Each limit, what is used and left of it, and when it renews. */
  limits(options: CallOptions = {}): Promise<LimitsAnswer> {
    return this.#transport.call("limits", {}, options);
  }

  /** What this service is: its limits, rates, tiers and error codes. */
  meta(options: CallOptions = {}): Promise<Meta> {
    return this.#transport.call("meta", {}, options);
  }

  /** The states of all jobs, units, datasets and packages that are yours, as they change, without end. */
  events(options: FollowOptions = {}): AsyncGenerator<StreamEvent, void, undefined> {
    return follow(this.#transport, null, options);
  }

  /** Any operation of the service by its `operationId`, such as those of node owners: `call("list_owned_nodes", {})`. */
  call<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    options: CreateOptions = {},
  ): Promise<Answer<Name>> {
    return this.#transport.call(name, input, options);
  }

  /** The list of any operation that answers pages: `list((cursor) => gpu.call("list_demand", { query: { cursor } }))`. */
  list<T>(fetchPage: FetchPage<T>): List<T> {
    return new List(fetchPage);
  }
}

/** What credits went for. */
export class Usage {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The month so far and the balance. */
  summary(options: CallOptions = {}): Promise<UsageSummary> {
    return this.#transport.call("usage_summary", {}, options);
  }

  /** The last UTC days, 90 at most, oldest first. */
  daily(days = 30, options: CallOptions = {}): List<DayUsage> {
    return new List((cursor) =>
      this.#transport.call("usage_daily", { query: { days, limit: PAGE_LIMIT, cursor } }, options),
    );
  }

  /** The moves of credits, newest first. */
  ledger(
    filters: Omit<NonNullable<Input<"ledger">["query"]>, "cursor"> = {},
    options: CallOptions = {},
  ): List<LedgerRow> {
    return new List((cursor) =>
      this.#transport.call("ledger", { query: { limit: PAGE_LIMIT, ...filters, cursor } }, options),
    );
  }

  /** The units charged from a UTC day (`2026-04-01`) to another, both inclusive, as CSV. */
  exportCsv(dateFrom: string, dateTo: string, options: CallOptions = {}): Promise<string> {
    return this.#transport.call("usage_export", { query: { date_from: dateFrom, date_to: dateTo } }, options);
  }
}

/** The keys of this account. */
export class ApiKeys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** All keys, newest first, revoked ones too. */
  list(options: CallOptions = {}): List<ApiKeyRow> {
    return new List((cursor) =>
      this.#transport.call("list_api_keys", { query: { limit: PAGE_LIMIT, cursor } }, options),
    );
  }

  /** Makes a key. Its `secret` is in this answer alone; without scopes it may do all that this client may. */
  create(key: CreateApiKey, options: CreateOptions = {}): Promise<CreatedApiKey> {
    return this.#transport.call("create_api_key", { body: key }, options);
  }

  /** Ends a key, at once. */
  revoke(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.call("revoke_api_key", { path: { id } }, options);
  }
}
