"""The arguments that several commands take alike: ids, which a shell can complete from the service."""

from typing import Annotated

import typer

from .completions import complete_dataset, complete_job, complete_key, complete_package

JobArgument = Annotated[str, typer.Argument(help="The job's id.", autocompletion=complete_job)]
JobsArgument = Annotated[list[str], typer.Argument(help="Ids of jobs.", autocompletion=complete_job)]
DatasetsArgument = Annotated[list[str], typer.Argument(help="Ids of datasets.", autocompletion=complete_dataset)]
PackagesArgument = Annotated[list[str], typer.Argument(help="Ids of packages.", autocompletion=complete_package)]
KeysArgument = Annotated[list[str], typer.Argument(help="Ids of keys.", autocompletion=complete_key)]
