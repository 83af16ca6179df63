"""Brings the CSV of charged units to a file: whole, or not at all."""

from pathlib import Path

import httpx
import msgspec

from .customer import Client
from .errors import TransferFailed
from .http import check_status, connection_failed, transfer_options, worth_retrying
from .retrying import try_again

_PATH = "/customer/usage/export.csv"


class UsageExport(msgspec.Struct, frozen=True):
    """The file that was written; `path` is absolute."""

    path: str
    size_bytes: int


def export_usage(client: Client, date_from: str, date_to: str, path: Path) -> UsageExport:
    """Writes the units charged from a UTC day (`2026-04-01`) to another, both inclusive. A broken transfer is begun
    anew; what was at `path` is replaced when all is here.

    Raises ServerError (EXPORT_RANGE_TOO_LARGE for over 90 days), ConnectionFailed, TransferFailed.
    """
    part = path.with_name(path.name + ".part")
    retries = client.transfer_retries
    decide = worth_retrying(True, retries)
    try:
        try_again(transfer_options(retries), decide, _fetch, client, date_from, date_to, part)
        part.replace(path)
        return UsageExport(str(path.resolve()), path.stat().st_size)
    except OSError as error:
        raise TransferFailed(
            f"{path} can't be written: {error.strerror or error}.", hint="Choose another file, or make room."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _fetch(client: Client, date_from: str, date_to: str, part: Path) -> None:
    url, query = client.base_url + _PATH, {"date_from": date_from, "date_to": date_to}
    try:
        with client.http.stream("GET", url, params=query, headers=client.key_headers) as response:
            if not response.is_success:
                check_status(response.status_code, response.read(), response.headers)
            with part.open("wb") as file:
                for piece in response.iter_bytes():
                    file.write(piece)
    except httpx.RequestError as error:
        raise connection_failed(url, error) from error
