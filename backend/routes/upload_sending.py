"""How datasets and training packages are sent: created, their chunks asked for, finalized."""

import asyncio
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.limits import MOST, limits_once
from core.content.contents import load_manifest
from core.content.manifest import CHUNK_SIZE_BYTES, ManifestLimits, check_manifest
from core.content.uploads import (
    Upload,
    UploadKind,
    check_complete,
    check_new_upload,
    create_upload,
    finish_upload,
    missing_count,
    missing_page,
)
from core.errors import ApiError, ErrorCode, ErrorDetail, validation_failed
from core.nodes.blocks import operators_reason
from core.protocol.content import FileEntry, Manifest, StrictFileEntry
from core.protocol.customer import Page, PageInfo
from core.protocol.uploads import (
    ContentProblem,
    ContentStatus,
    ContentUpload,
    CreateContent,
    MissingChunk,
    StoredContent,
)
from core.store.database import Transaction

from ..authentication import idempotency_key_guard
from ..context import Context
from ..idempotency import create_once
from ..package_inspection import MAX_ZIP_BYTES, Finding, inspect_upload
from ..responses import page
from ..validation import JsonBody
from .upload_kind import AnyRequest, KindRoutes, principal_of

CREATE_LIMIT_BYTES = 64 << 20
MISSING_PER_PAGE = 1000
MissingLimit = Annotated[int, Parameter(ge=1, le=MISSING_PER_PAGE)]


class CreateContentBody(CreateContent, frozen=True, kw_only=True):
    """A create as the server reads it: unknown fields are refused within `files` too."""

    files: list[StrictFileEntry] | None = None  # type: ignore[assignment]


def sending_handlers(routes: KindRoutes) -> list[Any]:
    """Those by which one is sent."""
    path, kind, name, read, write, tag = (
        routes.path,
        routes.kind,
        routes.kind.value,
        routes.read,
        routes.write,
        routes.tag,
    )

    rejected = (ErrorCode.PACKAGE_REJECTED,) if kind is UploadKind.TRAINING_PACKAGE else ()

    @post(
        path,
        guards=[*write, idempotency_key_guard],
        dto=JsonBody[CreateContentBody],
        request_max_body_size=CREATE_LIMIT_BYTES,
        operation_id=f"create_{name}",
        tags=[tag],
        opt={"errors": (ErrorCode.STORAGE_QUOTA_EXCEEDED,)},
    )
    async def create(request: AnyRequest, state: State, data: CreateContentBody) -> Response[ContentUpload]:
        """Begins an upload: with its files, or with the name of one file to send to `content_url`."""
        return await _create(request, state["context"], kind, path, data)

    @get(
        path + "/{id:str}/missing-chunks",
        guards=read,
        operation_id=f"list_{name}_missing_chunks",
        tags=[tag],
        opt={"errors": (routes.absent,)},
    )
    async def missing_chunks(
        request: AnyRequest,
        state: State,
        id: str,
        limit: MissingLimit = MISSING_PER_PAGE,
        cursor: str | None = None,
    ) -> Page[MissingChunk]:
        """The chunks that have still to be sent, with fresh URLs to PUT them to."""
        context: Context = state["context"]
        upload = routes.find(context, request, id)
        now = context.clock()

        def fetch(after: str | None, count: int) -> list[tuple[str, MissingChunk]]:
            rows = missing_page(context.store.connection, upload, after=after or "", limit=count)
            return [(digest, _missing_chunk(context, upload.customer_id, digest, size, now)) for digest, size in rows]

        if upload.status is not ContentStatus.UPLOADING or upload.content_id is None:
            return Page([], PageInfo(limit, None, False))
        filters = {"id": upload.public_id}
        return page(
            context,
            principal_of(request),
            fetch,
            key=str,
            route=f"{path}/missing",
            filters=filters,
            cursor=cursor,
            limit=limit,
        )

    @post(
        path + "/{id:str}/finalize",
        guards=write,
        status_code=200,
        operation_id=f"finalize_{name}",
        tags=[tag],
        opt={"errors": (*rejected, routes.absent, ErrorCode.UPLOAD_INCOMPLETE, ErrorCode.STATE_CONFLICT)},
    )
    async def finalize(request: AnyRequest, state: State, id: str) -> StoredContent:
        """Ends the upload: `ready`, or for a package with problems PACKAGE_REJECTED. Again: the same answer."""
        return await _finalize(state["context"], routes.find(state["context"], request, id))

    return [create, missing_chunks, finalize]


