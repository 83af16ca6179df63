"""How calls are carried out: retries, errors in types, keys that stay where they belong."""

import json
from pathlib import Path

import pytest

from core.client.address import base_url
from core.client.customer import AsyncClient, Client
from core.client.errors import (
    AddressRefused,
    AnswerUnreadable,
    KeyRefused,
    NameUnknown,
    NotEncrypted,
    NothingAnswers,
    ServerError,
    UpgradeRequired,
)
from core.client.http import Retries
from core.content.chunking import scan
from core.errors import ErrorCode
from tests.core.client.small_service import KEY, SmallService

FAST = Retries(attempts=3, seconds=5.0)


@pytest.mark.parametrize("given", ["https://a.example", "https://a.example/", "https://a.example/api/v1/"])
def test_the_address_is_taken_with_and_without_the_path(given: str) -> None:
    assert base_url(given) == "https://a.example/api/v1"


@pytest.mark.parametrize("given", ["http://localhost:8", "http://127.9.0.1", "http://[::1]:80"])
def test_plain_http_is_fine_on_loopback(given: str) -> None:
    assert base_url(given) == given + "/api/v1"


def test_plain_http_to_another_machine_needs_to_be_allowed() -> None:
    with pytest.raises(AddressRefused, match="plain http"):
        base_url("http://a.example")
    assert base_url("http://a.example", insecure=True) == "http://a.example/api/v1"


@pytest.mark.parametrize("given", ["", "a.example", "ftp://a.example", "https://u:p@a.example", "https://[", "http://"])
def test_what_is_no_address_is_refused_with_the_next_step(given: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        base_url(given)
    assert "--server" in refused.value.hint


@pytest.mark.parametrize("key", ["", "sk_a b", "sk_\n\x1b", "sk_中"])
def test_what_can_be_no_key_never_reaches_a_header(key: str) -> None:
    with pytest.raises(KeyRefused):
        Client("https://a.example", key)


def test_a_refusal_carries_code_hint_and_request_id(service: SmallService) -> None:
    with Client(service.url, "sk_alpha_other") as client, pytest.raises(ServerError) as refused:
        client.get_content("datasets", "x")
    error = refused.value
    assert (error.code, error.status, error.hint, error.request_id) == (
        ErrorCode.API_KEY_INVALID,
        401,
        "do this",
        "r-1",
    )


def test_an_unknown_code_keeps_its_name_and_gets_a_known_one_by_status(service: SmallService, client: Client) -> None:
    body = {"error": {"code": "NEWER_THAN_US", "message": "m", "hint": "", "details": [], "request_id": ""}}
    service.first_answers = [(409, {}, json.dumps(body).encode())]
    with pytest.raises(ServerError) as refused:
        client.get_job("x")
    assert (refused.value.code_text, refused.value.code) == ("NEWER_THAN_US", ErrorCode.STATE_CONFLICT)


def test_an_error_page_of_a_proxy_is_an_error_in_words(service: SmallService, client: Client) -> None:
    service.first_answers = [(413, {}, b"<html>nginx</html>")]
    with pytest.raises(ServerError) as refused:
        client.get_job("x")
    assert (refused.value.code, refused.value.status) == (ErrorCode.PAYLOAD_TOO_LARGE, 413)


def test_an_answer_of_another_program_says_so(service: SmallService, client: Client) -> None:
    service.first_answers = [(200, {}, b"It works!")]
    with pytest.raises(AnswerUnreadable, match="GET /customer/training-jobs/x"):
        client.get_job("x")


def test_a_protocol_that_is_no_longer_spoken_has_its_own_type(service: SmallService, client: Client) -> None:
    service.first_answers = [(426, {}, b"{}")]
    with pytest.raises(UpgradeRequired):
        client.get_job("x")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_create_is_tried_again_under_the_same_key(
    service: SmallService, client: Client, tmp_path: Path, status: int
) -> None:
    (tmp_path / "a.csv").write_text("1,2")
    service.first_answers = [(status, {"Retry-After": "0"}, b"{}")]
    client.create_content("datasets", "a", list(scan(tmp_path / "a.csv").manifest.files))
    keys = [headers["idempotency-key"] for method, _, headers in service.requests if method == "POST"]
    assert len(keys) == 2 and keys[0] == keys[1] and len(service.uploads) == 1


def test_a_call_that_changes_something_is_not_said_twice(service: SmallService, client: Client) -> None:
    service.first_answers = [(503, {}, b"{}"), (503, {}, b"{}")]
    with pytest.raises(ServerError):
        client.cancel_job("x")
    assert len(service.requests) == 1


def test_a_delete_whose_first_answer_was_lost_is_done(service: SmallService, client: Client) -> None:
    service.first_answers = [(503, {}, b"{}")]
    client.delete_content("datasets", "gone-by-the-first-try")
    assert [method for method, _, _ in service.requests] == ["DELETE"] * 2
    with pytest.raises(ServerError) as refused:
        client.delete_content("datasets", "never-there")
    assert refused.value.status == 404


def test_what_may_have_been_made_without_an_answer_is_found_by_its_key(
    service: SmallService, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("1,2")
    files = list(scan(tmp_path / "a.csv").manifest.files)
    url = service.url
    service.server.socket.close()
    with Client(url, KEY, retries=FAST) as unheard:
        with pytest.raises(NothingAnswers) as unmade:
            unheard.create_content("datasets", "a", files)
        with pytest.raises(NothingAnswers) as unasked:
            unheard.get_job("x")
    assert unmade.value.idempotency_key is not None and len(unmade.value.idempotency_key) == 32
    assert unasked.value.idempotency_key is None


def test_a_long_wait_is_left_to_the_caller(service: SmallService, client: Client) -> None:
    service.first_answers = [(429, {"Retry-After": "3600"}, b"{}")]
    with pytest.raises(ServerError) as refused:
        client.get_job("x")
    assert refused.value.retry_after_seconds == 3600 and len(service.requests) == 1


def test_no_server_is_a_lost_connection(service: SmallService) -> None:
    url = service.url
    service.server.socket.close()
    with Client(url, KEY, retries=Retries(attempts=1)) as client, pytest.raises(NothingAnswers):
        client.get_job("x")


async def test_the_async_client_says_the_same_words(service: SmallService, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2")
    service.first_answers = [(503, {}, b"{}")]
    async with AsyncClient(service.url, KEY, retries=FAST) as client:
        made = await client.create_content("datasets", "a", list(scan(tmp_path / "a.csv").manifest.files))
        assert (await client.get_content("datasets", made.id)).name == "a"


def test_a_proxy_of_the_environment_never_stands_before_loopback(
    service: SmallService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with Client(service.url, KEY, retries=Retries(attempts=1)) as client, pytest.raises(ServerError):
        client.get_job("x")


def test_a_name_that_nobody_knows_and_a_service_without_tls_are_kinds_of_their_own(service: SmallService) -> None:
    once = Retries(attempts=1)
    with Client("https://gpu-agent.invalid", KEY, retries=once) as client, pytest.raises(NameUnknown):
        client.health()
    encrypted = service.url.replace("http://", "https://")
    with Client(encrypted, KEY, retries=once) as client, pytest.raises(NotEncrypted):
        client.health()
