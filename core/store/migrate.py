"""Numbered migrations (`migrations/NNNN_name.sql`) by sqlite-utils' own runner, with a backup before any is applied."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database, Migrations

MIGRATION_SET = "gpu-agent"
_FOLDER = Path(__file__).with_name("migrations")


class DatabaseTooNew(Exception):
    """The database was written by a newer program than this one."""

    def __init__(self, unknown: list[str]) -> None:
        super().__init__(
            f"this database was migrated by a newer version ({', '.join(unknown)}); update the program, "
            "or restore a backup from the folder backups/"
        )


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one, so that they stay within the caller's transaction."""
    pending = ""
    for piece in re.split("(?<=;)", script):
        pending += piece
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        raise ValueError(f"the script ends within a statement: {pending.strip()[:80]}")


def known_migrations(folder: Path = _FOLDER) -> Migrations:
    """All migrations of this program, in the order of their numbers."""
    migrations = Migrations(MIGRATION_SET)
    for path in sorted(folder.glob("*.sql")):
        script = path.read_text(encoding="utf-8")

        def apply(database: Database, script: str = script) -> None:
            for statement in statements(script):
                database.execute(statement)

        migrations(name=path.stem)(apply)
    return migrations


def migrate(database: Database, backups: Path, now: float, migrations: Migrations | None = None) -> Path | None:
    """Brings the database up to date. Gives the path of the backup that was made first, None when none was needed.

    Raises DatabaseTooNew when it holds a migration that this program doesn't know; nothing is changed then.
    """
    migrations = migrations or known_migrations()
    applied = {migration.name for migration in migrations.applied(database)}
    pending = {migration.name for migration in migrations.pending(database)}
    ours = pending | {m.name for m in migrations._migrations}
    if unknown := sorted(applied - ours):
        raise DatabaseTooNew(unknown)
    if not pending:
        return None
    backup = None
    if applied:
        backups.mkdir(mode=0o700, exist_ok=True)
        backup = backups / f"before-{min(pending)}-{int(now)}.sqlite"
        database.execute("VACUUM INTO ?", [str(backup)])
    migrations.apply(database)
    return backup
