"""What this service is: its limits, rates, tiers and error codes. No key is needed."""

from typing import Any

import msgspec
from litestar import get
from litestar.datastructures import State

from core.accounts.limits import DEFAULTS
from core.billing.rates import rate_card
from core.content.manifest import CHUNK_SIZE_BYTES
from core.errors import error_table
from core.nodes.tiers import tier_table
from core.protocol.customer import Meta
from core.protocol.node import PROTOCOL_VERSION, PROTOCOL_VERSIONS_SPOKEN

from ..context import Context


@get("/meta", operation_id="meta", tags=["service"], security=[{}], opt={"errors": ()})
async def meta(state: State) -> Meta:
    """The service as it was started, with its default limits."""
    context: Context = state["context"]
    settings = context.settings
    return Meta(
        environment=settings.environment,
        api_base_url=settings.api_base_url,
        client_domain=settings.client_domain,
        build=settings.build,
        limits={**msgspec.to_builtins(DEFAULTS), "chunk_size_bytes": CHUNK_SIZE_BYTES},
        rates=msgspec.to_builtins(rate_card(context.store.connection)),
        tiers=tier_table(),
        error_codes=error_table(),
        protocol={"version": PROTOCOL_VERSION, "spoken": list(PROTOCOL_VERSIONS_SPOKEN)},
    )


HANDLERS: list[Any] = [meta]
