"""The lock that comes with a lease, checked before any program reads it: the server is a stranger to its nodes too."""

import re

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

MAX_LOCK_CHARACTERS = 1 << 20
MAX_PINS = 2000
_MAX_PIN_CHARACTERS = 2000
_SHOWN_CHARACTERS = 80
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_PIN = re.compile(r"[A-Za-z0-9 ._+!<>=~*()',;-]+")  # no double quote: the pin is written out again with those


def checked_lock(text: str) -> str:
    """The lock's pins again, one a line, `name==version [; marker] --hash=sha256:…`, and nothing else.

    Raises ValueError, in words, for whatever is not of this form: an option, an address, a pin without a hash.
    """
    if len(text) > MAX_LOCK_CHARACTERS:
        raise ValueError(f"it has more than {MAX_LOCK_CHARACTERS:,} characters")
    lines = [line.strip() for line in text.replace("\\\n", " ").split("\n")]
    pins = [_checked_pin(line) for line in lines if line]
    if not 0 < len(pins) <= MAX_PINS:
        raise ValueError(f"it names {len(pins):,} packages, not 1 to {MAX_PINS:,}")
    return "".join(f"{pin}\n" for pin in pins)


def _checked_pin(line: str) -> str:
    pin, *hashes = re.split(r" +--hash=", line)
    if not hashes or not all(map(_HASH.fullmatch, hashes)):
        raise ValueError(f"{_shown(line)} has no SHA-256 of its files, or something else beside")
    if len(pin) > _MAX_PIN_CHARACTERS or "--" in pin or not _PIN.fullmatch(pin):
        raise ValueError(f"{_shown(pin)} is no name with one version")
    try:
        requirement = Requirement(pin)
        name = canonicalize_name(requirement.name, validate=True)
    except (ValueError, RecursionError):
        raise ValueError(f"{_shown(pin)} is no name with one version") from None
    clauses = list(requirement.specifier)
    if requirement.extras or len(clauses) != 1 or clauses[0].operator != "==" or clauses[0].version.endswith("*"):
        raise ValueError(f"{_shown(pin)} is no name with one version")
    marker = "" if requirement.marker is None else f" ; {requirement.marker}"
    allowed = "".join(f" --hash={digest}" for digest in hashes)
    return f"{name}=={clauses[0].version}{marker}{allowed}"


def _shown(text: str) -> str:
    return ascii(text[:_SHOWN_CHARACTERS])
