"""Logging a program in by a code, over the wire: RFC 8628 (device authorization) in this service's shapes.

The program asks for a code and shows it; somebody who is signed in elsewhere approves it; the program, which has asked
again and again meanwhile, gets an API key. What RFC 8628 answers as errors are states here: to wait is no failure.
"""

from typing import Annotated

import msgspec

from .accounts import CreatedApiKey, SignedInCustomer
from .customer import Request
from .open_enum import OpenStrEnum

NAME_CHARACTERS = 100
DEVICE_CODE_CHARACTERS = 100
USER_CODE_CHARACTERS = 40
UserCode = Annotated[str, msgspec.Meta(max_length=USER_CODE_CHARACTERS)]


class BeginDeviceLogin(Request, frozen=True, kw_only=True):
    """A program that wants a key. Without `scopes` it asks for all that its approver may do."""

    name: Annotated[str, msgspec.Meta(max_length=NAME_CHARACTERS)]
    scopes: list[str] | None = None


class DeviceLogin(msgspec.Struct, frozen=True):
    """The two codes. `device_code` is the program's own secret; `user_code` is what a person types where they are
    signed in, at `verification_url` or by `gpu-agent-client device approve`. Ask for the key every `interval` seconds,
    for `expires_in` seconds at most."""

    device_code: str
    user_code: str
    verification_url: str
    expires_in: int
    interval: int


class FetchDeviceKey(Request, frozen=True, kw_only=True):
    """Asks whether the code was approved."""

    device_code: Annotated[str, msgspec.Meta(max_length=DEVICE_CODE_CHARACTERS)]


class DeviceLoginState(OpenStrEnum):
    """How it stands. The first two: ask again in `interval` seconds; the others are the end."""

    AUTHORIZATION_PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"
    APPROVED = "approved"
    ACCESS_DENIED = "access_denied"
    EXPIRED_TOKEN = "expired_token"


class DeviceKey(msgspec.Struct, frozen=True):
    """How a login by code stands; once it is `approved`, the key, in this answer alone, and whose it is."""

    status: DeviceLoginState
    interval: int
    api_key: CreatedApiKey | None = None
    customer: SignedInCustomer | None = None


class LookUpDeviceCode(Request, frozen=True, kw_only=True):
    """The code as a program shows it; small letters, spaces and dashes make no difference."""

    user_code: UserCode


class ApproveDeviceCode(Request, frozen=True, kw_only=True):
    """Lets the program have a key. Without `scopes` it is what the program asked for."""

    user_code: UserCode
    scopes: list[str] | None = None


class DeviceCodeState(OpenStrEnum):
    """What became of a code."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


class DeviceCode(msgspec.Struct, frozen=True):
    """A code as whoever may approve it sees it: what asks, what it calls itself, from which address. `scopes` is what
    it asks for (null: all that you may) or, once approved, what it was given."""

    user_code: str
    name: str
    address: str
    scopes: list[str] | None
    status: DeviceCodeState
    created_at: str
    expires_at: str
