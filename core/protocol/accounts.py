"""Accounts over the wire: signing in and out, the account itself, its API keys."""

from typing import Annotated

import msgspec

from .customer import Request
from .discreet import Discreet

SESSION_PREFIX = "session_"
EMAIL_CHARACTERS = 254
PASSWORD_CHARACTERS = 1024
Password = Annotated[str, msgspec.Meta(max_length=PASSWORD_CHARACTERS)]


class SignIn(Request, frozen=True, kw_only=True):
    """Who wants to sign in. Passwords are compared in Unicode's form NFKC."""

    email: Annotated[str, msgspec.Meta(max_length=EMAIL_CHARACTERS)]
    password: Password


class SignedInCustomer(msgspec.Struct, frozen=True):
    """Whose session it is."""

    id: str
    email: str


class SignedIn(Discreet, msgspec.Struct, frozen=True):
    """A session: send `token` as `Authorization: Bearer`. It ends at `expires_at`, or before when it is not used for
    `idle_seconds`."""

    token: str
    expires_at: str
    idle_seconds: int
    customer: SignedInCustomer


class Access(msgspec.Struct, frozen=True):
    """How a request came in. `kind` is `session` or `api_key`; the key's id, name and prefix are None of a session,
    `expires_at` is None of a key."""

    kind: str
    scopes: list[str]
    api_key_id: str | None = None
    api_key_name: str | None = None
    api_key_prefix: str | None = None
    expires_at: str | None = None


class Account(msgspec.Struct, frozen=True):
    """The customer's account; `access` is how this very request came in."""

    id: str
    email: str
    created_at: str
    environment: str
    balance_micro: int
    balance: str
    held_micro: int
    held: str
    access: Access


class CloseAccount(Request, frozen=True, kw_only=True):
    """The account's password once more: a key or session that fell into other hands closes no account."""

    password: Password


class CreateApiKey(Request, frozen=True, kw_only=True):
    """A new key. Without `scopes` it may do all that the one who makes it may do."""

    name: str
    scopes: list[str] | None = None


class ApiKeyRow(msgspec.Struct, frozen=True):
    """A key as lists show it."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: str
    last_used_at: str | None
    revoked_at: str | None


class CreatedApiKey(Discreet, ApiKeyRow, frozen=True):
    """A key just made. `secret` is the key itself, shown this once: None when the answer is a replay."""

    secret: str | None = None
