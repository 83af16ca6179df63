"""The library against a real service, waiting and awaited: what becomes of jobs, uploads, keys and profiles."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest

from core.protocol.customer import JobStatus
from core.sdk import AsyncClient, Client, Dataset, Job, JobNotCompleted, Package, WaitTimedOut, errors
from core.sdk.synchronous.artifacts import Artifact
from core.sdk.types import DatasetEvent, JobEvent, StreamEvent
from tests.backend.server_process import BackendServer
from tests.core.client.saying import TRAIN, package
from tests.core.client.small_service import JOB, KEY, SmallService

LAST_SECONDS = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    running = BackendServer(tmp_path_factory.mktemp("sdk") / "data", "--allow-loopback-webhooks")
    running.start()
    yield running
    running.close()


@pytest.fixture
def client(server: BackendServer) -> Iterator[Client]:
    with Client(server.url, server.new_customer().key) as made:
        yield made


def awaited(client: Client) -> AsyncClient:
    """The same customer's client that is awaited."""
    return AsyncClient(client.base_url, client._connection.api_key)


@pytest.fixture
def dataset(client: Client, tmp_path: Path) -> Dataset:
    (tmp_path / "data.csv").write_text("1,2\n")
    return client.datasets.upload(tmp_path / "data.csv")


@pytest.fixture
def code(client: Client, tmp_path: Path) -> Package:
    toml = '[package]\nname = "code"\n[resources]\nvram_mb = 2000\n[params.epochs]\ntype = "int"\ndefault = 3\n'
    return client.packages.upload(package(tmp_path, "code", TRAIN, toml))


@pytest.fixture
def job(client: Client, dataset: Dataset, code: Package) -> Job:
    """A job that waits: there is no node."""
    return client.jobs.submit(dataset=dataset, package=code, params={"epochs": 5}, inputs={"more": dataset})


def test_a_job_is_what_was_said_and_else_what_its_package_says(job: Job, dataset: Dataset, code: Package) -> None:
    assert (job.name, job.status, job.has_ended) == ("code", JobStatus.QUEUED, False)
    assert (job.data.required_vram_mb, job.params["epochs"]) == (2000, 5)
    assert (job.dataset_id, job.data.inputs, job.training_package_id) == (dataset.id, {"more": dataset.id}, code.id)


def test_an_id_does_as_well_as_the_thing(client: Client, dataset: Dataset, code: Package) -> None:
    job = client.jobs.submit(dataset=dataset.id, package=code.id, required_vram_mb=0)
    assert (job.name, job.data.required_vram_mb) == ("code", 0)
    assert client.jobs.get(job.id) == job and [*client.jobs.list(package=code, status="queued")] == [job]
    assert [*client.jobs.list(status=["failed", "completed"])] == []


def test_a_preview_says_what_would_be_held_and_changes_nothing(client: Client, dataset: Dataset, code: Package) -> None:
    preview = client.jobs.preview(dataset=dataset, package=code, max_credits="0.000001")
    assert preview.hold_micro > 0 and preview.would_be_refused and len(preview.units) == 4
    assert [*client.jobs.list()] == []


def test_the_same_key_gives_the_same_job_in_another_program_too(
    client: Client, dataset: Dataset, code: Package
) -> None:
    first = client.jobs.submit(dataset=dataset, package=code, idempotency_key="nightly-2026-04-01")
    with Client(client.base_url, client._connection.api_key) as other:
        assert other.jobs.submit(dataset=dataset, package=code, idempotency_key="nightly-2026-04-01") == first
        with pytest.raises(errors.IdempotencyConflict) as refused:
            other.jobs.submit(dataset=dataset, package=code, priority=1, idempotency_key="nightly-2026-04-01")
    assert refused.value.code == "IDEMPOTENCY_CONFLICT" and refused.value.request_id and refused.value.hint


def test_a_wait_that_takes_too_long_leaves_the_job_as_it_is(client: Client, job: Job) -> None:
    with pytest.raises(WaitTimedOut) as over:
        job.wait(timeout=0.6)
    assert over.value.job is job and isinstance(over.value, TimeoutError)
    assert client.jobs.get(job.id).status is JobStatus.QUEUED


async def test_an_awaited_wait_that_takes_too_long_leaves_the_job_as_it_is(client: Client, job: Job) -> None:
    async with awaited(client) as other:
        mine = await other.jobs.get(job.id)
        with pytest.raises(WaitTimedOut):
            await mine.wait(timeout=0.2)


