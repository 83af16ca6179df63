/** Webhooks: addresses of yours that are told what happens, and whether what comes there is from the service. */

import { GpuAgentError } from "./errors.js";
import type { ChangeWebhook, CreateWebhook, CreatedWebhook, Delivery, DeliveryStatus, Webhook } from "./generated/schemas.js";
import { List } from "./pages.js";
import type { CallOptions, CreateOptions, Transport } from "./transport.js";

const PAGE_LIMIT = 100;
const TOLERANCE_SECONDS = 300;
const PREFIX = "whsec_";
const VERSION = "v1";

/** What came to a webhook was not signed by the service, or not just now. */
export class WebhookRefusedError extends GpuAgentError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, "Check that the secret is this endpoint's, and that the body's bytes are as they came.", options);
  }
}

/** The webhooks of this account. `verifyWebhook` checks what comes to them. */
export class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** All webhooks, newest first. */
  list(options: CallOptions = {}): List<Webhook> {
    return new List((cursor) => this.#transport.call("list_webhooks", { query: { limit: PAGE_LIMIT, cursor } }, options));
  }

  /** Has events sent to an https address. Its `secret` is in this answer alone. */
  create(webhook: CreateWebhook, options: CreateOptions = {}): Promise<CreatedWebhook> {
    return this.#transport.call("create_webhook", { body: webhook }, options);
  }

  /** One webhook. */
  get(id: string, options: CallOptions = {}): Promise<Webhook> {
    return this.#transport.call("get_webhook", { path: { id } }, options);
  }

  /** Changes what is given, and nothing else. */
  change(id: string, change: ChangeWebhook, options: CallOptions = {}): Promise<Webhook> {
    return this.#transport.call("change_webhook", { path: { id }, body: change }, options);
  }

  /** Deletes it with its log; what waits is not sent. */
  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.call("delete_webhook", { path: { id } }, options);
  }

  /** Has a `webhook.test` sent to it; `deliveries` tell what became of it. */
  test(id: string, options: CreateOptions = {}): Promise<Delivery> {
    return this.#transport.call("test_webhook", { path: { id } }, options);
  }

  /** What was sent to it, newest first. */
  deliveries(id: string, status?: DeliveryStatus, options: CallOptions = {}): List<Delivery> {
    return new List((cursor) =>
      this.#transport.call("list_deliveries", { path: { id }, query: { status, limit: PAGE_LIMIT, cursor } }, options),
    );
  }

  /** Sends a delivery again, with the `webhook-id` that it had. */
  redeliver(id: string, deliveryId: string, options: CreateOptions = {}): Promise<Delivery> {
    return this.#transport.call("redeliver", { path: { id, delivery_id: deliveryId } }, options);
  }
}

/**
 * What the body of a delivery says, once its signature is found right (Standard Webhooks 1.0). `payload` is the body as
 * it came, byte for byte; `secret` is that of the endpoint. Keep the header `webhook-id` and pass over one that came
 * before: a delivery may come twice. Throws WebhookRefusedError; TypeError for a secret that can't be one.
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>,
  secret: string,
  options: { toleranceSeconds?: number; now?: Date } = {},
): Promise<unknown> {
  const given = headers instanceof Headers ? headers : headersOf(headers);
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((part) => given.get(`webhook-${part}`));
  if (!id || !timestamp || !signatures) {
    throw new WebhookRefusedError("One of the headers webhook-id, webhook-timestamp and webhook-signature is missing.");
  }
  if (!/^[0-9]{1,12}$/.test(timestamp)) {
    throw new WebhookRefusedError("The header webhook-timestamp is no time.");
  }
  const now = (options.now ?? new Date()).getTime() / 1000;
  if (Math.abs(now - Number(timestamp)) > (options.toleranceSeconds ?? TOLERANCE_SECONDS)) {
    throw new WebhookRefusedError("It was signed too long ago, or this computer's clock is wrong.");
  }
  const body = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const message = new Uint8Array(head.length + body.length);
  message.set(head);
  message.set(body, head.length);
  const key = await crypto.subtle.importKey("raw", keyOf(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  for (const one of signatures.split(" ")) {
    const [version, text] = one.split(",", 2);
    const signature = version === VERSION && text !== undefined ? bytesOf(text) : null;
    if (signature !== null && (await crypto.subtle.verify("HMAC", key, signature, message))) {
      return parsed(body);
    }
  }
  throw new WebhookRefusedError("Its signature is not right.");
}

function headersOf(given: Readonly<Record<string, string | readonly string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "string" && name.toLowerCase().startsWith("webhook-")) {
      headers.set(name, value);
    }
  }
  return headers;
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = bytesOf(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (key === null || key.length === 0) {
    throw new TypeError("This is no secret of a webhook: it begins with whsec_ and is Base64 then");
  }
  return key;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null; // no Base64
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    throw new WebhookRefusedError("It is signed, and is no JSON.", { cause: error });
  }
}
