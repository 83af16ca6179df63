/** Training jobs: submitted, followed, waited for, changed, and what they made. */

import { ArtifactFile } from "./artifacts.js";
import { type FollowOptions, type StreamEvent, follow, hasEnded } from "./events.js";
import type {
  ChangedJob,
  ComputeUnit,
  JobPreview,
  LogRow,
  MetricRow,
  SubmitJob,
  TrainingJob,
  UnitExplanation,
} from "./generated/schemas.js";
import { List, numbered } from "./pages.js";
import type { CallOptions, CreateOptions, Input, Transport } from "./transport.js";
import { Deadline } from "./waiting.js";

const PAGE_LIMIT = 100;

export type JobFilters = Omit<NonNullable<Input<"list_training_jobs">["query"]>, "cursor">;

export interface WaitOptions extends CallOptions {
  /** Throws TimeoutError after so many seconds; the job goes on. Without it: as long as the job takes. */
  timeoutSeconds?: number | undefined;
  /** Hears each event on the way, from the job's first on. */
  onEvent?: ((event: StreamEvent) => void) | undefined;
}

/** The jobs of a customer. */
export class Jobs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Submits a job; its projected cost is held. The same `idempotencyKey` again gives the same job. */
  async submit(job: SubmitJob, options: CreateOptions = {}): Promise<Job> {
    return this.of(await this.#transport.call("submit_training_job", { body: job }, options));
  }

  /** What a job would cost and how it would be divided; changes nothing. */
  preview(job: SubmitJob, options: CallOptions = {}): Promise<JobPreview> {
    return this.#transport.call("preview_training_job", { body: job }, options);
  }

  async get(id: string, options: CallOptions = {}): Promise<Job> {
    return this.of(await this.#transport.call("get_training_job", { path: { id } }, options));
  }

  /** All jobs, newest first. */
  list(filters: JobFilters = {}, options: CallOptions = {}): List<TrainingJob> {
    return new List((cursor) =>
      this.#transport.call("list_training_jobs", { query: { limit: PAGE_LIMIT, ...filters, cursor } }, options),
    );
  }

  /** A row of a list as a job that one can do something with. */
  of(data: TrainingJob): Job {
    return new Job(this.#transport, data);
  }
}

/** One job. `data` is what the service last said of it; `refresh`, `wait`, `cancel`, `retry` and `extend` renew it. */
export class Job {
  readonly #transport: Transport;

  constructor(
    transport: Transport,
    public data: TrainingJob,
  ) {
    this.#transport = transport;
  }

  /** What JSON holds of it: the service's row. */
  toJSON(): TrainingJob {
    return this.data;
  }

  get id(): string {
    return this.data.id;
  }

  get status(): TrainingJob["status"] {
    return this.data.status;
  }

  /** Whether nothing more happens to it unless it is retried. */
  get hasEnded(): boolean {
    return hasEnded(this.status);
  }

  /** Asks how it is now. */
  async refresh(options: CallOptions = {}): Promise<this> {
    this.data = await this.#transport.call("get_training_job", { path: { id: this.id } }, options);
    return this;
  }

  /** What happens to it, from the beginning or behind `after`, to its last state: states, log lines, metrics, files. */
  follow(options: FollowOptions = {}): AsyncGenerator<StreamEvent, void, undefined> {
    return follow(this.#transport, this.id, options);
  }

  /** Waits for its end, however it ends: look at `status`, and at `data.failure` if it is `failed`. */
  async wait(options: WaitOptions = {}): Promise<this> {
    const { timeoutSeconds, onEvent, signal } = options;
    if (timeoutSeconds === undefined) {
      return this.waitUnder(signal, onEvent);
    }
    const deadline = new Deadline(timeoutSeconds, `The job did not end within ${timeoutSeconds} s.`, signal);
    try {
      return await this.waitUnder(deadline.signal, onEvent);
    } finally {
      deadline.release();
    }
  }

  private async waitUnder(signal: AbortSignal | undefined, onEvent: WaitOptions["onEvent"]): Promise<this> {
    let heard = 0;
    if (onEvent === undefined) {
      if ((await this.refresh({ signal })).hasEnded) {
        return this;
      }
      heard = this.data.newest_event ?? 0; // nobody wants to hear what was before
    }
    do {
      for await (const event of this.follow({ signal, after: heard })) {
        heard = event.number;
        onEvent?.(event);
      }
      await this.refresh({ signal });
    } while (!this.hasEnded); // else it was retried since its end was told
    return this;
  }

  /** Cancels it; what is completed stays charged. */
  async cancel(options: CallOptions = {}): Promise<ChangedJob> {
    return this.changed(await this.#transport.call("cancel_training_job", { path: { id: this.id } }, options));
  }

  /** Runs its failed and cancelled units again. */
  async retry(options: CallOptions = {}): Promise<ChangedJob> {
    return this.changed(await this.#transport.call("retry_training_job", { path: { id: this.id } }, options));
  }

  /** Lets its units run so long in all. */
  async extend(maxRuntimeSeconds: number, options: CallOptions = {}): Promise<ChangedJob> {
    const body = { max_runtime_seconds: maxRuntimeSeconds };
    return this.changed(await this.#transport.call("extend_training_job", { path: { id: this.id }, body }, options));
  }

  /** How it would be after such a change, and what that would cost and return; changes nothing. */
  previewChange(
    change: "cancel" | "retry" | { extendTo: number },
    options: CallOptions = {},
  ): Promise<ChangedJob> {
    const path = { id: this.id };
    if (typeof change === "object") {
      const body = { max_runtime_seconds: change.extendTo, preview: true };
      return this.#transport.call("extend_training_job", { path, body }, options);
    }
    return this.#transport.call(`${change}_training_job`, { path, body: { preview: true } }, options);
  }

  /** Its compute units, in the order of the plan. */
  units(options: CallOptions = {}): List<ComputeUnit> {
    const path = { id: this.id };
    return new List((cursor) =>
      this.#transport.call("list_compute_units", { path, query: { limit: PAGE_LIMIT, cursor } }, options),
    );
  }

  /** Why its units wait. */
  explain(options: CallOptions = {}): List<UnitExplanation> {
    const path = { id: this.id };
    return new List((cursor) =>
      this.#transport.call("explain_training_job", { path, query: { limit: PAGE_LIMIT, cursor } }, options),
    );
  }

  /** The lines that a unit wrote, up to now. */
  logs(
    unitId: string,
    options: CallOptions & { after?: number | undefined; attempt?: number | undefined } = {},
  ): AsyncGenerator<LogRow, void, undefined> {
    const path = { id: this.id, unit_id: unitId };
    const { attempt } = options;
    return numbered(options.after ?? 0, (after) =>
      this.#transport.call("list_unit_logs", { path, query: { after, attempt, limit: PAGE_LIMIT } }, options),
    );
  }

  /** The points that its units logged, up to now. */
  metrics(options: CallOptions & { after?: number | undefined } = {}): AsyncGenerator<MetricRow, void, undefined> {
    const path = { id: this.id };
    return numbered(options.after ?? 0, (after) =>
      this.#transport.call("list_metrics", { path, query: { after, limit: PAGE_LIMIT } }, options),
    );
  }

  /** The files that it made; those with `data.open` can be downloaded now. */
  async artifacts(options: CallOptions = {}): Promise<ArtifactFile[]> {
    const path = { id: this.id };
    const rows = new List((cursor) =>
      this.#transport.call("list_artifacts", { path, query: { limit: PAGE_LIMIT, cursor } }, options),
    );
    return (await rows.all()).map((row) => new ArtifactFile(this.#transport, this.id, row));
  }

  private changed(answer: ChangedJob): ChangedJob {
    this.data = answer;
    return answer;
  }
}
