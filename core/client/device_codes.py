"""Logging a program in by a code, each call described once; both clients have them as methods. Waiting is the caller's:
how often and how long is told by the service."""

from ..protocol.device_codes import (
    ApproveDeviceCode,
    BeginDeviceLogin,
    DeviceCode,
    DeviceKey,
    DeviceLogin,
    FetchDeviceKey,
    LookUpDeviceCode,
)
from .http import Call, Endpoint

_CODES = "/customer/device-codes"


def _begin_device_login(name: str, scopes: list[str] | None = None) -> Call[DeviceLogin]:
    """Begin to log this program in; needs no key. Without scopes it asks for all that its approver may do."""
    body = BeginDeviceLogin(name=name, scopes=scopes)
    return Call(method="POST", path="/auth/device", answer=DeviceLogin, body=body)


def _fetch_device_key(device_code: str) -> Call[DeviceKey]:
    """Whether the code was approved; then the key, in this answer alone, so this is sent once."""
    body = FetchDeviceKey(device_code=device_code)
    return Call(method="POST", path="/auth/device/token", answer=DeviceKey, body=body, repeatable=False)


def _look_up_device_code(user_code: str) -> Call[DeviceCode]:
    """What a program that shows this code is, and asks for."""
    return Call(method="POST", path=_CODES, answer=DeviceCode, body=LookUpDeviceCode(user_code=user_code))


def _approve_device_code(user_code: str, scopes: list[str] | None = None) -> Call[DeviceCode]:
    """Let that program have a key of yours, of these scopes or those that it asked for."""
    body = ApproveDeviceCode(user_code=user_code, scopes=scopes)
    return Call(method="POST", path=f"{_CODES}/approve", answer=DeviceCode, body=body)


def _deny_device_code(user_code: str) -> Call[DeviceCode]:
    """Let it have none."""
    return Call(method="POST", path=f"{_CODES}/deny", answer=DeviceCode, body=LookUpDeviceCode(user_code=user_code))


def _revoke_own_key() -> Call[None]:
    """Revoke the key that this client goes by."""
    return Call(method="POST", path="/auth/revoke", answer=type(None), repeatable=False)


class DeviceCodeEndpoints:
    """The calls, as methods of both clients."""

    begin_device_login = Endpoint(_begin_device_login)
    fetch_device_key = Endpoint(_fetch_device_key)
    look_up_device_code = Endpoint(_look_up_device_code)
    approve_device_code = Endpoint(_approve_device_code)
    deny_device_code = Endpoint(_deny_device_code)
    revoke_own_key = Endpoint(_revoke_own_key)
