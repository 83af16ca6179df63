"""Looks at what came to a webhook: whether the service signed it, and just now (Standard Webhooks 1.0)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from .errors import WebhookRefused

TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"
_VERSION = "v1"
_MOST_DIGITS = 12


def verify(
    payload: bytes | str,
    headers: Mapping[str, str],
    secret: str,
    *,
    tolerance_seconds: int = TOLERANCE_SECONDS,
    now: float | None = None,
) -> Any:
    """What the body says, as JSON, once its signature is found right. `payload` is the body as it came, byte for byte;
    `secret` is that of the endpoint (`whsec_…`). Keep the header `webhook-id` and pass over one that came before: a
    delivery may come twice.

    Raises WebhookRefused for a wrong or missing signature, and for one that is older or newer than
    `tolerance_seconds`; ValueError for a secret that can't be one.
    """
    body = payload.encode() if isinstance(payload, str) else payload
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, timestamp, signatures = (given[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise WebhookRefused(f"The header {error} is missing.") from None
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _MOST_DIGITS):
        raise WebhookRefused("The header webhook-timestamp is no time.")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance_seconds:
        raise WebhookRefused("It was signed too long ago, or this computer's clock is wrong.")
    if not _is_signed(_key(secret), f"{message_id}.{timestamp}.".encode() + body, signatures):
        raise WebhookRefused("Its signature is not right.")
    try:
        return json.loads(body)
    except ValueError as error:
        raise WebhookRefused("It is signed, and is no JSON.") from error


def _is_signed(key: bytes, message: bytes, signatures: str) -> bool:
    """Whether one of the signatures, parted by spaces, is that of the message: there are several while a secret is
    changed for another."""
    wanted = hmac.digest(key, message, hashlib.sha256)
    matches = [False]
    for one in signatures.split(" "):
        version, _, text = one.partition(",")
        if version == _VERSION:
            matches.append(hmac.compare_digest(base64.b64encode(wanted), text.encode(errors="replace")))
    return any(matches)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("This is no secret of a webhook: it begins with whsec_ and is Base64 then") from error
    if not key:
        raise ValueError("The secret of a webhook is empty")
    return key
