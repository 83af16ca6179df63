"""Examples of the operator's routes."""

import msgspec

from core.accounts.audit import AuditEntry
from core.accounts.limits import DEFAULTS
from core.billing.rates import DEFAULT_CARD
from core.protocol.admin import (
    AdminCustomer,
    AdminJob,
    AdminNode,
    BlockedPackage,
    CancelJob,
    ChangeLimits,
    ChangeTier,
    CreateCustomer,
    CreatedCustomer,
    CustomerLimits,
    GrantCredits,
    GrantedCredits,
    MadeCode,
    MakeCode,
    RevokedNode,
)
from core.protocol.owner import CreateBlock, PackageBlock
from core.protocol.rates import ChangeRates

from .example import BLOCK, CREATED, CUSTOMER, DIGEST, EMAIL, FINISHED, JOB, NODE, STARTED, Example, page
from .training_jobs import TRAINING_JOBS

_CUSTOMER = AdminCustomer(CUSTOMER, EMAIL, CREATED, None, 12_500_000, "12.500000", 0, "0.000000")
_NODE = AdminNode(
    id=NODE,
    name="brave otter",
    tier="controlled",
    owner_email=EMAIL,
    enrolled_at=CREATED,
    last_seen_at=STARTED,
    online=True,
    revoked_at=None,
    agent_version="0.1.0",
    protocol=1,
    attempts=0,
    resources=None,
)
_JOB = AdminJob(
    **msgspec.structs.asdict(TRAINING_JOBS["get_training_job"].answer), customer_id=CUSTOMER, customer_email=EMAIL
)
_REASON = "mines coins"
_BLOCK = PackageBlock(BLOCK, DIGEST, _REASON, CREATED)
_REPORT = PackageBlock(BLOCK, DIGEST, "asks for too much", CREATED, EMAIL)
_LIMITS = CustomerLimits({**msgspec.structs.asdict(DEFAULTS), "active_jobs": 5}, {"active_jobs": 5})
_CHANGE = AuditEntry(JOB, FINISHED, "ak_alpha_Xy12ab", "limits.set", EMAIL, {"active_jobs": 5})

ADMIN = {
    "admin_list_customers": page(_CUSTOMER),
    "admin_create_customer": Example(
        CreateCustomer(email=EMAIL, credits="12.5"),
        CreatedCustomer(
            **msgspec.structs.asdict(_CUSTOMER), api_key="sk_alpha_7Qm0cVb3o2l9aZt1xN5kRfHs8uEwYpJdGiTqLzXvCbM"
        ),
    ),
    "admin_get_customer": Example(answer=_CUSTOMER),
    "admin_suspend_customer": Example(answer=msgspec.structs.replace(_CUSTOMER, suspended_at=STARTED)),
    "admin_unsuspend_customer": Example(answer=_CUSTOMER),
    "admin_grant_credits": Example(
        GrantCredits(credits="12.5", note="welcome"),
        GrantedCredits(JOB, CUSTOMER, 12_500_000, "12.500000", 25_000_000, "25.000000"),
    ),
    "admin_get_limits": Example(answer=_LIMITS),
    "admin_change_limits": Example(ChangeLimits(active_jobs=5, units_per_day=None), _LIMITS),
    "admin_list_nodes": page(_NODE),
    "admin_get_node": Example(answer=_NODE),
    "admin_change_node": Example(ChangeTier(tier="trusted"), msgspec.structs.replace(_NODE, tier="trusted")),
    "admin_revoke_node": Example(
        answer=RevokedNode(
            **{**msgspec.structs.asdict(_NODE), "revoked_at": FINISHED, "online": False}, ended_attempts=2
        )
    ),
    "admin_make_enrollment_code": Example(
        MakeCode(owner_email=EMAIL), MadeCode("7KQ2-M4XA-PV3B-ZT5D", "controlled", EMAIL, FINISHED)
    ),
    "admin_list_package_blocks": page(_BLOCK),
    "admin_block_package": Example(
        CreateBlock(package_digest=DIGEST, reason=_REASON),
        BlockedPackage(**msgspec.structs.asdict(_BLOCK), jobs_failed=1),
    ),
    "admin_unblock_package": Example(),
    "admin_list_package_reports": page(_REPORT),
    "admin_list_jobs": page(_JOB),
    "admin_get_job": Example(answer=_JOB),
    "admin_cancel_job": Example(
        CancelJob(reason="the power goes off"),
        msgspec.structs.replace(_JOB, status=type(_JOB.status)("cancelled"), finished_at=FINISHED),
    ),
    "admin_audit_log": page(_CHANGE),
    "admin_get_rates": Example(answer=DEFAULT_CARD),
    "admin_change_rates": Example(ChangeRates(rates={"cpu": 200, "gpu-8g": None}, fee_percent=10), DEFAULT_CARD),
    "metrics": Example(answer='# TYPE gpu_agent_units gauge\ngpu_agent_units{state="ready"} 3.0\n'),
}
