"""Downloads: resumed, checked, and never outside their folder."""

import hashlib
import os
from pathlib import Path

import pytest

from core.client.customer import Client
from core.client.download import name_problem, pull_artifacts
from core.client.errors import ConnectionFailed, TransferFailed
from core.client.http import Retries
from tests.core.client.small_service import JOB, KEY, SmallService

FAST = Retries(attempts=2, seconds=3.0)
NO_TIME = 1e-6  # each try lasts longer


def files_asked_for(service: SmallService) -> list[str]:
    return [path for _, path, _ in service.requests if path.startswith("/files/")]


def add(service: SmallService, name: str, content: bytes) -> None:
    id = f"a{len(service.artifacts)}"
    service.artifacts[id] = content
    service.names[id] = name


def test_every_artifact_lands_under_its_name(service: SmallService, client: Client, tmp_path: Path) -> None:
    add(service, "train/model.npz", os.urandom(3000))
    add(service, "train/attempt-1.log", b"")
    seen: list[int] = []
    pulled = pull_artifacts(client, JOB, tmp_path / "out", progress=lambda done, all: seen.append(done))
    assert [Path(one.path).read_bytes() for one in pulled] == list(service.artifacts.values())
    assert seen[-1] == 3000 and Path(pulled[0].path) == tmp_path / "out/train/model.npz"
    assert not list(tmp_path.rglob("*.part"))


def test_a_cut_download_goes_on_where_it_stopped(service: SmallService, client: Client, tmp_path: Path) -> None:
    content = os.urandom(1 << 20)
    add(service, "train/model.npz", content)
    service.cut_download_at = 600_000
    with pytest.raises(ConnectionFailed):
        pull_artifacts(client, JOB, tmp_path, retries=FAST)
    [part] = tmp_path.glob("train/.*.part")
    kept = part.stat().st_size
    assert 0 < kept <= 600_000
    service.cut_download_at = None
    service.requests.clear()
    [pulled] = pull_artifacts(client, JOB, tmp_path, retries=FAST)
    assert Path(pulled.path).read_bytes() == content
    ranges = [headers.get("range") for _, path, headers in service.requests if path.startswith("/files/")]
    assert ranges == [f"bytes={kept}-"]


def test_a_line_that_breaks_again_and_again_still_brings_a_large_file(
    service: SmallService, client: Client, tmp_path: Path
) -> None:
    content = os.urandom(3_000_000)
    add(service, "model.npz", content)
    service.cut_each_download_after = 400_000
    [pulled] = pull_artifacts(client, JOB, tmp_path, retries=Retries(attempts=2, seconds=NO_TIME))
    assert Path(pulled.path).read_bytes() == content


def test_a_download_that_lasted_long_is_tried_again(service: SmallService, client: Client, tmp_path: Path) -> None:
    add(service, "model.npz", b"weights")
    service.cut_download_at = 0
    with pytest.raises(ConnectionFailed):
        pull_artifacts(client, JOB, tmp_path, retries=Retries(attempts=2, seconds=NO_TIME))
    assert len(files_asked_for(service)) == 2


def test_one_try_that_was_asked_for_is_one_of_downloads_too(service: SmallService, tmp_path: Path) -> None:
    add(service, "model.npz", os.urandom(1_000_000))
    service.cut_each_download_after = 400_000
    with Client(service.url, KEY, retries=Retries(attempts=1)) as once, pytest.raises(ConnectionFailed):
        pull_artifacts(once, JOB, tmp_path)
    assert len(files_asked_for(service)) == 1


def test_the_part_of_another_file_is_begun_anew(service: SmallService, client: Client, tmp_path: Path) -> None:
    add(service, "model.npz", os.urandom(5000))
    digest = hashlib.sha256(service.artifacts["a0"]).hexdigest()
    (tmp_path / f".{digest[:32]}.part").write_bytes(b"x" * 1000)
    [pulled] = pull_artifacts(client, JOB, tmp_path, retries=FAST)
    assert Path(pulled.path).read_bytes() == service.artifacts["a0"]


