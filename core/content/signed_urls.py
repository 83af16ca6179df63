"""The tokens in signed URLs: what their bearer may do, until when. Routes and hosts are not known here."""

from collections.abc import Sequence

import msgspec

from ..errors import ApiError, ErrorCode
from .key_ring import KeyRing, NotSigned, SigningKey


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


class GetNoise(_Permission, frozen=True, kw_only=True, tag="get_noise"):
    """Read so many bytes that mean nothing, once: a node measures its line. `test` names this permission alone."""

    test: str
    size_bytes: int


class PutNoise(_Permission, frozen=True, kw_only=True, tag="put_noise"):
    """Send up to so many bytes, which are dropped, once."""

    test: str
    size_bytes: int


SignedPayload = PutChunk | GetChunk | PutContent | GetArtifact | GetFile | GetNoise | PutNoise

_DECODER: msgspec.json.Decoder[SignedPayload] = msgspec.json.Decoder(SignedPayload)


class UrlSigner:
    """Makes and checks tokens. Keys come newest first: the newest signs, the older ones still verify, so that a key
    can be replaced while URLs are about."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self._ring = KeyRing(keys, salt="gpu-agent.signed-url")
        self.kid = self._ring.kid

    def sign(self, payload: SignedPayload) -> str:
        """A token for a URL: letters, digits, `-`, `_` and two dots."""
        return self._ring.sign(msgspec.json.encode(payload))

    def verify(self, token: str, now: float) -> SignedPayload:
        """What the token permits at `now` (Unix seconds). Raises ApiError SIGNED_URL_INVALID if altered or expired."""
        try:
            payload = _DECODER.decode(self._ring.verify(token))
        except NotSigned as error:
            raise _invalid(str(error)) from error
        except msgspec.MsgspecError as error:
            raise _invalid("of another version of this service") from error
        if now >= payload.expires_at:
            raise _invalid("expired")
        return payload


def _invalid(why: str) -> ApiError:
    return ApiError(ErrorCode.SIGNED_URL_INVALID, f"The signed URL is {why}.")
