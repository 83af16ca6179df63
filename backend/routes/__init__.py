"""The routes that go through Litestar, one file a resource: parse, call core, answer."""

from litestar.types import ControllerRouterHandler

from . import (
    admin_audit,
    admin_customers,
    admin_jobs,
    admin_nodes,
    admin_packages,
    credits,
    datasets,
    events,
    health,
    job_results,
    limits,
    meta,
    metrics,
    node,
    owner_nodes,
    owner_work,
    training_jobs,
    training_packages,
)

ROUTE_HANDLERS: list[ControllerRouterHandler] = [
    *health.HANDLERS,
    *meta.HANDLERS,
    *metrics.HANDLERS,
    *limits.HANDLERS,
    *credits.HANDLERS,
    *datasets.HANDLERS,
    *training_packages.HANDLERS,
    *training_jobs.HANDLERS,
    *job_results.HANDLERS,
    *events.HANDLERS,
    *node.HANDLERS,
    *owner_nodes.HANDLERS,
    *owner_work.HANDLERS,
    *admin_customers.HANDLERS,
    *admin_nodes.HANDLERS,
    *admin_packages.HANDLERS,
    *admin_jobs.HANDLERS,
    *admin_audit.HANDLERS,
]
