"""Everything a customer can ask of the service, each call described once: `Client` waits, `AsyncClient` awaits.

Transfers of many bytes are in upload and download.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Literal, ParamSpec, TypeVar
from urllib.parse import quote

from ..protocol.accounts import Account, ApiKeyRow, CloseAccount, CreateApiKey, CreatedApiKey, SignedIn, SignIn
from ..protocol.content import FileEntry
from ..protocol.customer import (
    Artifact,
    ComputeUnit,
    DownloadUrl,
    JobPreview,
    LedgerRow,
    LogRow,
    Meta,
    MetricRow,
    Page,
    SubmitJob,
    TrainingJob,
    UsageSummary,
)
from ..protocol.explain import UnitExplanation
from ..protocol.job_changes import ChangedJob, ChangeJob, ExtendJob
from ..protocol.uploads import ContentFile, ContentUpload, CreateContent, DownloadRequest, MissingChunk, StoredContent
from ..protocol.usage import DayUsage
from .device_codes import DeviceCodeEndpoints
from .http import AsyncConnection, Call, Endpoint, SyncConnection
from .owner import OwnerEndpoints
from .queries import PAGE_LIMIT as PAGE_LIMIT
from .queries import page_of as _page
from .queries import query as _query
from .webhooks import WebhookEndpoints

T = TypeVar("T")
P = ParamSpec("P")

ContentKind = Literal["datasets", "training-packages"]


def _content(kind: ContentKind, id: str = "", rest: str = "") -> str:
    return f"/customer/{kind}" + (f"/{quote(id, safe='')}" if id else "") + rest


def _job(id: str, rest: str = "") -> str:
    return f"/customer/training-jobs/{quote(id, safe='')}{rest}"


def _create_content(
    kind: ContentKind, name: str, files: list[FileEntry] | None = None, *, file_name: str | None = None
) -> Call[ContentUpload]:
    """Begin an upload: of `files`, or of one stream to be called `file_name`."""
    body = CreateContent(name=name, files=files, file_name=file_name)
    return Call(method="POST", path=_content(kind), answer=ContentUpload, body=body, creates=True)


def _list_content(
    kind: ContentKind, *, q: str | None = None, limit: int = PAGE_LIMIT, cursor: str | None = None
) -> Call[Page[StoredContent]]:
    """One page of the datasets or packages, newest first; `q` finds in name and id."""
    query = _query(limit=limit, cursor=cursor, q=q)
    return Call(method="GET", path=_content(kind), answer=_page(StoredContent), query=query)


def _get_content(kind: ContentKind, id: str) -> Call[StoredContent]:
    """One dataset or package."""
    return Call(method="GET", path=_content(kind, id), answer=StoredContent)


def _delete_content(kind: ContentKind, id: str) -> Call[None]:
    """Delete a dataset or package."""
    return Call(method="DELETE", path=_content(kind, id), answer=type(None))


def _missing_chunks(kind: ContentKind, id: str) -> Call[Page[MissingChunk]]:
    """The chunks that an upload still lacks, 1,000 at most, with fresh URLs."""
    return Call(method="GET", path=_content(kind, id, "/missing-chunks"), answer=_page(MissingChunk))


def _finalize_content(kind: ContentKind, id: str) -> Call[StoredContent]:
    """End an upload: the service checks that all is there. Saying it twice gives the same answer."""
    return Call(method="POST", path=_content(kind, id, "/finalize"), answer=StoredContent)


def _list_content_files(
    kind: ContentKind, id: str, *, limit: int = PAGE_LIMIT, cursor: str | None = None
) -> Call[Page[ContentFile]]:
    """One page of the files of a dataset or package, in path order."""
    query = _query(limit=limit, cursor=cursor)
    return Call(method="GET", path=_content(kind, id, "/files"), answer=_page(ContentFile), query=query)


def _content_download(kind: ContentKind, id: str, path: str) -> Call[DownloadUrl]:
    """A URL that serves one file of a dataset or package."""
    body = DownloadRequest(path=path)
    return Call(method="POST", path=_content(kind, id, "/download-url"), answer=DownloadUrl, body=body)


def _preview_job(job: SubmitJob) -> Call[JobPreview]:
    """What a job would cost and how it would be divided; changes nothing."""
    return Call(method="POST", path="/customer/training-jobs/preview", answer=JobPreview, body=job)


def _submit_job(job: SubmitJob, *, idempotency_key: str | None = None) -> Call[TrainingJob]:
    """Submit a job; its projected cost is held. The same key again gives the same job."""
    return Call(
        method="POST",
        path="/customer/training-jobs",
        answer=TrainingJob,
        body=job,
        creates=True,
        idempotency_key=idempotency_key,
    )


def _list_jobs(
    *,
    statuses: list[str] | None = None,
    dataset_id: str | None = None,
    training_package_id: str | None = None,
    q: str | None = None,
    limit: int = PAGE_LIMIT,
    cursor: str | None = None,
) -> Call[Page[TrainingJob]]:
    """One page of the jobs, newest first; `q` finds in name and id."""
    query = _query(
        limit=limit,
        cursor=cursor,
        status=statuses,
        dataset_id=dataset_id,
        training_package_id=training_package_id,
        q=q,
    )
    return Call(method="GET", path="/customer/training-jobs", answer=_page(TrainingJob), query=query)


def _get_job(id: str) -> Call[TrainingJob]:
    """One job."""
    return Call(method="GET", path=_job(id), answer=TrainingJob)


def _cancel_job(id: str, *, preview: bool = False) -> Call[ChangedJob]:
    """Cancel a job; what is completed stays charged. `preview`: only say how the job would be then."""
    body = ChangeJob(preview=True) if preview else None
    return Call(method="POST", path=_job(id, "/cancel"), answer=ChangedJob, body=body, repeatable=preview)


def _retry_job(id: str, *, preview: bool = False) -> Call[ChangedJob]:
    """Run the failed and cancelled units of a job again. `preview`: only say how the job would be then."""
    body = ChangeJob(preview=True) if preview else None
    return Call(method="POST", path=_job(id, "/retry"), answer=ChangedJob, body=body, repeatable=preview)


def _extend_job(id: str, max_runtime_seconds: int, *, preview: bool = False) -> Call[ChangedJob]:
    """Let the units of a job that has not ended run so long in all. `preview`: only say how the job would be then."""
    body = ExtendJob(max_runtime_seconds=max_runtime_seconds, preview=preview)
    return Call(method="POST", path=_job(id, "/extend"), answer=ChangedJob, body=body)


def _explain_job(id: str, *, limit: int = PAGE_LIMIT, cursor: str | None = None) -> Call[Page[UnitExplanation]]:
    """One page of a job's waiting units, each with why it waits."""
    query = _query(limit=limit, cursor=cursor)
    return Call(method="GET", path=_job(id, "/explain"), answer=_page(UnitExplanation), query=query)


