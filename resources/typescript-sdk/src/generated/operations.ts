// Made by `python3 build_scripts/run.py --dev python -m build_scripts.typescript_types`
// from the routes and their types: change those, not this file.
import type {
  EventData,
  Page,
  Account,
  ApiKeyRow,
  ApproveDeviceCode,
  Artifact,
  AttemptOutcome,
  BeginDeviceLogin,
  By,
  ChangeJob,
  ChangeNode,
  ChangeWebhook,
  ChangedJob,
  CloseAccount,
  ComputeUnit,
  ContentFile,
  ContentUpload,
  CreateApiKey,
  CreateBlock,
  CreateContentBody,
  CreateEnrollmentCode,
  CreateWebhook,
  CreatedApiKey,
  CreatedWebhook,
  DayUsage,
  Delivery,
  DeliveryStatus,
  DemandRow,
  DeviceCode,
  DeviceKey,
  DeviceLogin,
  DownloadRequest,
  DownloadUrl,
  EarningRow,
  EnrollmentCode,
  ExtendJob,
  FetchDeviceKey,
  Health,
  JobPreview,
  JobStatus,
  LedgerRow,
  LimitsAnswer,
  LogRow,
  LookUpDeviceCode,
  Meta,
  MetricRow,
  MissingChunk,
  NothingToSay,
  OwnedNode,
  OwnerAttempt,
  PackageBlock,
  SignIn,
  SignedIn,
  StoredContent,
  SubmitJob,
  TrainingJob,
  UnitExplanation,
  UsageSummary,
  Webhook,
} from "./schemas.js";

