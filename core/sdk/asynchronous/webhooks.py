"""Webhooks: addresses of this customer's that are told what happens, and what became of each telling."""

from collections.abc import AsyncIterator, Sequence

from msgspec import UNSET, UnsetType

from ...client.customer import AsyncClient as AsyncConnection
from ...client.customer import every_async
from ...protocol.webhooks import CreatedWebhook, Delivery, DeliveryStatus, Webhook, WebhookEvent


class AsyncWebhooks:
    """The webhooks of this customer. `gpu_agent.webhooks.verify` checks what arrives there."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(
        self, url: str, events: Sequence[WebhookEvent | str], *, credits_low_threshold_micro: int | None = None
    ) -> CreatedWebhook:
        """Has events (`job.completed`, `job.failed`, `job.cancelled`, `artifact.ready`, `credits.low`) sent to an https
        address; its `secret` is in this answer alone. `credits.low` needs its threshold, in micro-credits. Raises
        WebhookInvalidUrl."""
        return await self._connection.create_webhook(
            url, events, credits_low_threshold_micro=credits_low_threshold_micro
        )

    async def list(self) -> AsyncIterator[Webhook]:
        """All webhooks, newest first."""
        async for row in every_async(lambda cursor: self._connection.list_webhooks(cursor=cursor)):
            yield row

    async def get(self, id: str) -> Webhook:
        """One webhook. Raises WebhookNotFound."""
        return await self._connection.get_webhook(id)

    async def change(
        self,
        id: str,
        *,
        url: str | UnsetType = UNSET,
        events: Sequence[WebhookEvent | str] | UnsetType = UNSET,
        enabled: bool | UnsetType = UNSET,
        credits_low_threshold_micro: int | UnsetType | None = UNSET,
    ) -> Webhook:
        """Changes what is given, and nothing else."""
        return await self._connection.change_webhook(
            id, url=url, events=events, enabled=enabled, credits_low_threshold_micro=credits_low_threshold_micro
        )

    async def delete(self, id: str) -> None:
        """Deletes it with its log; what waits is not sent."""
        await self._connection.delete_webhook(id)

    async def test(self, id: str) -> Delivery:
        """Has a `webhook.test` sent to it; `deliveries` tell what became of it."""
        return await self._connection.test_webhook(id)

    async def deliveries(self, id: str, *, status: DeliveryStatus | str | None = None) -> AsyncIterator[Delivery]:
        """What was sent to it, newest first: `pending`, `delivered`, `failed`, or all."""
        rows = every_async(lambda cursor: self._connection.list_deliveries(id, status=status, cursor=cursor))
        async for row in rows:
            yield row

    async def redeliver(self, id: str, delivery_id: str, *, idempotency_key: str | None = None) -> Delivery:
        """Sends a delivery again, with the `webhook-id` that it had."""
        return await self._connection.redeliver(id, delivery_id, idempotency_key=idempotency_key)
