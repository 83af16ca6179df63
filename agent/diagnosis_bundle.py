"""What a node's owner sends to who helps them: one zip of texts, from which secrets and whatever tells who they are is
taken out, value by value, before anything is shown or written.
"""

import io
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from agent.identity import Identity
from agent.redaction import Redactor, names_of_this_machine
from agent.version import agent_version
from core.node_log import LogReader
from core.protocol.node import PROTOCOL_VERSION

LOG_LINES = 2_000
HISTORY_UNITS = 50
_SECRET_NAME = re.compile(r"(?i)key|token|secret|password|passwd|credential|auth")
_OURS = re.compile(r"(GPU_AGENT|UV|XDG|CUDA|NVIDIA|LC|SSL_CERT)_\w+|PATH|LANG|\w+_(proxy|PROXY)|(WAYLAND_)?DISPLAY")
_TOOLS = {"bwrap": "--version", "systemctl": "--version", "uv": "--version", "nvidia-smi": "--version"}
_TOOL_SECONDS = 10.0


class BundleFile(msgspec.Struct, frozen=True):
    """One text of the bundle, as it will be written."""

    name: str
    text: str


class Found(msgspec.Struct, frozen=True):
    """What was gathered, before anything is taken out; None where there is none. Each is anything JSON can say."""

    doctor: Any
    status: Any
    journal: Any
    history: Any
    service: Any
    rules: Any


def bundle(
    found: Found, data_dir: Path, identity: Identity | None, control_token: str | None, environ: Mapping[str, str]
) -> tuple[list[BundleFile], dict[str, int]]:
    """The files, and how many different texts of each kind were taken out of them (blocking)."""
    secrets = [value for name, value in environ.items() if _SECRET_NAME.search(name)]
    secrets += [text for name, value in environ.items() for text in _user_info(name, value)]
    secrets += [text for text in (control_token, identity.credential if identity is not None else None) if text]
    redact = Redactor(secrets, names_of_this_machine())
    parts: dict[str, Any] = {
        "versions.json": _versions(),
        "doctor.json": found.doctor,
        "status.json": found.status,
        "journal.json": found.journal,
        "history.json": found.history,
        "rules.json": _without_commands(found.rules),
        "config.json": _config(data_dir, identity, found.service, environ),
    }
    files = [
        BundleFile(name, _as_text(_redacted(msgspec.to_builtins(value), redact)))
        for name, value in parts.items()
        if value is not None
    ]
    return [*files, BundleFile("node.log", redact(_log(data_dir)))], redact.counts


def zipped(files: list[BundleFile]) -> bytes:
    """The zip. It tells no time and no user."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name), file.text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _user_info(name: str, value: str) -> list[str]:
    """User and password in an address, and the password: of a proxy it may be without a scheme, and hold anything."""
    before, at, _ = value.rpartition("@")
    if not at or not ("://" in value or name.lower().endswith("_proxy")):
        return []
    told = before.rpartition("://")[2]
    return [told, told.partition(":")[2]]


def _versions() -> dict[str, Any]:
    return {
        "agent": agent_version(),
        "protocol": PROTOCOL_VERSION,
        "python": sys.version,
        "bundled": bool(getattr(sys, "frozen", False)),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "distribution": _distribution(),
        "libc": " ".join(platform.libc_ver()),
        "tools": {tool: _first_line(tool, option) for tool, option in _TOOLS.items()},
    }


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        return ""


def _first_line(tool: str, option: str) -> str | None:
    program = shutil.which(tool)
    if program is None:
        return None
    try:
        said = subprocess.run(
            [program, option], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TOOL_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return (said.stdout or said.stderr).strip().partition("\n")[0]


def _config(data_dir: Path, identity: Identity | None, service: Any, environ: Mapping[str, str]) -> dict[str, Any]:
    shown = {name: value for name, value in sorted(environ.items()) if _OURS.fullmatch(name)}
    return {
        "data_dir": str(data_dir),
        "node": None
        if identity is None
        else {"name": identity.name, "tier": identity.tier, "server": identity.server, "settings": identity.settings},
        "service": service,
        "environment": {name: "<removed>" if _SECRET_NAME.search(name) else value for name, value in shown.items()},
        "files": sorted(entry.name for entry in data_dir.iterdir()) if data_dir.is_dir() else [],
    }


def _without_commands(rules: Any) -> Any:
    """An owner's own command line may hold anything."""
    if isinstance(rules, dict):
        return {name: "<removed>" if name == "command" else _without_commands(value) for name, value in rules.items()}
    return [_without_commands(value) for value in rules] if isinstance(rules, list) else rules


def _log(data_dir: Path) -> str:
    lines = deque(LogReader(data_dir).lines(), maxlen=LOG_LINES)
    return "".join(f"{line.at} {line.level} {line.text}\n" for line in lines)


def _redacted(value: Any, redact: Redactor) -> Any:
    match value:
        case str():
            return redact(value)
        case dict():
            return {redact(str(name)): _redacted(one, redact) for name, one in value.items()}
        case list() | tuple():
            return [_redacted(one, redact) for one in value]
        case _:
            return value


def _as_text(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value)).decode() + "\n"


def write_new(file: Path, content: bytes) -> None:
    """Write a file that wasn't there, for its owner alone. Raises OSError, FileExistsError among them."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
