"""What a package may ask to have installed: names and versions, in the grammar of PEP 508 and PEP 440.

The published library can't depend on `packaging`; the tests hold these patterns against it.
"""

import re

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_EXTRAS = rf"\[\s*(?:{_NAME}(?:\s*,\s*{_NAME})*)?\s*\]"
_RELEASE = r"v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*"
_PRE = r"[._-]?(?:alpha|a|beta|b|preview|pre|c|rc)[._-]?[0-9]*"
_POST = r"(?:-[0-9]+|[._-]?(?:post|rev|r)[._-]?[0-9]*)"
_DEV = r"[._-]?dev[._-]?[0-9]*"
_LOCAL = r"\+[a-z0-9]+(?:[._-][a-z0-9]+)*"
_PLAIN = rf"{_RELEASE}(?:{_PRE})?(?:{_POST})?(?:{_DEV})?"
_CLAUSE = (
    rf"(?:(?:==|!=)\s*(?:{_RELEASE}(?:{_PRE})?(?:{_POST})?\.\*|{_PLAIN}(?:{_LOCAL})?)"
    rf"|~=\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)+(?:{_PRE})?(?:{_POST})?(?:{_DEV})?"
    rf"|(?:<=|>=|<|>)\s*{_PLAIN})"
)
_CLAUSES = rf"{_CLAUSE}(?:\s*,\s*{_CLAUSE})*"

_SPECIFIER = re.compile(_CLAUSES, re.ASCII | re.IGNORECASE)
_REQUIREMENT = re.compile(rf"{_NAME}\s*(?:{_EXTRAS})?\s*(?:{_CLAUSES}|\(\s*{_CLAUSES}\s*\))?", re.ASCII | re.IGNORECASE)

MAX_REQUIREMENT_CHARACTERS = 200


def requirement_problem(text: str) -> str | None:
    """Why this isn't a name with versions, in words, or None if it is, such as `numpy`, `torch[opt-einsum]>=2,<3`."""
    if len(text) > MAX_REQUIREMENT_CHARACTERS:
        return f"has more than {MAX_REQUIREMENT_CHARACTERS} characters"
    if not text.isprintable():
        return "holds line breaks or other control characters"
    if _REQUIREMENT.fullmatch(text):
        is_file = text.lower().endswith((".whl", ".gz", ".zip"))
        return "names a file; only names and versions are installed" if is_file else None
    if text.startswith("-"):
        return "is an option; only names and versions are installed, and indexes can't be chosen"
    if "://" in text or "@" in text:
        return "names a URL or a repository; only names and versions are installed"
    if text.startswith((".", "/", "~")) or "/" in text or "\\" in text:
        return "names a path; only names and versions are installed"
    if ";" in text:
        return "has a condition (;); write the name and its versions alone"
    return 'is no name with versions; write for example "numpy>=1.26,<3"'


def specifier_problem(text: str) -> str | None:
    """Why this isn't a range of versions such as `>=3.11,<3.14`, in words, or None if it is."""
    if len(text) <= MAX_REQUIREMENT_CHARACTERS and _SPECIFIER.fullmatch(text):
        return None
    return 'is no range of versions; write for example ">=3.11"'
