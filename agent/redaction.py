"""Takes secrets out of texts, and, for what goes to somebody else, whatever tells who the owner is and where.

What is taken out is replaced by a word for its kind with a number, the same for the same text, so that what belongs
together can still be seen.
"""

import getpass
import os
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

_SHORTEST = {"user": 2, "computer": 3}
_SHORTEST_SECRET = 6
_COMMON = frozenset({"root", "user", "home", "node", "admin", "localhost", "gpu-agent", "gpu-agent-node"})
"""Names that tell of nobody, and words of ours that would vanish with them."""

_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")
_USER_INFO = re.compile(r"(?<=://)[^/\s@\"']+@")
_QUERY = re.compile(r"(?<=[\w/])\?[\w%.~+-]+=[^\s\"'<>]*")
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{20,}(?![\w-])")
_PREFIXED = re.compile(r"\b(?:sk|ss|whsec|ghp|xoxb|hf)_[A-Za-z0-9_-]{8,}")
_CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_MAC = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:])")
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}:\d{2}")


class Redactor:
    """Call it with a text. `secrets` are known ones; patterns find more. `names` are what tells of the owner, longest
    first, and with them goes every address of a person or a machine."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[tuple[str, str]] | None = None) -> None:
        self._secrets = sorted({text for text in secrets if len(text) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._names = [] if names is None else sorted(names, key=lambda name: -len(name[0]))
        self._is_for_others = names is not None
        self._numbers: dict[str, dict[str, int]] = {}

    def hide(self, secret: str) -> None:
        """One more that must not be seen."""
        if len(secret) >= _SHORTEST_SECRET:
            self._secrets = sorted({*self._secrets, secret}, key=len, reverse=True)

    @property
    def counts(self) -> dict[str, int]:
        """How many different ones of each kind were taken out so far."""
        return {kind: len(known) for kind, known in sorted(self._numbers.items())}

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, self._word("secret", secret)) if secret in text else text
        text = self._each(_BEARER, "secret", text)
        text = self._each(_USER_INFO, "secret", text)
        text = self._each(_QUERY, "query", text)
        text = self._each(_PREFIXED, "secret", text)
        if not self._is_for_others:
            return text
        for name, kind in self._names:
            text = re.sub(rf"(?i)(?<![^\W_]){re.escape(name)}(?![^\W_])", self._word(kind, name.lower()), text)
        for pattern, kind in ((_EMAIL, "e-mail"), (_MAC, "address"), (_IPV4, "address"), (_CODE, "code")):
            text = self._each(pattern, kind, text)
        text = _IPV6.sub(self._address, text)
        return self._each(_TOKEN, "token", text)

    def _each(self, pattern: re.Pattern[str], kind: str, text: str) -> str:
        return pattern.sub(lambda found: self._word(kind, found[0]), text)

    def _address(self, found: re.Match[str]) -> str:
        text = found[0]
        is_time = _TIME_OF_DAY.fullmatch(text) is not None
        return text if is_time or text == "::" else self._word("address", text)

    def _word(self, kind: str, text: str) -> str:
        known = self._numbers.setdefault(kind, {})
        return f"<{kind} {known.setdefault(text, len(known) + 1)}>"


def names_of_this_machine() -> Iterator[tuple[str, str]]:
    """What tells who the owner is: home folder, user, their name, this computer's name; each with its kind."""
    home = str(Path.home())
    if home != "/":
        yield home, "home"
        yield str(Path(home).resolve()), "home"
    users = {name for name in (_user_name(), os.environ.get("SUDO_USER", ""), Path(home).name) if name}
    for name in users | _full_names(users):
        if len(name) >= _SHORTEST["user"] and name.lower() not in _COMMON:
            yield name, "user"
    host = socket.gethostname()
    for name in {host, host.partition(".")[0], socket.getfqdn() if "." in host else ""}:
        if len(name) >= _SHORTEST["computer"] and name.lower() not in _COMMON:
            yield name, "computer"


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        return ""


def _full_names(users: set[str]) -> set[str]:
    """The name of a person in the system's list of users, whole and in parts."""
    if os.name != "posix":
        return set()
    import pwd

    found: set[str] = set()
    for user in users:
        try:
            full = pwd.getpwnam(user).pw_gecos.partition(",")[0].strip()
        except KeyError:
            continue
        found |= {full, *full.split()} if full else set()
    return found
