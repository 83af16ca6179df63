"""The first bytes of a stored file, for a look at it. Whole files are fetched by download."""

import httpx

from .address import check_url
from .customer import AsyncClient, ContentKind
from .errors import AnswerUnreadable
from .http import check_status, connection_failed


async def read_beginning(client: AsyncClient, kind: ContentKind, id: str, path: str, most_bytes: int) -> bytes:
    """At most the first `most_bytes` of one file of a dataset or package.

    Raises ServerError, ConnectionFailed, AddressRefused; AnswerUnreadable where more comes than was asked for.
    """
    found = await client.content_download(kind, id, path)
    if found.size_bytes == 0:
        return b""
    check_url(found.download_url, insecure=client.insecure)
    headers = {"Accept-Encoding": "identity", "Range": f"bytes=0-{min(most_bytes, found.size_bytes) - 1}"}
    taken = bytearray()
    try:
        async with client.http.stream("GET", found.download_url, headers=headers) as response:
            if not response.is_success:
                check_status(response.status_code, await response.aread(), response.headers)
            async for piece in response.aiter_raw():
                taken += piece
                if len(taken) > most_bytes:
                    raise AnswerUnreadable(
                        "The service sent the whole of a file of which the beginning was asked for.",
                        hint="Check that nothing between this computer and the service drops the Range header.",
                    )
    except httpx.RequestError as error:
        raise connection_failed(found.download_url, error) from error
    return bytes(taken)
