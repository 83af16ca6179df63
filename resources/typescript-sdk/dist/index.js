/** What the library offers in browsers and Node alike; what needs a disk is in `gpu-agent-sdk/node`. */
export { ArtifactFile } from "./artifacts.js";
export { ApiKeys, GpuAgent, Usage } from "./client.js";
export { Datasets, TrainingPackages } from "./contents.js";
export { AddressError, ApiError, ConnectionError, GpuAgentError, TimeoutError, TransferError, UnreadableAnswerError, } from "./errors.js";
export {} from "./events.js";
export * from "./generated/errors.js";
export {} from "./generated/operations.js";
export { Job, Jobs } from "./jobs.js";
export { scan } from "./manifest.js";
export { List } from "./pages.js";
export { Sha256, sha256 } from "./sha256.js";
export { blobSource } from "./sources.js";
export {} from "./transport.js";
export {} from "./upload.js";
export { Webhooks, WebhookRefusedError, verifyWebhook } from "./webhooks.js";
export { zipOf } from "./zip.js";
