"""What a list of datasets or packages shows, from what the server stores and what is on its way. No widgets, no I/O."""

from collections.abc import Sequence

import msgspec

from core.client.customer import ContentKind
from core.protocol.uploads import ContentStatus, StoredContent

from .package_drafts import Draft
from .transfer_memory import UploadWish
from .transfers import Transfer, TransferState


class ContentEntry(msgspec.Struct, frozen=True):
    """A row: a dataset with all its known versions, newest first, or one version of a package. `transfer`: what is on
    its way under this name; without a version it has not reached the server yet."""

    key: str
    name: str
    versions: tuple[StoredContent, ...]
    transfer: Transfer | None
    draft: Draft | None = None

    def is_known_as(self, wanted: str) -> bool:
        """Whether it is meant by a key, a name or the id of a version."""
        return wanted in (self.key, self.name, *(version.id for version in self.versions))

    @property
    def newest(self) -> StoredContent | None:
        return self.versions[0] if self.versions else None

    @property
    def usable(self) -> StoredContent | None:
        """The newest version that a job can use."""
        return next((one for one in self.versions if one.status is ContentStatus.READY), None)


def list_entries(
    kind: ContentKind,
    stored: Sequence[StoredContent],
    transfers: Sequence[Transfer],
    search: str = "",
    drafts: Sequence[Draft] = (),
) -> list[ContentEntry]:
    """The rows in the order of `stored` (newest first); before them drafts and what is only on its way."""
    moving = _moving(kind, transfers)
    entries = [ContentEntry(draft.key, draft.name, (), None, draft) for draft in drafts]
    entries += _by_name(stored, moving) if kind == "datasets" else _one_by_one(stored, moving)
    wanted = search.strip().casefold()
    return [entry for entry in entries if wanted in entry.name.casefold()]


def _moving(kind: ContentKind, transfers: Sequence[Transfer]) -> dict[str, Transfer]:
    """By name; the newest of a name."""
    return {
        one.name: one
        for one in transfers
        if isinstance(one.wish, UploadWish) and one.wish.kind == kind and one.state is not TransferState.DONE
    }


def _by_name(stored: Sequence[StoredContent], moving: dict[str, Transfer]) -> list[ContentEntry]:
    versions: dict[str, list[StoredContent]] = {}
    for one in stored:
        versions.setdefault(one.name, []).append(one)
    new = [ContentEntry(name, name, (), transfer) for name, transfer in moving.items() if name not in versions]
    return new + [ContentEntry(name, name, tuple(rows), moving.get(name)) for name, rows in versions.items()]


def _one_by_one(stored: Sequence[StoredContent], moving: dict[str, Transfer]) -> list[ContentEntry]:
    left = dict(moving)
    rows = []
    for one in stored:
        transfer = left.pop(one.name, None) if one.status is ContentStatus.UPLOADING else None
        rows.append(ContentEntry(one.id, one.name, (one,), transfer))
    return [ContentEntry(f"transfer:{one.id}", one.name, (), one) for one in left.values()] + rows
