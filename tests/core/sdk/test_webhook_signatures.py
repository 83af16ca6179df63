"""What came to a webhook: the vector of the Standard Webhooks paper, and all that must not pass."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from core.sdk.errors import WebhookRefused
from core.sdk.webhooks import verify

# From the paper's own libraries (standard-webhooks, libraries/*/tests).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = '{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(signature: str = SIGNATURE, at: object = AT, **more: str) -> dict[str, str]:
    return {"Webhook-Id": ID, "webhook-timestamp": str(at), "WEBHOOK-SIGNATURE": signature, **more}


def signed(body: bytes, secret: str, id: str, at: int) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, f"{id}.{at}.".encode() + body, hashlib.sha256)).decode()


@pytest.mark.parametrize("body", [BODY, BODY.encode()], ids=["text", "bytes"])
@pytest.mark.parametrize("secret", [SECRET, SECRET.removeprefix("whsec_")], ids=["prefix", "bare"])
def test_the_papers_own_message_is_read(body: str | bytes, secret: str) -> None:
    assert verify(body, headers(), secret, now=AT) == {"test": 2432232314}


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_clock_may_be_five_minutes_off(seconds: int) -> None:
    assert verify(BODY, headers(), SECRET, now=AT + seconds)


def test_one_right_signature_among_others_is_enough() -> None:
    others = f"v1,AAAA v1a,{SIGNATURE[3:]} {SIGNATURE} v2,x"
    assert verify(BODY, headers(others), SECRET, now=AT)


@pytest.mark.parametrize(
    ("body", "given_headers", "now"),
    [
        (BODY + " ", headers(), AT),
        (BODY, headers(SIGNATURE[:-2] + "A="), AT),
        (BODY, headers("v1,"), AT),
        (BODY, headers(""), AT),
        (BODY, headers("v2," + SIGNATURE[3:]), AT),
        (BODY, headers("v1,\udcff"), AT),
        (BODY, headers(at=AT + 1), AT),
        (BODY, headers(at="9" * 5000), AT),
        (BODY, headers(at="-1"), AT),
        (BODY, headers(at="1e9"), AT),
        (BODY, headers(at="١٦١٤٢٦٥٣٣٠"), AT),
        (BODY, headers(), AT + 301),
        (BODY, headers(), AT - 301),
        (BODY, {}, AT),
        (BODY, {"webhook-id": ID, "webhook-timestamp": str(AT)}, AT),
    ],
    ids=range(15),
)
def test_what_is_not_from_the_service_or_not_of_now_is_refused(
    body: str, given_headers: dict[str, str], now: int
) -> None:
    with pytest.raises(WebhookRefused) as refused:
        verify(body, given_headers, SECRET, now=now)
    assert refused.value.hint


def test_another_secret_is_refused_and_one_that_is_none_is_said() -> None:
    with pytest.raises(WebhookRefused):
        verify(BODY, headers(), "whsec_" + base64.b64encode(b"another").decode(), now=AT)
    for none in ("whsec_", "whsec_%%%", "sk_alpha_1"):
        with pytest.raises(ValueError, match="secret"):
            verify(BODY, headers(), none, now=AT)


def test_what_is_signed_and_no_json_is_refused() -> None:
    with pytest.raises(WebhookRefused, match="no JSON"):
        verify(b"\xff", headers(signed(b"\xff", SECRET, ID, AT)), SECRET, now=AT)


@given(body=st.dictionaries(st.text(), st.integers() | st.text()), key=st.binary(min_size=1, max_size=80))
def test_what_the_usual_library_signs_is_read(body: dict[str, object], key: bytes) -> None:
    signer = Webhook(base64.b64encode(key).decode())
    now = datetime.now(UTC)
    text = json.dumps(body)
    given_headers = headers(signer.sign(ID, now, text), at=int(now.timestamp()))
    assert verify(text, given_headers, "whsec_" + base64.b64encode(key).decode()) == body
    assert signer.verify(text, {name.lower(): value for name, value in given_headers.items()}) == body


@given(body=st.binary(max_size=50), change=st.integers(0, 49), bit=st.integers(0, 7))
def test_no_changed_bit_passes(body: bytes, change: int, bit: int) -> None:
    text = b'"' + base64.b64encode(body) + b'"'
    given_headers = headers(signed(text, SECRET, ID, AT))
    assert verify(text, given_headers, SECRET, now=AT) == base64.b64encode(body).decode()
    at = change % len(text)
    changed = text[:at] + bytes([text[at] ^ 1 << bit]) + text[at + 1 :]
    with pytest.raises(WebhookRefused):
        verify(changed, given_headers, SECRET, now=AT)
