"""What the routes of datasets share with those of training packages: their kind, path, guards, and what they find."""

from typing import Any

import msgspec
from litestar import Request

from core.accounts.api_keys import Principal
from core.content.uploads import NOT_FOUND, Upload, UploadKind, get_upload
from core.errors import ErrorCode

from ..context import Context

AnyRequest = Request[Any, Any, Any]


class KindRoutes(msgspec.Struct, frozen=True):
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
        return get_upload(context.store.connection, principal_of(request).customer_id, self.kind, id)


def principal_of(request: AnyRequest) -> Principal:
    """Who asks."""
    principal: Principal = request.auth
    return principal
