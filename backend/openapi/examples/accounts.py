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
from core.protocol.device_codes import (
    ApproveDeviceCode,
    BeginDeviceLogin,
    DeviceCode,
    DeviceCodeState,
    DeviceKey,
    DeviceLogin,
    DeviceLoginState,
    FetchDeviceKey,
    LookUpDeviceCode,
)

from .example import CREATED, CUSTOMER, EMAIL, FINISHED, SERVICE_URL, STARTED, Example, page

_KEY = "01964f0e-7c00-7a31-9c52-0d5a4f1be00b"
_PREFIX = "sk_alpha_7Qm0cV"
_SCOPES = ["jobs:read", "jobs:write"]
_PASSWORD = "correct horse battery"
_SESSION_ENDS = "2026-05-01T09:00:00.000Z"
_MADE = CreatedApiKey(
    id=_KEY,
    name="laptop",
    prefix=_PREFIX,
    scopes=_SCOPES,
    created_at=FINISHED,
    last_used_at=None,
    revoked_at=None,
    secret=f"{_PREFIX}b3o2l9aZt1xN5kRfHs8uEwYpJdGiTqLzXvCbM",
)
_DEVICE_CODE = "5kRfHs8uEwYpJdGiTqLzXvCbM7Qm0cVb3o2l9aZt1xN"
_USER_CODE = "WDJB-MJHT"


def _seen(status: DeviceCodeState) -> DeviceCode:
    return DeviceCode(_USER_CODE, "laptop", "203.0.113.7", _SCOPES, status, CREATED, "2026-04-01T09:15:00.000Z")


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
    "revoke_own_key": Example(),
    "begin_device_login": Example(
        BeginDeviceLogin(name="laptop", scopes=_SCOPES),
        DeviceLogin(_DEVICE_CODE, _USER_CODE, f"{SERVICE_URL}/customer/device-codes", 900, 5),
    ),
    "fetch_device_key": Example(
        FetchDeviceKey(device_code=_DEVICE_CODE),
        DeviceKey(DeviceLoginState.APPROVED, 5, _MADE, SignedInCustomer(CUSTOMER, EMAIL)),
    ),
    "look_up_device_code": Example(LookUpDeviceCode(user_code=_USER_CODE), _seen(DeviceCodeState.PENDING)),
    "approve_device_code": Example(
        ApproveDeviceCode(user_code=_USER_CODE, scopes=_SCOPES), _seen(DeviceCodeState.APPROVED)
    ),
    "deny_device_code": Example(LookUpDeviceCode(user_code=_USER_CODE), _seen(DeviceCodeState.DENIED)),
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
        _MADE,
    ),
    "revoke_api_key": Example(),
}
