/** The envelope of every list. */
export interface Page<T> {
    data: T[];
    page: PageInfo;
}
/**
 * How a request came in. `kind` is `session` or `api_key`; the key's id, name and prefix are None of a session,
 * `expires_at` is None of a key.
 */
export interface Access {
    kind: string;
    scopes: string[];
    api_key_id?: string | null;
    api_key_name?: string | null;
    api_key_prefix?: string | null;
    expires_at?: string | null;
}
/** The customer's account; `access` is how this very request came in. */
export interface Account {
    id: string;
    email: string;
    created_at: string;
    environment: string;
    balance_micro: number;
    balance: string;
    held_micro: number;
    held: string;
    access: Access;
}
/** A key as lists show it. */
export interface ApiKeyRow {
    id: string;
    name: string;
    prefix: string;
    scopes: string[];
    created_at: string;
    last_used_at: string | null;
    revoked_at: string | null;
}
/** Lets the program have a key. Without `scopes` it is what the program asked for. */
export interface ApproveDeviceCode {
    /** The code that the program shows, in large or small letters, with a dash or without. */
    user_code: string;
    /** What the key may do; left out, what the program asked for. */
    scopes?: string[] | null;
}
/** One file that a job made. `open`: it can be downloaded now. `may_run_code`: it holds pickles. */
export interface Artifact {
    id: string;
    type: ArtifactType;
    name: string;
    compute_unit_id: string;
    size_bytes: number;
    sha256: string;
    /** It may hold pickles, which run code when they are loaded. */
    may_run_code: boolean;
    /** Whether it can be downloaded now. */
    open: boolean;
    created_at: string;
    expires_at: string | null;
}
/**
 * A file that the job made. `sha256` and what follows it are those of the artifact when this is told; none of them
 * is there when the artifact has been taken back since.
 */
export interface ArtifactEvent {
    number: number;
    time?: string | null;
    training_job_id?: string | null;
    artifact_id: string;
    type: ArtifactType;
    name: string;
    size_bytes: number;
    compute_unit_id: string;
    /** null for an artifact that was taken back since. */
    sha256?: string | null;
    may_run_code?: boolean;
    open?: boolean;
    created_at?: string | null;
    expires_at?: string | null;
}
/** What an artifact is. */
export type ArtifactType = "checkpoint" | "logs" | "metrics" | "output" | (string & {});
/** One node's try at a unit. */
export interface Attempt {
    number: number;
    node_label: string;
    outcome: AttemptOutcome | null;
    reason: string | null;
    exit_code: number | null;
    limit: number | null;
    measured: number | null;
    started_at: string | null;
    finished_at: string | null;
    resumed_from_step: number | null;
    last_step: number | null;
    checkpoint_used: boolean;
    last_heard_at: string | null;
}
/** What a unit was allowed. */
export interface AttemptLimits {
    max_runtime_seconds: number;
    cpus: number;
    memory_mb: number;
    disk_mb: number;
    vram_mb: number;
}
/** How an attempt ended; an attempt that has not ended has none. */
export type AttemptOutcome = "cancelled" | "completed" | "failed" | "lost" | "refused" | "released" | "superseded" | "verification_failed" | (string & {});
/** A program that wants a key. Without `scopes` it asks for all that its approver may do. */
export interface BeginDeviceLogin {
    /** What the key will be called, such as the machine: printable characters. */
    name: string;
    /** What the program wants to do; left out, all that its approver may. */
    scopes?: string[] | null;
}
/** What a row of earnings is of. */
export type By = "day" | "unit";
/** A cancel or a retry. With `preview` it answers with the job as it would be, and changes nothing. */
export interface ChangeJob {
    /** Answer with the job as it would be, and change nothing. */
    preview?: boolean;
}
/**
 * Another name (what customers see as `node_label`), or an end: a node that is revoked can't come back, and may
 * be enrolled anew.
 */
export interface ChangeNode {
    /** Another name, which customers see as `node_label`. */
    name?: string | null;
    /** Only true: the node's credential is good no more, and what it holds goes elsewhere. */
    revoked?: boolean | null;
}
/**
 * What is to be different; what is left out stays as it is. Switched off, an endpoint is told nothing, and what
 * waited for it ends as failed.
 */
export interface ChangeWebhook {
    /** Another address; what waits goes there. */
    url?: string;
    /** What it is told of from now on, instead. */
    events?: WebhookEvent[];
    /** False: it is told nothing, and what waits ends as failed. */
    enabled?: boolean;
    /** As when it was made; goes with `credits.low`. */
    credits_low_threshold_micro?: number | null;
}
/**
 * The job after a change, or as it would be after it, with the money that the change moves; None is a service too
 * old to say.
 */
