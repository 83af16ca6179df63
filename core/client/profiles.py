"""Which service, and by which key: from arguments, the environment, and the profiles of one TOML file of this user.

    default_profile = "home"

    [profiles.home]
    server = "https://gpu.example.com"
    api_key = "sk_…"               # or, better, in GPU_AGENT_API_KEY
    ca_file = "house-ca.pem"       # beside this file, or an absolute path

What is nearer wins: argument, then environment, then profile. A profile's key goes to that profile's server alone.
"""

import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from .address import base_url
from .errors import AddressRefused, ClientError, KeyRefused

PROFILE_VARIABLE = "GPU_AGENT_PROFILE"
SERVER_VARIABLE = "GPU_AGENT_SERVER"
KEY_VARIABLE = "GPU_AGENT_API_KEY"
CA_FILE_VARIABLE = "GPU_AGENT_CA_FILE"
FILE_NAME = "config.toml"
_FOLDER = "gpu-agent"
_USUAL_PORTS = {"https": 443, "http": 80}


class ProfileUnusable(ClientError):
    """The file of profiles can't be read, or has no profile of this name."""


class Profile(msgspec.Struct, frozen=True):
    """One service as its customer wrote it down. What a newer program writes beside is passed over."""

    server: str | None = None
    api_key: str | None = None
    ca_file: str | None = None
    insecure: bool = False

    def __repr__(self) -> str:
        """Without the key: a repr ends up in logs."""
        return f"Profile(server={self.server!r})"


class Config(msgspec.Struct, frozen=True):
    """The file of profiles."""

    default_profile: str | None = None
    profiles: dict[str, Profile] = {}


class Access(msgspec.Struct, frozen=True):
    """The service to talk to, and how. `profile` is the one that was looked at, if any."""

    server: str
    api_key: str | None
    ca_file: Path | None
    insecure: bool
    profile: str | None

    def __repr__(self) -> str:
        """Without the key."""
        return f"Access(server={self.server!r}, profile={self.profile!r})"


def config_path(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where the file of profiles lies: in the usual folder for settings of each system."""
    home = Path(environ.get("USERPROFILE" if platform == "win32" else "HOME") or Path.home())
    chosen = Path(environ.get("XDG_CONFIG_HOME", "").strip())
    if platform == "win32":
        local = environ.get("LOCALAPPDATA")
        # An author's folder and the program's within: where the command line's platformdirs looks.
        return (Path(local) if local else home / "AppData" / "Local") / _FOLDER / _FOLDER / FILE_NAME
    usual = home / "Library" / "Application Support" if platform == "darwin" else home / ".config"
    return (chosen if chosen.is_absolute() else usual) / _FOLDER / FILE_NAME


def read_config(path: Path) -> Config:
    """The profiles of a file; none where it isn't there. Raises ProfileUnusable."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ProfileUnusable(f"{path} can't be read: {reason}.", hint="Mend the file, or remove it.") from error
    try:
        return msgspec.convert(tomllib.loads(text), type=Config)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProfileUnusable(f"{path} is no file of profiles: {error}", hint="Mend the file, or remove it.") from error


def exposure(path: Path, config: Config) -> str | None:
    """Who else may read the keys of this file, in words with what mends it, or None. Windows keeps no such modes."""
    if os.name != "posix" or not any(profile.api_key for profile in config.profiles.values()):
        return None
    mode = path.stat().st_mode
    if not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return None
    return f"{path} holds API keys and others on this computer may read it: chmod 600 {path}"


def chosen_profile(config: Config, name: str | None, path: Path) -> tuple[str | None, Profile]:
    """The profile of this name, else the default one, else an empty one. Raises ProfileUnusable for an absent name."""
    wanted = name or config.default_profile
    if wanted is None:
        wanted = "default" if "default" in config.profiles else None
    if wanted is None:
        return None, Profile()
    if wanted not in config.profiles:
        known = ", ".join(sorted(config.profiles)) or "none"
        raise ProfileUnusable(f"There is no profile {wanted!r} in {path}.", hint=f"Its profiles are: {known}.")
    return wanted, config.profiles[wanted]


def find_access(
    config: Config | None,
    path: Path,
    environ: Mapping[str, str],
    *,
    server: str | None = None,
    api_key: str | None = None,
    ca_file: Path | None = None,
    insecure: bool | None = None,
    profile: str | None = None,
) -> Access:
    """What to talk to, from arguments, environment and `config`, which was read from `path`; None: from no profile.

    Raises ProfileUnusable; AddressRefused where no service is named, or the address is none.
    """
    name, known = None, Profile()
    if config is not None:
        name, known = chosen_profile(config, profile or environ.get(PROFILE_VARIABLE) or None, path)
    address = server or environ.get(SERVER_VARIABLE) or known.server
    if not address:
        raise AddressRefused(
            "Which service is meant was not said.",
            hint=f"Give its address, set {SERVER_VARIABLE}=https://host, or write a profile into {path}.",
        )
    if not _same_service(address, known.server):
        known = Profile()  # neither its key nor whom it trusts is another service's business
    file = ca_file or _path(environ.get(CA_FILE_VARIABLE), Path()) or _path(known.ca_file, path.parent)
    return Access(
        server=address,
        api_key=api_key or environ.get(KEY_VARIABLE) or known.api_key,
        ca_file=file,
        insecure=known.insecure if insecure is None else insecure,
        profile=name,
    )


def required_key(access: Access, path: Path) -> str:
    """The key, for those who can do nothing without one. Raises KeyRefused."""
    if access.api_key:
        return access.api_key
    raise KeyRefused(
        f"There is no API key for {access.server}.",
        hint=f"Give one, set {KEY_VARIABLE}=sk_…, or write it into a profile of that server in {path}.",
    )


def _same_service(address: str, other: str | None) -> bool:
    """Whether two addresses are of one service, however they are written. A profile's that is none is nobody's."""
    if other is None:
        return False
    mine = _service(address)
    try:
        return mine == _service(other)
    except AddressRefused:
        return False


def _service(address: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(base_url(address, insecure=True))
    port = parts.port or _USUAL_PORTS[parts.scheme]
    return parts.scheme, parts.hostname or "", port, parts.path


def _path(text: str | None, below: Path) -> Path | None:
    return below / Path(text).expanduser() if text else None
