"""Examples of webhooks and what is sent to them."""

import msgspec

from core.protocol.webhooks import (
    ChangeWebhook,
    CreatedWebhook,
    CreateWebhook,
    Delivery,
    DeliveryRequest,
    DeliveryStatus,
    DeliveryTry,
    LastDelivery,
    NothingToSay,
    Webhook,
    WebhookEvent,
)

from .example import CREATED, FINISHED, JOB, STARTED, Example, page

_WEBHOOK = "01964f0e-7c00-7a31-9c52-0d5a4f1be00e"
_DELIVERY = "01964f0e-7c00-7a31-9c52-0d5a4f1be00f"
_MESSAGE = "msg_01964f0e-7c00-7a31-9c52-0d5a4f1be010"
_URL = "https://hooks.example.com/gpu-agent"
_EVENTS = [WebhookEvent.JOB_COMPLETED, WebhookEvent.JOB_FAILED, WebhookEvent.CREDITS_LOW]
_THRESHOLD = 5_000_000
_NEW = Webhook(_WEBHOOK, _URL, _EVENTS, True, _THRESHOLD, CREATED, None)
_USED = msgspec.structs.replace(_NEW, last_delivery=LastDelivery(DeliveryStatus.DELIVERED, FINISHED, 204, None))
_SENT = Delivery(
    id=_DELIVERY,
    webhook_id=_WEBHOOK,
    webhook_message_id=_MESSAGE,
    event="job.completed",
    status=DeliveryStatus.DELIVERED,
    training_job_id=JOB,
    job_name="digits",
    request=DeliveryRequest(
        method="POST",
        url=_URL,
        headers={
            "content-type": "application/json",
            "user-agent": "gpu-agent-webhooks/1",
            "webhook-id": _MESSAGE,
            "webhook-timestamp": "1775034191",
            "webhook-signature": "v1,S8h5b0rYb1nJbJHn0Tg2d4W3n0m6bW0Qw5uT9x1yZ2A=",
        },
        body=f'{{"type":"job.completed","timestamp":"{FINISHED}","data":{{"training_job_id":"{JOB}","job_name":"digits"}}}}',
    ),
    created_at=FINISHED,
    next_attempt_at=None,
    gives_up_at="2026-04-02T09:03:11.480Z",
    expected_tries=14,
    tries=[DeliveryTry(FINISHED, 204, 0.182, "198.51.100.7", "", None)],
    error_code=None,
)
_TEST = msgspec.structs.replace(
    _SENT,
    event="webhook.test",
    status=DeliveryStatus.PENDING,
    training_job_id=None,
    job_name=None,
    created_at=STARTED,
    next_attempt_at=STARTED,
    tries=[],
)

WEBHOOKS = {
    "list_webhooks": page(_USED),
    "create_webhook": Example(
        CreateWebhook(url=_URL, events=_EVENTS, credits_low_threshold_micro=_THRESHOLD),
        CreatedWebhook(**msgspec.structs.asdict(_NEW), secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDMfs8ZP2QhQE="),
    ),
    "get_webhook": Example(answer=_USED),
    "change_webhook": Example(ChangeWebhook(enabled=False), msgspec.structs.replace(_USED, enabled=False)),
    "delete_webhook": Example(),
    "list_deliveries": page(_SENT),
    "test_webhook": Example(NothingToSay(), _TEST),
    "redeliver": Example(NothingToSay(), msgspec.structs.replace(_TEST, event="job.completed", training_job_id=JOB)),
}
