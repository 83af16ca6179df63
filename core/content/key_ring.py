"""Keys that sign what clients carry about, such as URLs and cursors: the newest signs, older ones verify for a while.

What was signed reads `value.kid.signature` and names its key by `kid`; what a program before key ids signed reads
`value.signature`, and is of the key `FIRST_KID`.
"""

import hashlib
import re
from collections.abc import Sequence

import msgspec
from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

MIN_SECRET_BYTES = 32
FIRST_KID = "0"
_KID = r"[A-Za-z0-9_-]{1,16}"
_SIGNED = re.compile(rf"(?P<value>[A-Za-z0-9_-]{{1,8192}})(?:\.(?P<kid>{_KID}))?\.(?P<signature>[A-Za-z0-9_-]{{43}})")


class SigningKey(msgspec.Struct, frozen=True):
    """A secret and the short name it goes by."""

    kid: str
    secret: bytes


class NotSigned(Exception):
    """The text was altered or cut, or its key is no longer in use; says which."""


class KeyRing:
    """Signs and verifies for one purpose, its `salt`. Keys come newest first; `kid` is the name of that one.

    Raises ValueError without a key, for one shorter than 32 bytes, and for kids that are none or not distinct.
    """

    def __init__(self, keys: Sequence[SigningKey], salt: str) -> None:
        if not keys or any(len(key.secret) < MIN_SECRET_BYTES for key in keys):
            raise ValueError(f"signing needs at least one key, each of {MIN_SECRET_BYTES} bytes or more")
        if len({key.kid for key in keys}) < len(keys) or not all(re.fullmatch(_KID, key.kid) for key in keys):
            raise ValueError("each key needs a name of its own")
        self.kid = keys[0].kid
        self._signers = {
            key.kid: Signer(key.secret, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256) for key in keys
        }

    def sign(self, value: bytes) -> str:
        """The value, which anybody can read, with its key's name and a signature: letters, digits, `-`, `_`, `.`."""
        named = f"{base64_encode(value).decode('ascii')}.{self.kid}"
        return self._signers[self.kid].sign(named).decode("ascii")

    def verify(self, text: str) -> bytes:
        """The value that was signed. Raises NotSigned."""
        found = _SIGNED.fullmatch(text)
        # the last letter of a signature has two spare bits, which decoding would pass over
        if not found or _respelt(found["signature"]) != found["signature"]:
            raise NotSigned("altered or cut")
        signer = self._signers.get(found["kid"] or FIRST_KID)
        if signer is None:
            raise NotSigned("signed with a key that is no longer in use")
        try:
            signer.unsign(text)
        except BadSignature as error:
            raise NotSigned("altered") from error
        return base64_decode(found["value"])


def _respelt(text: str) -> str:
    return base64_encode(base64_decode(text)).decode("ascii")
