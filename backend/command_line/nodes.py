"""`nodes enrollment-code` and `nodes list`: the operator's side of nodes."""

import os

import msgspec
import typer

from core.accounts.customers import find_by_email
from core.clock import rfc3339
from core.console import Console, JsonOption, QuietOption, table
from core.nodes.enrollment import CODE_SECONDS, make_code
from core.nodes.nodes import list_nodes
from core.nodes.tiers import Tier

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir

app = typer.Typer(help="Nodes and their enrolment.", no_args_is_help=True, rich_markup_mode=None)


class MadeCode(msgspec.Struct, frozen=True):
    """A code that enrols one node until `expires_at`."""

    code: str
    tier: str
    owner: str | None
    expires_at: str


@app.callback()
def nodes() -> None:
    """Nodes and their enrolment."""


@app.command("enrollment-code")
def enrollment_code(
    owner: str = typer.Option("", "--owner", metavar="EMAIL", help="The customer whose node it will be."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a code that enrols one node within 15 minutes."""
    command = Command()
    now = command.now
    with command_store(data_dir) as store, store.transaction() as tx:
        owner_id = find_by_email(tx.connection, owner).id if owner else None
        code = make_code(tx, owner_id=owner_id, tier=Tier.CONTROLLED, now=now, random_bytes=os.urandom)
        command.record(tx, "nodes.enrollment-code", owner or "operator", tier=Tier.CONTROLLED.value)
    made = MadeCode(code, Tier.CONTROLLED.value, owner or None, rfc3339(now + CODE_SECONDS))
    Console.choose(json, quiet).result(
        made,
        human=f"{code}\nEnrol a node with it within 15 minutes: gpu-agent-node run --server URL --enroll {code}",
        quiet=code,
    )


@app.command("list")
def list_all(data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List all nodes, with when they were last heard of."""
    with command_store(data_dir) as store:
        rows = list_nodes(store.connection)
    Console.choose(json, quiet).result(
        rows,
        human=table(
            ("id", "name", "tier", "owner", "last heard of", "attempts", "version"),
            (
                (
                    row.id,
                    row.name,
                    "revoked" if row.revoked else row.tier,
                    row.owner,
                    row.last_seen_at,
                    row.attempts,
                    row.agent_version,
                )
                for row in rows
            ),
        ),
    )
