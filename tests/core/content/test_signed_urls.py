"""A token permits what it says until it expires, and nothing else does."""

import hashlib
import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer
from itsdangerous.encoding import base64_encode

from core.content.key_ring import FIRST_KID, KeyRing, SigningKey
from core.content.signed_urls import GetArtifact, GetChunk, PutChunk, PutContent, SignedPayload, UrlSigner
from core.errors import ApiError, ErrorCode

OLD, NEW = SigningKey("old", b"o" * 32), SigningKey("new", b"n" * 32)
NOW = 1_775_000_000.0
PAYLOADS: list[SignedPayload] = [
    PutChunk(customer=7, digest="a" * 64, size_bytes=8_388_608, expires_at=1_775_000_900),
    GetChunk(digest="a" * 64, size_bytes=1, expires_at=1_775_000_900),
    PutContent(upload="0195f0c4-0000-7000-8000-000000000000", kind="dataset", expires_at=1_775_000_900),
    GetArtifact(artifact=3, name="train/Gewichte.npz", expires_at=1_775_000_900),
]


def invalid(signer: UrlSigner, token: str, now: float = NOW) -> str:
    with pytest.raises(ApiError) as caught:
        signer.verify(token, now)
    assert caught.value.code is ErrorCode.SIGNED_URL_INVALID
    return caught.value.message


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_was_signed_comes_back_until_its_time(payload: SignedPayload) -> None:
    signer = UrlSigner([NEW])
    token = signer.sign(payload)
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")
    assert signer.verify(token, NOW) == payload
    assert signer.verify(token, payload.expires_at - 0.001) == payload
    assert "expired" in invalid(signer, token, payload.expires_at)


@given(st.data())
def test_a_token_with_any_letter_altered_is_invalid(data: st.DataObject) -> None:
    signer = UrlSigner([NEW])
    token = signer.sign(data.draw(st.sampled_from(PAYLOADS)))
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.=~é "))
    altered = token[:place] + letter + token[place + 1 :]
    if altered != token:
        invalid(signer, altered)


def test_every_other_last_letter_is_invalid() -> None:
    signer = UrlSigner([NEW])
    token = signer.sign(PAYLOADS[0])
    for letter in string.ascii_letters + string.digits + "-_":
        if letter != token[-1]:
            invalid(signer, token[:-1] + letter)


@given(st.text(max_size=200))
def test_no_text_breaks_the_check(text: str) -> None:
    invalid(UrlSigner([NEW]), text)


@pytest.mark.parametrize(
    "token", ["", ".", "a.b", "\ud800", "x" * 100_000, "a" * 43, "." + "a" * 43, "a\n." + "a" * 43]
)
def test_what_is_no_token_is_invalid(token: str) -> None:
    invalid(UrlSigner([NEW]), token)


def test_a_replaced_key_still_verifies_and_a_removed_one_does_not() -> None:
    token = UrlSigner([OLD]).sign(PAYLOADS[1])
    rotated = UrlSigner([NEW, OLD])
    assert rotated.verify(token, NOW) == PAYLOADS[1]
    assert UrlSigner([NEW]).verify(rotated.sign(PAYLOADS[1]), NOW) == PAYLOADS[1]
    invalid(UrlSigner([NEW]), token)


@pytest.mark.parametrize("keys", [[], [SigningKey("k", b"short")], [NEW, SigningKey("k", b"")]])
def test_keys_that_are_too_short_to_sign_with_are_refused(keys: list[SigningKey]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        UrlSigner(keys)


def test_a_token_names_the_key_that_signed_it() -> None:
    assert UrlSigner([NEW, OLD]).sign(PAYLOADS[0]).split(".")[1] == "new"
    renamed = UrlSigner([SigningKey("new", OLD.secret), SigningKey("old", NEW.secret)])
    assert "altered" in invalid(renamed, UrlSigner([NEW]).sign(PAYLOADS[0]))


def test_what_was_signed_before_keys_had_names_is_good_with_the_first_key() -> None:
    first = SigningKey(FIRST_KID, OLD.secret)
    nameless = Signer(OLD.secret, salt="gpu-agent.signed-url", key_derivation="hmac", digest_method=hashlib.sha256)
    token = nameless.sign(base64_encode(msgspec.json.encode(PAYLOADS[1]))).decode()
    assert UrlSigner([NEW, first]).verify(token, NOW) == PAYLOADS[1]
    assert "no longer in use" in invalid(UrlSigner([NEW]), token)


@pytest.mark.parametrize("kids", [("k", "k"), ("",), ("a.b",), ("k" * 17,), ("é",)])
def test_keys_need_names_of_their_own_that_fit_into_a_token(kids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="name"):
        KeyRing([SigningKey(kid, bytes(32)) for kid in kids], "salt")