def _list_units(job_id: str, *, limit: int = PAGE_LIMIT, cursor: str | None = None) -> Call[Page[ComputeUnit]]:
    """One page of a job's compute units."""
    query = _query(limit=limit, cursor=cursor)
    return Call(method="GET", path=_job(job_id, "/compute-units"), answer=_page(ComputeUnit), query=query)


def _list_logs(
    job_id: str, unit_id: str, *, after: int = 0, attempt: int | None = None, limit: int = PAGE_LIMIT
) -> Call[Page[LogRow]]:
    """Lines that a unit wrote, behind line `after`."""
    path = _job(job_id, f"/compute-units/{quote(unit_id, safe='')}/logs")
    return Call(method="GET", path=path, answer=_page(LogRow), query=_query(after=after, attempt=attempt, limit=limit))


def _list_metrics(job_id: str, *, after: int = 0, limit: int = PAGE_LIMIT) -> Call[Page[MetricRow]]:
    """Points that a job's units logged, behind point `after`."""
    query = _query(after=after, limit=limit)
    return Call(method="GET", path=_job(job_id, "/metrics"), answer=_page(MetricRow), query=query)


def _list_artifacts(job_id: str, *, limit: int = PAGE_LIMIT, cursor: str | None = None) -> Call[Page[Artifact]]:
    """One page of the files that a job made."""
    query = _query(limit=limit, cursor=cursor)
    return Call(method="GET", path=_job(job_id, "/artifacts"), answer=_page(Artifact), query=query)