export interface ChangedJob {
    id: string;
    name: string;
    status: JobStatus;
    dataset_id: string;
    training_package_id: string;
    required_vram_mb: number;
    required_disk_mb: number;
    max_runtime_seconds: number;
    sensitivity: string;
    strategy: Record<string, unknown>;
    params: Record<string, unknown>;
    priority: number;
    created_at: string;
    started_at: string | null;
    finished_at: string | null;
    progress: number;
    seconds_remaining: number | null;
    units: Record<string, number>;
    credits: JobCredits;
    metrics: Record<string, number>;
    failure: JobFailure | null;
    inputs?: Record<string, string>;
    initial_checkpoint_artifact_id?: string | null;
    newest_event?: number;
    change?: JobMoney | null;
}
/** What is looked at, in this order. Of those of a GPU there is one a GPU. */
export type CheckKind = "break_out" | "disk" | "gpu" | "gpu_frees" | "limits" | "line" | "python" | "sandbox_program" | "sandbox_starts" | "server" | "system_calls" | "unit" | (string & {});
/** One check, as the server is told of it; words stay with the owner. */
export interface CheckResult {
    kind: CheckKind;
    state: CheckState;
    gpu_uuid?: string | null;
}
/**
 * How far a check is. `blocked`: what it stands on failed, so it says nothing of itself. `skipped`: it was left
 * out, and its evidence says why.
 */
export type CheckState = "blocked" | "failed" | "passed" | "running" | "skipped" | "waiting" | (string & {});
/** `size_bytes` bytes from `offset` on of the chunk whose SHA-256 is `digest` (64 lowercase hex digits). */
export interface ChunkRef {
    digest: string;
    offset: number;
    size_bytes: number;
}
/** The account's password once more: a key or session that fell into other hands closes no account. */
export interface CloseAccount {
    /** The account's password once more, whatever came in the header. */
    password: string;
}
/**
 * A node of the job's DAG. `needs` are the ids of units whose results it waits for; `attempt` is the newest's
 * number, 0 before the first.
 */
export interface ComputeUnit {
    id: string;
    kind: UnitKind;
    role: string;
    index: number;
    /** The ids of units whose results it waits for. */
    needs: string[];
    state: UnitState;
    node_label: string | null;
    held_micro: number;
    charged_micro: number;
    released_micro: number;
    created_at: string;
    started_at: string | null;
    finished_at: string | null;
    progress: number;
    /** The number of the newest attempt; 0 before the first. */
    attempt: number;
    attempts: Attempt[];
}
/** What keeps a unit's code in its place on a node; a word that is not known here counts as none. */
export type Confinement = "bubblewrap" | "none" | (string & {});
/** One file of a dataset or package, with the chunks it is made of. */
export interface ContentFile {
    path: string;
    size_bytes: number;
    chunks: ChunkRef[];
}
/** Why a package was rejected: one problem, where it is. */
export interface ContentProblem {
    message: string;
    file?: string | null;
    line?: number | null;
}
/** Where a dataset or a training package stands. */
export type ContentStatus = "ready" | "rejected" | "uploading" | (string & {});
/** The answer to a create: what has to be sent. `missing_chunks` is at most the first 1,000 of `missing_count`. */
export interface ContentUpload {
    id: string;
    name: string;
    version: number;
    status: ContentStatus;
    created_at: string;
    size_bytes: number | null;
    file_count: number | null;
    digest: string | null;
    reasons: ContentProblem[];
    training?: Record<string, unknown> | null;
    chunk_size_bytes: number;
    /** What has to be sent: at most the first 1,000 of `missing_count`. */
    missing_chunks: MissingChunk[];
    missing_count: number;
    /** Where to PUT the one file; null for an upload with a manifest. */
    content_url: string | null;
}
/** A new key. Without `scopes` it may do all that the one who makes it may do. */
export interface CreateApiKey {
    /** What lists call the key: printable characters. */
    name: string;
    /** What it may do; left out, all that you may. */
    scopes?: string[] | null;
}
/** Keeps a package off the owner's nodes; the reason is the report to the operator. */
export interface CreateBlock {
    /** The SHA-256 of the package's zip, 64 hex digits. */
    package_digest: string;
    /** Why: 1 to 500 printable characters. The operator reads it. */
    reason: string;
}
/** A create as the server reads it: unknown fields are refused within `files` too. */
export interface CreateContentBody {
    /** What you call it: 1 to 200 printable characters. A name that is there already gets its next version. */
    name: string;
    /** The manifest: every file with the chunks that make it up. Or give `file_name`. */
    files?: StrictFileEntry[] | null;
    /** The name of one file, to be sent whole to `content_url`. */
    file_name?: string | null;
}
/** Nothing is to be said. */
export interface CreateEnrollmentCode {
}
/** A new endpoint. `credits_low_threshold_micro` is asked for with `credits.low`, and only with it. */
export interface CreateWebhook {
    /** An https address on the internet. */
    url: string;
    /** What it is told of: at least one. */
    events: WebhookEvent[];
    /** With `credits.low`: told once when the balance falls below, and again only after it was not. */
    credits_low_threshold_micro?: number | null;
}
/** A key just made. `secret` is the key itself, shown this once: None when the answer is a replay. */
export interface CreatedApiKey {
    id: string;
    name: string;
    prefix: string;
    scopes: string[];
    created_at: string;
    last_used_at: string | null;
    revoked_at: string | null;
    secret?: string | null;
}
/** An endpoint just made. `secret` signs all that is sent there and is shown this once: None in a replay. */
export interface CreatedWebhook {
    id: string;
    url: string;
    events: WebhookEvent[];
    enabled: boolean;
    credits_low_threshold_micro: number | null;
    created_at: string;
    last_delivery: LastDelivery | null;
    disabled_reason?: string | null;
    /** `whsec_…`, by which to verify what comes; null in a replay. */
    secret?: string | null;
}
/** Where a dataset stands: `uploading`, `ready`, `rejected` or `deleted`. */
export interface DatasetEvent {
    number: number;
    time?: string | null;
    training_job_id?: string | null;
    dataset_id: string;
    name: string;
    version: number;
    status: string;
}
/** A UTC day, `2026-04-01`. A day without anything is all zeros. */
export interface DayUsage {
    units_completed?: number;
    units_uncharged?: number;
    seconds?: number;
    charged_micro?: number;
    charged?: string;
    returned_micro?: number;
    returned?: string;
    date: string;
    by_package?: PackageUsage[];
    by_kind?: KindUsage[];
}
/**
 * An event on its way to one endpoint. `webhook_message_id` is what the header `webhook-id` says, the same at each
 * try and redelivery. `expected_tries` is about how many there are until `gives_up_at`, if none is taken. `error_code`
 * is WEBHOOK_DELIVERY_FAILED once it has failed for good.
 */