/** What each operation takes and answers, by its `operationId`. */
export interface Operations {
  /** The process answers requests. */
  healthz: { input: Record<never, never>; answer: Health };
  /** The database and the chunk folder answer too; 503 while the server goes down. */
  readyz: { input: Record<never, never>; answer: Health };
  /** The service as it was started, with its default limits. */
  meta: { input: Record<never, never>; answer: Meta };
  /** Begins a session. An unknown address, a wrong password and an account without one answer alike. */
  sign_in: { input: { body: SignIn }; answer: SignedIn };
  /** Ends this session at once, with the streams that it has open. */
  sign_out: { input: Record<never, never>; answer: void };
  /** Revokes the key that this request came with, at once: no scope is needed to give up what one has. */
  revoke_own_key: { input: Record<never, never>; answer: void };
  /** Begins to log a program in (RFC 8628): it shows `user_code`, which somebody who is signed in approves. */
  begin_device_login: { input: { body: BeginDeviceLogin }; answer: DeviceLogin };
  /** Whether the code was approved. The key is in one answer: that it was fetched uses the code up. */
  fetch_device_key: { input: { body: FetchDeviceKey }; answer: DeviceKey };
  /**
   * What a program with this code calls itself, from where it asks, and for which scopes. Changes nothing.
   *
   * The key needs the scope keys:write.
   */
  look_up_device_code: { input: { body: LookUpDeviceCode }; answer: DeviceCode };
  /**
   * Lets the program have a key of yours, named as it calls itself, which may do no more than you do.
   *
   * The key needs the scope keys:write.
   */
  approve_device_code: { input: { body: ApproveDeviceCode }; answer: DeviceCode };
  /**
   * Lets the program have none; it is told so when it asks the next time.
   *
   * The key needs the scope keys:write.
   */
  deny_device_code: { input: { body: LookUpDeviceCode }; answer: DeviceCode };
  /**
   * The account with its balance, and how this request came in: by which key, or by a session until when.
   *
   * The key needs the scope usage:read.
   */
  get_account: { input: Record<never, never>; answer: Account };
  /**
   * Closes the account for good, if its password is given once more and no job is active. All but the ledger, which
   * no longer tells whose it is, is erased within moments.
   *
   * The key needs the scope keys:write.
   */
  close_account: { input: { body: CloseAccount }; answer: void };
  /**
   * All keys, newest first, revoked ones too. Secrets are in no list.
   *
   * The key needs the scope keys:write.
   */
  list_api_keys: { input: { query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<ApiKeyRow> };
  /**
   * Makes a key that may do no more than who makes it. Its `secret` is shown this once: a replay has none.
   *
   * The key needs the scope keys:write.
   */
  create_api_key: { input: { body: CreateApiKey }; answer: CreatedApiKey };
  /**
   * Revokes a key at once, with the streams that it has open. It stays listed; again: nothing more happens.
   *
   * The key needs the scope keys:write.
   */
  revoke_api_key: { input: { path: { id: string } }; answer: void };
  /**
   * Each limit with its use now.
   *
   * The key needs the scope usage:read.
   */
  limits: { input: Record<never, never>; answer: LimitsAnswer };
  /**
   * Every move of credits, newest first; all rows add up to the balance. Days are UTC days, both inclusive.
   *
   * The key needs the scope usage:read.
   */
  ledger: { input: { query?: { limit?: number | undefined; cursor?: string | undefined; kind?: string | undefined; training_job_id?: string | undefined; date_from?: string | undefined; date_to?: string | undefined } }; answer: Page<LedgerRow> };
  /**
   * The last so many UTC days, oldest first, today the last; none is left out, also where nothing happened.
   *
   * The key needs the scope usage:read.
   */
  usage_daily: { input: { query?: { days?: number | undefined; limit?: number | undefined; cursor?: string | undefined } }; answer: Page<DayUsage> };
  /**
   * The UTC month so far, with balance and what is held.
   *
   * The key needs the scope usage:read.
   */
  usage_summary: { input: Record<never, never>; answer: UsageSummary };
  /**
   * The units charged from a UTC day to another (give both), inclusive, 90 at most, as CSV; no cell is a formula.
   *
   * The key needs the scope usage:read.
   */
  usage_export: { input: { query?: { date_from?: string | undefined; date_to?: string | undefined } }; answer: string };
  /**
   * All that are not deleted, newest first; `q` finds in name and id.
   *
   * The key needs the scope datasets:read.
   */
  list_datasets: { input: { query?: { limit?: number | undefined; cursor?: string | undefined; q?: string | undefined } }; answer: Page<StoredContent> };
  /**
   * Begins an upload: with its files, or with the name of one file to send to `content_url`.
   *
   * The key needs the scope datasets:write.
   */
  create_dataset: { input: { body: CreateContentBody }; answer: ContentUpload };
  /**
   * One, by its id.
   *
   * The key needs the scope datasets:read.
   */
  get_dataset: { input: { path: { id: string } }; answer: StoredContent };
  /**
   * Deletes one that no active job uses; nodes that hold copies of it are told to forget them.
   *
   * The key needs the scope datasets:write.
   */
  delete_dataset: { input: { path: { id: string } }; answer: void };
  /**
   * Its files with the chunks they are made of, in the order they were sent.
   *
   * The key needs the scope datasets:read.
   */
  list_dataset_files: { input: { path: { id: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<ContentFile> };
  /**
   * A signed URL of one of its files, good for 900 seconds.
   *
   * The key needs the scope datasets:read.
   */
  dataset_download_url: { input: { path: { id: string }; body: DownloadRequest }; answer: DownloadUrl };
  /**
   * The chunks that have still to be sent, with fresh URLs to PUT them to.
   *
   * The key needs the scope datasets:read.
   */
  list_dataset_missing_chunks: { input: { path: { id: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<MissingChunk> };
  /**
   * Ends the upload: `ready`, or for a package with problems PACKAGE_REJECTED. Again: the same answer.
   *
   * The key needs the scope datasets:write.
   */
  finalize_dataset: { input: { path: { id: string } }; answer: StoredContent };
  /**
   * All that are not deleted, newest first; `q` finds in name and id.
   *
   * The key needs the scope packages:read.
   */
  list_training_packages: { input: { query?: { limit?: number | undefined; cursor?: string | undefined; q?: string | undefined } }; answer: Page<StoredContent> };
  /**
   * Begins an upload: with its files, or with the name of one file to send to `content_url`.
   *
   * The key needs the scope packages:write.
   */
  create_training_package: { input: { body: CreateContentBody }; answer: ContentUpload };
  /**
   * One, by its id.
   *
   * The key needs the scope packages:read.
   */
  get_training_package: { input: { path: { id: string } }; answer: StoredContent };
  /**
   * Deletes one that no active job uses; nodes that hold copies of it are told to forget them.
   *
   * The key needs the scope packages:write.
   */
  delete_training_package: { input: { path: { id: string } }; answer: void };
  /**
   * Its files with the chunks they are made of, in the order they were sent.
   *
   * The key needs the scope packages:read.
   */
  list_training_package_files: { input: { path: { id: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<ContentFile> };
  /**
   * A signed URL of one of its files, good for 900 seconds.
   *
   * The key needs the scope packages:read.
   */
  training_package_download_url: { input: { path: { id: string }; body: DownloadRequest }; answer: DownloadUrl };
  /**
   * The chunks that have still to be sent, with fresh URLs to PUT them to.
   *
   * The key needs the scope packages:read.
   */
  list_training_package_missing_chunks: { input: { path: { id: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<MissingChunk> };
  /**
   * Ends the upload: `ready`, or for a package with problems PACKAGE_REJECTED. Again: the same answer.
   *
   * The key needs the scope packages:write.
   */
  finalize_training_package: { input: { path: { id: string } }; answer: StoredContent };
  /**
   * The plan as a DAG, its price and time as ranges, who could run it now, what would be refused. Changes nothing.
   *
   * The key needs the scope jobs:write.
   */
  preview_training_job: { input: { body: SubmitJob }; answer: JobPreview };
  /**
   * Jobs, newest first. `status` may repeat; `q` finds in name and id.
   *
   * The key needs the scope jobs:read.
   */
  list_training_jobs: { input: { query?: { limit?: number | undefined; cursor?: string | undefined; status?: JobStatus[] | undefined; dataset_id?: string | undefined; training_package_id?: string | undefined; q?: string | undefined } }; answer: Page<TrainingJob> };
  /**
   * Accepts a job and holds its projected cost.
   *
   * The key needs the scope jobs:write.
   */
  submit_training_job: { input: { body: SubmitJob }; answer: TrainingJob };
  /**
   * One job as it stands now.
   *
   * The key needs the scope jobs:read.
   */
  get_training_job: { input: { path: { id: string } }; answer: TrainingJob };
  /**
   * Cancels a job; what it held and did not use is released.
   *
   * The key needs the scope jobs:write.
   */
  cancel_training_job: { input: { path: { id: string }; body?: ChangeJob }; answer: ChangedJob };
  /**
   * Puts a failed or cancelled job back to `queued`; completed units stay.
   *
   * The key needs the scope jobs:write.
   */
  retry_training_job: { input: { path: { id: string }; body?: ChangeJob }; answer: ChangedJob };
  /**
   * Lets the units of a job that has not ended run longer, holding the difference.
   *
   * The key needs the scope jobs:write.
   */
  extend_training_job: { input: { path: { id: string }; body: ExtendJob }; answer: ChangedJob };
  /**
   * For each unit that waits: what it asks for and who has it, who is ahead, and the smallest change that helps.
   *
   * The key needs the scope jobs:read.
   */
  explain_training_job: { input: { path: { id: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<UnitExplanation> };
  /**
   * The DAG in the plan's order, each unit with its attempts.
   *
   * The key needs the scope jobs:read.
   */
  list_compute_units: { input: { path: { id: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<ComputeUnit> };
  /**
   * A unit's lines with numbers above `after`, of one attempt or of all. Ask again to follow it.
   *
   * The key needs the scope jobs:read.
   */
  list_unit_logs: { input: { path: { id: string; unit_id: string }; query?: { after?: number | undefined; attempt?: number | undefined; limit?: number | undefined; cursor?: string | undefined } }; answer: Page<LogRow> };
  /**
   * The job's metric points with numbers above `after`. Ask again to follow it.
   *
   * The key needs the scope jobs:read.
   */
  list_metrics: { input: { path: { id: string }; query?: { after?: number | undefined; limit?: number | undefined; cursor?: string | undefined } }; answer: Page<MetricRow> };
  /**
   * Every file the job made, one artifact each.
   *
   * The key needs the scope artifacts:read.
   */
  list_artifacts: { input: { path: { id: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<Artifact> };
  /**
   * A signed URL of the file, good for 900 seconds, without a key.
   *
   * The key needs the scope artifacts:read.
   */
  artifact_download_url: { input: { path: { id: string; artifact_id: string } }; answer: DownloadUrl };
  /**
   * All webhooks, newest first, each with what became of its newest delivery. Secrets are in no list.
   *
   * The key needs the scope webhooks:read.
   */
  list_webhooks: { input: { query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<Webhook> };
  /**
   * Has events sent to an https address on the internet. Its `secret` is shown this once: a replay has none.
   *
   * Each message is signed by it as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`)
   * and is sent at least once: what has the same `webhook-id` is the same message. An answer of 2xx takes it; anything
   * else, and none within 15 seconds, is tried again for 24 hours.
   *
   * The key needs the scope webhooks:write.
   */
  create_webhook: { input: { body: CreateWebhook }; answer: CreatedWebhook };
  /**
   * One webhook.
   *
   * The key needs the scope webhooks:read.
   */
  get_webhook: { input: { path: { id: string } }; answer: Webhook };
  /**
   * Deletes a webhook with its log, at once: what waits is sent no more.
   *
   * The key needs the scope webhooks:write.
   */
  delete_webhook: { input: { path: { id: string } }; answer: void };
  /**
   * Changes what is named. What waits goes to the new `url`; switched off, what waits ends as failed.
   *
   * The key needs the scope webhooks:write.
   */
  change_webhook: { input: { path: { id: string }; body: ChangeWebhook }; answer: Webhook };
  /**
   * What was sent to a webhook in the last 30 days, newest first, each with its newest 20 tries. `status`: pending
   * (due, under way or waiting for its next try), delivered or failed.
   *
   * The key needs the scope webhooks:read.
   */
  list_deliveries: { input: { path: { id: string }; query?: { status?: DeliveryStatus | undefined; limit?: number | undefined; cursor?: string | undefined } }; answer: Page<Delivery> };
  /**
   * Sends a `webhook.test`, which says nothing; the log tells what becomes of it.
   *
   * The key needs the scope webhooks:write.
   */
  test_webhook: { input: { path: { id: string }; body?: NothingToSay }; answer: Delivery };
  /**
   * Sends the same message again, with the same `webhook-id`, as a delivery of its own. One that waits for its next
   * try is tried now instead, unless it was tried fifty times already.
   *
   * The key needs the scope webhooks:write.
   */
  redeliver: { input: { path: { id: string; delivery_id: string }; body?: NothingToSay }; answer: Delivery };
  /**
   * Your nodes, newest first: tier, when last heard of, what they offer, what runs there now.
   *
   * The key needs the scope nodes:read.
   */
  list_owned_nodes: { input: { query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<OwnedNode> };
  /**
   * Renames a node, or revokes it: what it holds goes elsewhere, and its credential is good no more.
   *
   * The key needs the scope nodes:write.
   */
  change_owned_node: { input: { path: { id: string }; body: ChangeNode }; answer: OwnedNode };
  /**
   * A code that enrols one node of yours within 15 minutes, at tier `new`. It is shown once.
   *
   * The key needs the scope nodes:write.
   */
  create_enrollment_code: { input: { body?: CreateEnrollmentCode }; answer: EnrollmentCode };
  /**
   * The packages that you keep off your nodes, newest first.
   *
   * The key needs the scope nodes:read.
   */
  list_package_blocks: { input: { query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: Page<PackageBlock> };
  /**
   * Keeps a package off your nodes, at once; the reason is your report to the operator.
   *
   * The key needs the scope nodes:write.
   */
  create_package_block: { input: { body: CreateBlock }; answer: PackageBlock };
  /**
   * Lets a package onto your nodes again.
   *
   * The key needs the scope nodes:write.
   */
  delete_package_block: { input: { path: { id: string } }; answer: void };
  /**
   * Every unit that ran on your nodes, newest first, and why it earned what it did. `outcome` may repeat; `device` is
   * a GPU's UUID, or `cpu`.
   *
   * The key needs the scope nodes:read.
   */
  list_owner_attempts: { input: { query?: { limit?: number | undefined; cursor?: string | undefined; node_id?: string | undefined; outcome?: AttemptOutcome[] | undefined; device?: string | undefined } }; answer: Page<OwnerAttempt> };
  /**
   * What you earned, newest first: by UTC day, node and GPU, or by unit. All rows add up to the ledger's.
   *
   * The key needs the scope nodes:read.
   */
  list_earnings: { input: { query?: { limit?: number | undefined; cursor?: string | undefined; by?: By | undefined; days?: number | undefined; node_id?: string | undefined } }; answer: Page<EarningRow> };
  /**
   * What the network waits for now, a row a kind of unit, and what each of your nodes lacks to run it.
   *
   * The key needs the scope nodes:read.
   */
  list_demand: { input: { query?: { limit?: number | undefined; cursor?: string | undefined; node_id?: string | undefined } }; answer: Page<DemandRow> };
}

/** How an operation is sent; `creates`: it takes an Idempotency-Key. */
export interface OperationInfo {
  method: string;
  path: string;
  creates: boolean;
}

export const OPERATIONS: Record<keyof Operations, OperationInfo> = {
  healthz: { method: "GET", path: "/healthz", creates: false },
  readyz: { method: "GET", path: "/readyz", creates: false },
  meta: { method: "GET", path: "/meta", creates: false },
  sign_in: { method: "POST", path: "/auth/sign-in", creates: false },
  sign_out: { method: "POST", path: "/auth/sign-out", creates: false },
  revoke_own_key: { method: "POST", path: "/auth/revoke", creates: false },
  begin_device_login: { method: "POST", path: "/auth/device", creates: false },
  fetch_device_key: { method: "POST", path: "/auth/device/token", creates: false },
  look_up_device_code: { method: "POST", path: "/customer/device-codes", creates: false },
  approve_device_code: { method: "POST", path: "/customer/device-codes/approve", creates: false },
  deny_device_code: { method: "POST", path: "/customer/device-codes/deny", creates: false },
  get_account: { method: "GET", path: "/customer/account", creates: false },
  close_account: { method: "DELETE", path: "/customer/account", creates: false },
  list_api_keys: { method: "GET", path: "/customer/api-keys", creates: false },
  create_api_key: { method: "POST", path: "/customer/api-keys", creates: true },
  revoke_api_key: { method: "DELETE", path: "/customer/api-keys/{id}", creates: false },
  limits: { method: "GET", path: "/customer/limits", creates: false },
  ledger: { method: "GET", path: "/customer/credits/ledger", creates: false },
  usage_daily: { method: "GET", path: "/customer/usage/daily", creates: false },
  usage_summary: { method: "GET", path: "/customer/usage/summary", creates: false },
  usage_export: { method: "GET", path: "/customer/usage/export.csv", creates: false },
  list_datasets: { method: "GET", path: "/customer/datasets", creates: false },
  create_dataset: { method: "POST", path: "/customer/datasets", creates: true },
  get_dataset: { method: "GET", path: "/customer/datasets/{id}", creates: false },
  delete_dataset: { method: "DELETE", path: "/customer/datasets/{id}", creates: false },
  list_dataset_files: { method: "GET", path: "/customer/datasets/{id}/files", creates: false },
  dataset_download_url: { method: "POST", path: "/customer/datasets/{id}/download-url", creates: false },
  list_dataset_missing_chunks: { method: "GET", path: "/customer/datasets/{id}/missing-chunks", creates: false },
  finalize_dataset: { method: "POST", path: "/customer/datasets/{id}/finalize", creates: false },
  list_training_packages: { method: "GET", path: "/customer/training-packages", creates: false },
  create_training_package: { method: "POST", path: "/customer/training-packages", creates: true },
  get_training_package: { method: "GET", path: "/customer/training-packages/{id}", creates: false },
  delete_training_package: { method: "DELETE", path: "/customer/training-packages/{id}", creates: false },
  list_training_package_files: { method: "GET", path: "/customer/training-packages/{id}/files", creates: false },
  training_package_download_url: { method: "POST", path: "/customer/training-packages/{id}/download-url", creates: false },
  list_training_package_missing_chunks: { method: "GET", path: "/customer/training-packages/{id}/missing-chunks", creates: false },
  finalize_training_package: { method: "POST", path: "/customer/training-packages/{id}/finalize", creates: false },
  preview_training_job: { method: "POST", path: "/customer/training-jobs/preview", creates: false },
  list_training_jobs: { method: "GET", path: "/customer/training-jobs", creates: false },
  submit_training_job: { method: "POST", path: "/customer/training-jobs", creates: true },
  get_training_job: { method: "GET", path: "/customer/training-jobs/{id}", creates: false },
  cancel_training_job: { method: "POST", path: "/customer/training-jobs/{id}/cancel", creates: false },
  retry_training_job: { method: "POST", path: "/customer/training-jobs/{id}/retry", creates: false },
  extend_training_job: { method: "POST", path: "/customer/training-jobs/{id}/extend", creates: false },
  explain_training_job: { method: "GET", path: "/customer/training-jobs/{id}/explain", creates: false },
  list_compute_units: { method: "GET", path: "/customer/training-jobs/{id}/compute-units", creates: false },
  list_unit_logs: { method: "GET", path: "/customer/training-jobs/{id}/compute-units/{unit_id}/logs", creates: false },
  list_metrics: { method: "GET", path: "/customer/training-jobs/{id}/metrics", creates: false },
  list_artifacts: { method: "GET", path: "/customer/training-jobs/{id}/artifacts", creates: false },
  artifact_download_url: { method: "POST", path: "/customer/training-jobs/{id}/artifacts/{artifact_id}/download-url", creates: false },
  list_webhooks: { method: "GET", path: "/customer/webhooks", creates: false },
  create_webhook: { method: "POST", path: "/customer/webhooks", creates: true },
  get_webhook: { method: "GET", path: "/customer/webhooks/{id}", creates: false },
  delete_webhook: { method: "DELETE", path: "/customer/webhooks/{id}", creates: false },
  change_webhook: { method: "PATCH", path: "/customer/webhooks/{id}", creates: false },
  list_deliveries: { method: "GET", path: "/customer/webhooks/{id}/deliveries", creates: false },
  test_webhook: { method: "POST", path: "/customer/webhooks/{id}/test", creates: true },
  redeliver: { method: "POST", path: "/customer/webhooks/{id}/deliveries/{delivery_id}/redeliver", creates: true },
  list_owned_nodes: { method: "GET", path: "/owner/nodes", creates: false },
  change_owned_node: { method: "PATCH", path: "/owner/nodes/{id}", creates: false },
  create_enrollment_code: { method: "POST", path: "/owner/enrollment-codes", creates: true },
  list_package_blocks: { method: "GET", path: "/owner/blocks", creates: false },
  create_package_block: { method: "POST", path: "/owner/blocks", creates: true },
  delete_package_block: { method: "DELETE", path: "/owner/blocks/{id}", creates: false },
  list_owner_attempts: { method: "GET", path: "/owner/attempts", creates: false },
  list_earnings: { method: "GET", path: "/owner/earnings", creates: false },
  list_demand: { method: "GET", path: "/owner/demand", creates: false },
};

/** The kinds of events that there are. */
export const EVENT_KINDS: Record<keyof EventData, true> = {
  job: true,
  unit: true,
  log: true,
  metric: true,
  artifact: true,
  dataset: true,
  training_package: true,
  gap: true,
};
