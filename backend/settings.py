"""What `serve` was told on its command line, and the lengths of time that follow from it."""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from core.protocol.node import NodeSettings

API_PATH = "/api/v1"
DEFAULT_LEASE_SECONDS = 45.0
DEFAULT_CLIENT_DOMAIN = "http://127.0.0.1"
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a server is started with. `public_url` has neither `/api/v1` nor a slash at its end. `behind_proxy`:
    another program on this machine speaks https for this one."""

    data_dir: Path
    host: str
    port: int
    public_url: str
    environment: str = "alpha"
    client_domain: str = DEFAULT_CLIENT_DOMAIN
    build: str = "dev"
    lease_seconds: float = DEFAULT_LEASE_SECONDS
    package_indexes: tuple[str, ...] = ()
    wheels_dir: Path | None = None
    behind_proxy: bool = False
    allow_loopback_webhooks: bool = False
    sends_webhooks: bool = True

    @property
    def api_base_url(self) -> str:
        """The address before every route."""
        return self.public_url + API_PATH

    @property
    def allowed_hosts(self) -> frozenset[str] | None:
        """Host names (without port) that a loopback server answers to, so that no web page can reach it by rebinding
        a name of its own; None off loopback, where names are the operator's business."""
        if not is_loopback(self.host):
            return None
        return frozenset({*LOOPBACK_NAMES, self.host.lower(), host_name(urlsplit(self.public_url).netloc)})


def is_loopback(host: str) -> bool:
    """Whether a server bound to this address is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_name(netloc: str) -> str:
    """`host` of `host:port`, in lower case; an IPv6 address keeps its brackets."""
    name = netloc.rpartition("@")[2].lower()
    return name[: name.index("]") + 1] if name.startswith("[") and "]" in name else name.partition(":")[0]


def public_url_from(given: str | None, host: str, port: int, *, scheme: str = "http") -> str:
    """The address that minted URLs begin with; without one given, that at which this server listens by `scheme`.
    Raises ValueError unless it is an http or https address."""
    if given is None:
        any_address = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}
        shown = any_address.get(host.strip("[]")) or (f"[{host.strip('[]')}]" if ":" in host else host)
        return f"{scheme}://{shown}:{port}"
    url = given.rstrip("/").removesuffix(API_PATH)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{given!r} is no address; give one like https://api.example.com")
    return url


def package_index_from(given: str) -> str:
    """The address of an index of Python packages. Raises ValueError unless it is an http or https address.

    One with a password is refused: every user of the machine can read a command line.
    """
    parts = urlsplit(given)
    if "@" in parts.netloc:
        raise ValueError("an index with a user or a password doesn't belong on a command line")
    if parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, given)):
        raise ValueError(f"{given!r} is no address of an index")
    return given


def node_settings(lease_seconds: float) -> NodeSettings:
    """The lengths told to nodes, all in proportion to the lease, so that a test shortens them together."""
    scale = lease_seconds / DEFAULT_LEASE_SECONDS
    default = NodeSettings()
    return NodeSettings(
        lease_seconds=lease_seconds,
        idle_poll_seconds=default.idle_poll_seconds * scale,
        busy_poll_seconds=default.busy_poll_seconds * scale,
        silent_busy_seconds=default.silent_busy_seconds * scale,
        silent_idle_seconds=default.silent_idle_seconds * scale,
    )
