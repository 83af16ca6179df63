"""`gpu-agent-client artifacts pull`."""

from pathlib import Path
from typing import Annotated

import typer

from ...console import table
from ...console.words import size_in_words
from ..download import pull_artifacts
from .arguments import JobArgument
from .options import Session


def artifacts_pull(
    session: Session,
    job: JobArgument,
    to: Annotated[Path | None, typer.Option("--to", help="Into this folder; artifacts-JOB if not given.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace other files of the same names.")] = False,
) -> None:
    """Download the files that a job made. Cut in the middle, the same command goes on where it stopped."""
    with session.connect() as client:
        found = client.get_job(job)
        folder = (to or Path(f"artifacts-{found.id}")).resolve()
        with session.console.progress(f"Fetching {found.name}") as line:
            pulled = pull_artifacts(client, job, folder, overwrite=overwrite, progress=line.update)
    risky = [one.name for one in pulled if one.may_run_code]
    if risky:
        session.console.warn(f"{len(risky)} of these hold pickles; opening them may run code: {', '.join(risky[:5])}")
    cells = ((one.path, one.type, size_in_words(one.size_bytes)) for one in pulled)
    session.console.result(
        {"job_id": found.id, "folder": str(folder), "artifacts": pulled},
        human=table(["file", "type", "size"], cells),
        quiet=str(folder),
    )
