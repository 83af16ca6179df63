"""Passwords: what a new one must be, and their argon2id hashes. Hashing takes a tenth of a second and 64 MiB: whoever
serves many does it in a few threads, never on an event loop.

Rules: 10 to 1,024 characters, any characters, no rules of composition. Text is brought to Unicode's form NFKC first, so
that the same password typed on two keyboards is the same.
"""

import unicodedata
from collections.abc import Callable

from argon2 import PasswordHasher, profiles
from argon2.exceptions import VerifyMismatchError

from ..errors import validation_failed

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 1024
PARAMETERS = profiles.RFC_9106_LOW_MEMORY
_HASHER = PasswordHasher.from_parameters(PARAMETERS)
# Matches no password, and costs what a real one costs.
NO_PASSWORD_HASH = (
    f"$argon2id$v={PARAMETERS.version}$m={PARAMETERS.memory_cost},t={PARAMETERS.time_cost},p={PARAMETERS.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)


def check_new_password(password: str) -> None:
    """Raises VALIDATION_FAILED, saying the rule, for what can't become a password."""
    try:
        characters = len(_bytes(password).decode())
    except UnicodeEncodeError:  # what a terminal gives for bytes that are no UTF-8
        raise validation_failed(password="is no text in UTF-8") from None
    if not LEAST_CHARACTERS <= characters <= MOST_CHARACTERS:
        rule = f"{LEAST_CHARACTERS} to {MOST_CHARACTERS:,} of any kind are allowed"
        raise validation_failed(password=f"has {characters:,} characters; {rule}")


def hash_password(password: str, random_bytes: Callable[[int], bytes]) -> str:
    """What is stored of a password, with a salt of its own."""
    return _HASHER.hash(_bytes(password), salt=random_bytes(PARAMETERS.salt_len))


def password_matches(stored: str, password: str) -> bool:
    """Whether a hash is that of the password."""
    try:
        return _HASHER.verify(stored, _bytes(password))
    except VerifyMismatchError:
        return False


def needs_new_hash(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()
