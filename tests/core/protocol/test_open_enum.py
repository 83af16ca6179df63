"""Answers may hold words that this program does not know yet; requests and moves between states may not."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.transitions import ImpossibleMove, check_job_move, check_unit_move
from core.protocol.customer import (
    ArtifactType,
    Attempt,
    AttemptOutcome,
    ComputeUnit,
    JobStatus,
    Sensitivity,
    SubmitJob,
    TrainingJob,
    UnitKind,
    UnitState,
)
from core.protocol.open_enum import OpenStrEnum
from core.protocol.uploads import ContentStatus

OPEN: list[type[OpenStrEnum]] = [JobStatus, UnitState, UnitKind, AttemptOutcome, ContentStatus, ArtifactType]
ATTEMPT = {
    "number": 1,
    "node_label": "n",
    "outcome": "taken_over_by_aliens",
    **dict.fromkeys(("reason", "exit_code", "limit", "measured", "started_at", "finished_at", "resumed_from_step")),
    **{"last_step": None, "checkpoint_used": False, "last_heard_at": None},
}
UNIT = {
    **{"id": "u", "kind": "tpu", "role": "train", "index": 0, "needs": [], "state": "hibernating", "node_label": None},
    **{"held_micro": 0, "charged_micro": 0, "released_micro": 0, "created_at": "", "started_at": None},
    **{"finished_at": None, "progress": 0.0, "attempt": 1, "attempts": [ATTEMPT], "colour": "red"},
}
JOB = {
    **{"id": "j", "name": "n", "status": "paused", "dataset_id": "d", "training_package_id": "p"},
    **{"required_vram_mb": 0, "required_disk_mb": 0, "max_runtime_seconds": 1, "sensitivity": "secret"},
    **{"strategy": {}, "params": {}, "priority": 0, "created_at": "", "started_at": None, "finished_at": None},
    **{"progress": 0.0, "seconds_remaining": None, "units": {"hibernating": 1}, "metrics": {}, "failure": None},
    "credits": {"held_micro": 0, "held": "0", "charged_micro": 0, "charged": "0"},
}


@given(st.text())
def test_any_text_is_a_value_of_an_answer_and_goes_out_as_it_came(text: str) -> None:
    for kind in OPEN:
        read: OpenStrEnum = msgspec.json.decode(msgspec.json.encode(text), type=kind)
        assert (read.value, read == text, isinstance(read, kind)) == (text, True, True)
        assert msgspec.json.decode(msgspec.json.encode(read)) == text
        assert read.is_known == (text in [member.value for member in kind])


@pytest.mark.parametrize("kind", OPEN)
def test_a_known_word_is_its_member_and_an_unknown_one_is_never_kept(kind: type[OpenStrEnum]) -> None:
    before = list(kind)
    assert all(kind(member.value) is member and member.is_known for member in before)
    assert kind("never heard of") == kind("never heard of") and hash(kind("x y")) == hash(kind("x y"))
    assert list(kind) == before and "never heard of" not in kind.__members__


@pytest.mark.parametrize("value", [3, None, ["ready"], {"a": 1}])
def test_what_is_no_text_is_still_refused(value: object) -> None:
    for kind in OPEN:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, kind)


def test_an_answer_with_new_words_everywhere_is_read() -> None:
    job = msgspec.convert(JOB, TrainingJob)
    unit = msgspec.convert(UNIT, ComputeUnit)
    assert (job.status.value, job.sensitivity, job.units) == ("paused", "secret", {"hibernating": 1})
    assert (unit.kind.value, unit.state.value) == ("tpu", "hibernating")
    [attempt] = unit.attempts
    assert isinstance(attempt, Attempt) and attempt.outcome is not None and not attempt.outcome.is_known


def test_a_request_with_a_new_word_is_refused() -> None:
    fields = {name: JOB[name] for name in msgspec.json.schema(SubmitJob)["$defs"]["SubmitJob"]["required"]}
    with pytest.raises(msgspec.ValidationError, match="sensitivity"):
        msgspec.convert(fields, SubmitJob)
    assert msgspec.convert({**fields, "sensitivity": "public"}, SubmitJob).sensitivity is Sensitivity.PUBLIC


def test_no_state_moves_from_or_to_a_word_that_is_not_in_the_table() -> None:
    with pytest.raises(ImpossibleMove):
        check_unit_move(UnitState.READY, UnitState("hibernating"))
    with pytest.raises(ImpossibleMove):
        check_job_move(JobStatus.QUEUED, JobStatus("paused"))
    with pytest.raises(KeyError):
        check_unit_move(UnitState("hibernating"), UnitState.READY)
    with pytest.raises(KeyError):
        check_job_move(JobStatus("paused"), JobStatus.QUEUED)
