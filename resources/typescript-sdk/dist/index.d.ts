/** What the library offers in browsers and Node alike; what needs a disk is in `gpu-agent-sdk/node`. */
export { ArtifactFile, type DownloadOptions } from "./artifacts.js";
export { ApiKeys, GpuAgent, Usage } from "./client.js";
export { Datasets, TrainingPackages } from "./contents.js";
export { AddressError, ApiError, ConnectionError, GpuAgentError, TimeoutError, TransferError, UnreadableAnswerError, } from "./errors.js";
export { type FollowOptions, type LineState, type StreamEvent } from "./events.js";
export * from "./generated/errors.js";
export { type Operations } from "./generated/operations.js";
export type * from "./generated/schemas.js";
export { type JobFilters, Job, Jobs, type WaitOptions } from "./jobs.js";
export { type Progress, type Scan, scan } from "./manifest.js";
export { List } from "./pages.js";
export { Sha256, sha256 } from "./sha256.js";
export { type SourceFile, type Uploadable, blobSource } from "./sources.js";
export { type Answer, type CallOptions, type ClientOptions, type CreateOptions, type Input, type OperationName, type Retries, } from "./transport.js";
export { type UploadOptions } from "./upload.js";
export { Webhooks, WebhookRefusedError, verifyWebhook } from "./webhooks.js";
export { zipOf } from "./zip.js";
