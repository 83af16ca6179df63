"""What a server says of itself, and of its routes, for tests of the API page without one."""

from typing import Any

import msgspec

from core.errors import error_table
from core.protocol.customer import Meta
from gui.api_facts import ApiFacts, Choice

DATASET_ID, PACKAGE_ID = "019d3f0c-11a8-7b52-9c3e-4e1fd2a07b90", "019d8477-6c02-7e4d-8f15-b2093ac85d61"
JOB_ID = "019d8f00-0000-7000-8000-000000000001"


def a_meta(**changes: Any) -> Meta:
    """The server of the published page."""
    meta = Meta(
        environment="staging",
        api_base_url="https://api-staging.example.com/api/v1",
        client_domain="https://customer-staging.example.com",
        build="stage22.6-pe",
        limits={"jobs_per_minute": 10, "active_jobs": 3, "units_per_day": 200},
        rates={},
        tiers=[],
        error_codes=error_table(),
        protocol={"version": 1, "spoken": [1]},
    )
    return msgspec.structs.replace(meta, **changes)


def a_document(job: dict[str, Any] | None = None) -> dict[str, Any]:
    """An OpenAPI file of two routes: jobs are listed, and submitted as in `job`."""
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20, "maximum": 60}}
    submit: dict[str, Any] = {"operationId": "submit_training_job", "parameters": []}
    if job is not None:
        submit["requestBody"] = {"content": {"application/json": {"example": job}}}
    listed = {"operationId": "list_training_jobs", "parameters": [limit]}
    return {"paths": {"/api/v1/customer/training-jobs": {"get": listed, "post": submit}}}


def some_facts(**changes: Any) -> ApiFacts:
    """A customer with a dataset, a package, a key and a job."""
    limits = {"limits": [{"name": "active_jobs", "limit": 3, "used": 2}]}
    facts = ApiFacts(
        document=a_document(),
        limits=limits,
        datasets=(Choice(DATASET_ID, "digits v2"),),
        packages=(Choice(PACKAGE_ID, "tiny-mlp 1.3"),),
        keys=(Choice("sk_alpha_ab12", "laptop · sk_alpha_ab12…"),),
        job_id=JOB_ID,
    )
    return msgspec.structs.replace(facts, **changes)