def _manifest(context: Context, upload: Upload) -> Manifest:
    if upload.content_id is None:
        return Manifest([])
    return load_manifest(context.store.connection, upload.content_id)


def _missing_chunk(context: Context, customer_id: int, digest: str, size_bytes: int, now: float) -> MissingChunk:
    url = context.urls.put_chunk(customer_id, digest, size_bytes, now, announced=True)
    return MissingChunk(digest, size_bytes, url)


async def _create(
    request: AnyRequest, context: Context, kind: UploadKind, route: str, body: CreateContentBody
) -> Response[ContentUpload]:
    principal = principal_of(request)
    limits = principal.limits
    manifest = None if body.files is None else Manifest(body.files)
    check_new_upload(kind, body.name, manifest, body.file_name)
    most = MAX_ZIP_BYTES if kind is UploadKind.TRAINING_PACKAGE else MOST
    if manifest is not None:
        await asyncio.to_thread(check_manifest, manifest, ManifestLimits(max_size_bytes=most))
    else:
        _check_file_name(body.file_name or "")
    now = context.clock()

    def validate() -> None:
        if len(body.name) > limits.max_name_characters:
            raise validation_failed(name=f"has {len(body.name)} characters; {limits.max_name_characters} are allowed")

    def work(tx: Transaction) -> ContentUpload:
        validate()
        upload = create_upload(
            tx,
            principal.customer_id,
            kind,
            body.name,
            manifest=manifest,
            file_name=body.file_name,
            storage_bytes=limits_once(tx, principal.customer_id).storage_bytes,
            now=now,
            new_id=context.new_id,
        )
        missing = [] if manifest is None else missing_page(tx.connection, upload, after="", limit=MISSING_PER_PAGE)
        return ContentUpload(
            **msgspec.structs.asdict(upload.shown()),
            chunk_size_bytes=CHUNK_SIZE_BYTES,
            missing_chunks=[MissingChunk(digest, size_bytes, "") for digest, size_bytes in missing],
            missing_count=0 if manifest is None else missing_count(tx.connection, upload),
            content_url=None,
        )

    def with_urls(made: ContentUpload) -> ContentUpload:
        at = context.clock()
        return msgspec.structs.replace(
            made,
            missing_chunks=[
                _missing_chunk(context, principal.customer_id, chunk.digest, chunk.size_bytes, at)
                for chunk in made.missing_chunks
            ],
            content_url=None if body.file_name is None else context.urls.put_stream(made.id, kind.value, at),
        )

    return await create_once(
        request,
        context,
        f"POST {route}",
        body,
        work,
        answered=ContentUpload,
        present=with_urls,
        validate=validate,
    )


def _check_file_name(file_name: str) -> None:
    if "/" in file_name:
        raise validation_failed(file_name="is a name, without folders")
    try:
        check_manifest(Manifest([FileEntry(file_name, 0, [])]))
    except ApiError as error:
        raise validation_failed(file_name=error.details[0].message) from None


async def _finalize(context: Context, upload: Upload) -> StoredContent:
    if upload.status is ContentStatus.UPLOADING:
        check_complete(context.store.connection, upload)
        found = Finding()
        if upload.kind is UploadKind.TRAINING_PACKAGE:
            found = await inspect_upload(context, upload.name, _manifest(context, upload))
        finish = partial(_finish, upload=upload, found=found, now=context.clock())
        upload = await context.store.write(finish)
    if upload.status is ContentStatus.REJECTED:
        rows = [ErrorDetail(row.message, file=row.file, line=row.line) for row in upload.reasons]
        raise ApiError(ErrorCode.PACKAGE_REJECTED, details=rows)
    return upload.shown()


def _finish(tx: Transaction, *, upload: Upload, found: Finding, now: float) -> Upload:
    """Ends the upload with what was found; a package that the operator blocked is rejected, whatever is in it."""
    blocked = operators_reason(tx.connection, found.package_digest)
    reasons = [] if blocked is None else [ContentProblem(f"the operator blocked this package: {blocked}")]
    return finish_upload(
        tx,
        upload,
        reasons=[*reasons, *found.reasons],
        training=None if found.training is None else msgspec.to_builtins(found.training),
        lock=found.lock,
        package_digest=found.package_digest,
        now=now,
    )
