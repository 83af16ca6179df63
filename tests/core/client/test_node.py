"""What a node's client makes of answers: lost, refused, no longer spoken, and bytes that are not their name."""

import gzip
import hashlib

import msgspec
import pytest

from core.client.errors import AddressRefused, AnswerUnreadable, ConnectionFailed, ServerError, UpgradeRequired
from core.client.node import NodeClient
from core.errors import ApiError, ErrorCode
from core.protocol.node import EnrollRequest, EnrollResponse, ExchangeRequest, ExchangeResponse, NodeSettings
from tests.core.client.small_service import SmallService

EXCHANGE = ExchangeRequest(protocol=1, agent_version="0.1.0")


async def test_enrolling_gives_the_credential_of_every_later_call(service: SmallService) -> None:
    enrolled = EnrollResponse("id", "secret-credential", "name", "new", NodeSettings())
    later = {**msgspec.to_builtins(ExchangeResponse()), "a_later_field": 1}
    service.first_answers = [
        (200, {}, msgspec.json.encode(enrolled)),
        (200, {}, msgspec.json.encode(later)),
    ]
    async with NodeClient(service.url) as node:
        assert (await node.enroll(EnrollRequest("CODE", "name", 1, "0.1.0"))).name == "name"
        assert await node.exchange(EXCHANGE) == ExchangeResponse()
    first, second = (headers for _, _, headers in service.requests)
    assert "authorization" not in first and second["authorization"] == "Bearer secret-credential"


@pytest.mark.parametrize(("status", "kind"), [(426, UpgradeRequired), (401, ServerError), (503, ServerError)])
async def test_a_refusal_is_said_once_with_its_type(
    service: SmallService, status: int, kind: type[ServerError]
) -> None:
    service.first_answers = [
        (status, {}, b'{"error": {"code": "SOME", "message": "words", "hint": "", "request_id": ""}}')
    ]
    async with NodeClient(service.url, "secret") as node:
        with pytest.raises(kind) as refused:
            await node.exchange(EXCHANGE)
    assert refused.value.status == status and len(service.requests) == 1


async def test_a_refusal_without_the_services_words_is_another_programs(service: SmallService) -> None:
    service.first_answers = [(401, {}, b"{}")]
    async with NodeClient(service.url, "secret") as node:
        with pytest.raises(AnswerUnreadable):
            await node.exchange(EXCHANGE)


@pytest.mark.parametrize("status", [200, 503])
async def test_an_answer_that_is_nested_without_end_is_no_fault_of_the_node(service: SmallService, status: int) -> None:
    service.first_answers = [(status, {}, b'{"later": ' + b"[" * 100_000)]
    async with NodeClient(service.url, "secret") as node:
        with pytest.raises((AnswerUnreadable, ServerError)):
            await node.exchange(EXCHANGE)


@pytest.mark.parametrize("status", [200, 503])
async def test_an_answer_without_end_is_read_no_further(service: SmallService, status: int) -> None:
    bomb = gzip.compress(bytes(65 << 20), 1)
    service.first_answers = [(status, {"Content-Encoding": "gzip"}, bomb)]
    async with NodeClient(service.url, "secret") as node:
        with pytest.raises(AnswerUnreadable, match="more than 64 MiB"):
            await node.exchange(EXCHANGE)


async def test_a_lost_connection_is_no_refusal(service: SmallService) -> None:
    service.server.socket.close()
    async with NodeClient(service.url, "secret") as node:
        with pytest.raises(ConnectionFailed):
            await node.exchange(EXCHANGE)


async def test_a_chunk_is_compared_with_its_name_and_bounded(service: SmallService) -> None:
    service.artifacts = {"good": b"bytes", "huge": b"x" * ((8 << 20) + 1)}
    digest = hashlib.sha256(b"bytes").hexdigest()
    async with NodeClient(service.url, "secret") as node:
        assert await node.get_chunk(f"{service.url}/files/good", digest) == b"bytes"
        with pytest.raises(ApiError) as mismatch:
            await node.get_chunk(f"{service.url}/files/good", "0" * 64)
        with pytest.raises(AnswerUnreadable):
            await node.get_chunk(f"{service.url}/files/huge", digest)
        await node.put_chunk(f"{service.url}/chunks/{digest}", b"bytes")
    assert mismatch.value.code is ErrorCode.CHUNK_MISMATCH and service.chunks == {digest: b"bytes"}
    assert all("authorization" not in headers for _, _, headers in service.requests)


async def test_a_url_that_would_carry_data_in_the_clear_is_not_followed(service: SmallService) -> None:
    async with NodeClient(service.url, "secret") as node:
        with pytest.raises(AddressRefused):
            await node.get_chunk("http://a.example/chunk", "0" * 64)