export interface Delivery {
    id: string;
    webhook_id: string;
    /** What `webhook-id` says, at each try and redelivery. */
    webhook_message_id: string;
    event: string;
    status: DeliveryStatus;
    training_job_id: string | null;
    job_name: string | null;
    request: DeliveryRequest;
    created_at: string;
    /** When it is tried next; null when it is over. */
    next_attempt_at: string | null;
    /** When the last try is made. */
    gives_up_at: string;
    /** About how many tries there are until then, if none is taken. */
    expected_tries: number;
    tries: DeliveryTry[];
    /** WEBHOOK_DELIVERY_FAILED for one that failed for good; else null. */
    error_code: string | null;
}
/** What is sent, as the newest try sent it or, before the first, as the next would. */
export interface DeliveryRequest {
    method: string;
    url: string;
    headers: Record<string, string>;
    body: string;
}
/** Where a delivery stands. `pending`: it is due, under way, or waits for its next try. */
export type DeliveryStatus = "delivered" | "failed" | "pending" | (string & {});
/**
 * One try. `address` is the one that was dialled, `response` the first 4 KiB of the answer as text, `error` says
 * in words why there was none.
 */
export interface DeliveryTry {
    at: string;
    /** HTTP's; null without an answer. */
    status: number | null;
    seconds: number;
    address: string | null;
    /** The start of the answer, 4 KiB at most. */
    response: string | null;
    /** Why there was no answer, or why it counts as none. */
    error: string | null;
}
/**
 * Units that wait and ask the same of a node. `own_units`: those of the owner's own jobs; `blocked_units`: those
 * of packages that the owner blocks. `hourly`: how many such units became ready in each of the last 24 hours, the
 * running one last.
 */
export interface DemandRow {
    kind: UnitKind;
    vram_mb: number;
    memory_mb: number;
    disk_mb: number;
    cpus: number;
    cpu_ok: boolean;
    python: string;
    sensitivity: string;
    units: number;
    own_units: number;
    blocked_units: number;
    longest_wait_seconds: number;
    earns_micro_per_hour: number;
    earns_per_hour: string;
    hourly: number[];
    nodes: NodeVerdict[];
}
/**
 * A code as whoever may approve it sees it: what asks, what it calls itself, from which address. `scopes` is what
 * it asks for (null: all that you may) or, once approved, what it was given.
 */
export interface DeviceCode {
    user_code: string;
    name: string;
    /** From where the program asks. Approve none that you have not started yourself. */
    address: string;
    /** What the program asks for, null for all that you may; once approved, what it was given. */
    scopes: string[] | null;
    status: DeviceCodeState;
    created_at: string;
    expires_at: string;
}
/** What became of a code. */
export type DeviceCodeState = "approved" | "denied" | "pending" | (string & {});
/** How a login by code stands; once it is `approved`, the key, in this answer alone, and whose it is. */
export interface DeviceKey {
    status: DeviceLoginState;
    interval: number;
    api_key?: CreatedApiKey | null;
    customer?: SignedInCustomer | null;
}
/**
 * The two codes. `device_code` is the program's own secret; `user_code` is what a person types where they are
 * signed in, at `verification_url` or by `gpu-agent-client device approve`. Ask for the key every `interval` seconds,
 * for `expires_in` seconds at most.
 */
