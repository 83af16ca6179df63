"""Webhooks' requests to real endpoints on loopback: what is dialled is what was checked, and no endpoint does harm."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from backend import host_lookups
from backend.host_lookups import MOST_OF_ONE, TooManyLookups
from backend.webhook_dialling import RESPONSE_BYTES, Answer, WebhookSender
from core.errors import ApiError, ErrorCode
from tests.backend.certificates import Authority, CertificateFiles
from tests.backend.webhook_endpoint import PATIENCE_SECONDS, Endpoint, answers, repeats, sends, stays_silent

HOST = "hooks.example.com"
NOT_PUBLIC = f"the webhook's URL: {HOST} does not lead to a public address: it has none, or one that is private"
PUBLIC = "93.184.216.34"
HEADERS = {"webhook-id": "msg_1", "content-type": "application/json"}
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


class Dns:
    """Gives its answers one after the other, then the last one again and again, and notes what it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> CertificateFiles:
    return authority.issue("hooks", (HOST, "localhost", "127.0.0.1"))


@pytest.fixture
def endpoint(certificate: CertificateFiles) -> Iterator[Endpoint]:
    """One that speaks https and says that all is well."""
    with Endpoint(answers("200 OK", b"thanks"), certificate) as made:
        yield made


def refused(sender: WebhookSender, url: str) -> str:
    """Why `resolve` and `send` both refuse the URL, neither having dialled."""

    async def both() -> tuple[str, Answer]:
        with pytest.raises(ApiError) as caught:
            await sender.resolve(url)
        assert caught.value.code is ErrorCode.WEBHOOK_INVALID_URL
        return caught.value.message, await sender.send(url, HEADERS, b"{}")

    message, answer = asyncio.run(both())
    assert (answer.status, answer.address, answer.response) == (None, None, "")
    assert answer.error is not None and message.endswith(answer.error.removeprefix("the webhook's URL: "))
    return message


def sent(sender: WebhookSender, url: str, body: bytes = b"{}") -> Answer:
    return asyncio.run(sender.send(url, HEADERS, body))


@pytest.mark.parametrize("loop", list(LOOPS))
def test_a_request_goes_to_the_address_of_the_host_under_its_name(
    loop: str, authority: Authority, endpoint: Endpoint
) -> None:
    dns = Dns(["127.0.0.1"])
    sender = WebhookSender(allow_loopback=True, resolver=dns, ca_file=authority.ca_file)
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        answer = runner.run(sender.send(endpoint.url(HOST, "/h?a=1"), HEADERS, b'{"a": 1}'))
    assert (answer.status, answer.response, answer.error) == (200, "thanks", None)
    assert answer.address == "127.0.0.1"
    assert answer.seconds > 0
    [request] = endpoint.received
    assert (request.server_name, request.line, request.body) == (HOST, "POST /h?a=1 HTTP/1.1", b'{"a": 1}')
    assert request.headers == {
        "host": f"{HOST}:{endpoint.port}",
        "content-length": "8",
        "connection": "close",
        **HEADERS,
    }
    assert dns.asked == [HOST]


def test_a_name_that_leads_elsewhere_after_it_was_checked_is_refused_at_dialling(
    authority: Authority, endpoint: Endpoint
) -> None:
    url, dns = endpoint.url(HOST), Dns([PUBLIC], ["127.0.0.1"])
    sender = WebhookSender(resolver=dns, ca_file=authority.ca_file)
    assert [str(address) for address in asyncio.run(sender.resolve(url))] == [PUBLIC]
    answer = sent(sender, url)
    assert (answer.status, answer.address) == (None, None)
    assert answer.error == NOT_PUBLIC
    assert dns.asked == [HOST, HOST]

    switched = WebhookSender(allow_loopback=True, resolver=Dns([PUBLIC], ["127.0.0.1"]), ca_file=authority.ca_file)
    asyncio.run(switched.resolve(url))
    assert sent(switched, url).status == 200
    assert (endpoint.connections, len(endpoint.received)) == (1, 1)  # the refused one would have come before it