def test_what_is_there_and_right_is_not_fetched_again(service: SmallService, client: Client, tmp_path: Path) -> None:
    add(service, "model.npz", b"weights")
    pull_artifacts(client, JOB, tmp_path)
    service.requests.clear()
    pull_artifacts(client, JOB, tmp_path)
    assert not [path for _, path, _ in service.requests if path.startswith("/files/")]


def test_another_file_of_the_name_stays_unless_told(service: SmallService, client: Client, tmp_path: Path) -> None:
    add(service, "model.npz", b"weights")
    (tmp_path / "model.npz").write_text("mine")
    with pytest.raises(TransferFailed, match="another file"):
        pull_artifacts(client, JOB, tmp_path)
    assert (tmp_path / "model.npz").read_text() == "mine"
    pull_artifacts(client, JOB, tmp_path, overwrite=True)
    assert (tmp_path / "model.npz").read_bytes() == b"weights"


@pytest.mark.parametrize(
    "name",
    [
        "../out",
        "/etc/passwd",
        "a/../../b",
        "C:/x",
        "a\\b",
        "con",
        "a/NUL.txt",
        "nul .txt",
        "CONOUT$",
        "a.",
        "a:b",
        "a\x1b[2J",
        "a\u202eb",
        "",
    ],
)
def test_a_name_that_leads_out_or_means_a_device_is_refused(
    service: SmallService, client: Client, tmp_path: Path, name: str
) -> None:
    add(service, "good.txt", b"good")
    add(service, name, b"bad")
    assert name_problem(name) is not None
    with pytest.raises(TransferFailed, match="not written"):
        pull_artifacts(client, JOB, tmp_path / "in")
    assert not (tmp_path / "in").exists()


def test_a_name_as_long_as_a_disk_takes_is_brought(service: SmallService, client: Client, tmp_path: Path) -> None:
    add(service, "n" * 255, b"weights")
    [pulled] = pull_artifacts(client, JOB, tmp_path)
    assert Path(pulled.path).name == "n" * 255 and Path(pulled.path).read_bytes() == b"weights"


def test_files_of_the_same_bytes_come_each_under_its_name(
    service: SmallService, client: Client, tmp_path: Path
) -> None:
    content = os.urandom(1 << 20)
    for number in range(8):
        add(service, f"train/{number}.npz", content)
    service.cut_each_download_after = 300_000
    pulled = pull_artifacts(client, JOB, tmp_path, workers=8)
    assert [Path(one.path).read_bytes() == content for one in pulled] == [True] * 8
    assert not list(tmp_path.rglob("*.part")) and len(list(tmp_path.rglob("*.npz"))) == 8


def test_names_that_clash_without_case_are_refused(service: SmallService, client: Client, tmp_path: Path) -> None:
    add(service, "Model.npz", b"1")
    add(service, "model.NPZ", b"2")
    with pytest.raises(TransferFailed):
        pull_artifacts(client, JOB, tmp_path)


def test_a_file_of_the_name_of_anothers_part_comes_as_any_other(
    service: SmallService, client: Client, tmp_path: Path
) -> None:
    add(service, "model.part", b"made by the job")
    add(service, "model", os.urandom(3000))
    for only in ({"a0"}, {"a1"}):
        pull_artifacts(client, JOB, tmp_path, only=only)
    assert (tmp_path / "model.part").read_bytes() == b"made by the job"
    assert (tmp_path / "model").read_bytes() == service.artifacts["a1"]


def test_a_link_within_the_folder_leads_nothing_out_of_it(
    service: SmallService, client: Client, tmp_path: Path
) -> None:
    add(service, "train/model.npz", b"weights")
    (tmp_path / "outside").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in/train").symlink_to(tmp_path / "outside")
    with pytest.raises(TransferFailed, match="is a link"):
        pull_artifacts(client, JOB, tmp_path / "in")
    assert list((tmp_path / "outside").iterdir()) == []
