"""Deletes datasets or packages after a look at what they are: what both delete commands share."""

from ...console import Mode
from ...console.words import counted
from ..customer import ContentKind
from .options import Session


def delete_content(session: Session, kind: ContentKind, ids: list[str]) -> None:
    """Look at all, ask once, delete one after the other. Raises DATASET_NOT_FOUND or PACKAGE_NOT_FOUND before anything
    is deleted, STATE_CONFLICT at the first that a job uses."""
    with session.connect() as client:
        found = [client.get_content(kind, id) for id in ids]
        names = ", ".join(f"{one.name} (version {one.version})" for one in found)
        if not session.console.confirm(f"Delete {names}?", yes=session.yes or session.console.mode is Mode.JSON):
            session.console.info("Nothing was deleted.")
            return
        for one in found:
            client.delete_content(kind, one.id)
            session.console.info(f"Deleted: {one.name}, version {one.version}")
    session.console.result(found, human=f"{counted(len(found), 'upload')} deleted.")