def test_a_request_looks_its_host_up_once_and_dials_what_came_then(certificate: CertificateFiles) -> None:
    with Endpoint(answers("200 OK"), address="127.0.0.2") as checked, Endpoint(answers("200 OK")) as other:
        dns = Dns(["127.0.0.2"], ["127.0.0.1"])
        answer = sent(WebhookSender(allow_loopback=True, resolver=dns), checked.url("localhost"))
        assert (answer.status, answer.address, dns.asked) == (200, "127.0.0.2", ["localhost"])
        assert (len(checked.received), other.connections) == (1, 0)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%lo",
        "fd00:ec2::254",
        "fec0::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2606:4700::5efe:10.0.0.1",
    ],
)
@pytest.mark.parametrize("public", [(), (PUBLIC, "2606:4700::1111")], ids=["alone", "among-public"])
def test_a_name_that_leads_to_a_private_address_is_refused_at_creation_and_at_dialling(
    address: str, public: tuple[str, ...], endpoint: Endpoint
) -> None:
    said = refused(WebhookSender(resolver=Dns([*public, address])), endpoint.url(HOST))
    assert f"{HOST} does not lead to a public address" in said
    assert endpoint.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f000001", "127.1", "localhost", "[::1]"])
def test_loopback_is_refused_in_every_spelling_at_creation_and_at_dialling(host: str, endpoint: Endpoint) -> None:
    assert refused(WebhookSender(), endpoint.url(host))
    assert endpoint.connections == 0


def test_plain_http_is_refused_at_dialling_once_the_switch_is_off() -> None:
    with Endpoint(answers("200 OK")) as plain:
        assert sent(WebhookSender(allow_loopback=True), plain.url()).status == 200
        assert "must with https://" in refused(WebhookSender(), plain.url())
        assert plain.connections == 1


def test_a_redirect_is_not_followed(authority: Authority, certificate: CertificateFiles, endpoint: Endpoint) -> None:
    elsewhere = answers(f"302 Found\r\nLocation: {endpoint.url('localhost')}")
    with Endpoint(elsewhere, certificate) as redirecting:
        answer = sent(WebhookSender(allow_loopback=True, ca_file=authority.ca_file), redirecting.url())
    assert answer.status == 302
    assert answer.error is not None and "not followed" in answer.error
    assert endpoint.connections == 0