export interface DeviceLogin {
    device_code: string;
    /** To be shown to a person, who approves it where they are signed in. */
    user_code: string;
    /** Where that is done with HTTP: POST the code there, then to `…/approve`. */
    verification_url: string;
    /** Seconds until both codes are good no more. */
    expires_in: number;
    /** Seconds between two asks for the key; `slow_down` makes them more. */
    interval: number;
}
/** How it stands. The first two: ask again in `interval` seconds; the others are the end. */
export type DeviceLoginState = "access_denied" | "approved" | "authorization_pending" | "expired_token" | "slow_down" | (string & {});
/** Which file of a dataset or package to download. */
export interface DownloadRequest {
    /** The path of one of its files. */
    path: string;
}
/** A signed URL that serves one file, with `Range`, without a key. */
export interface DownloadUrl {
    download_url: string;
    expires_at: string;
    file_name: string;
    size_bytes: number;
}
/**
 * Earnings of a UTC day on a node's GPU (None: its processors), after the fee; or, by unit, of one attempt.
 *
 * All rows add up to the ledger's `earning` rows, less what was taken back of them; that is told by the day when
 * it was taken.
 * `node_id` is None where older versions did not keep it.
 */
export interface EarningRow {
    date: string;
    node_id: string | null;
    node_name: string | null;
    gpu_uuid: string | null;
    units: number;
    seconds: number;
    earned_micro: number;
    earned: string;
    earned_at?: string | null;
    attempt_id?: string | null;
    compute_unit_id?: string | null;
    role?: string | null;
}
/** A code that enrols one node until `expires_at`. It is shown once: None in a replay. */
export interface EnrollmentCode {
    code: string | null;
    tier: string;
    expires_at: string;
}
/** The shape of every answer outside 2xx and 3xx, below the key `error`. */
export interface ErrorBody {
    /** What went wrong; one of the table of error codes, or newer than it. */
    code: string;
    /** The same in words. */
    message: string;
    /** The next thing to do. */
    hint?: string;
    /** A row for each problem, where there are several. */
    details?: ErrorDetail[];
    /** As in `X-Request-Id`. */
    request_id?: string;
}
/** One row of an error's details: the field or file it is about, and what is wrong with it. */
export interface ErrorDetail {
    message: string;
    field?: string | null;
    file?: string | null;
    line?: number | null;
}
/** The whole error answer. */
export interface ErrorEnvelope {
    error: ErrorBody;
}
/** `max_runtime_seconds` is the new longest running time of each unit of the customer's code, in all. */
export interface ExtendJob {
    /** Answer with the job as it would be, and change nothing. */
    preview?: boolean;
    /** How long each unit of your code may run in all; not less than now. */
    max_runtime_seconds: number;
}
/** Asks whether the code was approved. */
export interface FetchDeviceKey {
    /** The program's own code, from `POST /auth/device`. */
    device_code: string;
}
/** One GPU that may take a unit now. */
export interface FreeGpu {
    uuid: string;
    model: string;
    vram_total_mb: number;
    vram_free_mb: number;
    driver?: string;
}
/**
 * What the node offers at this moment, above what its running units hold. `gpus_withheld` are all its other GPUs;
 * None from an older node, which doesn't tell.
 */
export interface FreeResources {
    cpus: number;
    memory_mb: number;
    disk_mb: number;
    gpus?: FreeGpu[];
    pythons?: string[];
    os?: string;
    arch?: string;
    confinement?: Confinement;
    sensitivities?: string[];
    gpus_withheld?: WithheldGpu[] | null;
}
/** The events `first` to `last` are gone: what they told has to be read from the lists. */
export interface GapEvent {
    number: number;
    time?: string | null;
    training_job_id?: string | null;
    from: number;
    to: number;
}
/** What a GPU managed: 10^12 additions and multiplications of 32-bit numbers a second. */
export interface GpuSpeed {
    uuid: string;
    tflops: number;
}
/** The server answers. */
export interface Health {
    status: string;
}
/** What the job holds and was charged. */
export interface JobCredits {
    held_micro: number;
    held: string;
    charged_micro: number;
    charged: string;
}
/**
 * Where the job stands. `progress` is 0 to 1; `seconds_remaining` is None until it can be known. The rest is as in
 * the job itself, at the moment of the event (`metrics` from its end on); of what happened before a service could tell
 * it, there are no `credits` and nothing that follows them. How many units stand in each state, theirs tell.
 */
export interface JobEvent {
    number: number;
    time?: string | null;
    training_job_id?: string | null;
    status: JobStatus;
    progress: number;
    seconds_remaining?: number | null;
    credits?: JobCredits | null;
    max_runtime_seconds?: number | null;
    started_at?: string | null;
    finished_at?: string | null;
    /** The last value of each name that evaluate logged; told once the job has ended. */
    metrics?: Record<string, number> | null;
    /** Why it failed; null for a job that has not. */
    failure?: JobFailure | null;
}
/** Why a job failed, in words and in numbers. */
export interface JobFailure {
    compute_unit_id: string | null;
    code: string;
    message: string;
    limit?: number | null;
    measured?: number | null;
    suggestion?: string | null;
}
/**
 * What a change sets aside, gives back and charges, and what the customer may spend after it. Units that are
 * completed were charged before, and stay so.
 */
export interface JobMoney {
    hold_micro: number;
    hold: string;
    release_micro: number;
    release: string;
    charge_micro: number;
    charge: string;
    balance_micro: number;
    balance: string;
}
/**
 * `POST …/preview`: the plan and its price; nothing is changed. The cost lies between the two amounts, and the
 * running time between the two of `seconds`, without waiting and transfers. `would_be_refused` is why a submit at this
 * moment would not be accepted, if anything.
 */
