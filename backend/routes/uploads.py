"""What datasets and training packages share: create, send, finalize, read, delete, download."""

import asyncio
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.accounts.limits import MOST, limits_once
from core.clock import rfc3339
from core.content.manifest import CHUNK_SIZE_BYTES, ManifestLimits, check_manifest
from core.content.uploads import (
    NOT_FOUND,
    Upload,
    UploadKind,
    check_complete,
    check_new_upload,
    create_upload,
    delete_upload,
    file_of,
    finish_upload,
    get_upload,
    list_uploads,
    load_files,
    load_manifest,
    missing_count,
    missing_page,
)
from core.errors import ApiError, ErrorCode, ErrorDetail, validation_failed
from core.nodes.blocks import operators_reason
from core.protocol.content import FileEntry, Manifest, StrictFileEntry
from core.protocol.customer import (
    ContentFile,
    ContentProblem,
    ContentStatus,
    ContentUpload,
    CreateContent,
    DownloadRequest,
    DownloadUrl,
    MissingChunk,
    Page,
    PageInfo,
    StoredContent,
)
from core.scheduling.forgetting import ask_to_forget
from core.store.database import Transaction

from ..authentication import idempotency_key_guard, scope_guard
from ..context import Context
from ..idempotency import create_once
from ..orphans import delete_orphans
from ..package_inspection import MAX_ZIP_BYTES, Finding, inspect_upload
from ..responses import page
from ..urls import DOWNLOAD_SECONDS
from ..validation import JsonBody

CREATE_LIMIT_BYTES = 64 << 20
MISSING_PER_PAGE = 1000
AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=100)]
MissingLimit = Annotated[int, Parameter(ge=1, le=MISSING_PER_PAGE)]


class CreateContentBody(CreateContent, frozen=True, kw_only=True):
    """A create as the server reads it: unknown fields are refused within `files` too."""

    files: list[StrictFileEntry] | None = None  # type: ignore[assignment]


class _Routes(msgspec.Struct, frozen=True):
    """What the routes of one kind share."""

    kind: UploadKind
    path: str
    read: list[Any]
    write: list[Any]
    tag: str

    @property
    def absent(self) -> ErrorCode:
        """What an id that is none of the customer's is answered with."""
        return NOT_FOUND[self.kind]

    def find(self, context: Context, request: AnyRequest, id: str) -> Upload:
        """The customer's own, by its id. Raises ApiError."""
        return get_upload(context.store.connection, _principal(request).customer_id, self.kind, id)


def upload_handlers(kind: UploadKind, path: str, *, scope: str, tag: str) -> list[Any]:
    """The routes of one kind below `path`, for keys with `<scope>:read` and `<scope>:write`."""
    routes = _Routes(kind, path, [scope_guard(f"{scope}:read")], [scope_guard(f"{scope}:write")], tag)
    return [*_stored_handlers(routes), *_file_handlers(routes), *_sending_handlers(routes)]


def _stored_handlers(routes: _Routes) -> list[Any]:
    """Those that list, show and delete what is stored."""
    path, kind, name, read, write, tag = (
        routes.path,
        routes.kind,
        routes.kind.value,
        routes.read,
        routes.write,
        routes.tag,
    )

    @get(path, guards=read, operation_id=f"list_{name}s", tags=[tag], opt={"errors": ()})
    async def list_all(
        request: AnyRequest, state: State, limit: Limit = 50, cursor: str | None = None, q: str | None = None
    ) -> Page[StoredContent]:
        """All that are not deleted, newest first; `q` finds in name and id."""
        context: Context = state["context"]
        principal = _principal(request)

        def fetch(before: int | None, count: int) -> list[tuple[int, StoredContent]]:
            store, customer_id = context.store, principal.customer_id
            rows = list_uploads(store.connection, customer_id, kind, q=q, before=before, limit=count)
            return [(key, upload.shown()) for key, upload in rows]

        said = {"q": q} if q else {}
        return page(context, principal, fetch, key=int, route=path, filters=said, cursor=cursor, limit=limit)

    @get(
        path + "/{id:str}",
        guards=read,
        operation_id=f"get_{name}",
        tags=[tag],
        opt={"errors": (routes.absent,)},
    )
    async def show(request: AnyRequest, state: State, id: str) -> StoredContent:
        """One, by its id."""
        return routes.find(state["context"], request, id).shown()

    @delete(
        path + "/{id:str}",
        guards=write,
        operation_id=f"delete_{name}",
        tags=[tag],
        opt={"errors": (routes.absent, ErrorCode.STATE_CONFLICT)},
    )
    async def remove(request: AnyRequest, state: State, id: str) -> None:
        """Deletes one that no active job uses; nodes that hold copies of it are told to forget them."""
        context: Context = state["context"]
        upload = routes.find(context, request, id)

        def work(tx: Transaction) -> list[str]:
            orphans = delete_upload(tx, upload, now=context.clock())
            ask_to_forget(
                tx,
                context.index,
                customer_id=upload.customer_id,
                upload_id=upload.id,
                content_id=upload.content_id,
            )
            return orphans

        await delete_orphans(context, await context.store.write(work))

    return [list_all, show, remove]