def test_proxies_of_the_environment_are_not_taken(
    authority: Authority, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(answers("200 OK")) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        sender = WebhookSender(allow_loopback=True, resolver=Dns(["127.0.0.1"]), ca_file=authority.ca_file)
        assert sent(sender, endpoint.url(HOST)).status == 200
        assert (proxy.connections, len(endpoint.received)) == (0, 1)


def test_a_certificate_of_another_name_or_authority_gets_no_request(
    authority: Authority, endpoint: Endpoint, tmp_path: Path
) -> None:
    other = WebhookSender(allow_loopback=True, resolver=Dns(["127.0.0.1"]), ca_file=authority.ca_file)
    unknown = WebhookSender(allow_loopback=True, resolver=Dns(["127.0.0.1"]), ca_file=Authority(tmp_path).ca_file)
    for sender, host, words in ((other, "elsewhere.example.com", "mismatch"), (unknown, HOST, "issuer")):
        answer = sent(sender, endpoint.url(host))
        assert (answer.status, answer.address) == (None, "127.0.0.1")
        assert answer.error is not None and "certificate is not trusted" in answer.error and words in answer.error
    assert (endpoint.connections, endpoint.received) == (2, [])


def test_the_file_of_authorities_that_the_environment_names_takes_the_place_of_the_usual_ones(
    authority: Authority, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sent(WebhookSender(allow_loopback=True), endpoint.url()).status is None
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    assert sent(WebhookSender(allow_loopback=True), endpoint.url()).status == 200


def test_a_file_that_holds_no_authority_is_said_when_the_sender_is_made(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for file in (empty, tmp_path / "absent.pem"):
        with pytest.raises(OSError):
            WebhookSender(ca_file=file)


def test_an_address_that_takes_no_connection_is_followed_by_the_next(authority: Authority, endpoint: Endpoint) -> None:
    sender = WebhookSender(allow_loopback=True, resolver=Dns(["127.0.0.9", "127.0.0.1"]), ca_file=authority.ca_file)
    answer = sent(sender, endpoint.url(HOST))
    assert (answer.status, answer.address) == (200, "127.0.0.1")


def test_an_endpoint_that_is_not_there_is_told_in_words() -> None:
    with Endpoint(answers("200 OK")) as gone:
        pass
    answer = sent(WebhookSender(allow_loopback=True), gone.url())
    assert (answer.status, answer.address, answer.error) == (None, "127.0.0.1", "connection refused")


def test_a_host_that_does_not_resolve_is_refused_in_the_same_words_as_one_that_leads_inside() -> None:
    async def nothing(host: str) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for resolver in (nothing, Dns([]), Dns(["10.0.0.8"])):
        assert refused(WebhookSender(resolver=resolver), f"https://{HOST}/") == NOT_PUBLIC


async def test_names_that_hang_take_their_own_customers_lookups_and_none_of_what_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_go = Event()

    def look_up(host: str) -> list[str]:
        if host.startswith("slow"):
            assert let_go.wait(PATIENCE_SECONDS)
        return ["10.0.0.8"]

    monkeypatch.setattr(host_lookups, "system_addresses", look_up)
    sender = WebhookSender()
    calls: list[Callable[[str], Awaitable[object]]] = [
        lambda name: sender.resolve(f"https://{name}/", "a"),
        lambda name: sender.send(f"https://{name}/", HEADERS, b"{}", "a"),
    ]
    waiting: list[asyncio.Future[object]] = []
    for number, call in enumerate(calls):
        names = [f"slow{number}-{name}.example.com" for name in range(MOST_OF_ONE)]
        waiting += [asyncio.ensure_future(call(name)) for name in names]
        await asyncio.sleep(0)
        for other in calls[number + 1 :]:
            assert isinstance(await other(HOST), Answer)
        with pytest.raises(TooManyLookups):
            await call("quick.example.com")
    with pytest.raises(ApiError):
        await sender.resolve(f"https://{HOST}/", "b")
    let_go.set()
    await asyncio.gather(*waiting, return_exceptions=True)


def test_this_machines_own_resolver_finds_localhost(authority: Authority, endpoint: Endpoint) -> None:
    sender = WebhookSender(allow_loopback=True, ca_file=authority.ca_file)
    assert sent(sender, endpoint.url("localhost")).status == 200
    assert endpoint.received[0].server_name == "localhost"


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (sends(b""), "closed without an answer"),
        (sends(b"HTTP/1.1 20"), "closed without an answer"),
        (sends(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "no HTTP answer"),
        (sends(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), "no HTTP answer"),
        (sends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "no HTTP answer"),
        (repeats(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 1000), "no HTTP answer"),
        (repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "more than 65536 bytes"),
        (repeats(b"", b"\x1b[2J\x00" * 1000), "no HTTP answer"),
    ],
    ids=["nothing", "half", "ssh", "bad-length", "upgrade", "endless-head", "endless-100", "escapes"],
)
def test_what_is_no_answer_is_a_failed_try(behave: Callable[[Endpoint, socket.socket], None], words: str) -> None:
    with Endpoint(behave) as strange:
        answer = sent(WebhookSender(allow_loopback=True), strange.url())
    assert answer.status is None
    assert answer.error is not None and words in answer.error and answer.error.isprintable()
    assert len(answer.error) < 2000


@pytest.mark.parametrize(
    ("start", "data"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"100\r\n" + b"x" * 256 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 100_000),
    ],
    ids=["until-closed", "chunked", "long"],
)
def test_a_body_without_end_is_cut(start: bytes, data: bytes) -> None:
    with Endpoint(repeats(start, data)) as endless:
        answer = sent(WebhookSender(allow_loopback=True), endless.url())
    assert (answer.status, answer.response, answer.error) == (200, "x" * RESPONSE_BYTES, None)


def test_a_body_is_shown_without_what_moves_a_cursor() -> None:
    body = "naïve \x1b[2J\u202e\r\n\ttext\x00".encode() + b"\xff"
    with Endpoint(answers("500 Oops", body)) as failing:
        answer = sent(WebhookSender(allow_loopback=True), failing.url())
    assert (answer.status, answer.error) == (500, None)
    assert answer.response == "naïve \\x1b[2J\\u202e\n\ttext\\x00\ufffd"


@given(st.binary(max_size=64), st.binary(max_size=6000))
@settings(max_examples=30)
def test_whatever_bytes_come_the_answer_is_one(head: bytes, body: bytes) -> None:
    for data in (head, b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body, b"HTTP/1.1 500 \r\n\r\n" + body):
        with Endpoint(sends(data)) as strange:
            answer = sent(WebhookSender(allow_loopback=True), strange.url())
        assert answer.status is not None or answer.error
        assert len(answer.response.encode()) <= RESPONSE_BYTES
        assert answer.response.replace("\n", "").replace("\t", "").isprintable()


@pytest.mark.parametrize("loop", list(LOOPS))
@pytest.mark.parametrize(
    "behave", [stays_silent, repeats(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n", 0.05)], ids=["silent", "dripping"]
)
def test_an_endpoint_that_takes_its_time_ends_by_the_limit(
    behave: Callable[[Endpoint, socket.socket], None], loop: str, authority: Authority, certificate: CertificateFiles
) -> None:
    with Endpoint(behave, certificate) as slow:
        sender = WebhookSender(allow_loopback=True, ca_file=authority.ca_file, limit_seconds=0.5)
        with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
            answer = runner.run(sender.send(slow.url(), HEADERS, b"{}"))
        assert (answer.status, answer.error) == (None, "no whole answer within 0.5 s")
        assert 0.5 <= answer.seconds < PATIENCE_SECONDS / 2


@pytest.mark.parametrize("loop", list(LOOPS))
def test_a_handshake_that_is_given_up_leaves_no_connection(loop: str) -> None:
    async def give_up(silent: socket.socket) -> socket.socket:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        waiting = asyncio.create_task(WebhookSender(allow_loopback=True, limit_seconds=600).send(url, HEADERS, b"{}"))
        connection, _ = await asyncio.to_thread(silent.accept)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return connection

    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        asyncio.Runner(loop_factory=LOOPS[loop]) as runner,
        runner.run(give_up(silent)) as connection,
    ):
        connection.settimeout(PATIENCE_SECONDS)
        with suppress(ConnectionResetError):
            while connection.recv(65536):
                pass  # the client's first words, then its end


def test_slow_endpoints_hold_nobody_up_and_see_the_end_of_a_request_given_up(
    authority: Authority, certificate: CertificateFiles, endpoint: Endpoint
) -> None:
    async def among_slow_ones(slow: Endpoint) -> list[Answer]:
        sender = WebhookSender(allow_loopback=True, ca_file=authority.ca_file, limit_seconds=600)
        waiting = [asyncio.create_task(sender.send(slow.url(), HEADERS, b"{}")) for _ in range(50)]
        while len(slow.received) < len(waiting):
            await asyncio.to_thread(slow.request_came.wait)
            slow.request_came.clear()
        healthy = await asyncio.gather(*(sender.send(endpoint.url(), HEADERS, b"{}") for _ in range(10)))
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return healthy

    with Endpoint(stays_silent, certificate) as slow:
        assert [answer.status for answer in asyncio.run(among_slow_ones(slow))] == [200] * 10
        assert all(slow.hung_up.acquire(timeout=PATIENCE_SECONDS) for _ in range(50))
