"""Examples of signing in, the account and its API keys."""

from core.accounts.api_keys import SCOPES
from core.accounts.sessions import IDLE_SECONDS
from core.protocol.accounts import (
    Access,
    Account,
    ApiKeyRow,
    CloseAccount,
    CreateApiKey,
    CreatedApiKey,
    SignedIn,
    SignedInCustomer,
    SignIn,
)

from .example import CREATED, CUSTOMER, EMAIL, FINISHED, STARTED, Example, page

_KEY = "01964f0e-7c00-7a31-9c52-0d5a4f1be00b"
_PREFIX = "sk_alpha_7Qm0cV"
_SCOPES = ["jobs:read", "jobs:write"]
_PASSWORD = "correct horse battery"
_SESSION_ENDS = "2026-05-01T09:00:00.000Z"

ACCOUNTS = {
    "sign_in": Example(
        SignIn(email=EMAIL, password=_PASSWORD),
        SignedIn(
            "session_o2l9aZt1xN5kRfHs8uEwYpJdGiTqLzXvCbM7Qm0cVb3",
            _SESSION_ENDS,
            int(IDLE_SECONDS),
            SignedInCustomer(CUSTOMER, EMAIL),
        ),
    ),
    "sign_out": Example(),
    "get_account": Example(
        answer=Account(
            id=CUSTOMER,
            email=EMAIL,
            created_at=CREATED,
            environment="alpha",
            balance_micro=12_500_000,
            balance="12.500000",
            held_micro=0,
            held="0.000000",
            access=Access("session", list(SCOPES), expires_at=_SESSION_ENDS),
        )
    ),
    "close_account": Example(CloseAccount(password=_PASSWORD)),
    "list_api_keys": page(ApiKeyRow(_KEY, "laptop", _PREFIX, _SCOPES, CREATED, STARTED, None)),
    "create_api_key": Example(
        CreateApiKey(name="laptop", scopes=_SCOPES),
        CreatedApiKey(
            id=_KEY,
            name="laptop",
            prefix=_PREFIX,
            scopes=_SCOPES,
            created_at=FINISHED,
            last_used_at=None,
            revoked_at=None,
            secret=f"{_PREFIX}b3o2l9aZt1xN5kRfHs8uEwYpJdGiTqLzXvCbM",
        ),
    ),
    "revoke_api_key": Example(),
}
