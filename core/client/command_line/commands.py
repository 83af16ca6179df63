"""Puts the commands of gpu-agent-client together, each of which has its own file."""

import typer

from .account_show import account_show
from .artifacts_list import artifacts_list
from .artifacts_pull import artifacts_pull
from .credits import credits
from .credits_ledger import credits_ledger
from .datasets_delete import datasets_delete
from .datasets_list import datasets_list
from .datasets_push import datasets_push
from .jobs_cancel import jobs_cancel
from .jobs_explain import jobs_explain
from .jobs_extend import jobs_extend
from .jobs_list import jobs_list
from .jobs_logs import jobs_logs
from .jobs_metrics import jobs_metrics
from .jobs_retry import jobs_retry
from .jobs_show import jobs_show
from .jobs_submit import jobs_submit
from .jobs_wait import jobs_wait
from .jobs_watch import jobs_watch
from .keys_create import keys_create
from .keys_list import keys_list
from .keys_revoke import keys_revoke
from .nodes_code import nodes_code
from .nodes_earnings import nodes_earnings
from .nodes_list import nodes_list
from .options import command, group_command, remember_settings
from .packages_delete import packages_delete
from .packages_list import packages_list
from .packages_push import packages_push
from .packages_test import packages_test
from .usage import usage
from .usage_export import usage_export
from .webhooks_create import webhooks_create
from .webhooks_delete import webhooks_delete
from .webhooks_deliveries import webhooks_deliveries
from .webhooks_list import webhooks_list
from .webhooks_redeliver import webhooks_redeliver
from .webhooks_show import webhooks_show
from .webhooks_test import webhooks_test
from .webhooks_update import webhooks_update


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(add_completion=False, callback=remember_settings, rich_markup_mode=None)
    datasets = typer.Typer(help="Your datasets.", rich_markup_mode=None)
    datasets.command("push")(command(datasets_push))
    datasets.command("list")(command(datasets_list))
    datasets.command("delete")(command(datasets_delete))
    packages = typer.Typer(help="Your training packages.", rich_markup_mode=None)
    packages.command("push")(command(packages_push))
    packages.command("list")(command(packages_list))
    packages.command("delete")(command(packages_delete))
    packages.command("test")(command(packages_test))
    jobs = typer.Typer(help="Your training jobs.", rich_markup_mode=None)
    jobs.command("submit")(command(jobs_submit))
    jobs.command("list")(command(jobs_list))
    jobs.command("show")(command(jobs_show))
    jobs.command("watch")(command(jobs_watch))
    jobs.command("wait")(command(jobs_wait))
    jobs.command("logs")(command(jobs_logs))
    jobs.command("metrics")(command(jobs_metrics))
    jobs.command("cancel")(command(jobs_cancel))
    jobs.command("retry")(command(jobs_retry))
    jobs.command("extend")(command(jobs_extend))
    jobs.command("explain")(command(jobs_explain))
    artifacts = typer.Typer(help="The files that your jobs made.", rich_markup_mode=None)
    artifacts.command("list")(command(artifacts_list))
    artifacts.command("pull")(command(artifacts_pull))
    keys = typer.Typer(help="Your API keys.", rich_markup_mode=None)
    keys.command("list")(command(keys_list))
    keys.command("create")(command(keys_create))
    keys.command("revoke")(command(keys_revoke))
    account = typer.Typer(help="Your account.", rich_markup_mode=None)
    account.callback()(_nothing)  # one command alone would lose its name
    account.command("show")(command(account_show))
    nodes = typer.Typer(help="Your own nodes, if you share machines.", rich_markup_mode=None)
    nodes.command("list")(command(nodes_list))
    nodes.command("code")(command(nodes_code))
    nodes.command("earnings")(command(nodes_earnings))
    webhooks = typer.Typer(help="Addresses of yours that are told what happens.", rich_markup_mode=None)
    webhooks.command("create")(command(webhooks_create))
    webhooks.command("list")(command(webhooks_list))
    webhooks.command("show")(command(webhooks_show))
    webhooks.command("update")(command(webhooks_update))
    webhooks.command("delete")(command(webhooks_delete))
    webhooks.command("test")(command(webhooks_test))
    webhooks.command("deliveries")(command(webhooks_deliveries))
    webhooks.command("redeliver")(command(webhooks_redeliver))
    groups = {"datasets": datasets, "packages": packages, "jobs": jobs, "artifacts": artifacts}
    for name, group in {**groups, "keys": keys, "account": account, "nodes": nodes, "webhooks": webhooks}.items():
        app.add_typer(group, name=name)
    money = typer.Typer(help="Your balance and the last moves of your credits.", rich_markup_mode=None)
    money.callback(invoke_without_command=True)(group_command(credits))
    money.command("ledger")(command(credits_ledger))
    used = typer.Typer(help="What you used, day by day.", rich_markup_mode=None)
    used.callback(invoke_without_command=True)(group_command(usage))
    used.command("export")(command(usage_export))
    app.add_typer(money, name="credits")
    app.add_typer(used, name="usage")
    return app


def _nothing() -> None:
    """Your account."""