def _artifact_download(job_id: str, artifact_id: str) -> Call[DownloadUrl]:
    """A URL that serves one artifact, with `Range`, without a key, for 15 minutes."""
    path = _job(job_id, f"/artifacts/{quote(artifact_id, safe='')}/download-url")
    return Call(method="POST", path=path, answer=DownloadUrl)


def _usage_summary() -> Call[UsageSummary]:
    """The month so far and the balance."""
    return Call(method="GET", path="/customer/usage/summary", answer=UsageSummary)


def _usage_daily(*, days: int = 30, limit: int = PAGE_LIMIT, cursor: str | None = None) -> Call[Page[DayUsage]]:
    """One page of the last UTC days (90 at most), oldest first; days without anything are zeros."""
    query = _query(days=days, limit=limit, cursor=cursor)
    return Call(method="GET", path="/customer/usage/daily", answer=_page(DayUsage), query=query)


def _ledger(
    *,
    kind: str | None = None,
    training_job_id: str | None = None,
    date_from: str | None = None,
    date_to: str | None = None,
    limit: int = PAGE_LIMIT,
    cursor: str | None = None,
) -> Call[Page[LedgerRow]]:
    """One page of the moves of credits, newest first: of a kind, a job, from a UTC day (`2026-04-01`) to another."""
    query = _query(
        limit=limit, cursor=cursor, kind=kind, training_job_id=training_job_id, date_from=date_from, date_to=date_to
    )
    return Call(method="GET", path="/customer/credits/ledger", answer=_page(LedgerRow), query=query)


def _limits() -> Call[dict[str, Any]]:
    """Each limit, what is used and left of it, and when it renews."""
    return Call(method="GET", path="/customer/limits", answer=dict[str, Any])


def _sign_in(email: str, password: str) -> Call[SignedIn]:
    """Begin a session. Its token may stand wherever an API key may."""
    body = SignIn(email=email, password=password)
    return Call(method="POST", path="/auth/sign-in", answer=SignedIn, body=body, repeatable=False)


def _sign_out() -> Call[None]:
    """End the session that this client goes by."""
    return Call(method="POST", path="/auth/sign-out", answer=type(None), repeatable=False)


def _account() -> Call[Account]:
    """The account, its balance, and by which key or session this client goes."""
    return Call(method="GET", path="/customer/account", answer=Account)


def _close_account(password: str) -> Call[None]:
    """Close the account for good: all but its anonymous ledger is erased."""
    body = CloseAccount(password=password)
    return Call(method="DELETE", path="/customer/account", answer=type(None), body=body, repeatable=False)


def _list_api_keys(*, limit: int = PAGE_LIMIT, cursor: str | None = None) -> Call[Page[ApiKeyRow]]:
    """One page of the API keys, newest first, revoked ones too."""
    query = _query(limit=limit, cursor=cursor)
    return Call(method="GET", path="/customer/api-keys", answer=_page(ApiKeyRow), query=query)


def _create_api_key(name: str, scopes: list[str] | None = None) -> Call[CreatedApiKey]:
    """Make a key; its `secret` is in this answer alone. Without scopes it may do all that this client may.

    The secret of a key whose answer was lost is lost with it, so this is sent once.
    """
    body = CreateApiKey(name=name, scopes=scopes)
    return Call(method="POST", path="/customer/api-keys", answer=CreatedApiKey, body=body, repeatable=False)


