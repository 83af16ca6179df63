"""Answers that are lost after the work was done: whoever asked asks again, and nothing is done or sent twice."""

import json
from pathlib import Path

import pytest

from core.client.upload import upload
from core.content.chunking import scan
from core.packages.archive import zip_folder
from core.protocol.customer import Sensitivity, SubmitJob
from tests.faults.proxy import Request
from tests.faults.world import PATIENT, TOML, TRAINS, World

EVERY_KIND = {
    "POST datasets",
    "POST finalize",
    "PUT chunk",
    "POST training-jobs",
    "lease",
    "started",
    "step",
    "log",
    "checkpoint missing",
    "checkpoint accepted",
    "exited",
    "completed missing",
    "completed accepted",
}


class LosesEachKindOnce:
    """Loses the first answer of every kind of call and of every kind of report."""

    def __init__(self) -> None:
        self.lost: set[str] = set()

    def __call__(self, request: Request, answer: bytes) -> bool:
        new = kinds_of(request, answer) - self.lost
        self.lost |= new
        return bool(new)


def kinds_of(request: Request, answer: bytes) -> set[str]:
    """What the call was about, in the words of EVERY_KIND."""
    if request.method == "PUT":
        return {"PUT chunk"}
    if not request.path.endswith("/node/exchange"):
        return {f"{request.method} {request.path.rpartition('/')[2]}"} & EVERY_KIND
    said = json.loads(answer)
    statuses = {(each["attempt_id"], each["number"]): each["status"] for each in said.get("answers", [])}
    kinds = {"lease"} if said.get("leases") else set()
    for report in json.loads(request.body)["reports"]:
        kind, status = report["kind"], statuses[report["attempt_id"], report["number"]]
        kinds.add(f"{kind} {status}" if kind in ("checkpoint", "completed") else kind)
    return kinds & EVERY_KIND


@pytest.mark.full
def test_each_kind_of_answer_is_lost_once_and_nothing_is_done_twice(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        world.proxy.lose_reply = loses = LosesEachKindOnce()
        (tmp_path / "data.csv").write_text("1,2\n")
        package = tmp_path / "package"
        package.mkdir()
        (package / "train.py").write_text(TRAINS)
        (package / "training.toml").write_text(TOML)
        zip_folder(package, tmp_path / "package.zip")
        data = upload(world.client, "datasets", "d", scan(tmp_path / "data.csv"), retries=PATIENT)
        code = upload(world.client, "training-packages", "p", scan(tmp_path / "package.zip"), retries=PATIENT)
        assert len(list(world.rows("SELECT id FROM uploads"))) == 2
        asked = SubmitJob(
            name="job",
            dataset_id=data.id,
            training_package_id=code.id,
            required_vram_mb=0,
            required_disk_mb=64,
            max_runtime_seconds=600,
            sensitivity=Sensitivity.LOW_SENSITIVE,
        )
        world.jobs.append(world.client.submit_job(asked).id)
        world.node("a")
        world.check()
        assert loses.lost == EVERY_KIND
        assert [job["public_id"] for job in world.rows("SELECT public_id FROM jobs")] == world.jobs
        assert world.rows("SELECT count(*) AS attempts FROM attempts") == [{"attempts": 4}]
        assert world.began_at() == [(1, 0)]
