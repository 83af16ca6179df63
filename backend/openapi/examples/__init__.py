"""An example of every route's body and answer, by operation id. They are of the real types, so none can be out of date
without a checker saying so."""

from .accounts import ACCOUNTS
from .admin import ADMIN
from .content import CONTENT
from .example import Example
from .job_changes import JOB_CHANGES
from .owner import OWNER
from .service import SERVICE
from .training_jobs import TRAINING_JOBS
from .usage import USAGE
from .webhooks import WEBHOOKS

__all__ = ["EXAMPLES", "Example"]

EXAMPLES: dict[str, Example] = {
    **ACCOUNTS,
    **ADMIN,
    **CONTENT,
    **JOB_CHANGES,
    **OWNER,
    **SERVICE,
    **TRAINING_JOBS,
    **USAGE,
    **WEBHOOKS,
}
