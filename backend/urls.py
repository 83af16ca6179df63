"""Signed URLs: the server's public address with tokens of core.content.signed_urls behind it."""

from functools import lru_cache

from core.content.signed_urls import (
    GetArtifact,
    GetChunk,
    GetFile,
    GetNoise,
    PutChunk,
    PutContent,
    PutNoise,
    SignedPayload,
    UrlSigner,
)

from .settings import API_PATH

CONTENT_PATH = API_PATH + "/content/"
DOWNLOAD_SECONDS = 900
CHUNK_PUT_SECONDS = 6 * 3600
CHUNK_GET_SECONDS = 3600
STREAM_PUT_SECONDS = 24 * 3600
LINE_TEST_SECONDS = 60
SIGNED_URLS_KEPT = 4096


class Urls:
    """Mints URLs at the public address, never at what a request's Host header says."""

    def __init__(self, public_url: str, signer: UrlSigner) -> None:
        self._start = public_url + CONTENT_PATH
        self._signer = signer
        self._chunk_url = lru_cache(maxsize=SIGNED_URLS_KEPT)(self._sign_chunk_url)

    def _url(self, payload: SignedPayload) -> str:
        return self._start + self._signer.sign(payload)

    def put_chunk(self, customer_id: int, digest: str, size_bytes: int, now: float, *, announced: bool = False) -> str:
        """Where to PUT a chunk for a customer: of a result, or one that a dataset or package has announced."""
        return self._url(
            PutChunk(
                expires_at=int(now) + CHUNK_PUT_SECONDS,
                customer=customer_id,
                digest=digest,
                size_bytes=size_bytes,
                announced=announced,
            )
        )

    def get_chunk(self, digest: str, size_bytes: int, now: float) -> str:
        """Where a node GETs a chunk, for an hour and up to a minute: nodes that fetch the same are told the same."""
        minute_ends_at = (int(now) // 60 + 1) * 60
        return self._chunk_url(digest, size_bytes, minute_ends_at + CHUNK_GET_SECONDS)

    def _sign_chunk_url(self, digest: str, size_bytes: int, expires_at: int) -> str:
        return self._url(GetChunk(expires_at=expires_at, digest=digest, size_bytes=size_bytes))

    def put_stream(self, upload_public_id: str, kind: str, now: float) -> str:
        """Where to PUT the one file of an upload."""
        return self._url(PutContent(expires_at=int(now) + STREAM_PUT_SECONDS, upload=upload_public_id, kind=kind))

    def get_artifact(self, artifact_id: int, name: str, now: float) -> str:
        """Where an artifact is downloaded; `artifact_id` is its internal key, `name` what the file is called."""
        return self._url(GetArtifact(expires_at=int(now) + DOWNLOAD_SECONDS, artifact=artifact_id, name=name))

    def get_file(self, content_id: int, path: str, now: float) -> str:
        """Where a file of a dataset or package is downloaded."""
        return self._url(GetFile(expires_at=int(now) + DOWNLOAD_SECONDS, content=content_id, path=path))

    def line_test(self, test: str, size_bytes: int, now: float) -> tuple[str, str]:
        """Where a node GETs and where it PUTs bytes that mean nothing, within a minute; `test` is told once."""
        expires_at = int(now) + LINE_TEST_SECONDS
        return (
            self._url(GetNoise(expires_at=expires_at, test=test, size_bytes=size_bytes)),
            self._url(PutNoise(expires_at=expires_at, test=test, size_bytes=size_bytes)),
        )
