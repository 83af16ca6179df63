"""A password given by a request: throttled, looked at in a thread, and settled by whoever asked for it."""

from typing import Any

from litestar import Request

from core.accounts.limits import rate_limited
from core.accounts.sign_in import TRIES_A_MINUTE, Try, begin_try
from core.errors import ApiError, ErrorCode

from .context import Context


async def prove_password(
    request: Request[Any, Any, Any], context: Context, email: str, password: str
) -> tuple[Try, str | None]:
    """The try, whose password was right, and the new hash that it may need; both are for `accept_try`.

    Raises SIGN_IN_FAILED, RATE_LIMITED, UNAVAILABLE.
    """
    now = context.clock()
    address = request.client.host if request.client else ""
    window = context.windows.count(address, TRIES_A_MINUTE, now, what="sign in")
    if window.remaining < 0:
        raise rate_limited(f"{window.limit} tries to sign in a minute are allowed", window.reset_seconds)
    context.passwords.check_room()
    tried = await context.store.write(lambda tx: begin_try(tx, email, address, now=now))
    verified = await context.passwords.verify(tried.password_hash, password)
    if not verified.right:
        raise ApiError(ErrorCode.SIGN_IN_FAILED)
    return tried, verified.new_hash
