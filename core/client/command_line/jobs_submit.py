"""`gpu-agent-client jobs submit`: shows the price, asks, submits."""

import json
from typing import Annotated, Any

import typer

from ...console import CommandError, ExitCode, Mode
from ...protocol.customer import Sensitivity, SubmitJob
from ...protocol.uploads import StoredContent
from .job_price import price_view, show_price, warn_of_obstacles
from .job_view import job_lines
from .job_waiting import goes_on, require_completed, watch_job
from .options import Session

_DISK_MB = 1024
_MAX_RUNTIME_SECONDS = 3600


def jobs_submit(
    session: Session,
    dataset: Annotated[str, typer.Option("--dataset", help="Id of a dataset that is ready.")],
    package: Annotated[str, typer.Option("--package", help="Id of a training package that is ready.")],
    name: Annotated[str | None, typer.Option("--name", help="The job's name; the package's if not given.")] = None,
    vram_mb: Annotated[
        int | None, typer.Option("--vram-mb", help="GPU memory in MiB, 0 for none; what the package says if not given.")
    ] = None,
    disk_mb: Annotated[int, typer.Option("--disk-mb", help="Scratch space of a unit, in MiB.")] = _DISK_MB,
    max_runtime_seconds: Annotated[
        int, typer.Option("--max-runtime-seconds", help="Longest running time of a unit.")
    ] = _MAX_RUNTIME_SECONDS,
    sensitivity: Annotated[
        Sensitivity, typer.Option("--sensitivity", help="How far your data may travel.")
    ] = Sensitivity.LOW_SENSITIVE,
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="KEY=VALUE", help="A parameter of the package; may repeat.")
    ] = None,
    more_data: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="NAME=DATASET", help="A further dataset, by a name of your own; may repeat."),
    ] = None,
    start_from: Annotated[
        str | None, typer.Option("--start-from", help="Id of a checkpoint artifact of another job, to go on from.")
    ] = None,
    webhook: Annotated[
        list[str] | None, typer.Option("--webhook", help="Id of a webhook that hears of this job; may repeat.")
    ] = None,
    max_credits: Annotated[str | None, typer.Option("--max-credits", help="Refuse a plan that costs more.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Watch the job to its end.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the plan, its price and your balance.")] = False,
) -> None:
    """Submit a training job. Its price and your balance are shown first, and you are asked, unless -y or --json."""
    with session.connect() as client:
        stored = client.get_content("training-packages", package)
        job = SubmitJob(
            name=name or stored.name,
            dataset_id=dataset,
            training_package_id=package,
            required_vram_mb=_package_vram_mb(stored) if vram_mb is None else vram_mb,
            required_disk_mb=disk_mb,
            max_runtime_seconds=max_runtime_seconds,
            sensitivity=sensitivity,
            params={key: _value(text) for key, text in _pairs("--param", "KEY=VALUE", param).items()} or None,
            inputs=_pairs("--input", "NAME=DATASET", more_data) or None,
            initial_checkpoint_artifact_id=start_from,
            max_credits=max_credits,
            webhook_ids=webhook,
        )
        preview = client.preview_job(job)
        if dry_run:
            warn_of_obstacles(session.console, preview)
            session.console.result(preview, human=price_view(preview), quiet=preview.hold)
            return
        show_price(session.console, preview)
        if not session.console.confirm("Submit it?", yes=session.yes or session.console.mode is Mode.JSON):
            raise CommandError(
                "Nothing was submitted.", hint="Say the command again to submit it.", exit_code=ExitCode.INTERRUPTED
            )
        submitted = client.submit_job(job)
        session.console.info(f"Submitted: {submitted.id}")
        session.goes_on_as("jobs watch", submitted.id)
        if wait:
            try:
                submitted = watch_job(session.console, client, submitted.id).job
            except KeyboardInterrupt:
                raise goes_on(submitted.id) from None
            require_completed(submitted)
    following = f"\nNext: gpu-agent-client {'artifacts pull' if wait else 'jobs watch'} {submitted.id}"
    session.console.result(submitted, human=job_lines(submitted) + following)


def _package_vram_mb(stored: StoredContent) -> int:
    resources = (stored.training or {}).get("resources")
    vram = resources.get("vram_mb", 0) if isinstance(resources, dict) else 0
    return vram if isinstance(vram, int) else 0


def _pairs(option: str, form: str, texts: list[str] | None) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise CommandError(
                f"{option} {text} is not {form}.",
                hint="gpu-agent-client jobs submit --help",
                exit_code=ExitCode.ARGUMENTS,
            )
        pairs[key] = value
    return pairs


def _value(text: str) -> Any:
    """A number, true or false as such; everything else as the text it is."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, int | float | bool) else text
