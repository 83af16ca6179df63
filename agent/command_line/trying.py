"""What `gpu-agent-node try` does: the package is looked through, its units are run one after the other."""

import asyncio
import json as json_module
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from agent.command_line.look_around import look_around, say_confinement
from agent.command_line.metric_teller import MetricTeller
from agent.environments import EnvironmentFailed
from agent.own_files import write_own_files
from agent.sandbox.base import BoxNotStarted
from agent.start import Quotas, open_environments
from agent.trial import Trial, TrialPlan, TrialTools, TrialUnit
from core.console import CommandError, Console, ExitCode
from core.console.words import seconds_in_words
from core.errors import ApiError, ErrorDetail
from core.packages.archive import zip_folder
from core.packages.inspect import PackageInspection, inspect_package
from core.protocol.node import Fault


class TrialResult(msgspec.Struct, frozen=True):
    """How it went; `metrics` are the newest values of all units together."""

    status: str
    package: str
    confinement: str
    units: list[TrialUnit]
    metrics: dict[str, float]
    outputs: list[str]


def try_here(
    console: Console,
    data_dir: Path,
    package: Path,
    data: Path,
    given: Sequence[str],
    *,
    keep: Path | None,
    max_seconds: float,
    tells_metrics: bool,
) -> None:
    """To the end, with the result as the command's. Raises CommandError where a unit failed, ApiError for a package
    with problems."""
    with tempfile.TemporaryDirectory(prefix="gpu-agent-try-") as made:
        archive, found = _sound(console, package, Path(made))
        params = _defaults(found) | dict(_parameter(found, text) for text in given)
        plan = TrialPlan(archive, found.training, data, params, max_seconds)
        result = asyncio.run(_try(console, data_dir, plan, keep, tells_metrics=tells_metrics))
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


async def _try(
    console: Console, data_dir: Path, plan: TrialPlan, keep: Path | None, *, tells_metrics: bool
) -> TrialResult:
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
        on_metrics=MetricTeller(console).tell if tells_metrics else lambda role, seen: None,
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
