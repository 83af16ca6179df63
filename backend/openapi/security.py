"""Who may ask what: the schemes of the file, and which of them a part of the service takes."""

from typing import Any

from ..admin_door import SECURITY

SCHEMES: dict[str, dict[str, Any]] = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key of yours, `sk_<environment>_…`, with the scope that the route names.",
    },
    "Session": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `token` of `POST /auth/sign-in`, which may do all. Where there is a key, the key counts.",
    },
    "AdminKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key of the operator's, `ak_<environment>_…`: `gpu-agent-backend admin-keys create`.",
    },
    "AdminBearer": {"type": "http", "scheme": "bearer", "description": "The same key as a bearer token."},
}
CUSTOMER: list[dict[str, list[str]]] = [{"ApiKey": []}, {"Session": []}]
# Each way in is enough; what stands first here goes first
BY_PREFIX: tuple[tuple[str, list[dict[str, list[str]]]], ...] = (
    ("/customer", CUSTOMER),
    ("/owner", CUSTOMER),
    ("/admin", SECURITY),
    ("/metrics", SECURITY),
)


def security_of(path: str) -> list[dict[str, list[str]]]:
    """The ways in to a path (without `/api/v1`); none where nobody is asked."""
    return next((ways for prefix, ways in BY_PREFIX if path.startswith(prefix)), [])
