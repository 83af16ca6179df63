"""Which addresses a webhook may be sent to: URLs as customers give them, and the IP addresses that their hosts lead to.

A customer chooses where this server sends requests, and must not reach with them what only this server can reach:
itself, its house's network, its cloud's metadata. Nothing is looked up or dialled here: `backend/webhook_dialling.py`
does that, and asks here about every address before it dials it.
"""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NoReturn
from urllib.parse import quote

import idna
import msgspec

from core.errors import ApiError, ErrorCode, ErrorDetail

IpAddress = IPv4Address | IPv6Address

MOST_CHARACTERS = 2048
_DEFAULT_PORTS = {"https": 443, "http": 80}
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(#.*)?")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_MOST_NAME_CHARACTERS = 253
# By its last label the URL standard (WHATWG) knows an IPv4 address, be it decimal, octal or hexadecimal.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that are private by definition are not even looked up: whether they exist is nobody's business.
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".onion")
# Beside what urllib leaves as it is: all that RFC 3986 lets stand in a path and a query, and what is escaped already.
_LEFT_IN_TARGET = "%/?:@!$&'()*+,;="

# IANA's registries of special-purpose addresses, and what clouds keep for themselves. Python's `is_global` differs from
# version to version, and in 3.11 it is True for multicast.
_NOT_PUBLIC_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers; a cloud's metadata too (100.100.100.200)
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's own services, seen from its machines only
            "169.254.0.0/16",  # link-local, with most clouds' metadata
            "172.16.0.0/12",
            "192.0.0.0/24",  # IETF protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4, deprecated
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")  # all that is assigned; loopback, ULA, fec0::/10, multicast lie outside
_NOT_PUBLIC_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation
        ),
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291, 2.5.5.2
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; 64:ff9b:1::/48 (RFC 8215) is for inside a network, so not public
_SIX_TO_FOUR = IPv6Network("2002::/16")  # RFC 3056
_ISATAP = 0x00005EFE  # RFC 5214, 6.1: the interface identifier's upper half, but for its bit of universality
_UNIVERSAL_BIT = 0x02000000
_LOOPBACK_V4 = IPv4Network("127.0.0.0/8")
_LOOPBACK_V6 = IPv6Address("::1")


class WebhookUrl(msgspec.Struct, frozen=True):
    """A URL taken apart once, so that no second reading of it can differ.

    `text` is its one spelling; `host` a name in ASCII or an IP address without brackets; `target` path and query as
    they are sent; `address` is there where the host is an IP address.
    """

    text: str
    scheme: str
    host: str
    port: int
    target: str
    address: IpAddress | None = None

    @property
    def authority(self) -> str:
        """What the Host header says."""
        return _authority(self.scheme, self.host, self.port)


def is_public(address: IpAddress) -> bool:
    """Whether it is global unicast, and so is every IPv4 address that lies in it and that a gateway might unwrap."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None:
        return False
    global_unicast = address in _GLOBAL_UNICAST_V6 and not any(address in network for network in _NOT_PUBLIC_V6)
    if not global_unicast and address not in _MAPPED and address not in _NAT64:
        return False
    return all(is_public(inner) for inner in _embedded(address))


def is_loopback(address: IpAddress) -> bool:
    """Whether it is this machine's own loopback, written without any wrapping."""
    return address in _LOOPBACK_V4 if isinstance(address, IPv4Address) else address == _LOOPBACK_V6


def check_url(text: str, *, allow_loopback: bool) -> WebhookUrl:
    """The URL, taken apart. Raises WEBHOOK_INVALID_URL, saying what is wrong, for anything but https to a name or a
    public address; `allow_loopback` (for development) lets https and plain http to loopback pass. What a name leads to
    `check_addresses` looks at.
    """
    _check_length(text)
    if "\\" in text or " " in text or not text.isprintable():
        refuse("it holds spaces, backslashes or characters that can't be seen")
    parts = _URL.fullmatch(text)
    if parts is None:
        refuse("it is no URL: write it like https://hooks.example.com/path")
    scheme, authority, target, fragment = parts[1].lower(), parts[2], parts[3], parts[4]
    if scheme != "https" and not (allow_loopback and scheme == "http"):
        refuse(f"it begins with {scheme}://, and must with https://")
    if "@" in authority:
        refuse("it holds a user name or a password: whose events they are is told by their signature")
    if fragment is not None:
        refuse("it holds a fragment (#), which is never sent")
    host, port = _host_and_port(authority)
    address = _literal(host)
    name = str(address) if address else _name(host, allow_loopback=allow_loopback)
    if scheme == "http" and name != "localhost" and not (address and is_loopback(address)):
        refuse("it begins with http://, and must with https://")
    port_number = _DEFAULT_PORTS[scheme] if port is None else _port(port)
    target = quote(target if target.startswith("/") else f"/{target}", safe=_LEFT_IN_TARGET)
    spelling = f"{scheme}://{_authority(scheme, name, port_number)}{target}"
    _check_length(spelling)  # it is what will be checked again before each request
    url = WebhookUrl(spelling, scheme, name, port_number, target, address)
    if address is not None:
        check_addresses(url, [address], allow_loopback=allow_loopback)
    return url


