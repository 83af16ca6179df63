"""What a job begins with: its dataset and package, further datasets by name, another job's checkpoint."""

import re

import msgspec

from ..errors import ApiError, ErrorCode, ErrorDetail
from ..protocol.customer import ArtifactType, SubmitJob
from ..protocol.uploads import ContentStatus
from ..store.sqlite import Connection, Row
from .jobs import SQL
from .retention import is_over

MOST_INPUTS = 16
MIB = 2**20
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,62}[a-z0-9_-])?", re.IGNORECASE | re.ASCII)
# Folders of these names beside them hold the results of units.
_RESERVED = re.compile(r"(?:prepare|train|evaluate|package|merge|reduce|replay)(?:-[0-9]+)?", re.IGNORECASE)


class StartingPoints(msgspec.Struct, frozen=True):
    """What lies beside the dataset: keys of the datasets by their names, their bytes together, and the key of an
    artifact that is a file of the checkpoint to go on from."""

    inputs: dict[str, int]
    input_bytes: int
    checkpoint_artifact_id: int | None


def find_ready(connection: Connection, customer_id: int, kind: str, public_id: str) -> Row:
    """A dataset or package of this customer. Raises DATASET_NOT_FOUND, PACKAGE_NOT_FOUND, STATE_CONFLICT."""
    row: Row | None = SQL.ready_upload(connection, customer_id=customer_id, kind=kind, public_id=public_id)
    if row is None:
        raise ApiError(ErrorCode.DATASET_NOT_FOUND if kind == "dataset" else ErrorCode.PACKAGE_NOT_FOUND)
    if row["status"] != ContentStatus.READY:
        words = kind.replace("_", " ")
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"the {words} is {row['status']}, not ready",
            hint=f"Send its missing chunks and finalize the {words} first.",
        )
    return row


def find_starting_points(connection: Connection, customer_id: int, request: SubmitJob) -> StartingPoints:
    """Raises VALIDATION_FAILED, DATASET_NOT_FOUND, ARTIFACT_NOT_FOUND, STATE_CONFLICT, and PLAN_INFEASIBLE for a
    checkpoint that the scratch space has no room for."""
    inputs = request.inputs or {}
    _check_names(inputs)
    found = {name: find_ready(connection, customer_id, "dataset", id) for name, id in inputs.items()}
    return StartingPoints(
        {name: row["id"] for name, row in found.items()},
        sum(row["size_bytes"] for row in found.values()),
        _checkpoint(connection, customer_id, request),
    )


def _check_names(inputs: dict[str, str]) -> None:
    rows = [
        ErrorDetail(
            "1 to 64 letters, digits, dots, dashes and underscores, not ending in a dot, and no unit's name",
            field=f"inputs.{name[:80]}",
        )
        for name in inputs
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name)
    ]
    if len(inputs) > MOST_INPUTS:
        rows.append(ErrorDetail(f"{MOST_INPUTS} at most", field="inputs"))
    if len({name.lower() for name in inputs}) < len(inputs):
        rows.append(ErrorDetail("names must differ in more than large and small letters", field="inputs"))
    if rows:
        raise ApiError(ErrorCode.VALIDATION_FAILED, details=rows[:100])


def _checkpoint(connection: Connection, customer_id: int, request: SubmitJob) -> int | None:
    if request.initial_checkpoint_artifact_id is None:
        return None
    row = SQL.checkpoint_artifact(
        connection, customer_id=customer_id, artifact_id=request.initial_checkpoint_artifact_id
    )
    if row is None or is_over(row["retention"]):
        raise ApiError(ErrorCode.ARTIFACT_NOT_FOUND)
    field = "initial_checkpoint_artifact_id"
    if row["type"] != ArtifactType.CHECKPOINT:
        message = f"is an artifact of type {row['type']}; name one of type checkpoint"
        raise ApiError(ErrorCode.VALIDATION_FAILED, details=[ErrorDetail(message, field=field)])
    if row["unit_state"] != "completed":
        raise ApiError(ErrorCode.STATE_CONFLICT, "this checkpoint opens when its compute unit is completed")
    if row["checkpoint_bytes"] > request.required_disk_mb * MIB:
        message = f"the checkpoint alone has {row['checkpoint_bytes']:,} bytes"
        raise ApiError(ErrorCode.PLAN_INFEASIBLE, details=[ErrorDetail(message, field="required_disk_mb")])
    return int(row["id"])
