"""`gpu-agent-backend`: the service and its operator's commands, a command a file."""

import typer

from core.console.ending import run

from . import (
    admin_keys,
    audit,
    backup,
    credits,
    customer_access,
    customers,
    doctor,
    jobs,
    keys,
    limits,
    nodes,
    nodes_changing,
    packages,
    rates,
    secrets,
    serve,
)

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
customer_access.add_to(customers.app)
app.add_typer(keys.app, name="keys")
app.add_typer(credits.app, name="credits")
app.add_typer(limits.app, name="limits")
nodes.app.command("set-tier")(nodes_changing.set_tier)
nodes.app.command("revoke")(nodes_changing.revoke)
app.add_typer(nodes.app, name="nodes")
app.add_typer(rates.app, name="rates")
app.add_typer(jobs.app, name="jobs")
app.add_typer(packages.app, name="packages")
app.add_typer(admin_keys.app, name="admin-keys")
app.add_typer(audit.app, name="audit")
app.add_typer(secrets.app, name="secrets")


def main() -> None:
    """The console script."""
    run(app)