def check_addresses(url: WebhookUrl, addresses: Iterable[IpAddress], *, allow_loopback: bool) -> None:
    """Raises WEBHOOK_INVALID_URL unless each address that the URL's host leads to may be dialled: one that may not
    refuses all, since which of them is dialled is chance. The words don't tell what a name leads to: it may be a name
    that only this server's network knows.
    """
    for address in addresses:
        if allow_loopback and is_loopback(address):
            continue
        if url.scheme != "https" or not is_public(address):
            if url.address is None:
                refuse_name(url)
            refuse(f"{url.host} is not a public address")


def refuse_name(url: WebhookUrl) -> NoReturn:
    """Raises WEBHOOK_INVALID_URL for a name that doesn't resolve and for one that leads to what is not public, in the
    same words: whether a name is known inside this server's network is nobody's business."""
    refuse(f"{url.host} does not lead to a public address: it has none, or one that is private")


def refuse(reason: str) -> NoReturn:
    """Raises WEBHOOK_INVALID_URL with what is wrong with the URL."""
    raise ApiError(
        ErrorCode.WEBHOOK_INVALID_URL, f"the webhook's URL: {reason}", details=[ErrorDetail(reason, field="url")]
    )


def _check_length(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        refuse(f"it is longer than {MOST_CHARACTERS} characters")


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    number = int(address)
    last = IPv4Address(number & 0xFFFFFFFF)
    if address in _MAPPED or address in _NAT64:
        yield last
    if address in _SIX_TO_FOUR:
        yield IPv4Address(number >> 80 & 0xFFFFFFFF)
    if (number >> 32 & 0xFFFFFFFF & ~_UNIVERSAL_BIT) == _ISATAP:
        yield last


def _host_and_port(authority: str) -> tuple[str, str | None]:
    """The host, an IPv6 address with its brackets, and what is written for the port."""
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            refuse("its brackets hold no IPv6 address")
        return host + bracket, rest[1:] if rest else None
    host, colon, port = authority.partition(":")
    if ":" in port:
        refuse("it has a colon too many: an IPv6 address stands in brackets")
    if not host:
        refuse("it names no host")
    return host, port if colon else None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        refuse("its port is no number from 1 to 65535")
    return int(text)


def _literal(host: str) -> IpAddress | None:
    """The IP address that the host is, None for a name; only the usual spelling of one passes."""
    if host.startswith("["):
        try:
            address = IPv6Address(host[1:-1])
        except ValueError:
            refuse("its brackets hold no IPv6 address")
        if address.scope_id is not None:
            refuse("its IPv6 address names a network interface (%)")
        return address
    text = _ascii(host)
    if not _NUMBER.fullmatch(text.rstrip(".").rpartition(".")[2]):
        return None
    try:
        return IPv4Address(text)
    except ValueError:
        refuse("its host is a number: write an IPv4 address as four decimal numbers")


def _name(host: str, *, allow_loopback: bool) -> str:
    name = _ascii(host)
    labels = name.split(".")
    if len(name) > _MOST_NAME_CHARACTERS or not all(map(_LABEL.fullmatch, labels)):
        refuse("its host is no name of the internet")
    if allow_loopback and name == "localhost":
        return name
    if len(labels) == 1 or name.endswith(_PRIVATE_SUFFIXES):
        refuse(f"{name} is a name of a private network or of one machine")
    return name


def _ascii(host: str) -> str:
    """The host as DNS knows it, in lower case (IDNA 2008). Names in ASCII are left to `_name`."""
    lower = host.lower()
    if lower.isascii() and "xn--" not in lower:
        return lower
    try:
        return idna.encode(lower).decode("ascii")
    except UnicodeError:  # idna's own errors are of this kind
        refuse("its host is no name of the internet")


def _authority(scheme: str, host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port == _DEFAULT_PORTS[scheme] else f"{shown}:{port}"


def parsed(addresses: Iterable[str]) -> list[IpAddress]:
    """What a resolver answered. Raises ValueError for what is no address."""
    return [ip_address(text) for text in addresses]
