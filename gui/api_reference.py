"""What the API page knows of a server: its routes, its example of a job, its page sizes, limits and error codes, read
from `/meta` and the OpenAPI file. No widgets.

All of it is a stranger's text that its reader will copy into a shell: what is not of the plain form that such a thing
has is left out here, so that whoever makes examples of it need only quote.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from core.client.address import BASE_PATH
from core.protocol.customer import Meta

BodyValue = str | int | float | bool
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,255}(?:/[A-Za-z0-9._~/\-]{0,200})?")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~\-]+|\{[A-Za-z0-9_]+\}))+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_SAFE_ID = re.compile(r"[A-Za-z0-9_\-]{1,128}")
_LONGEST_TEXT = 200
_MOST_CODES = 500


class Route(msgspec.Struct, frozen=True):
    """One route: `path` below the base URL with `{id}` where an id stands, and the names of its query's parameters."""

    method: str
    path: str
    parameters: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        """As the published page writes it: `/customer/training-jobs/:id`."""
        return re.sub(r"\{([A-Za-z0-9_]+)\}", r":\1", self.path)


class ErrorCodeRow(msgspec.Struct, frozen=True):
    """A code of `/meta`, in the server's words."""

    code: str
    status: int
    description: str


class LimitUse(msgspec.Struct, frozen=True):
    """One of the customer's limits; `used` is None where only `/meta` tells of it."""

    name: str
    limit: int
    used: int | None = None


class ApiReference(msgspec.Struct, frozen=True):
    """`routes` are by operation id, `job` is the example of a request for a job by field."""

    base_url: str
    routes: dict[str, Route]
    job: dict[str, BodyValue]
    page_limit: int
    page_most: int
    codes: tuple[ErrorCodeRow, ...]


class _Schema(msgspec.Struct):
    default: Any = None
    maximum: Any = None


class _Parameter(msgspec.Struct):
    name: str = ""
    place: str = msgspec.field(name="in", default="")
    schema: _Schema = msgspec.field(default_factory=_Schema)


class _Operation(msgspec.Struct):
    operationId: str = ""  # noqa: N815 - OpenAPI's name
    parameters: list[_Parameter] = []
    requestBody: dict[str, Any] = {}  # noqa: N815 - OpenAPI's name


# What the published page shows, for what a server's file doesn't tell
PUBLISHED_JOB: dict[str, BodyValue] = {
    "name": "tiny-mlp-fine-tune",
    "dataset_id": "<your-dataset-uuid>",
    "training_package_id": "<your-package-uuid>",
    "required_vram_mb": 8000,
    "required_disk_mb": 1024,
    "max_runtime_seconds": 600,
    "sensitivity": "low_sensitive",
}
_PUBLISHED_LIMIT, _PUBLISHED_MOST = 50, 100
_JOBS = "/customer/training-jobs"
PUBLISHED_ROUTES: dict[str, Route] = {
    "submit_training_job": Route("POST", _JOBS),
    "list_training_jobs": Route("GET", _JOBS, frozenset({"limit", "status"})),
    "get_training_job": Route("GET", _JOBS + "/{id}"),
    "list_compute_units": Route("GET", _JOBS + "/{id}/compute-units"),
    "list_artifacts": Route("GET", _JOBS + "/{id}/artifacts"),
    "artifact_download_url": Route("POST", _JOBS + "/{id}/artifacts/{artifact_id}/download-url"),
    "usage_summary": Route("GET", "/customer/usage/summary"),
    "usage_daily": Route("GET", "/customer/usage/daily", frozenset({"days"})),
    "usage_export": Route("GET", "/customer/usage/export.csv", frozenset({"date_from", "date_to"})),
    "ledger": Route("GET", "/customer/credits/ledger", frozenset({"limit"})),
}


def read_reference(meta: Meta, document: Mapping[str, Any] | None, *, connected_to: str) -> ApiReference:
    """`connected_to` is the base URL in use, for a server that says none that can be one. Until there is a `document`,
    the routes are the published ones."""
    base_url = meta.api_base_url if _ADDRESS.fullmatch(meta.api_base_url) else connected_to
    base_url = base_url.rstrip("/")
    operations = {} if document is None else dict(_operations(document))
    routes = PUBLISHED_ROUTES if document is None else {name: route for name, (route, _) in operations.items()}
    limit, most = _page_sizes(operations)
    return ApiReference(base_url, routes, _job_example(operations), limit, most, tuple(_codes(meta.error_codes)))


def is_safe_id(id: str) -> bool:
    """Whether it is of the form that ids have, and may stand in an example."""
    return _SAFE_ID.fullmatch(id) is not None


def read_limits(meta: Meta, answer: Mapping[str, Any] | None) -> dict[str, LimitUse]:
    """The customer's limits by name: `answer` of `GET /customer/limits`, and what `/meta` alone tells."""
    found = {
        name: LimitUse(name, limit) for name, limit in meta.limits.items() if type(limit) is int and is_safe_id(name)
    }
    rows = answer.get("limits") if answer is not None else None
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or type(row.get("limit")) is not int:
            continue
        name, used = str(row.get("name")), row.get("used")
        if is_safe_id(name):
            found[name] = LimitUse(name, row["limit"], used if type(used) is int else None)
    return found


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Route, _Operation]]]:
    """By operation id; what isn't of the known form is passed over, since a server may be newer."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        below = path.removeprefix(BASE_PATH)
        if not isinstance(item, dict) or _PATH.fullmatch(below) is None:
            continue
        for method, found in item.items():
            if method not in _METHODS:
                continue
            try:
                operation = msgspec.convert(found, _Operation)
            except msgspec.ValidationError:
                continue
            names = frozenset(one.name for one in operation.parameters if one.place == "query")
            yield operation.operationId, (Route(method.upper(), below, names), operation)


def _page_sizes(operations: Mapping[str, tuple[Route, _Operation]]) -> tuple[int, int]:
    """How many rows a page of a list has without `limit`, and at most."""
    listed = operations.get("list_training_jobs")
    for one in listed[1].parameters if listed is not None else ():
        if one.name == "limit" and type(one.schema.default) is int and type(one.schema.maximum) is int:
            return one.schema.default, one.schema.maximum
    return _PUBLISHED_LIMIT, _PUBLISHED_MOST


def _job_example(operations: Mapping[str, tuple[Route, _Operation]]) -> dict[str, BodyValue]:
    """The file's own example of a job, with placeholders for ids; the published one where that is not a plain one."""
    found = operations.get("submit_training_job")
    content = found[1].requestBody.get("content") if found is not None else None
    media = content.get("application/json") if isinstance(content, dict) else None
    example = media.get("example") if isinstance(media, dict) else None
    if not isinstance(example, dict) or not all(_is_plain(name, value) for name, value in example.items()):
        return dict(PUBLISHED_JOB)
    ids = {name: PUBLISHED_JOB[name] for name in ("dataset_id", "training_package_id")}
    return {**example, **ids} if example.keys() >= ids.keys() else dict(PUBLISHED_JOB)


def _is_plain(name: object, value: object) -> bool:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        return False
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT and value.isascii() and value.isprintable()
    return isinstance(value, bool | int | float)


def _codes(rows: list[dict[str, Any]]) -> Iterator[ErrorCodeRow]:
    seen: set[str] = set()
    for row in rows[:_MOST_CODES]:
        code, status, description = row.get("code"), row.get("status"), row.get("description")
        if isinstance(code, str) and is_safe_id(code) and type(status) is int and code not in seen:
            seen.add(code)
            yield ErrorCodeRow(code, status, description[:_LONGEST_TEXT] if isinstance(description, str) else "")