export interface JobPreview {
    units: PlannedUnit[];
    hold_micro: number;
    hold: string;
    /** The least and the most it may cost. */
    cost_micro: number[];
    balance_micro: number;
    balance: string;
    strategies: StrategyOffer[];
    cost?: string[];
    seconds?: number[];
    would_be_refused?: Refusal[];
}
/** What a unit's moves mean for its job, as it stands when it is told. */
export interface JobStanding {
    progress: number;
    seconds_remaining: number | null;
    units: Record<string, number>;
    credits: JobCredits;
}
/** Where a job stands. */
export type JobStatus = "cancelled" | "completed" | "failed" | "planning" | "queued" | "running" | (string & {});
/** The same for one kind of unit, `cpu` or `gpu`. */
export interface KindUsage {
    units_completed?: number;
    units_uncharged?: number;
    seconds?: number;
    charged_micro?: number;
    charged?: string;
    returned_micro?: number;
    returned?: string;
    kind: string;
}
/** One requirement that a node does not meet, in words. */
export interface Lacking {
    requirement: string;
    message: string;
}
/** What became of an endpoint's newest delivery: `at` is its newest try, or its making before the first. */
export interface LastDelivery {
    status: DeliveryStatus;
    at: string;
    response_status: number | null;
    next_attempt_at: string | null;
}
/** One move of a customer's credits, signed from the customer's view; all rows add up to `balance_micro`. */
export interface LedgerRow {
    id: string;
    created_at: string;
    kind: string;
    amount_micro: number;
    amount: string;
    balance_micro: number;
    balance: string;
    training_job_id: string | null;
    job_name: string | null;
    compute_unit_id: string | null;
    role: string | null;
    seconds: number | null;
    rate_class: string | null;
    note: string | null;
}
/** One limit. `used`, `left` and `renews_at` are None where nothing is counted or nothing renews by the clock. */
export interface LimitUse {
    name: string;
    limit: number;
    used: number | null;
    left: number | null;
    renews_at: string | null;
}
/** All limits of the customer, and whether they are served as others are. */
export interface LimitsAnswer {
    limits: LimitUse[];
    running_time: RunningTimeUse;
}
/** Lines of one attempt, in order. */
export interface LogEvent {
    number: number;
    time?: string | null;
    training_job_id?: string | null;
    compute_unit_id: string;
    attempt: number;
    lines: LogRow[];
}
/** One line a unit wrote; `number` counts the unit's lines from 1. */
export interface LogRow {
    number: number;
    attempt: number;
    stream: string;
    time: string;
    text: string;
}
/** The code as a program shows it; small letters, spaces and dashes make no difference. */
export interface LookUpDeviceCode {
    /** The code that the program shows, in large or small letters, with a dash or without. */
    user_code: string;
}
/** What was measured; None is what was not. Rates are bytes a second. */
export interface MeasuredSpeed {
    latency_seconds?: number | null;
    download_rate?: number | null;
    upload_rate?: number | null;
    disk_write_rate?: number | null;
    disk_sync_seconds?: number | null;
    gpus?: GpuSpeed[];
}
/** `GET /meta`: what this service is, its limits, rates and codes. */
export interface Meta {
    environment: string;
    api_base_url: string;
    client_domain: string;
    build: string;
    limits: Record<string, unknown>;
    rates: Record<string, unknown>;
    tiers: Record<string, unknown>[];
    error_codes: Record<string, unknown>[];
    protocol: Record<string, unknown>;
}
/** Metric points of one attempt, in order. */
export interface MetricEvent {
    number: number;
    time?: string | null;
    training_job_id?: string | null;
    compute_unit_id: string;
    attempt: number;
    points: MetricRow[];
}
/** Values a unit logged at a step; `number` counts the job's points from 1. */
export interface MetricRow {
    number: number;
    compute_unit_id: string;
    attempt: number;
    step: number | null;
    time: string;
    values: Record<string, number>;
}
/** A chunk to be sent, with the signed URL to PUT it to. */
export interface MissingChunk {
    digest: string;
    size_bytes: number;
    /** Where to PUT the chunk's bytes; good for six hours. */
    upload_url: string;
}
/**
 * Whether a node could run such units with what it offers now, what it lacks, and what an hour would earn there
 * after the fee (a GPU unit on a machine without a GPU earns the cpu rate).
 */
export interface NodeVerdict {
    node_id: string;
    node_name: string;
    can_run: boolean;
    lacks: Lacking[];
    earns_micro_per_hour: number;
    earns_per_hour: string;
}
/** A test and a redelivery: nothing is to be said. */
export interface NothingToSay {
}
/**
 * A node as its owner sees it. `online`: it was heard of lately. `resources`: what it last offered, above what
 * its running units hold; None until it has said so. `self_test`: the newest, the node's own word; None before it has
 * told of one.
 */
