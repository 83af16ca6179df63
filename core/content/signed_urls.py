"""The tokens in signed URLs: what their bearer may do, until when. Routes and hosts are not known here."""

import hashlib
import re

import msgspec
from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from ..errors import ApiError, ErrorCode

MIN_SECRET_BYTES = 32

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,8192}\.[A-Za-z0-9_-]{43}")


class _Permission(msgspec.Struct, frozen=True, kw_only=True, tag_field="may"):
    """What a token permits, until `expires_at` (Unix seconds)."""

    expires_at: int


class PutChunk(_Permission, frozen=True, kw_only=True, tag="put_chunk"):
    """Store this chunk for the customer (its row's key); `announced` ones for as long as a dataset or package of
    theirs is made of it, others, of results, are announced once they are there."""

    customer: int
    digest: str
    size_bytes: int
    announced: bool = False


class GetChunk(_Permission, frozen=True, kw_only=True, tag="get_chunk"):
    """Read this chunk."""

    digest: str
    size_bytes: int


class PutContent(_Permission, frozen=True, kw_only=True, tag="put_content"):
    """Send the one file of the upload with this public id, in one stream; `kind` is dataset or training_package."""

    upload: str
    kind: str


class GetArtifact(_Permission, frozen=True, kw_only=True, tag="get_artifact"):
    """Download this artifact (its row's key) as a file called `name`."""

    artifact: int
    name: str


class GetFile(_Permission, frozen=True, kw_only=True, tag="get_file"):
    """Download the file at `path` of this content (its row's key)."""

    content: int
    path: str


SignedPayload = PutChunk | GetChunk | PutContent | GetArtifact | GetFile

_DECODER: msgspec.json.Decoder[SignedPayload] = msgspec.json.Decoder(SignedPayload)


class UrlSigner:
    """Makes and checks tokens. Keys come newest first: the newest signs, the older ones still verify, so that a key
    can be replaced while URLs are about."""

    def __init__(self, secret_keys: list[bytes]) -> None:
        if not secret_keys or any(len(key) < MIN_SECRET_BYTES for key in secret_keys):
            raise ValueError(f"signing needs at least one key, each of {MIN_SECRET_BYTES} bytes or more")
        # itsdangerous wants the newest last
        self._signer = Signer(
            secret_keys[::-1], salt="gpu-agent.signed-url", key_derivation="hmac", digest_method=hashlib.sha256
        )

    def sign(self, payload: SignedPayload) -> str:
        """A token for a URL: letters, digits, `-`, `_` and one dot."""
        return self._signer.sign(base64_encode(msgspec.json.encode(payload))).decode("ascii")

    def verify(self, token: str, now: float) -> SignedPayload:
        """What the token permits at `now` (Unix seconds). Raises ApiError SIGNED_URL_INVALID if altered or expired."""
        # the last letter of a signature has two spare bits, which decoding would pass over
        if not _TOKEN.fullmatch(token) or _respelt(token[-43:]) != token[-43:]:
            raise _invalid("altered or cut")
        try:
            payload = _DECODER.decode(base64_decode(self._signer.unsign(token)))
        except (BadSignature, msgspec.MsgspecError) as error:
            raise _invalid("altered, or signed with a key no longer in use") from error
        if now >= payload.expires_at:
            raise _invalid("expired")
        return payload


def _respelt(text: str) -> str:
    return base64_encode(base64_decode(text)).decode("ascii")


def _invalid(why: str) -> ApiError:
    return ApiError(ErrorCode.SIGNED_URL_INVALID, f"The signed URL is {why}.")
