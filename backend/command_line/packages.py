"""`packages block`, `unblock`, `blocks`, `reports`: training packages that must not run, by their digest."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.table import Table

from core.console import Console, JsonOption, QuietOption, table
from core.nodes.blocks import check_digest, list_blocks, list_reports
from core.protocol.owner import PackageBlock
from core.scheduling.blocking import block_package, unblock_package
from core.scheduling.fairness import ReadyIndex

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir

T = TypeVar("T")
ROWS_AT_ONCE = 100

app = typer.Typer(help="Training packages that must not run.", no_args_is_help=True, rich_markup_mode=None)
Digest = Annotated[
    str, typer.Argument(metavar="DIGEST", help="The SHA-256 of the package's zip: 64 hex digits, as owners see it.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many.")]


@app.callback()
def packages() -> None:
    """Training packages that must not run."""


@app.command("block")
def block(
    digest: Digest,
    reason: str = typer.Option(..., "--reason", help="Why: its customers and the log of changes are told."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Block a package everywhere: its jobs fail now, nodes stop at their next exchange, new jobs of it are refused."""
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        # A running server has an index of its own and rebuilds it when it sees this commit.
        blocked = block_package(
            tx,
            ReadyIndex(),
            owner_id=None,
            package_digest=digest,
            reason=reason,
            now=command.now,
            new_id=command.new_id,
        )
        made = blocked.block
        command.record(tx, "packages.block", made.package_digest, reason=made.reason, jobs_failed=blocked.jobs_failed)
    jobs = "1 job of it has" if blocked.jobs_failed == 1 else f"{blocked.jobs_failed} jobs of it have"
    Console.choose(json, quiet).result(
        {**msgspec.to_builtins(made), "jobs_failed": blocked.jobs_failed},
        human=f"{made.package_digest} is blocked everywhere; {jobs} failed.",
        quiet=made.id,
    )


@app.command("unblock")
def unblock(
    digest: Digest, data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Take the operator's block of a package back. Blocks of owners stay."""
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        was = unblock_package(tx, ReadyIndex(), owner_id=None, package_digest=digest)
        command.record(tx, "packages.unblock", was.package_digest, reason=was.reason)
    Console.choose(json, quiet).result(
        was,
        human=f"{was.package_digest} may run again. Jobs that the block ended can be retried.",
        quiet=was.package_digest,
    )


@app.command("blocks")
def blocks(
    limit: Limit = ROWS_AT_ONCE,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List what the operator blocked, newest first."""
    with command_store(data_dir) as store:
        rows = _first(
            limit, lambda before, count: list_blocks(store.connection, owner_id=None, before=before, limit=count)
        )
    Console.choose(json, quiet).result(rows, human=_table(rows), quiet=[row.package_digest for row in rows])


@app.command("reports")
def reports(
    digest: str = typer.Option("", "--digest", metavar="DIGEST", help="Only of this package."),
    limit: Limit = ROWS_AT_ONCE,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List what owners blocked on their own nodes, and why: newest first."""
    only = check_digest(digest) if digest else None
    with command_store(data_dir) as store:
        connection = store.connection
        rows = _first(
            limit, lambda before, count: list_reports(connection, package_digest=only, before=before, limit=count)
        )
    Console.choose(json, quiet).result(rows, human=_table(rows), quiet=[row.package_digest for row in rows])


def _first(limit: int, fetch: Callable[[int | None, int], list[tuple[int, T]]]) -> list[T]:
    """The first rows of a list that is read a part at a time."""
    rows: list[T] = []
    before: int | None = None
    while part := fetch(before, min(ROWS_AT_ONCE, limit - len(rows))):
        rows += [row for _, row in part]
        before = part[-1][0]
    return rows


def _table(rows: list[PackageBlock]) -> Table:
    cells = ((row.package_digest, row.created_at, row.owner, row.reason) for row in rows)
    return table(("package", "since", "owner", "reason"), cells)
