"""`gpu-agent-node uninstall`: takes this node off the machine, and says what it leaves."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agent.command_line.options import CaFileOption, DataDirOption, InsecureOption, default_data_dir
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption, YesOption
from core.console.words import size_in_words

if TYPE_CHECKING:  # slow to load: help needs none of it
    from agent.autostart.base import SystemService
    from agent.identity import Identity
    from agent.uninstall import Item, Left, Plan


class Uninstalled(msgspec.Struct, frozen=True):
    """`revoked`: the server knows the node no more; `how_to_revoke` is empty then."""

    removed: "list[Item]"
    left: "list[Left]"
    revoked: bool
    how_to_revoke: str


def uninstall(
    yes: YesOption = False,
    insecure: InsecureOption = False,
    ca_file: CaFileOption = None,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List what this node has put here, ask, give its units back, have the server revoke it, and remove just that."""
    from agent.command_line.resting import end, give_back, running_node
    from agent.identity import load_identity
    from agent.uninstall import Uninstall

    console = Console.choose(json, quiet)
    folder = data_dir.absolute()
    ours, strangers = _services(folder)
    work = Uninstall(folder, ours, default_data_dir("try"))
    plan = work.plan()
    console.info(_plan_in_words(plan))
    if not plan.items:
        console.result(Uninstalled([], [*plan.left, *strangers], False, ""), human="Nothing of a node is here.")
        return
    if not console.confirm("Remove all of that?", yes=yes):
        raise CommandError("Nothing was removed.", hint="gpu-agent-node uninstall", exit_code=ExitCode.REFUSED)
    running = running_node(folder)
    if running is not None:
        give_back(folder, console)
    for service in ours:  # first: it would start the node again
        service.remove(force=False)
    if running is not None:
        end(running[0])
    _check_is_stopped(folder)
    keep = _power_put_back(folder, console)
    identity = load_identity(folder)
    how = "" if identity is None else asyncio.run(_revoke(identity, insecure=insecure, ca_file=ca_file))
    left = [*work.carry_out(console.info, keep), *strangers, *_of_other_programs()]
    if how:
        console.warn(f"the server still knows this node: {how}")
    done = Uninstalled(plan.items, left, identity is not None and not how, how)
    console.result(done, human=_done_in_words(left), quiet=[one.path for one in left])
    if any(one.is_failure for one in left):
        raise CommandError(
            "Not all could be removed.", hint="Mend what is said above, and say it again.", exit_code=ExitCode.REFUSED
        )


def _services(folder: Path) -> "tuple[list[SystemService], list[Left]]":
    """The services that this program made for this node; and why others of that name stay."""
    from agent.autostart.base import ServiceRefused
    from agent.autostart.choose import services_of_this_system
    from agent.uninstall import Left

    ours: list[SystemService] = []
    left: list[Left] = []
    for service in services_of_this_system(os.environ):
        try:
            if not service.file.exists():
                continue
            if service.serves(folder):
                ours.append(service)
            else:
                left.append(Left(str(service.file), "this program didn't make it, or it runs another node"))
        except ServiceRefused as error:
            left.append(Left(str(service.file), f"its system can't be asked: {error}"))
    return ours, left


def _check_is_stopped(folder: Path) -> None:
    """Raises CommandError where a node holds its journal, though it doesn't answer: it would lose its ground."""
    import sqlite3

    from agent.journal import JournalBusy, counts_of_stopped

    try:
        counts_of_stopped(folder / "journal.sqlite")
    except JournalBusy as busy:
        raise CommandError(
            f"Nothing was removed: {busy}, and does not answer.",
            hint="End it by hand, and say this again.",
            exit_code=ExitCode.REFUSED,
        ) from busy
    except sqlite3.DatabaseError:  # one that is damaged is nobody's
        return


def _power_put_back(folder: Path, console: Console) -> "list[Left]":
    """What a killed node has left set on GPUs; where that can't be put back, what tells of it stays."""
    from agent.power_profile import PROFILE_FILE_NAME, PowerProfile, boot_of_this_system
    from agent.probe.nvml import Nvml
    from agent.uninstall import Left

    file = folder / PROFILE_FILE_NAME
    if not file.exists():
        return []
    nvml = Nvml()
    try:
        done = PowerProfile(folder, nvml, boot=boot_of_this_system()).restore_all()
    finally:
        nvml.close()
    for one in done:
        console.info(one.words)
    refused = [one.words for one in done if one.refused]
    return [Left(str(file), "; ".join(refused), is_failure=True)] if refused else []


async def _revoke(identity: "Identity", *, insecure: bool, ca_file: Path | None) -> str:
    """Empty once the server knows the node no more; else how its owner has that done."""
    from core.client.errors import ClientError, ServerError
    from core.client.node import NodeClient

    how = (
        f"revoke {identity.name} in the window (My machines), or by PATCH /api/v1/owner/nodes/{identity.node_id} with "
        '{"revoked": true}; its operator: gpu-agent-backend nodes revoke'
    )
    try:
        async with NodeClient(identity.server, identity.credential, insecure=insecure, ca_file=ca_file) as client:
            await client.leave()
    except ServerError as error:
        return "" if error.status in (401, 403) else f"{error.message}; {how}"
    except ClientError as error:
        return f"{error.message} {how}"
    return ""


def _of_other_programs() -> "list[Left]":
    """What GPU-Agent's other programs keep here, which isn't the node's."""
    import platformdirs

    from agent.uninstall import Left

    data = platformdirs.user_data_path("gpu-agent")
    found = [Left(str(path), "it is another program's of GPU-Agent") for path in data.glob("*") if path.is_dir()]
    logins = platformdirs.user_config_path("gpu-agent")
    if logins.exists():
        found.append(Left(str(logins), "logins of the window and of gpu-agent-client: gpu-agent-client logout"))
    return found


def _plan_in_words(plan: "Plan") -> str:
    lines = ["will be removed:" if plan.items else "nothing would be removed"]
    lines += [
        f"  {item.path}  ({item.what}{f', {size_in_words(item.size_bytes)}' if item.size_bytes else ''})"
        for item in plan.items
    ]
    if plan.left:
        lines += ["will stay:", *(f"  {one.path}  ({one.why})" for one in plan.left)]
    return "\n".join(lines)


def _done_in_words(left: "list[Left]") -> str:
    lines = ["The node is gone from this machine. The program itself is not: delete its folder if you want that."]
    return "\n".join([*lines, *(f"left: {one.path} ({one.why})" for one in left)])
