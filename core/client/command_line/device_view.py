"""A waiting program as people see it before they decide, and what the commands about one share."""

from typing import Annotated

import typer

from ...protocol.device_codes import DeviceCode

CodeArgument = Annotated[str, typer.Argument(help="The code that the program shows.")]


def in_words(code: DeviceCode) -> str:
    """In a few lines."""
    scopes = "all that you may" if code.scopes is None else " ".join(code.scopes)
    rows = {
        "code": f"{code.user_code}, {code.status.value}",
        "program": code.name,
        "from": code.address,
        "may" if code.status.value == "approved" else "asks for": scopes,
        "until": code.expires_at,
    }
    return "\n".join(f"{name + ':':10} {value}" for name, value in rows.items())
