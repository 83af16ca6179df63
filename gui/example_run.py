"""The bundled example as one action: send its data and its package, launch its job. Its looks are a page's."""

import asyncio

from core.client.customer import AsyncClient
from core.client.errors import ClientError
from core.protocol.customer import Sensitivity, SubmitJob, TrainingJob
from core.protocol.uploads import ContentStatus, StoredContent

from .theme.tokens import RESOURCES
from .transfer_words import trouble_words
from .transfers import Transfers, TransferState

DATA = RESOURCES / "examples" / "digits" / "digits.csv"
PACKAGE = RESOURCES / "examples" / "tiny-mlp"
_DATASET_NAME, _PACKAGE_NAME = "digits", "tiny-mlp"
_DISK_MB = 256
_MAX_RUNTIME_SECONDS = 600


class ExampleFailed(ClientError):
    """One of its uploads came to no end."""


async def run_example(client: AsyncClient, transfers: Transfers) -> TrainingJob:
    """Send what the server lacks of the example, then submit its job, whose cost is held.

    Raises ExampleFailed, ServerError, ConnectionFailed.
    """
    datasets, packages = await asyncio.gather(client.list_content("datasets"), client.list_content("training-packages"))
    dataset = _ready(datasets.data, _DATASET_NAME) or await _sent(
        transfers, transfers.upload("datasets", DATA, _DATASET_NAME)
    )
    package = _ready(packages.data, _PACKAGE_NAME) or await _sent(
        transfers, transfers.upload("training-packages", PACKAGE, _PACKAGE_NAME)
    )
    return await client.submit_job(
        SubmitJob(
            name="tiny-mlp on digits",
            dataset_id=dataset.id,
            training_package_id=package.id,
            required_vram_mb=0,
            required_disk_mb=_DISK_MB,
            max_runtime_seconds=_MAX_RUNTIME_SECONDS,
            sensitivity=Sensitivity.LOW_SENSITIVE,
        )
    )


def _ready(stored: list[StoredContent], name: str) -> StoredContent | None:
    return next((one for one in stored if one.name == name and one.status is ContentStatus.READY), None)


async def _sent(transfers: Transfers, id: str) -> StoredContent:
    """What an upload has become, once it has."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(changed: str) -> None:
        transfer = transfers.get(id)
        over = transfer is None or transfer.state in (TransferState.DONE, TransferState.FAILED)
        if changed == id and over and not ended.done():
            ended.set_result(None)

    transfers.changed.connect(look)
    transfers.removed.connect(look)
    try:
        look(id)
        await ended
    finally:
        transfers.changed.disconnect(look)
        transfers.removed.disconnect(look)
    transfer = transfers.get(id)
    if transfer is not None and transfer.content is not None:
        return transfer.content
    words = trouble_words(transfer) if transfer is not None else None
    raise ExampleFailed(
        words.title if words is not None else "The upload of the example was cancelled.",
        hint=words.line if words is not None else "Run it again; what was sent is kept.",
    )