def _file_handlers(routes: _Routes) -> list[Any]:
    """Those that show and give the files of one."""
    path, name, read, tag = routes.path, routes.kind.value, routes.read, routes.tag

    @get(
        path + "/{id:str}/files",
        guards=read,
        operation_id=f"list_{name}_files",
        tags=[tag],
        opt={"errors": (routes.absent,)},
    )
    async def files(
        request: AnyRequest, state: State, id: str, limit: Limit = 50, cursor: str | None = None
    ) -> Page[ContentFile]:
        """Its files with the chunks they are made of, in the order they were sent."""
        context: Context = state["context"]
        upload = routes.find(context, request, id)

        def fetch(after: int | None, count: int) -> list[tuple[int, ContentFile]]:
            start = after or 0
            if upload.content_id is None:
                return []
            entries = load_files(context.store.connection, upload.content_id, start, count)
            return [(start + number, _content_file(entry)) for number, entry in enumerate(entries, 1)]

        filters = {"id": upload.public_id}
        return page(
            context,
            _principal(request),
            fetch,
            key=int,
            route=f"{path}/files",
            filters=filters,
            cursor=cursor,
            limit=limit,
        )

    @post(
        path + "/{id:str}/download-url",
        guards=read,
        dto=JsonBody[DownloadRequest],
        status_code=200,
        operation_id=f"{name}_download_url",
        tags=[tag],
        opt={"errors": (routes.absent, ErrorCode.NOT_FOUND, ErrorCode.STATE_CONFLICT)},
    )
    async def download_url(request: AnyRequest, state: State, id: str, data: DownloadRequest) -> DownloadUrl:
        """A signed URL of one of its files, good for 900 seconds."""
        context: Context = state["context"]
        upload = routes.find(context, request, id)
        entry = file_of(context.store.connection, upload, data.path)
        now = context.clock()
        return DownloadUrl(
            download_url=context.urls.get_file(_content_id(upload), entry.path, now),
            expires_at=rfc3339(int(now) + DOWNLOAD_SECONDS),
            file_name=entry.path.rpartition("/")[2],
            size_bytes=entry.size_bytes,
        )

    return [files, download_url]


def _sending_handlers(routes: _Routes) -> list[Any]:
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
            _principal(request),
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


def _principal(request: AnyRequest) -> Principal:
    principal: Principal = request.auth
    return principal


def _content_id(upload: Upload) -> int:
    if upload.content_id is None:
        raise ApiError(ErrorCode.STATE_CONFLICT, "nothing has been sent yet")
    return upload.content_id


def _manifest(context: Context, upload: Upload) -> Manifest:
    if upload.content_id is None:
        return Manifest([])
    return load_manifest(context.store.connection, upload.content_id)


def _content_file(entry: FileEntry) -> ContentFile:
    return ContentFile(entry.path, entry.size_bytes, list(entry.chunks))


def _missing_chunk(context: Context, customer_id: int, digest: str, size_bytes: int, now: float) -> MissingChunk:
    url = context.urls.put_chunk(customer_id, digest, size_bytes, now, announced=True)
    return MissingChunk(digest, size_bytes, url)


async def _create(
    request: AnyRequest, context: Context, kind: UploadKind, route: str, body: CreateContentBody
) -> Response[ContentUpload]:
    principal = _principal(request)
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