export interface OwnedNode {
    id: string;
    name: string;
    tier: string;
    enrolled_at: string;
    last_seen_at: string | null;
    online: boolean;
    revoked: boolean;
    agent_version: string;
    resources: FreeResources | null;
    running: RunningUnit[];
    self_test?: SelfTestSummary | null;
}
/**
 * A unit that ran, or runs, on one of the owner's nodes.
 *
 * `input_bytes` is what it needed, `output_bytes` its result, `checkpoint_bytes` the saved states that are kept.
 * `share`: the part (0 to 1) of the unit's accepted seconds that was done here. `payment` is `waiting` while the unit
 * has not ended and this work may become part of its result; `reason` says why nothing was, or will be, earned.
 * `energy_joules` is what its GPU used for it, None where its node did not tell.
 */
export interface OwnerAttempt {
    id: string;
    node_id: string;
    node_name: string;
    compute_unit_id: string;
    role: string;
    kind: UnitKind;
    package_digest: string;
    gpu_uuid: string | null;
    limits: AttemptLimits;
    input_bytes: number;
    output_bytes: number;
    checkpoint_bytes: number;
    leased_at: string;
    started_at: string | null;
    finished_at: string | null;
    outcome: AttemptOutcome | null;
    accepted_seconds: number;
    share: number | null;
    earned_micro: number;
    earned: string;
    payment: "nothing" | "paid" | "waiting";
    reason: string | null;
    energy_joules?: number | null;
}
/** One block. `owner` is the e-mail address of who blocked it, told to the operator alone. */
export interface PackageBlock {
    id: string;
    package_digest: string;
    reason: string;
    created_at: string;
    owner?: string | null;
}
/** The same for one training package. */
export interface PackageUsage {
    units_completed?: number;
    units_uncharged?: number;
    seconds?: number;
    charged_micro?: number;
    charged?: string;
    returned_micro?: number;
    returned?: string;
    training_package_id: string | null;
    name: string | null;
    version: number | null;
}
/** Where a list goes on. */
export interface PageInfo {
    limit: number;
    /** Where the list goes on; null on the last page. */
    next_cursor: string | null;
    /** Whether it goes on. */
    has_more: boolean;
}
/**
 * A unit of a plan that was not submitted. `nodes_now`: how many nodes could run it now.
 *
 * It runs between `seconds[0]` and `seconds[1]` and costs between the two of `cost_micro`, as the package's
 * `earlier_runs` did (`basis` earlier_runs, with what is usual), or, with none, as the limits allow (`basis` limits).
 */
export interface PlannedUnit {
    kind: UnitKind;
    role: string;
    index: number;
    needs: number[];
    max_seconds: number;
    hold_micro: number;
    /** How many nodes could run it now. */
    nodes_now: number;
    seconds?: number[];
    usual_seconds?: number | null;
    cost_micro?: number[];
    basis?: string;
    earlier_runs?: number;
}
/** A refusal that a submit would meet at this moment: its code of the contract, in words and with what to do. */
export interface Refusal {
    code: string;
    message: string;
    hint: string;
}
/**
 * One thing that a unit asks of a node, and how many of the known nodes have it, whether busy or not.
 *
 * `name`: vram, memory, disk, cpus, python, tier, confinement, acceptance, block or sharing; `asked` is in MiB,
 * processors, or the words of the request; None where a node just has it or has it not. `block` is there only where
 * owners of known nodes block the job's training package.
 */
export interface RequirementCount {
    name: string;
    asked: number | string | null;
    nodes: number;
    message: string;
}
/**
 * Seconds that nodes worked for the customer in the last days: charged, and free because the customer cancelled or
 * their own code failed. Above a fifth of both their work is `slowed`: it is served later than others'.
 */
export interface RunningTimeUse {
    days: number;
    charged_seconds: number;
    free_seconds: number;
    slowed: boolean;
}
/** What runs on a node now. `package_digest` is the SHA-256 of the package's zip; `since` when it was leased. */
export interface RunningUnit {
    attempt_id: string;
    role: string;
    kind: UnitKind;
    package_digest: string;
    gpu_uuid: string | null;
    since: string;
}
/**
 * The newest self-test of a node, as the server kept it: the node's own word. `passed`: whether everything passed
 * without which no stranger's unit runs safely; `checks` say what did.
 */
export interface SelfTestSummary {
    passed: boolean;
    finished_at: string;
    checks: CheckResult[];
    speed: MeasuredSpeed;
}
/** How far a customer's data may travel: to which tiers of nodes. */
export type Sensitivity = "low_sensitive" | "public" | "restricted" | "sensitive";
/** Who wants to sign in. Passwords are compared in Unicode's form NFKC. */
export interface SignIn {
    /** The address that the operator knows you by. */
    email: string;
    /** Compared in Unicode's form NFKC. */
    password: string;
}
/**
 * A session: send `token` as `Authorization: Bearer`. It ends at `expires_at`, or before when it is not used for
 * `idle_seconds`.
 */
