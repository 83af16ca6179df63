"""What an API key may do, as areas with reading and writing, in words; and common choices of them. No widget here."""

import shlex
from collections.abc import Collection, Sequence

import msgspec
from PySide6.QtCore import QCoreApplication

from core.printable import printable

from .own_authority import authority_file

READ, WRITE = "read", "write"
_AREAS: dict[str, tuple[str, ...]] = {
    "datasets": (READ, WRITE),
    "packages": (READ, WRITE),
    "jobs": (READ, WRITE),
    "artifacts": (READ,),
    "usage": (READ,),
    "webhooks": (READ, WRITE),
    "nodes": (READ, WRITE),
    "keys": (WRITE,),
}
KNOWN_SCOPES = frozenset(f"{area}:{right}" for area, rights in _AREAS.items() for right in rights)
_SCRIPT = frozenset(
    f"{area}:{right}" for area in ("datasets", "packages", "jobs", "artifacts", "usage") for right in _AREAS[area]
)
_PATHS = (  # what a first call may ask for, by what a key may read
    ("usage:read", "/customer/account"),
    ("jobs:read", "/customer/training-jobs"),
    ("datasets:read", "/customer/datasets"),
    ("packages:read", "/customer/training-packages"),
    ("webhooks:read", "/customer/webhooks"),
    ("nodes:read", "/owner/nodes"),
    ("keys:write", "/customer/api-keys"),
)


class Area(msgspec.Struct, frozen=True):
    """`rights` are those that the area knows, reading before writing."""

    key: str
    rights: tuple[str, ...]

    def scope(self, right: str) -> str | None:
        """`jobs:read`; None where the area has no such right."""
        return f"{self.key}:{right}" if right in self.rights else None


def areas(scopes: Collection[str]) -> list[Area]:
    """The areas that this program knows, then those of a newer server that are among `scopes`."""
    known = [Area(key, rights) for key, rights in _AREAS.items()]
    others: dict[str, list[str]] = {}
    for scope in scopes:
        area, _, right = scope.partition(":")
        if area not in _AREAS and right in (READ, WRITE):
            others.setdefault(area, []).append(right)
    return known + [Area(key, tuple(sorted(rights))) for key, rights in others.items()]


def area_words(key: str) -> str:
    """`Training jobs`; an area that this program doesn't know keeps the API's word."""
    words = {
        "datasets": _tr("Datasets"),
        "packages": _tr("Training packages"),
        "jobs": _tr("Training jobs"),
        "artifacts": _tr("Artifacts"),
        "usage": _tr("Usage and credits"),
        "webhooks": _tr("Webhooks"),
        "nodes": _tr("Own nodes"),
        "keys": _tr("API keys"),
    }
    return words.get(key, printable(key))


def right_words(right: str) -> str:
    return _tr("Read") if right == READ else _tr("Write")


PRESETS = ("script", "read", "usage", "all")


def preset_words(preset: str) -> str:
    return {
        "script": _tr("Train from a script"),
        "read": _tr("Read everything, change nothing"),
        "usage": _tr("Read usage and credits only"),
        "all": _tr("All that this access may"),
    }[preset]


def preset_scopes(preset: str, allowed: Collection[str]) -> frozenset[str]:
    """Of what one's own access may give."""
    match preset:
        case "script":
            wanted = {scope for scope in allowed if scope in _SCRIPT}
        case "read":
            wanted = {scope for scope in allowed if scope.endswith(f":{READ}")}
        case "usage":
            wanted = {scope for scope in allowed if scope == "usage:read"}
        case _:
            wanted = set(allowed)
    return frozenset(wanted)


def scopes_words(scopes: Sequence[str], all_scopes: Collection[str]) -> list[str]:
    """For chips: the scopes in the API's words, or one word where a key may do all that there is."""
    if all_scopes and set(all_scopes) <= set(scopes):
        return [_tr("everything")]
    return [printable(scope) for scope in scopes]


def curl_example(base_url: str, scopes: Collection[str]) -> str | None:
    """A first call that a key of these scopes may make; the key stands in a variable, so that no history of a shell
    keeps it. It names the authority that this window trusts, where that is an own one. None where it may read
    nothing."""
    path = next((path for scope, path in _PATHS if scope in scopes), None)
    if path is None:
        return None
    ca_file = authority_file(base_url)
    trust = "" if ca_file is None else f"--cacert {shlex.quote(ca_file)} "
    return f'curl -fsS {trust}{shlex.quote(base_url + path)} -H "X-API-Key: $GPU_AGENT_API_KEY"'


def _tr(text: str) -> str:
    return QCoreApplication.translate("key_scopes", text)