def test_a_wait_ends_with_the_job_and_a_job_that_did_not_complete_can_be_raised(client: Client, job: Job) -> None:
    waited: list[Job] = []
    mine = client.jobs.get(job.id)
    waiter = threading.Thread(target=lambda: waited.append(mine.wait(timeout=LAST_SECONDS)))
    waiter.start()
    job.cancel()
    waiter.join(LAST_SECONDS)
    assert waited == [mine] and mine.status is JobStatus.CANCELLED and mine.has_ended
    assert mine.finished_at is not None and mine.credits.held_micro == 0
    with pytest.raises(JobNotCompleted, match="cancelled") as raised:
        mine.raise_for_status()
    assert raised.value.job is mine and raised.value.hint
    assert mine.wait() is mine  # at once


def test_a_wait_for_what_has_ended_unheard_is_over_at_once(client: Client, job: Job) -> None:
    client.jobs.get(job.id).cancel()
    assert job.status is JobStatus.QUEUED
    assert job.wait(timeout=LAST_SECONDS).status is JobStatus.CANCELLED


def test_a_wait_for_what_somebody_has_retried_meanwhile_waits(client: Client, job: Job) -> None:
    job.cancel()
    client.jobs.get(job.id).retry()
    assert job.has_ended
    with pytest.raises(WaitTimedOut):
        job.wait(timeout=0.1)
    assert job.status is JobStatus.QUEUED


async def test_following_asks_for_the_stream_and_nothing_else(client: Client, job: Job) -> None:
    asked: list[str] = []
    seen: list[StreamEvent] = []

    async def hear(request: httpx.Request) -> None:
        asked.append(request.url.path.rpartition("/customer/")[2])

    async with awaited(client) as other, asyncio.timeout(LAST_SECONDS):
        mine = await other.jobs.get(job.id)
        other._connection.http.event_hooks["request"].append(hear)
        async for event in mine.follow():
            seen.append(event)
            if len(seen) == 1:
                await asyncio.to_thread(job.cancel)
    assert asked == [f"training-jobs/{job.id}/events"]
    assert [event.number for event in seen] == [*range(1, len(seen) + 1)]
    assert isinstance(seen[-1], JobEvent) and mine.status is JobStatus.CANCELLED


def test_following_waits_too_and_goes_on_from_a_number(job: Job) -> None:
    job.cancel()
    seen = [event.number for event in job.follow()]
    assert seen and [event.number for event in job.follow(after=seen[0])] == seen[1:]


def test_a_job_is_never_turned_back_to_what_it_was_before(client: Client, job: Job) -> None:
    job.cancel()
    other = client.jobs.get(job.id)
    for mine in (job, other):
        assert {mine.status for _ in mine.follow()} == {JobStatus.CANCELLED}
    other.retry()
    other.cancel()
    heard = [(event.number, job.status) for event in job.follow()]
    known = job.data.newest_event
    assert heard[-1] == (known, JobStatus.CANCELLED) and JobStatus.QUEUED in {status for _, status in heard}
    assert {job.status for _ in job.follow()} == {JobStatus.CANCELLED}


async def test_all_that_happens_is_told_as_it_happens(client: Client, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    async with awaited(client) as other, asyncio.timeout(LAST_SECONDS), aclosing(other.events(after=0)) as events:
        made = await other.datasets.upload(tmp_path / "a.txt", name="told")
        first = await anext(events)
        assert isinstance(first, DatasetEvent) and (first.dataset_id, first.name) == (made.id, "told")


def test_a_changed_retry_or_extend_says_what_it_moves(job: Job) -> None:
    job.cancel()
    assert job.change is not None and job.change.release_micro > 0
    job.retry()
    assert job.status is JobStatus.QUEUED and job.change is not None and job.change.hold_micro > 0
    assert job.extend(7200).data.max_runtime_seconds == 7200
    assert len([*job.units()]) == 4 and len([*job.explain()]) == 4
    assert [*job.logs()] == [] and [*job.metrics()] == []
    job.refresh()
    assert job.change is None


def test_a_package_is_looked_over_before_anything_is_sent(client: Client, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "train.py").write_text("a = 1\nb = = 2\n")
    with pytest.raises(errors.PackageRejected) as refused:
        client.packages.upload(tmp_path / "bad")
    assert [(row.file, row.line) for row in refused.value.details] == [("train.py", 2)]
    with pytest.raises(errors.PackageRejected):
        client.packages.check(tmp_path / "bad")
    assert [*client.packages.list()] == [] and refused.value.request_id == ""


def test_what_is_sound_is_told_as_the_service_reads_it(client: Client, code: Package, tmp_path: Path) -> None:
    found = client.packages.check(tmp_path / "code")
    assert found.name == "code" and found.training.resources.vram_mb == code.vram_mb == 2000


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()], ids=["absent", "empty"])
def test_a_path_without_files_is_refused_in_words(client: Client, tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "data")
    with pytest.raises(errors.SourceRefused) as refused:
        client.datasets.upload(tmp_path / "data")
    assert refused.value.hint and "data" in refused.value.message


