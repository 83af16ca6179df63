"""Enrolment: a code, used once within 15 minutes, turns into a node with a credential of its own."""

import base64
from collections.abc import Callable

from ..errors import ApiError, ErrorCode, validation_failed
from ..protocol.node import PROTOCOL_VERSIONS_SPOKEN, EnrollRequest, EnrollResponse, NodeSettings
from ..store.database import Transaction
from .nodes import SQL, credential_hash
from .tiers import Tier

CODE_SECONDS = 15 * 60
NAME_CHARACTERS = 40


def _code_text(random: bytes) -> str:
    text = base64.b32encode(random).decode().rstrip("=")
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def make_code(
    tx: Transaction, *, owner_id: int | None, tier: Tier, now: float, random_bytes: Callable[[int], bytes]
) -> str:
    """A new code, `ABCD-EFGH-IJKL-MNOP`; only its hash is stored."""
    code = _code_text(random_bytes(10))
    SQL.add_code(
        tx.connection,
        code_hash=credential_hash(code),
        owner_id=owner_id,
        tier=tier.value,
        now=now,
        expires_at=now + CODE_SECONDS,
    )
    return code


def check_name(text: str) -> str:
    """The name without space around it. Raises VALIDATION_FAILED unless it is 1 to 40 printable characters."""
    name = text.strip()
    if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise validation_failed(name=f"1 to {NAME_CHARACTERS} printable characters")
    return name


def protocol_refusal(protocol: int) -> ApiError | None:
    """UPGRADE_REQUIRED, with words for the node's owner, when the node speaks none of the server's versions."""
    if protocol in PROTOCOL_VERSIONS_SPOKEN:
        return None
    spoken = ", ".join(str(version) for version in PROTOCOL_VERSIONS_SPOKEN)
    return ApiError(
        ErrorCode.UPGRADE_REQUIRED,
        f"the node speaks protocol {protocol}, this server {spoken}",
        hint="Update gpu-agent on the node; what it holds is finished and kept.",
    )


def enroll(
    tx: Transaction,
    request: EnrollRequest,
    *,
    settings: NodeSettings,
    now: float,
    new_id: Callable[[], str],
    random_bytes: Callable[[int], bytes],
) -> EnrollResponse:
    """Makes a node of a code. Raises ENROLLMENT_CODE_INVALID, UPGRADE_REQUIRED, VALIDATION_FAILED."""
    if refusal := protocol_refusal(request.protocol):
        raise refusal
    name = check_name(request.name)
    row = SQL.use_code(tx.connection, code_hash=credential_hash(request.code.strip().upper()), now=now)
    if row is None:
        raise ApiError(ErrorCode.ENROLLMENT_CODE_INVALID)
    credential = base64.urlsafe_b64encode(random_bytes(32)).decode().rstrip("=")
    node_id = new_id()
    SQL.add_node(
        tx.connection,
        public_id=node_id,
        name=name,
        owner_id=row["owner_id"],
        tier=row["tier"],
        credential_hash=credential_hash(credential),
        now=now,
        agent_version=request.agent_version[:40],
        protocol=request.protocol,
    )
    return EnrollResponse(node_id, credential, name, row["tier"], settings)
