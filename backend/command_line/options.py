"""What several commands share: options, and amounts of credits as people write them."""

from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_data_path

from core.billing.amounts import micro_from as micro_from

DEFAULT_DATA_DIR = user_data_path("gpu-agent") / "backend"

DataDir = Annotated[
    Path, typer.Option("--data-dir", metavar="DIR", help="The folder that holds all the service keeps.")
]
Email = Annotated[str, typer.Option("--email", help="The customer's e-mail address.")]
