"""Who this node is to its server: a file that only its owner can read, and how it comes to be."""

import asyncio
import os
from pathlib import Path

import msgspec

from agent.durable import sync_file_system
from core.client.node import NodeClient
from core.protocol.node import PROTOCOL_VERSION, EnrollRequest, NodeSettings

_FILE = "node.json"


class Identity(msgspec.Struct, frozen=True):
    """`credential` is the bearer token of every call; `server` the address it is for."""

    node_id: str
    credential: str
    name: str
    tier: str
    server: str
    settings: NodeSettings


class IdentityUnreadable(Exception):
    """The file is there and holds no identity."""


def load_identity(data_dir: Path) -> Identity | None:
    """The identity of an earlier start, or None. Raises IdentityUnreadable."""
    file = data_dir / _FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=Identity)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as error:
        raise IdentityUnreadable(f"{file} can't be read: {error}") from error


async def enroll(data_dir: Path, client: NodeClient, *, code: str, name: str, version: str) -> Identity:
    """Turn a code into a node, and keep its credential, 0600. Raises as NodeClient."""
    request = EnrollRequest(code=code.strip(), name=name, protocol=PROTOCOL_VERSION, agent_version=version)
    answer = await client.enroll(request)
    identity = Identity(answer.node_id, answer.credential, answer.name, answer.tier, client.base_url, answer.settings)
    _save(data_dir / _FILE, msgspec.json.format(msgspec.json.encode(identity)))
    await asyncio.to_thread(sync_file_system, data_dir)  # the names of the folder and its parents may be new, too
    return identity


def _save(file: Path, data: bytes) -> None:
    draft = file.with_name(f".{file.name}.part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(file)
