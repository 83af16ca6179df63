"""`nodes set-tier` and `nodes revoke`: how far a node is trusted, and when no more at all."""

import msgspec
import typer

from core.console import Console, JsonOption, QuietOption
from core.nodes.directory import find_node
from core.nodes.directory import set_tier as set_tier_of
from core.nodes.tiers import ACCEPTS, Tier
from core.scheduling.fairness import ReadyIndex
from core.scheduling.revoking import revoke_node

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir

STORED_TIERS = [tier.value for tier in Tier if tier is not Tier.OWN]
NODE = typer.Argument(..., metavar="NODE", help="The node's id, or its name if no other has it.")


class TierOfNode(msgspec.Struct, frozen=True):
    """How far a node is trusted now."""

    id: str
    name: str
    tier: str


class Revoked(msgspec.Struct, frozen=True):
    """A node that is heard no more."""

    id: str
    name: str


def set_tier(
    node: str = NODE,
    tier: str = typer.Argument(..., metavar="TIER", help=f"One of {', '.join(STORED_TIERS)}."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how far a node is trusted; a running server keeps to it at the node's next lease."""
    if tier not in STORED_TIERS:
        raise typer.BadParameter(f"{tier!r} is none of {', '.join(STORED_TIERS)}")
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        found = find_node(tx.connection, node)
        if set_tier_of(tx, found, Tier(tier)):
            command.record(tx, "nodes.set-tier", found.public_id, name=found.name, tier=tier)
    Console.choose(json, quiet).result(
        TierOfNode(found.public_id, found.name, tier),
        human=f"{found.name} is {tier}: it may get data that is {', '.join(ACCEPTS[Tier(tier)])}.",
        quiet=found.public_id,
    )


def revoke(
    node: str = NODE, data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Hear a node no more: what it holds goes to others, and it must be enrolled anew to come back."""
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        found = find_node(tx.connection, node)
        # a running server reads its own index anew when this is written
        if revoke_node(tx, ReadyIndex(), found.id, now=command.now, new_id=command.new_id):
            command.record(tx, "nodes.revoke", found.public_id, name=found.name)
    Console.choose(json, quiet).result(
        Revoked(found.public_id, found.name),
        human=f"{found.name} is revoked; what it held goes elsewhere.",
        quiet=found.public_id,
    )
