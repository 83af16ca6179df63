"""The routes that datasets and training packages share: list, read, delete, download. Sending is in upload_sending."""

from typing import Annotated, Any

from litestar import delete, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.clock import rfc3339
from core.content.contents import load_files
from core.content.uploads import Upload, UploadKind, delete_upload, file_of, list_uploads
from core.errors import ApiError, ErrorCode
from core.protocol.content import FileEntry
from core.protocol.customer import DownloadUrl, Page
from core.protocol.uploads import (
    ContentFile,
    DownloadRequest,
    StoredContent,
)
from core.scheduling.forgetting import ask_to_forget
from core.store.database import Transaction

from ..authentication import scope_guard
from ..context import Context
from ..orphans import delete_orphans
from ..responses import page
from ..urls import DOWNLOAD_SECONDS
from ..validation import JsonBody
from .upload_kind import AnyRequest, KindRoutes, principal_of
from .upload_sending import sending_handlers

Limit = Annotated[int, Parameter(ge=1, le=100)]


def upload_handlers(kind: UploadKind, path: str, *, scope: str, tag: str) -> list[Any]:
    """The routes of one kind below `path`, for keys with `<scope>:read` and `<scope>:write`."""
    routes = KindRoutes(kind, path, [scope_guard(f"{scope}:read")], [scope_guard(f"{scope}:write")], tag)
    return [*_stored_handlers(routes), *_file_handlers(routes), *sending_handlers(routes)]


def _stored_handlers(routes: KindRoutes) -> list[Any]:
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
        principal = principal_of(request)

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


def _file_handlers(routes: KindRoutes) -> list[Any]:
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
            principal_of(request),
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


def _content_id(upload: Upload) -> int:
    if upload.content_id is None:
        raise ApiError(ErrorCode.STATE_CONFLICT, "nothing has been sent yet")
    return upload.content_id


def _content_file(entry: FileEntry) -> ContentFile:
    return ContentFile(entry.path, entry.size_bytes, list(entry.chunks))
