"""`gpu-agent-node try`: runs a package on data in this node's own box, without a server."""

import asyncio
import json as json_module
import os
import tempfile
import uuid
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from agent.command_line.options import (
    DataDirOption,
    default_data_dir,
    look_around,
    make_data_dir,
    say_confinement,
)
from agent.environments import EnvironmentFailed
from agent.own_files import write_own_files
from agent.sandbox.base import BoxNotStarted
from agent.start import Quotas, open_environments
from agent.trial import Trial, TrialPlan, TrialTools, TrialUnit
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption, seconds_in_words
from core.errors import ApiError, ErrorDetail
from core.packages.archive import zip_folder
from core.packages.inspect import PackageInspection, inspect_package
from core.protocol.node import Fault

_MAX_SECONDS = 3600.0


class TrialResult(msgspec.Struct, frozen=True):
    """How it went; `metrics` are the newest values of all units together."""

    status: str
    package: str
    confinement: str
    units: list[TrialUnit]
    metrics: dict[str, float]
    outputs: list[str]


def try_package(
    package: Annotated[Path, typer.Argument(help="The package: a folder or a zip.")],
    data: Annotated[Path, typer.Option("--data", help="The data to run it on: a file or a folder.")],
    param: Annotated[
        list[str], typer.Option("--param", help="NAME=VALUE over a default of training.toml; VALUE is JSON or text.")
    ] = [],  # noqa: B006 - typer reads it, nobody changes it
    keep: Annotated[Path | None, typer.Option("--keep", help="A new folder to copy what the units left to.")] = None,
    max_seconds: Annotated[float, typer.Option("--max-seconds", min=1, help="Each unit's time.")] = _MAX_SECONDS,
    data_dir: DataDirOption = default_data_dir("try"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run prepare, train and evaluate of a package here, confined as on any node. Exit code 1: the code failed."""
    os.umask(0o022)
    console = Console.choose(json, quiet)
    if keep is not None and keep.exists():
        raise CommandError(f"{keep} is there already.", hint="Name a new folder.", exit_code=ExitCode.ARGUMENTS)
    for path in (package, data):
        if not path.exists():
            raise CommandError(f"{path} is not there.", hint="Check the path.", exit_code=ExitCode.ARGUMENTS)
    with tempfile.TemporaryDirectory(prefix="gpu-agent-try-") as made:
        archive, found = _sound(console, package, Path(made))
        params = _defaults(found) | dict(_parameter(found, text) for text in param)
        plan = TrialPlan(archive, found.training, data, params, max_seconds)
        result = asyncio.run(_try(console, make_data_dir(data_dir), plan, keep))
    if result.status != "completed":
        console.info(_in_words(result))
        raise _failed(result)
    console.result(result, human=_in_words(result), quiet=result.status)


def _sound(console: Console, package: Path, made: Path) -> tuple[Path, PackageInspection]:
    """The package as a zip, and what it says of itself. Raises PACKAGE_REJECTED with a row a problem."""
    archive = package
    if package.is_dir():
        archive = made / "package.zip"
        zipped = zip_folder(package, archive)
        if zipped.skipped:
            console.info(f"left out: {', '.join(zipped.skipped)}")
    try:
        return archive, inspect_package(archive, package.resolve().stem or "package")
    except ApiError as error:
        error.hint = "Mend it, then say the command again."
        raise


def _defaults(found: PackageInspection) -> dict[str, Any]:
    params = found.training.params
    return {name: param.default for name, param in params.items() if param.default is not None}


def _parameter(found: PackageInspection, text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or name not in found.training.params:
        known = ", ".join(found.training.params) or "none"
        raise CommandError(
            f"{text!r} is no parameter of this package.",
            hint=f"Write --param NAME=VALUE; names here: {known}",
            exit_code=ExitCode.ARGUMENTS,
        )
    try:
        return name, json_module.loads(value)
    except ValueError:
        return name, value


async def _try(console: Console, data_dir: Path, plan: TrialPlan, keep: Path | None) -> TrialResult:
    console.info("looking for a box that works here, and for Pythons …")
    sandbox, interpreters = await look_around(data_dir)
    say_confinement(console, sandbox)
    root = sandbox.workspace_root
    tools = TrialTools(
        sandbox=sandbox,
        environments=await open_environments(sandbox, Quotas().environment_bytes),
        interpreters=interpreters,
        own_files=await asyncio.to_thread(write_own_files, root),
    )
    trial = Trial(
        plan,
        tools,
        f"try-{uuid.uuid4().hex[:12]}",
        on_line=lambda role, _, text: console.info(f"{role} | {text}"),
        on_step=lambda words: console.info(f"{words} …"),
    )
    try:
        units = await trial.run()
        if keep is not None:
            await trial.keep_outputs(keep)
    except EnvironmentFailed as error:
        is_ours = error.fault is Fault.NODE
        raise CommandError(
            str(error),
            hint="Check this machine's network and Pythons." if is_ours else "Mend requirements in training.toml.",
            exit_code=ExitCode.ENVIRONMENT if is_ours else ExitCode.REFUSED,
        ) from error
    except BoxNotStarted as error:
        raise CommandError(
            f"The box could not be started: {error}", hint="gpu-agent-node doctor", exit_code=ExitCode.ENVIRONMENT
        ) from error
    finally:
        await trial.close()
    metrics: dict[str, float] = {}
    for unit in units:
        metrics |= unit.metrics
    return TrialResult(
        status="completed" if all(unit.succeeded for unit in units) else "failed",
        package=plan.training.package.name,
        confinement=sandbox.confinement.kind.value,
        units=units,
        metrics=metrics,
        outputs=[f"{unit.role}/{file.path}" for unit in units for file in unit.outputs],
    )


def _failed(result: TrialResult) -> CommandError:
    """The unit that failed, in words: it is the last one that was run."""
    unit = result.units[-1]
    return CommandError(
        f"{result.package} failed in {unit.role}: {unit.message} after {seconds_in_words(unit.run_seconds)}.",
        hint=f"Read what {unit.role} wrote above, mend it, then say the command again.",
        exit_code=ExitCode.REFUSED,
        code="TRIAL_FAILED",
        details=[ErrorDetail(words, field=unit.role) for words in unit.left_out],
    )


def _in_words(result: TrialResult) -> str:
    lines = [f"{result.package}: {result.status}"]
    for unit in result.units:
        lines.append(f"{unit.role}: {unit.message} after {seconds_in_words(unit.run_seconds)}")
        lines += [f"  {name} = {value:g}" for name, value in unit.metrics.items()]
        lines += [f"  {file.path} ({file.size_bytes:,} bytes)" for file in unit.outputs]
        lines += [f"  left out: {words}" for words in unit.left_out]
    return "\n".join(lines)