export interface SignedIn {
    token: string;
    expires_at: string;
    idle_seconds: number;
    customer: SignedInCustomer;
}
/** Whose session it is. */
export interface SignedInCustomer {
    id: string;
    email: string;
}
/** A dataset or training package. `digest` is that of the manifest once it is whole. */
export interface StoredContent {
    id: string;
    name: string;
    version: number;
    status: ContentStatus;
    created_at: string;
    size_bytes: number | null;
    file_count: number | null;
    /** SHA-256 of the manifest; null until then. */
    digest: string | null;
    /** Why it was rejected; empty for one that was not. */
    reasons: ContentProblem[];
    /** What a package's `training.toml` says. */
    training?: Record<string, unknown> | null;
}
/**
 * One way of dividing a training. Where it is not offered, `reason` says why, and the numbers what it comes to.
 *
 * They are None where not known: the seconds of work between two exchanges of results, the bytes a node sends and
 * receives for each, and how many bytes a second the median node manages.
 */
export interface StrategyOffer {
    kind: string;
    offered: boolean;
    reason?: string | null;
    round_seconds?: number | null;
    transfer_bytes?: number | null;
    median_node_bytes_per_second?: number | null;
}
/** How the training is divided. Only `single` is offered by this version, which needs nothing beside it. */
export interface StrategySpec {
    /** `single`: one training on one node. */
    kind?: "custom" | "diloco" | "segments" | "shards" | "single" | "sweep";
    sweep?: Record<string, unknown[]> | null;
    metric?: string | null;
    direction?: "max" | "min" | null;
    early_stop?: unknown;
    segments?: number | null;
}
/** A ChunkRef in a customer's request, where unknown fields are refused. */
export interface StrictChunkRef {
    /** SHA-256 of the whole chunk, 64 lower-case hex digits. */
    digest: string;
    /** Where the piece begins in the chunk. */
    offset: number;
    /** How long the piece is. A chunk has at most 8 MiB. */
    size_bytes: number;
}
/** A FileEntry in a customer's request, where unknown fields are refused. */
export interface StrictFileEntry {
    /** Where it lies: relative, with `/`, without `.` and `..`. */
    path: string;
    /** How long the file is: the sum of its chunks. */
    size_bytes: number;
    /** The pieces that make up its bytes, in order; none for an empty file. */
    chunks: StrictChunkRef[];
}
/**
 * `POST /customer/training-jobs`: the seven published fields and what may stand beside them.
 *
 * `inputs` are further datasets by name, which the customer's code finds at `GPU_AGENT_INPUTS_DIR/<name>`;
 * `initial_checkpoint_artifact_id` is any file of a checkpoint of another job: training goes on from the whole of it.
 * Webhooks named in `webhook_ids` hear of this job's events, whatever else they asked for.
 */
export interface SubmitJob {
    /** What you call the job: 1 to 200 printable characters. */
    name: string;
    /** A dataset of yours that is `ready`. */
    dataset_id: string;
    /** A training package of yours that is `ready`. */
    training_package_id: string;
    /** VRAM in MiB that training needs; 0 for a job without a GPU. 0 to 196,608. */
    required_vram_mb: number;
    /** Disk in MiB that a unit may fill. 0 to 1,048,576. */
    required_disk_mb: number;
    /** The longest that training may run. 1 to 604,800. */
    max_runtime_seconds: number;
    /** How far your data may travel. */
    sensitivity: Sensitivity;
    /** How training is divided; without it the package's own, or `single`. */
    strategy?: StrategySpec | null;
    /** Values of the parameters that the package names; without one its default. */
    params?: Record<string, unknown> | null;
    /** Further datasets by name; your code finds each at `GPU_AGENT_INPUTS_DIR/<name>`. */
    inputs?: Record<string, string> | null;
    /** Any file of a checkpoint of another job of yours: training goes on from the whole of it. */
    initial_checkpoint_artifact_id?: string | null;
    /** Refuse the job if it might cost more: a decimal string, such as "2.5". */
    max_credits?: string | null;
    /** Among your own jobs, higher goes first. -100 to 100; 0 without it. */
    priority?: number | null;
    /** Webhooks that hear of this job's events, whatever else they asked for. */
    webhook_ids?: string[] | null;
}
/**
 * What to ask for instead, and how many of the known nodes would then do. The fields are those of the request, or
 * of training.toml (`resources.memory_mb`).
 */
export interface SuggestedChange {
    fields: Record<string, number | string | boolean>;
    nodes: number;
    message: string;
}
/**
 * A job as its customer sees it. `units` counts compute units by state; `metrics` holds the last value of each
 * name that evaluate logged; `progress` is 0 to 1; `sensitivity` is a Sensitivity, or a word newer than this;
 * `newest_event` is the number of its newest event: its stream from behind that one tells all that is not in here.
 */
