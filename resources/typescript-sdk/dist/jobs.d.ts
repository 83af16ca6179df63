/** Training jobs: submitted, followed, waited for, changed, and what they made. */
import { ArtifactFile } from "./artifacts.js";
import { type FollowOptions, type StreamEvent } from "./events.js";
import type { ChangedJob, ComputeUnit, JobPreview, LogRow, MetricRow, SubmitJob, TrainingJob, UnitExplanation } from "./generated/schemas.js";
import { List } from "./pages.js";
import type { CallOptions, CreateOptions, Input, Transport } from "./transport.js";
export type JobFilters = Omit<NonNullable<Input<"list_training_jobs">["query"]>, "cursor">;
export interface WaitOptions extends CallOptions {
    /** Throws TimeoutError after so many seconds; the job goes on. Without it: as long as the job takes. */
    timeoutSeconds?: number | undefined;
    /** Hears each event on the way, from the job's first on. */
    onEvent?: ((event: StreamEvent) => void) | undefined;
}
/** The jobs of a customer. */
export declare class Jobs {
    #private;
    constructor(transport: Transport);
    /** Submits a job; its projected cost is held. The same `idempotencyKey` again gives the same job. */
    submit(job: SubmitJob, options?: CreateOptions): Promise<Job>;
    /** What a job would cost and how it would be divided; changes nothing. */
    preview(job: SubmitJob, options?: CallOptions): Promise<JobPreview>;
    get(id: string, options?: CallOptions): Promise<Job>;
    /** All jobs, newest first. */
    list(filters?: JobFilters, options?: CallOptions): List<TrainingJob>;
    /** A row of a list as a job that one can do something with. */
    of(data: TrainingJob): Job;
}
/** One job. `data` is what the service last said of it; `refresh`, `wait`, `cancel`, `retry` and `extend` renew it. */
export declare class Job {
    #private;
    data: TrainingJob;
    constructor(transport: Transport, data: TrainingJob);
    /** What JSON holds of it: the service's row. */
    toJSON(): TrainingJob;
    get id(): string;
    get status(): TrainingJob["status"];
    /** Whether nothing more happens to it unless it is retried. */
    get hasEnded(): boolean;
    /** Asks how it is now. */
    refresh(options?: CallOptions): Promise<this>;
    /** What happens to it, from the beginning or behind `after`, to its last state: states, log lines, metrics, files. */
    follow(options?: FollowOptions): AsyncGenerator<StreamEvent, void, undefined>;
    /** Waits for its end, however it ends: look at `status`, and at `data.failure` if it is `failed`. */
    wait(options?: WaitOptions): Promise<this>;
    private waitUnder;
    /** Cancels it; what is completed stays charged. */
    cancel(options?: CallOptions): Promise<ChangedJob>;
    /** Runs its failed and cancelled units again. */
    retry(options?: CallOptions): Promise<ChangedJob>;
    /** Lets its units run so long in all. */
    extend(maxRuntimeSeconds: number, options?: CallOptions): Promise<ChangedJob>;
    /** How it would be after such a change, and what that would cost and return; changes nothing. */
    previewChange(change: "cancel" | "retry" | {
        extendTo: number;
    }, options?: CallOptions): Promise<ChangedJob>;
    /** Its compute units, in the order of the plan. */
    units(options?: CallOptions): List<ComputeUnit>;
    /** Why its units wait. */
    explain(options?: CallOptions): List<UnitExplanation>;
    /** The lines that a unit wrote, up to now. */
    logs(unitId: string, options?: CallOptions & {
        after?: number | undefined;
        attempt?: number | undefined;
    }): AsyncGenerator<LogRow, void, undefined>;
    /** The points that its units logged, up to now. */
    metrics(options?: CallOptions & {
        after?: number | undefined;
    }): AsyncGenerator<MetricRow, void, undefined>;
    /** The files that it made; those with `data.open` can be downloaded now. */
    artifacts(options?: CallOptions): Promise<ArtifactFile[]>;
    private changed;
}
