"""The account: its keys, what it used, what it was charged."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from os import PathLike
from pathlib import Path

from ...client.customer import AsyncClient as AsyncConnection
from ...client.customer import every_async
from ...protocol.accounts import ApiKeyRow, CreatedApiKey
from ...protocol.customer import LedgerRow, UsageSummary
from ...protocol.usage import DayUsage
from ..transfers import save_usage
from .transfers import transfer


class AsyncApiKeys:
    """The API keys of this customer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(self, name: str, *, scopes: Sequence[str] | None = None) -> CreatedApiKey:
        """Makes a key; its `secret` is in this answer alone. Without scopes it may do all that this one may do."""
        return await self._connection.create_api_key(name, None if scopes is None else [*scopes])

    async def list(self) -> AsyncIterator[ApiKeyRow]:
        """All keys, newest first, revoked ones too."""
        async for row in every_async(lambda cursor: self._connection.list_api_keys(cursor=cursor)):
            yield row

    async def revoke(self, id: str) -> None:
        """Revokes a key, at once."""
        await self._connection.revoke_api_key(id)


class AsyncUsage:
    """What this customer used."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def summary(self) -> UsageSummary:
        """The month so far and the balance."""
        return await self._connection.usage_summary()

    async def daily(self, *, days: int = 30) -> AsyncIterator[DayUsage]:
        """The last UTC days, 90 at most, oldest first; days without anything are zeros."""
        async for row in every_async(lambda cursor: self._connection.usage_daily(days=days, cursor=cursor)):
            yield row

    async def export(self, date_from: date | str, date_to: date | str, path: str | PathLike[str]) -> Path:
        """Writes the units charged from a UTC day (`2026-04-01`) to another, both inclusive, as CSV. Raises
        ExportRangeTooLarge for over 90 days, TransferFailed."""
        target = Path(path)
        return await transfer(
            self._connection, lambda client, _: save_usage(client, str(date_from), str(date_to), target), None
        )


class AsyncCredits:
    """What moved this customer's credits."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ledger(
        self,
        *,
        kind: str | None = None,
        training_job_id: str | None = None,
        date_from: date | str | None = None,
        date_to: date | str | None = None,
    ) -> AsyncIterator[LedgerRow]:
        """The moves, newest first: of a kind, a job, from a UTC day to another. They add up to the balance."""
        first, last = (None if day is None else str(day) for day in (date_from, date_to))
        rows = every_async(
            lambda cursor: self._connection.ledger(
                kind=kind, training_job_id=training_job_id, date_from=first, date_to=last, cursor=cursor
            )
        )
        async for row in rows:
            yield row
