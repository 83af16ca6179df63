"""Which URLs a webhook may have, in every spelling that some program reads as a private address."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ApiError, ErrorCode
from core.webhooks.addresses import IpAddress, check_addresses, check_url, is_public

# Refused although Python calls them global: Azure's own services, relays of 6to4, two anycast addresses of RFC 7723 and
# RFC 8155 that lead to whatever is near.
STRICTER_THAN_PYTHON = [IPv4Network(text) for text in ("168.63.129.16", "192.88.99.0/24", "192.0.0.0/24")]
PUBLIC_V4 = st.ip_addresses(v=4).filter(is_public)
PRIVATE_V4 = st.one_of(
    st.ip_addresses(v=4).filter(lambda address: not is_public(address)),
    *(st.ip_addresses(network=text) for text in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16")),
)


def in_low_bits(prefix: str, address: IpAddress) -> IPv6Address:
    return IPv6Address(int(IPv6Address(prefix)) | int(address))


def six_to_four(address: IpAddress) -> IPv6Address:
    return IPv6Address(0x2002 << 112 | int(address) << 80)


def wrapped(address: IpAddress) -> list[IPv6Address]:
    """The IPv4 address in every IPv6 form that a gateway or a kernel unwraps to it."""
    prefixes = ("::ffff:0:0", "64:ff9b::", "2606:4700::5efe:0:0", "2606:4700::200:5efe:0:0")
    return [six_to_four(address), *(in_low_bits(prefix, address) for prefix in prefixes)]


def wraps_ipv4(address: IPv6Address) -> bool:
    return any(address in IPv6Network(text) for text in ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16"))


def spellings(address: IPv4Address) -> list[str]:
    """How `inet_aton` lets an IPv4 address be written, without its usual spelling."""
    number, octets = int(address), address.packed
    a, b, c, d = octets
    return [
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(f"0{octet:o}" for octet in octets),
        ".".join(hex(octet) for octet in octets),
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"{a:#x}.{b}.{c}.{d:#x}",
        f"{a:03}.{b:04}.{c:03}.0{d:o}",
        f"{address}.",
    ]


def reason(text: str, *, allow_loopback: bool = False) -> str:
    """Why the URL is refused."""
    with pytest.raises(ApiError) as caught:
        check_url(text, allow_loopback=allow_loopback)
    assert caught.value.code is ErrorCode.WEBHOOK_INVALID_URL
    assert [row.field for row in caught.value.details] == ["url"]
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no URL"),
        ("hooks.example.com/path", "no URL"),
        ("//hooks.example.com/path", "no URL"),
        ("https:hooks.example.com", "no URL"),
        ("https:/hooks.example.com", "no URL"),
        ("https://", "names no host"),
        ("https:///path", "names no host"),
        ("https://:443/", "names no host"),
        ("https://?a=b", "names no host"),
        ("http://hooks.example.com/", "http://"),
        ("ftp://hooks.example.com/", "ftp://"),
        ("gopher://hooks.example.com/", "gopher://"),
        ("file:///etc/passwd", "file://"),
        ("https://user@hooks.example.com/", "user name"),
        ("https://hooks.example.com@127.0.0.1/", "user name"),
        ("https://hooks.example.com:pass@10.0.0.1/", "user name"),
        ("https://@hooks.example.com/", "user name"),
        ("https://hooks.example.com/#part", "fragment"),
        ("https://hooks.example.com#@127.0.0.1/", "fragment"),
        ("https://hooks.example.com\\@127.0.0.1/", "backslashes"),
        ("https://hooks.example.com /", "spaces"),
        (" https://hooks.example.com/", "spaces"),
        ("https://hooks.example.com/\n", "can't be seen"),
        ("https://hooks.exa\tmple.com/", "can't be seen"),
        ("https://hooks.example.com/\r\nX: y", "can't be seen"),
        ("https://hooks.example.com/\x00", "can't be seen"),
        ("https://hooks.example.com/\u202e", "can't be seen"),
        ("https://hooks.example.com/\ud800", "can't be seen"),
        ("https://hooks.example.com:0/", "port"),
        ("https://hooks.example.com:65536/", "port"),
        ("https://hooks.example.com:/", "port"),
        ("https://hooks.example.com:-1/", "port"),
        ("https://hooks.example.com:+443/", "port"),
        ("https://hooks.example.com:\u0664\u0664\u0663/", "port"),
        ("https://hooks.example.com:443:443/", "port"),
        ("https://::1/", "names no host"),
        ("https://fe80::1/", "port"),
        ("https://[::1/", "brackets"),
        ("https://[::1]x/", "brackets"),
        ("https://[127.0.0.1]/", "brackets"),
        ("https://[hooks.example.com]/", "brackets"),
        ("https://[]/", "brackets"),
        ("https://[fe80::1%25eth0]/", "interface"),
        ("https://[fe80::1%eth0]/", "interface"),
        ("https://hooks.example.com./", "no name"),
        ("https://hooks..example.com/", "no name"),
        ("https://-hooks.example.com/", "no name"),
        ("https://hooks.exam%70le.com/", "no name"),
        ("https://hooks.example.com,10.0.0.1/", "no name"),
        ("https://xn--a.example.com/", "no name"),
        ("https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/", "no name"),
        ("https://\uff11\uff12\uff17.0.0.1/", "no name"),
        ("https://hooks.example.com\uff0f@x/", "user name"),
        ("https://" + "a" * 64 + ".example.com/", "no name"),
        ("https://" + "a." * 127 + "com/", "no name"),
        ("https://hooks.example.com/" + "a" * 2048, "longer"),
        ("https://hooks.example.com/" + "\u56de" * 1000, "longer"),
        ("https://localhost/", "private network"),
        ("https://LOCALHOST/", "private network"),
        ("https://a.localhost/", "private network"),
        ("https://intranet/", "private network"),
        ("https://metadata.google.internal/", "private network"),
        ("https://printer.local/", "private network"),
        ("https://127\u30020\u30020\u30021/", "not a public address"),
        ("https://127.0.0.1/h", "not a public address"),
        ("https://10.0.0.8/", "not a public address"),
        ("https://169.254.169.254/latest", "not a public address"),
        ("https://[::ffff:169.254.169.254]/", "not a public address"),
        ("https://[::7f00:1]/", "not a public address"),
        ("https://127.1/", "four decimal numbers"),
        ("https://0x7f.1/", "four decimal numbers"),
        ("https://1.2.3.4.5/", "four decimal numbers"),
        ("https://256.0.0.1/", "four decimal numbers"),
        ("https://hooks.example.0x/", "four decimal numbers"),
        ("https://134744072/", "four decimal numbers"),
    ],
)
def test_a_url_that_is_no_public_https_is_refused_in_words(text: str, words: str) -> None:
    assert words in reason(text)


@pytest.mark.parametrize(
    ("text", "spelt", "target"),
    [
        ("https://hooks.example.com", "https://hooks.example.com/", "/"),
        ("HTTPS://Hooks.Example.COM/Path", "https://hooks.example.com/Path", "/Path"),
        ("https://hooks.example.com:443/", "https://hooks.example.com/", "/"),
        ("https://hooks.example.com:00443/", "https://hooks.example.com/", "/"),
        ("https://hooks.example.com:8443?a=b", "https://hooks.example.com:8443/?a=b", "/?a=b"),
        (
            "https://hooks.example.com/a%20b?c=%2F&d=/?",
            "https://hooks.example.com/a%20b?c=%2F&d=/?",
            "/a%20b?c=%2F&d=/?",
        ),
        ("https://hooks.example.com/a@b:c", "https://hooks.example.com/a@b:c", "/a@b:c"),
        ("https://B\u00fccher.example/\u56de", "https://xn--bcher-kva.example/%E5%9B%9E", "/%E5%9B%9E"),
        ("https://a_b.example.com/", "https://a_b.example.com/", "/"),
        ("https://93.184.216.34:65535/", "https://93.184.216.34:65535/", "/"),
        ("https://[2606:4700:0:0::1111]:1/", "https://[2606:4700::1111]:1/", "/"),
        ("https://[64:ff9b::93.184.216.34]/", "https://[64:ff9b::5db8:d822]/", "/"),
    ],
)
def test_a_public_https_url_gets_one_spelling(text: str, spelt: str, target: str) -> None:
    url = check_url(text, allow_loopback=False)
    assert (url.text, url.target) == (spelt, target)
    assert f"https://{url.authority}{url.target}" == url.text


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"https?://[^/?#]*[/?]?[a-z%/?#]*", fullmatch=True),
        st.from_regex(r"https://[a-zA-Z0-9ü。-]{1,9}(\.[a-z0-9_-]{1,9}){1,3}(:[0-9]{1,5})?([/?].*)?", fullmatch=True),
        st.from_regex(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{3})?(/[^#]*)?", fullmatch=True),
    ),
    st.booleans(),
)
def test_whatever_the_text_it_is_refused_or_read_as_other_programs_read_it(text: str, allow_loopback: bool) -> None:
    try:
        url = check_url(text, allow_loopback=allow_loopback)
    except ApiError as refused:
        assert refused.code is ErrorCode.WEBHOOK_INVALID_URL
        return
    assert check_url(url.text, allow_loopback=allow_loopback) == url
    for_urllib, for_httpx = urlsplit(url.text), httpx.URL(url.text)
    defaults = {"https": 443, "http": 80}
    assert (for_urllib.scheme, for_urllib.hostname) == (url.scheme, url.host)
    assert (for_urllib.port or defaults[url.scheme]) == url.port
    assert for_httpx.raw_host.decode().strip("[]") == url.host
    assert (for_httpx.port or defaults[url.scheme]) == url.port


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_public_where_python_says_so_but_for_a_few(address: IPv4Address) -> None:
    stricter = any(address in network for network in STRICTER_THAN_PYTHON)
    assert is_public(address) == (address.is_global and not address.is_multicast and not stricter)


@given(st.ip_addresses(v=6))
def test_an_ipv6_address_is_public_only_where_python_says_so_too(address: IPv6Address) -> None:
    if is_public(address) and not wraps_ipv4(address):
        assert address.is_global
        assert not (address.is_multicast or address.is_reserved or address.is_site_local or address.is_link_local)


@given(PRIVATE_V4)
def test_a_private_ipv4_address_stays_so_in_every_spelling_and_wrapping(address: IPv4Address) -> None:
    assert "not a public address" in reason(f"https://{address}/")
    for spelling in spellings(address):
        assert "four decimal numbers" in reason(f"https://{spelling}/")
    for wrapping in wrapped(address):
        assert not is_public(wrapping)
        assert "not a public address" in reason(f"https://[{wrapping}]/")


@given(PUBLIC_V4)
def test_a_public_ipv4_address_is_so_in_the_wrappings_too_and_has_one_spelling(address: IPv4Address) -> None:
    assert check_url(f"https://{address}/", allow_loopback=False).address == address
    for spelling in spellings(address):
        assert "four decimal numbers" in reason(f"https://{spelling}/")
    assert [wrapping for wrapping in wrapped(address) if not is_public(wrapping)] == []


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "100.100.100.200",
        "168.63.129.16",
        "169.254.169.254",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::808:808",
        "::ffff:0:808:808",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "100::1",
        "2001::1",
        "2001:0:808:808::",
        "2001:2::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_what_is_kept_for_special_purposes_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@given(st.lists(PUBLIC_V4, max_size=3), PRIVATE_V4, st.lists(PUBLIC_V4, max_size=3))
def test_one_private_address_among_public_ones_refuses_the_name(
    before: list[IPv4Address], private: IPv4Address, after: list[IPv4Address]
) -> None:
    url = check_url("https://hooks.example.com/", allow_loopback=False)
    check_addresses(url, [*before, *after], allow_loopback=False)
    with pytest.raises(ApiError) as caught:
        check_addresses(url, [*before, private, *after], allow_loopback=False)
    assert str(private) not in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8000/",
        "https://127.0.0.1/",
        "http://[::1]:8000/",
        "http://localhost:8000/h",
        "https://localhost/",
    ],
)
def test_the_development_switch_lets_loopback_pass(text: str) -> None:
    assert check_url(text, allow_loopback=True).text == text
    assert reason(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://10.0.0.1/",
        "http://8.8.8.8/",
        "http://hooks.example.com/",
        "https://10.0.0.1/",
        "https://127.1/",
        "http://[::ffff:127.0.0.1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://a.localhost/",
        "ftp://localhost/",
    ],
)
def test_the_development_switch_lets_nothing_else_pass(text: str) -> None:
    assert reason(text, allow_loopback=True)


def test_plain_http_to_localhost_goes_nowhere_but_to_loopback() -> None:
    url = check_url("http://localhost/", allow_loopback=True)
    check_addresses(url, [IPv4Address("127.0.0.1"), IPv6Address("::1")], allow_loopback=True)
    with pytest.raises(ApiError):
        check_addresses(url, [IPv4Address("93.184.216.34")], allow_loopback=True)
