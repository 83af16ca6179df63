"""How what is sent is signed: Standard Webhooks (standardwebhooks.com), by its own library."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime

from standardwebhooks import Webhook

from ..protocol.webhooks import SECRET_PREFIX

SECRET_BYTES = 32
USER_AGENT = "gpu-agent-webhooks/1"


def new_secret(random_bytes: Callable[[int], bytes]) -> str:
    """A secret as customers keep it: `whsec_` and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(random_bytes(SECRET_BYTES)).decode()


def signed_headers(secret: str, message_id: str, body: str, at: float) -> dict[str, str]:
    """The headers of a request that is sent at this moment (Unix seconds)."""
    moment = datetime.fromtimestamp(int(at), UTC)
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": Webhook(secret).sign(message_id, moment, body),
    }
