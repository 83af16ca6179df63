"""Calls functions again by stamina, and keeps that from being told to whoever only uses the library."""

from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

import stamina
from stamina.instrumentation import RetryDetails, get_on_retry_hooks, set_on_retry_hooks
from stamina.typing import RetryHook

T = TypeVar("T")
P = ParamSpec("P")
Decide = Callable[[Exception], bool | float]

_IS_OURS = ContextVar("_IS_OURS", default=False)


def try_again(options: dict[str, Any], decide: Decide, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What the function gives in the end, called again after errors of which `decide` says so."""
    token = _IS_OURS.set(True)
    try:
        return stamina.RetryingCaller(**options)(decide, function, *args, **named)
    finally:
        _IS_OURS.reset(token)


async def try_again_async(
    options: dict[str, Any],
    decide: Decide,
    function: Callable[P, Coroutine[Any, Any, T]],
    *args: P.args,
    **named: P.kwargs,
) -> T:
    """The same, awaited."""
    token = _IS_OURS.set(True)
    try:
        return await stamina.AsyncRetryingCaller(**options)(decide, function, *args, **named)
    finally:
        _IS_OURS.reset(token)


def keep_quiet() -> None:
    """From now on the hooks of this process don't hear of retries in here: stamina's own log each, on stdout where
    structlog is installed, which is the program's. Hooks that are set later hear all."""
    set_on_retry_hooks([_of_others(hook) for hook in get_on_retry_hooks()])


def _of_others(hook: RetryHook) -> RetryHook:
    def hear(details: RetryDetails) -> Any:
        return None if _IS_OURS.get() else hook(details)

    return hear
