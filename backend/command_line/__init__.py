"""`gpu-agent-backend`: the service and its operator's commands, a command a file."""

import typer

from core.console.ending import run

from . import backup, credits, customers, doctor, limits, nodes, secrets, serve

app = typer.Typer(
    name="gpu-agent-backend",
    help="The service: takes datasets, packages and jobs, and leases work to nodes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(customers.app, name="customers")
app.add_typer(credits.app, name="credits")
app.add_typer(limits.app, name="limits")
app.add_typer(nodes.app, name="nodes")
app.add_typer(secrets.app, name="secrets")


def main() -> None:
    """The console script."""
    run(app)