def test_a_key_that_is_made_has_its_scopes_and_ends_at_once(client: Client) -> None:
    made = client.api_keys.create("notebook", scopes=["jobs:read", "usage:read"])
    assert made.secret is not None
    with Client(client.base_url, made.secret) as reader:
        assert [*reader.jobs.list()] == [] and reader.account().access.scopes == ["jobs:read", "usage:read"]
        with pytest.raises(errors.ApiKeyScopeDenied):
            [*reader.datasets.list()]
        client.api_keys.revoke(made.id)
        with pytest.raises(errors.ApiKeyRevoked):
            reader.account()
    assert {row.name for row in client.api_keys.list()} == {"notebook", "test"}


def test_webhooks_are_made_changed_tested_and_heard_by_one_job(client: Client, dataset: Dataset, code: Package) -> None:
    hook = client.webhooks.create("http://127.0.0.1:9/hooks", ["job.completed"])
    assert hook.secret is not None and hook.secret.startswith("whsec_")
    with pytest.raises(errors.WebhookInvalidUrl):
        client.webhooks.change(hook.id, url="https://10.0.0.8/hooks")
    assert client.webhooks.change(hook.id, events=["job.failed"]).events == ["job.failed"]
    assert client.webhooks.test(hook.id).event == "webhook.test"
    job = client.jobs.submit(dataset=dataset, package=code, webhooks=[hook])
    job.cancel()
    told = [delivery.event for delivery in client.webhooks.deliveries(hook.id)]
    assert told == ["job.cancelled", "webhook.test"]
    client.webhooks.delete(hook.id)
    with pytest.raises(errors.WebhookNotFound):
        client.webhooks.get(hook.id)
    assert [*client.webhooks.list()] == []


def test_usage_and_ledger_are_told(client: Client, job: Job, tmp_path: Path) -> None:
    assert client.usage.summary().held_micro == job.credits.held_micro > 0
    assert len([*client.usage.daily(days=3)]) == 3
    assert [row.kind for row in client.credits.ledger()] == ["hold", "grant"]
    assert client.usage.export("2026-04-01", "2026-04-30", tmp_path / "april.csv").read_text().count("\n") == 1
    with pytest.raises(errors.ExportRangeTooLarge):
        client.usage.export("2026-01-01", "2026-04-30", tmp_path / "all.csv")
    assert client.limits() and client.meta().api_base_url == client.base_url


def test_nothing_said_means_the_environment_then_the_profile(
    client: Client, server: BackendServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SERVER", "API_KEY", "PROFILE", "CA_FILE"):
        monkeypatch.delenv(f"GPU_AGENT_{name}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(errors.AddressRefused):
        Client()
    (tmp_path / "gpu-agent").mkdir()
    path = tmp_path / "gpu-agent" / "config.toml"
    path.write_text(f'[profiles.default]\nserver = "{server.url}"\napi_key = "{client._connection.api_key}"\n')
    path.chmod(0o600)
    with Client() as mine:
        assert mine.account().email == client.account().email
    monkeypatch.setenv("GPU_AGENT_SERVER", "http://127.0.0.1:9")
    with pytest.raises(errors.KeyRefused):
        Client()
    monkeypatch.setenv("GPU_AGENT_API_KEY", "sk_alpha_other")
    with Client() as elsewhere:
        assert elsewhere.base_url == "http://127.0.0.1:9/api/v1"
    path.chmod(0o644)
    with pytest.warns(UserWarning, match="chmod 600"):
        Client(profile="default").close()


def test_an_artifact_of_a_hostile_name_is_not_written(tmp_path: Path) -> None:
    service = SmallService()
    try:
        with Client(service.url, KEY) as client:
            for number, name in enumerate(["../out", "CONIN$", "nul .txt", "train/ok.txt"]):
                service.artifacts[f"a{number}"], service.names[f"a{number}"] = b"bytes", name
            rows = client._connection.list_artifacts(JOB).data
            *hostile, fine = [Artifact(client._connection, JOB, row) for row in rows]
            for artifact in hostile:
                with pytest.raises(errors.TransferFailed, match="not written"):
                    artifact.download(tmp_path / "in")
            assert fine.download(tmp_path / "in") == tmp_path / "in/train/ok.txt"
            assert [path.name for path in tmp_path.rglob("*")] == ["in", "train", "ok.txt"]
    finally:
        service.close()
