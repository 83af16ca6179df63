"""An owner's nodes and codes."""

import pytest

from core.errors import ApiError, ErrorCode
from core.nodes.enrollment import CODE_SECONDS, enroll
from core.nodes.nodes import authenticate
from core.nodes.owned import CODES_AT_A_TIME, get_owned, list_owned, make_owners_code, owned_id, rename
from core.protocol.node import PROTOCOL_VERSION, EnrollRequest, Lease
from core.protocol.owner import OwnedNode
from core.scheduling.assignment import Urls
from core.scheduling.exchange import lease_more
from core.scheduling.revoking import revoke_node
from tests.core.engine import Engine


def owned(engine: Engine, owner_id: int) -> list[OwnedNode]:
    rows = list_owned(
        engine.store.connection, owner_id, settings=engine.settings, now=engine.now, before=None, limit=100
    )
    return [row for _, row in rows]


def code(engine: Engine, owner_id: int) -> str:
    with engine.store.transaction() as tx:
        made = make_owners_code(tx, owner_id, now=engine.now, random_bytes=engine.random.randbytes)
    assert made.code is not None
    return made.code


def revoke(engine: Engine, owner_id: int, node_id: str) -> bool:
    with engine.store.transaction() as tx:
        row_id = owned_id(tx.connection, owner_id, node_id)
        return revoke_node(tx, engine.index, row_id, now=engine.now, new_id=engine.new_id)


def test_an_owner_sees_what_each_node_offers_and_runs_and_no_other_owners(engine: Engine) -> None:
    owner = engine.customer()
    engine.node("another's", owner_id=engine.customer())
    engine.node("nobody's")
    silent, busy = engine.node("silent", owner_id=owner), engine.node("busy", owner_id=owner, vram_mb=[8000])
    assert [(node.name, node.online, node.resources) for node in owned(engine, owner)] == [
        ("busy", False, None),
        ("silent", False, None),
    ]
    silent.exchange()
    engine.job(engine.customer())
    lease = busy.take()
    engine.now += engine.settings.silent_busy_seconds
    first, second = owned(engine, owner)
    (unit,) = first.running
    assert (unit.attempt_id, unit.role, unit.kind) == (lease.attempt_id, "prepare", "cpu")
    assert len(unit.package_digest) == 64
    assert first.resources == busy.free and (first.online, second.online) == (True, True)
    engine.now += 1
    assert [node.online for node in owned(engine, owner)] == [False, True]
    engine.now += engine.settings.silent_idle_seconds
    assert [node.online for node in owned(engine, owner)] == [False, False]


def test_a_node_is_renamed_by_its_owner_alone(engine: Engine) -> None:
    owner, stranger = engine.customer(), engine.customer()
    engine.node("old", owner_id=owner)
    (node,) = owned(engine, owner)
    with engine.store.transaction() as tx:
        rename(tx, owner, node.id, "  客厅 rig ")
    assert get_owned(engine.store.connection, owner, node.id, settings=engine.settings, now=0).name == "客厅 rig"
    for who, node_id, name, expected in (
        (stranger, node.id, "mine", ErrorCode.NODE_NOT_FOUND),
        (owner, "nothing", "mine", ErrorCode.NODE_NOT_FOUND),
        (owner, node.id, " ", ErrorCode.VALIDATION_FAILED),
        (owner, node.id, "x" * 41, ErrorCode.VALIDATION_FAILED),
        (owner, node.id, "a\x1b[2J", ErrorCode.VALIDATION_FAILED),
    ):
        with pytest.raises(ApiError) as refused, engine.store.transaction() as tx:
            rename(tx, who, node_id, name)
        assert refused.value.code is expected


def test_a_revoked_node_is_known_no_more_and_what_it_held_goes_elsewhere(engine: Engine) -> None:
    owner = engine.customer()
    engine.job(engine.customer())
    node, other = engine.node("stolen", owner_id=owner), engine.node("other")
    lease = node.take()
    (seen,) = owned(engine, owner)
    assert revoke(engine, owner, seen.id) and not revoke(engine, owner, seen.id)
    with pytest.raises(ApiError) as refused:
        authenticate(engine.store.connection, node.credential)
    assert refused.value.code is ErrorCode.CUSTOMER_AUTH_REQUIRED
    assert [(one.revoked, one.online, one.running) for one in owned(engine, owner)] == [(True, False, [])]
    assert other.take().unit_id == lease.unit_id
    assert engine.one("SELECT tries FROM units WHERE public_id = ?", lease.unit_id) == 0


def test_a_code_enrols_one_node_of_its_owner_at_tier_new(engine: Engine) -> None:
    owner = engine.customer()
    made = code(engine, owner)

    def use() -> str:
        request = EnrollRequest(made, "rig", PROTOCOL_VERSION, "test")
        with engine.store.transaction() as tx:
            return enroll(
                tx,
                request,
                settings=engine.settings,
                now=engine.now,
                new_id=engine.new_id,
                random_bytes=engine.random.randbytes,
            ).tier

    assert use() == "new"
    with pytest.raises(ApiError, match="ENROLLMENT_CODE_INVALID"):
        use()
    assert [(node.name, node.tier) for node in owned(engine, owner)] == [("rig", "new")]


def test_codes_of_one_owner_are_counted_for_as_long_as_they_are_good(engine: Engine) -> None:
    owner, other = engine.customer(), engine.customer()
    assert len({code(engine, owner) for _ in range(CODES_AT_A_TIME)}) == CODES_AT_A_TIME
    engine.now += 60
    with pytest.raises(ApiError) as refused:
        code(engine, owner)
    assert refused.value.code is ErrorCode.RATE_LIMITED
    assert refused.value.headers["Retry-After"] == str(CODE_SECONDS - 60)
    assert code(engine, other)
    engine.now += CODE_SECONDS - 60
    assert code(engine, owner)
    assert engine.one("SELECT count(*) FROM enrollment_codes WHERE owner_id = ?", owner) == 1


def test_a_poll_that_waits_gets_nothing_once_its_node_is_revoked(engine: Engine) -> None:
    owner = engine.customer()
    speaker = engine.node("n0", owner_id=owner)
    speaker.exchange()
    node = authenticate(engine.store.connection, speaker.credential)
    engine.job(engine.customer())
    urls = Urls(lambda digest, size: "", lambda customer, digest, size: "")

    def leased() -> list[Lease]:
        with engine.store.transaction() as tx:
            return lease_more(tx, node, speaker.free, 1, engine.exchanging(urls))

    revoke(engine, owner, node.public_id)
    assert leased() == []
    with engine.store.transaction() as tx:
        tx.connection.execute("UPDATE nodes SET revoked_at = NULL")
    assert len(leased()) == 1