def _revoke_api_key(id: str) -> Call[None]:
    """Revoke a key, at once."""
    return Call(method="DELETE", path=f"/customer/api-keys/{quote(id, safe='')}", answer=type(None))


def _meta() -> Call[Meta]:
    """What this service is: its limits, rates, tiers and error codes."""
    return Call(method="GET", path="/meta", answer=Meta)


def _openapi() -> Call[dict[str, Any]]:
    """The service's OpenAPI file: every route, what it takes, answers and refuses; needs no key."""
    return Call(method="GET", path="/openapi.json", answer=dict[str, Any])


def _health() -> Call[dict[str, Any]]:
    """Whether the service answers; needs no key."""
    return Call(method="GET", path="/healthz", answer=dict[str, Any])


class _Endpoints:
    """The calls, as methods of both clients."""

    create_content = Endpoint(_create_content)
    list_content = Endpoint(_list_content)
    get_content = Endpoint(_get_content)
    delete_content = Endpoint(_delete_content)
    missing_chunks = Endpoint(_missing_chunks)
    finalize_content = Endpoint(_finalize_content)
    list_content_files = Endpoint(_list_content_files)
    content_download = Endpoint(_content_download)
    preview_job = Endpoint(_preview_job)
    submit_job = Endpoint(_submit_job)
    list_jobs = Endpoint(_list_jobs)
    get_job = Endpoint(_get_job)
    cancel_job = Endpoint(_cancel_job)
    retry_job = Endpoint(_retry_job)
    extend_job = Endpoint(_extend_job)
    explain_job = Endpoint(_explain_job)
    list_units = Endpoint(_list_units)
    list_logs = Endpoint(_list_logs)
    list_metrics = Endpoint(_list_metrics)
    list_artifacts = Endpoint(_list_artifacts)
    artifact_download = Endpoint(_artifact_download)
    usage_summary = Endpoint(_usage_summary)
    usage_daily = Endpoint(_usage_daily)
    ledger = Endpoint(_ledger)
    limits = Endpoint(_limits)
    sign_in = Endpoint(_sign_in)
    sign_out = Endpoint(_sign_out)
    account = Endpoint(_account)
    close_account = Endpoint(_close_account)
    list_api_keys = Endpoint(_list_api_keys)
    create_api_key = Endpoint(_create_api_key)
    revoke_api_key = Endpoint(_revoke_api_key)
    meta = Endpoint(_meta)
    openapi = Endpoint(_openapi)
    health = Endpoint(_health)


class Client(_Endpoints, DeviceCodeEndpoints, OwnerEndpoints, WebhookEndpoints, SyncConnection):
    """A customer's client whose methods wait for the answer. `address` is the service's root or base URL."""

    def __enter__(self) -> "Client":
        return self


class AsyncClient(_Endpoints, DeviceCodeEndpoints, OwnerEndpoints, WebhookEndpoints, AsyncConnection):
    """A customer's client whose methods are awaited."""

    async def __aenter__(self) -> "AsyncClient":
        return self


def every(fetch: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """All rows of a list, page by page: `every(lambda cursor: client.list_jobs(cursor=cursor))`."""
    cursor: str | None = None
    while True:
        page = fetch(cursor)
        yield from page.data
        cursor = page.page.next_cursor
        if not page.page.has_more or cursor is None:
            return


async def every_async(fetch: Callable[[str | None], Awaitable[Page[T]]]) -> AsyncIterator[T]:
    """The same with an async client, whose calls are awaited."""
    cursor: str | None = None
    while True:
        page = await fetch(cursor)
        for row in page.data:
            yield row
        cursor = page.page.next_cursor
        if not page.page.has_more or cursor is None:
            return
