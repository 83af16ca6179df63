"""API keys in the system's keyring, for the window and the command line.

A locked wallet may wait for a password that nobody types, so whoever asks does so off the main thread and not for ever:
the command line by `in_time`, the window in its own way.
"""

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
SERVICE = "gpu-agent"
SECONDS = 5.0
_REASON_CHARACTERS = 300


class KeyringAbsent(Exception):
    """There is none that serves; the message is the reason."""


class KeyringFailed(KeyringAbsent):
    """There is one, but it refused, broke, or gave no answer in time."""


def system_get(user_name: str) -> str | None:
    """What is kept under a name. This and the two below may wait for ever, and raise KeyringAbsent."""
    found = _with_keyring(lambda backend: backend.get_password(SERVICE, user_name))
    return None if found is None else str(found)


def system_put(user_name: str, key: str) -> None:
    """Keep a key under a name."""
    _with_keyring(lambda backend: backend.set_password(SERVICE, user_name, key))


def system_forget(user_name: str) -> None:
    """Keep nothing under a name."""
    import keyring.errors

    try:
        _with_keyring(lambda backend: backend.delete_password(SERVICE, user_name))
    except keyring.errors.PasswordDeleteError:
        return  # it wasn't there


def in_time(work: Callable[[], T], *, seconds: float = SECONDS) -> T:
    """The result of one of the above, from a daemon thread, which may hang without keeping the program. Raises
    KeyringAbsent, also when there is no answer in time."""
    answers: queue.SimpleQueue[tuple[T] | KeyringAbsent] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((work(),))
        except KeyringAbsent as absent:
            answers.put(absent)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise no_answer(seconds) from None
    if isinstance(answer, KeyringAbsent):
        raise answer
    return answer[0]


def no_answer(seconds: float) -> KeyringFailed:
    """What it means that it said nothing for so long."""
    return KeyringFailed(f"the system's keyring gave no answer in {seconds:.0f} s (it may be locked)")


def _with_keyring(work: Callable[[Any], T]) -> T:
    """Raises KeyringAbsent, whatever a backend does when it is found, asked for its priority, or used."""
    import keyring
    import keyring.errors

    try:
        backend = keyring.get_keyring()
        there = backend.priority >= 1
        if there and not backend.__module__.startswith(("keyring.backends.fail", "keyring.backends.null")):
            return work(backend)
    except keyring.errors.PasswordDeleteError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:_REASON_CHARACTERS] or type(error).__name__
        raise KeyringFailed(f"the system's keyring refused: {reason}") from error
    raise KeyringAbsent("this system has no keyring")
