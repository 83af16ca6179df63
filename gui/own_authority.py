"""The file of a house's own certificate authority that examples have to name, where the window itself needs one."""

import os
from pathlib import Path

from core.client.profiles import CA_FILE_VARIABLE


def authority_file(base_url: str) -> str | None:
    """What GPU_AGENT_CA_FILE names, whole, for an https server; None where there is nothing to name, and for a path
    that is not one line of plain text, which could be more than a comment in a program that is copied."""
    named = os.environ.get(CA_FILE_VARIABLE)
    if not named or not base_url.startswith("https://"):
        return None
    path = str(Path(named).absolute())
    return path if path.isprintable() else None
