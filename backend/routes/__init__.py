"""The routes that go through Litestar, one file a resource: parse, call core, answer."""

from litestar.types import ControllerRouterHandler

from . import (
    account,
    api_keys,
    auth,
    credits,
    datasets,
    events,
    health,
    job_changes,
    job_explain,
    job_results,
    limits,
    meta,
    node,
    owner_nodes,
    owner_work,
    training_jobs,
    training_packages,
)

ROUTE_HANDLERS: list[ControllerRouterHandler] = [
    *health.HANDLERS,
    *meta.HANDLERS,
    *auth.HANDLERS,
    *account.HANDLERS,
    *api_keys.HANDLERS,
    *limits.HANDLERS,
    *credits.HANDLERS,
    *datasets.HANDLERS,
    *training_packages.HANDLERS,
    *training_jobs.HANDLERS,
    *job_changes.HANDLERS,
    *job_explain.HANDLERS,
    *job_results.HANDLERS,
    *events.HANDLERS,
    *node.HANDLERS,
    *owner_nodes.HANDLERS,
    *owner_work.HANDLERS,
]
