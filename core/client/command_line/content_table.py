"""How datasets and packages are listed for people."""

from rich.table import Table

from ...console import table
from ...console.words import size_in_words
from ...protocol.uploads import StoredContent


def content_table(rows: list[StoredContent]) -> Table:
    """One row a dataset or package."""
    return table(
        ["id", "name", "version", "status", "files", "size", "created"],
        (
            (
                row.id,
                row.name,
                row.version,
                row.status.value,
                row.file_count,
                None if row.size_bytes is None else size_in_words(row.size_bytes),
                row.created_at,
            )
            for row in rows
        ),
    )
