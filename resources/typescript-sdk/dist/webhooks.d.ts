/** Webhooks: addresses of yours that are told what happens, and whether what comes there is from the service. */
import { GpuAgentError } from "./errors.js";
import type { ChangeWebhook, CreateWebhook, CreatedWebhook, Delivery, DeliveryStatus, Webhook } from "./generated/schemas.js";
import { List } from "./pages.js";
import type { CallOptions, CreateOptions, Transport } from "./transport.js";
/** What came to a webhook was not signed by the service, or not just now. */
export declare class WebhookRefusedError extends GpuAgentError {
    constructor(message: string, options?: {
        cause?: unknown;
    });
}
/** The webhooks of this account. `verifyWebhook` checks what comes to them. */
export declare class Webhooks {
    #private;
    constructor(transport: Transport);
    /** All webhooks, newest first. */
    list(options?: CallOptions): List<Webhook>;
    /** Has events sent to an https address. Its `secret` is in this answer alone. */
    create(webhook: CreateWebhook, options?: CreateOptions): Promise<CreatedWebhook>;
    /** One webhook. */
    get(id: string, options?: CallOptions): Promise<Webhook>;
    /** Changes what is given, and nothing else. */
    change(id: string, change: ChangeWebhook, options?: CallOptions): Promise<Webhook>;
    /** Deletes it with its log; what waits is not sent. */
    delete(id: string, options?: CallOptions): Promise<void>;
    /** Has a `webhook.test` sent to it; `deliveries` tell what became of it. */
    test(id: string, options?: CreateOptions): Promise<Delivery>;
    /** What was sent to it, newest first. */
    deliveries(id: string, status?: DeliveryStatus, options?: CallOptions): List<Delivery>;
    /** Sends a delivery again, with the `webhook-id` that it had. */
    redeliver(id: string, deliveryId: string, options?: CreateOptions): Promise<Delivery>;
}
/**
 * What the body of a delivery says, once its signature is found right (Standard Webhooks 1.0). `payload` is the body as
 * it came, byte for byte; `secret` is that of the endpoint. Keep the header `webhook-id` and pass over one that came
 * before: a delivery may come twice. Throws WebhookRefusedError; TypeError for a secret that can't be one.
 */
export declare function verifyWebhook(payload: string | Uint8Array, headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>, secret: string, options?: {
    toleranceSeconds?: number;
    now?: Date;
}): Promise<unknown>;
