"""An example of every route's body and answer, by operation id. They are of the real types, so none can be out of date
without a checker saying so."""

from .admin import ADMIN
from .content import CONTENT
from .example import Example
from .service import SERVICE
from .training_jobs import TRAINING_JOBS
from .usage import USAGE

__all__ = ["EXAMPLES", "Example"]

EXAMPLES: dict[str, Example] = {**ADMIN, **CONTENT, **TRAINING_JOBS, **USAGE, **SERVICE}
