"""Webhooks: addresses of this customer's that are told what happens, and what became of each telling.

Made of asynchronous/webhooks.py (change that, not this) by
`python3 build_scripts/run.py --dev python -m build_scripts.sync_library`.
"""

from collections.abc import Iterator, Sequence

from msgspec import UNSET, UnsetType

from ...client.customer import Client as Connection
from ...client.customer import every
from ...protocol.webhooks import CreatedWebhook, Delivery, DeliveryStatus, Webhook, WebhookEvent


class Webhooks:
    """The webhooks of this customer. `gpu_agent.webhooks.verify` checks what arrives there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self, url: str, events: Sequence[WebhookEvent | str], *, credits_low_threshold_micro: int | None = None
    ) -> CreatedWebhook:
        """Has events (`job.completed`, `job.failed`, `job.cancelled`, `artifact.ready`, `credits.low`) sent to an https
        address; its `secret` is in this answer alone. `credits.low` needs its threshold, in micro-credits. Raises
        WebhookInvalidUrl."""
        return self._connection.create_webhook(url, events, credits_low_threshold_micro=credits_low_threshold_micro)

    def list(self) -> Iterator[Webhook]:
        """All webhooks, newest first."""
        yield from every(lambda cursor: self._connection.list_webhooks(cursor=cursor))

    def get(self, id: str) -> Webhook:
        """One webhook. Raises WebhookNotFound."""
        return self._connection.get_webhook(id)

    def change(
        self,
        id: str,
        *,
        url: str | UnsetType = UNSET,
        events: Sequence[WebhookEvent | str] | UnsetType = UNSET,
        enabled: bool | UnsetType = UNSET,
        credits_low_threshold_micro: int | UnsetType | None = UNSET,
    ) -> Webhook:
        """Changes what is given, and nothing else."""
        return self._connection.change_webhook(
            id, url=url, events=events, enabled=enabled, credits_low_threshold_micro=credits_low_threshold_micro
        )

    def delete(self, id: str) -> None:
        """Deletes it with its log; what waits is not sent."""
        self._connection.delete_webhook(id)

    def test(self, id: str) -> Delivery:
        """Has a `webhook.test` sent to it; `deliveries` tell what became of it."""
        return self._connection.test_webhook(id)

    def deliveries(self, id: str, *, status: DeliveryStatus | str | None = None) -> Iterator[Delivery]:
        """What was sent to it, newest first: `pending`, `delivered`, `failed`, or all."""
        rows = every(lambda cursor: self._connection.list_deliveries(id, status=status, cursor=cursor))
        yield from rows

    def redeliver(self, id: str, delivery_id: str, *, idempotency_key: str | None = None) -> Delivery:
        """Sends a delivery again, with the `webhook-id` that it had."""
        return self._connection.redeliver(id, delivery_id, idempotency_key=idempotency_key)
