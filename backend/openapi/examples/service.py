"""Examples of what the service says of itself."""

import msgspec

from core.accounts.limits import DEFAULTS
from core.billing.rates import DEFAULT_CARD
from core.errors import error_table
from core.nodes.tiers import tier_table
from core.protocol.customer import Meta
from core.protocol.node import PROTOCOL_VERSION, PROTOCOL_VERSIONS_SPOKEN

from ...routes.health import Health
from .example import SERVICE_URL, Example

SERVICE = {
    "healthz": Example(answer=Health("ok")),
    "readyz": Example(answer=Health("ok")),
    "meta": Example(
        answer=Meta(
            environment="alpha",
            api_base_url=SERVICE_URL,
            client_domain="https://app.example.com",
            build="stage22.6-pe",
            limits=msgspec.to_builtins(DEFAULTS),
            rates=msgspec.to_builtins(DEFAULT_CARD),
            tiers=tier_table()[:2],
            error_codes=error_table()[:2],
            protocol={"version": PROTOCOL_VERSION, "spoken": list(PROTOCOL_VERSIONS_SPOKEN)},
        )
    ),
}
