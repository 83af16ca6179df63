"""The Range header of a download: one range of bytes (RFC 9110, section 14)."""

import re

_ONE = re.compile(r"bytes=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*")


class UnsatisfiableRange(Exception):
    """The range begins after the end: 416."""


def parse_range(header: str, size_bytes: int) -> tuple[int, int] | None:
    """First byte and the one after the last. None for what may be passed over: other units, several ranges.

    Raises UnsatisfiableRange.
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        length = min(int(found[2]), size_bytes)
        if length == 0:
            raise UnsatisfiableRange
        return size_bytes - length, size_bytes
    start = int(found[1])
    last = int(found[2]) if found[2] else size_bytes - 1
    if last < start and found[2]:
        return None
    if start >= size_bytes:
        raise UnsatisfiableRange
    return start, min(last + 1, size_bytes)
