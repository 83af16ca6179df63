"""The service's address as people write it, and which addresses may be spoken to without encryption."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from .errors import AddressRefused

BASE_PATH = "/api/v1"


def base_url(address: str, *, insecure: bool = False) -> str:
    """`https://host[:port]/api/v1` from an address with or without the path.

    Raises AddressRefused for what is no address, and for plain http off loopback without `insecure`.
    """
    text = address.strip().rstrip("/")
    check_url(text, insecure=insecure)
    parts = urlsplit(text)
    path = parts.path.rstrip("/")
    if not path.endswith(BASE_PATH):
        path += BASE_PATH
    return f"{parts.scheme}://{parts.netloc}{path}"


def check_url(url: str, *, insecure: bool) -> None:
    """Refuse a URL that is none, or that would carry keys or data readably over a network."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise AddressRefused(
            f"{url!r} is not the address of a service.",
            hint="Give it as https://host or https://host:port, by --server, server= or GPU_AGENT_SERVER.",
        )
    if parts.scheme == "http" and not insecure and not is_loopback(host):
        raise AddressRefused(
            f"{url!r} is plain http to another machine: keys and data could be read on the way.",
            hint="Use https://, or allow it if that network is your own: --insecure, insecure=True.",
        )


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its text alone; no name is looked up."""
    if host.lower() in ("localhost", "localhost."):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