export interface TrainingJob {
    id: string;
    name: string;
    status: JobStatus;
    dataset_id: string;
    training_package_id: string;
    required_vram_mb: number;
    required_disk_mb: number;
    max_runtime_seconds: number;
    sensitivity: string;
    /** How training is divided. */
    strategy: Record<string, unknown>;
    /** What it runs with, defaults included. */
    params: Record<string, unknown>;
    priority: number;
    created_at: string;
    started_at: string | null;
    finished_at: string | null;
    /** 0 to 1, each unit weighing its planned seconds. */
    progress: number;
    /** An estimate, once ten steps are seen; null until then. */
    seconds_remaining: number | null;
    /** How many compute units stand in each state. */
    units: Record<string, number>;
    credits: JobCredits;
    /** The last value of each name that evaluate logged. */
    metrics: Record<string, number>;
    /** Why it failed; null for a job that has not. */
    failure: JobFailure | null;
    inputs?: Record<string, string>;
    initial_checkpoint_artifact_id?: string | null;
    /** Open its events with this as Last-Event-ID: they tell all that is not in here. */
    newest_event?: number;
}
/** Where a training package stands: `uploading`, `ready`, `rejected` or `deleted`. */
export interface TrainingPackageEvent {
    number: number;
    time?: string | null;
    training_job_id?: string | null;
    training_package_id: string;
    name: string;
    version: number;
    status: string;
}
/**
 * Where a compute unit stands. `role` is its label, `train` or `train-2`; `attempt` is the newest's number, 0
 * before the first; `node_label` is the node of that attempt; `progress` is 0 to 1.
 *
 * `now` is the whole of the unit as it stands when this is told (in a job's stream), and `job` what that means for the
 * job: each stands in the last of the events told at once, so that it is told once and not with every move.
 */
export interface UnitEvent {
    number: number;
    time?: string | null;
    training_job_id?: string | null;
    compute_unit_id: string;
    role: string;
    state: UnitState;
    attempt: number;
    node_label?: string | null;
    progress?: number;
    /** The whole of the unit, in the last event about it that is told at once; null in the others. */
    now?: UnitStanding | null;
    /** What that means for its job, in the last event about it that is told at once. */
    job?: JobStanding | null;
}
/**
 * Why a unit waits. A `blocked` one waits for `waits_for`, one of the units it needs; a `ready` one for a node.
 *
 * Of `nodes_known`, those heard of lately, `nodes_fit` meet every requirement, and `nodes_now` could take it at
 * this moment. `ahead` units, `ahead_yours` of them your own, would be served before it by nodes that fit; None where
 * no node fits or the unit is blocked; `ahead_is_partial`: there are so many that not all were counted. `changes` are
 * there where no node fits: the smallest that would help, the best first.
 */
export interface UnitExplanation {
    compute_unit_id: string;
    role: string;
    index: number;
    kind: UnitKind;
    state: UnitState;
    message: string;
    waits_for: string | null;
    waiting_since: string | null;
    gives_up_at: string | null;
    nodes_known: number;
    nodes_fit: number;
    nodes_now: number;
    requirements: RequirementCount[];
    ahead: number | null;
    ahead_yours: number | null;
    ahead_is_partial: boolean;
    changes: SuggestedChange[];
}
/** What a unit needs to run on. */
export type UnitKind = "cpu" | "gpu" | (string & {});
/** A compute unit as it stands when it is told, which may be later than its event. Names are those of the unit. */
export interface UnitStanding {
    state: UnitState;
    node_label: string | null;
    held_micro: number;
    charged_micro: number;
    released_micro: number;
    started_at: string | null;
    finished_at: string | null;
    progress: number;
    attempt: number;
    attempts: Attempt[];
}
/** Where a compute unit stands; the moves between them are in `core/jobs/transitions.py`. */
export type UnitState = "blocked" | "cancelled" | "completed" | "failed" | "leased" | "ready" | "running" | "verifying" | (string & {});
/** The month so far, as `UsageFigures` of `protocol/usage.py`, and what is left. */
export interface UsageSummary {
    month: string;
    units_completed: number;
    units_uncharged: number;
    seconds: number;
    charged_micro: number;
    charged: string;
    balance_micro: number;
    balance: string;
    held_micro: number;
    held: string;
    returned_micro?: number;
    returned?: string;
    by_package?: PackageUsage[];
    by_kind?: KindUsage[];
}
/** An endpoint. `disabled_reason` says why the service switched it off itself, where it did. */
export interface Webhook {
    id: string;
    url: string;
    events: WebhookEvent[];
    enabled: boolean;
    credits_low_threshold_micro: number | null;
    created_at: string;
    /** What became of the newest delivery; null before the first. */
    last_delivery: LastDelivery | null;
    /** Why the service switched it off; null where it did not. */
    disabled_reason?: string | null;
}
/** What an endpoint can be told of. */
export type WebhookEvent = "artifact.ready" | "credits.low" | "job.cancelled" | "job.completed" | "job.failed" | (string & {});
/**
 * One of them. `why` is a `Withheld`, or a word of a newer node; `uuid` and `driver` where a driver tells; `reason`
 * is in the node's words, where its owner hasn't chosen it.
 */
export interface WithheldGpu {
    name: string;
    why: string;
    uuid?: string | null;
    reason?: string;
    driver?: string;
}
/** What the `data` of a server-sent event holds, by its `event`. */
export interface EventData {
    job: JobEvent;
    unit: UnitEvent;
    log: LogEvent;
    metric: MetricEvent;
    artifact: ArtifactEvent;
    dataset: DatasetEvent;
    training_package: TrainingPackageEvent;
    gap: GapEvent;
}
