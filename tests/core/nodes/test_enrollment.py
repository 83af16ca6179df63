"""Enrolment: a code is used once within its time; a credential is known by its hash alone."""

import pytest

from core.errors import ApiError, ErrorCode
from core.nodes.enrollment import enroll, make_code
from core.nodes.nodes import authenticate, list_nodes
from core.nodes.tiers import Tier, may_take, tier_table
from core.protocol.node import PROTOCOL_VERSION, EnrollRequest, EnrollResponse
from tests.core.engine import Engine


def code_of(engine: Engine, owner_id: int | None = None) -> str:
    with engine.store.transaction() as tx:
        return make_code(
            tx, owner_id=owner_id, tier=Tier.CONTROLLED, now=engine.now, random_bytes=engine.random.randbytes
        )


def use(engine: Engine, code: str, name: str = "brave otter", protocol: int = PROTOCOL_VERSION) -> EnrollResponse:
    with engine.store.transaction() as tx:
        return enroll(
            tx,
            EnrollRequest(code, name, protocol, "0.1.0"),
            settings=engine.settings,
            now=engine.now,
            new_id=engine.new_id,
            random_bytes=engine.random.randbytes,
        )


def refusal(engine: Engine, code: str, **fields: object) -> ErrorCode:
    with pytest.raises(ApiError) as refused:
        use(engine, code, **fields)  # type: ignore[arg-type]
    return refused.value.code


def test_a_code_turns_into_a_node_with_a_credential_of_its_own(engine: Engine) -> None:
    answer = use(engine, code_of(engine))
    node = authenticate(engine.store.connection, answer.credential)
    assert (node.public_id, node.name, node.tier, node.owner_id) == (answer.node_id, "brave otter", "controlled", None)
    stored = "SELECT count(*) FROM nodes WHERE credential_hash = CAST(? AS BLOB)"
    assert engine.one(stored, answer.credential.encode()) == 0
    assert [row.name for row in list_nodes(engine.store.connection)] == ["brave otter"]


def test_a_code_is_good_in_lower_case_too(engine: Engine) -> None:
    assert use(engine, f" {code_of(engine).lower()} ").name == "brave otter"


def test_a_code_is_used_once(engine: Engine) -> None:
    code = code_of(engine)
    use(engine, code)
    assert refusal(engine, code) == ErrorCode.ENROLLMENT_CODE_INVALID


def test_a_code_ends_after_fifteen_minutes(engine: Engine) -> None:
    code = code_of(engine)
    engine.now += 15 * 60
    assert refusal(engine, code) == ErrorCode.ENROLLMENT_CODE_INVALID


def test_a_code_nobody_made_is_refused(engine: Engine) -> None:
    assert refusal(engine, "AAAA-BBBB-CCCC-DDDD") == ErrorCode.ENROLLMENT_CODE_INVALID


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "new\nline", "\x1b[31mred"])
def test_a_name_that_can_not_be_shown_is_refused_and_the_code_stays_good(engine: Engine, name: str) -> None:
    code = code_of(engine)
    assert refusal(engine, code, name=name) == ErrorCode.VALIDATION_FAILED
    assert use(engine, code)


def test_an_unknown_protocol_is_told_to_upgrade(engine: Engine) -> None:
    assert refusal(engine, code_of(engine), protocol=99) == ErrorCode.UPGRADE_REQUIRED


def test_an_unknown_credential_is_refused(engine: Engine) -> None:
    with pytest.raises(ApiError) as refused:
        authenticate(engine.store.connection, "nobody")
    assert refused.value.code == ErrorCode.CUSTOMER_AUTH_REQUIRED


def test_to_its_owners_jobs_every_node_is_own() -> None:
    assert may_take(Tier.NEW, sensitivity="restricted", confined=False, own=True)
    assert not may_take(Tier.TRUSTED, sensitivity="public", confined=False, own=False)
    assert [row["tier"] for row in tier_table()] == ["new", "controlled", "trusted", "own"]
