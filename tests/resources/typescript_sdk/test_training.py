"""Trains the example with the library, from Node and from a page in Chromium, at a real server with a real node."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.packages.archive import zip_folder
from tests.docs.guide import blocks

from .programs import LAST_SECONDS, LIBRARY, PROJECT, Stranger, chromium
from .world import PASSWORD, World, living_world

EXAMPLES = PROJECT / "resources" / "examples"
SAMPLES = {block.file_name: block.text for block in blocks((LIBRARY / "README.md").read_text("utf-8"))}
RUN = """
import { train } from "/sample.mjs";

export async function run(sdk, { server, email, password }) {
  const csv = new File([await (await fetch("/digits.csv")).blob()], "digits.csv");
  const zip = await (await fetch("/tiny-mlp.zip")).blob();
  const states = [];
  const model = await train(server, email, password, csv, zip, (status) => states.push(status));
  const { client, session } = await sdk.GpuAgent.signIn({ server, email, password });
  const rows = await client.jobs.list({ status: ["completed"], limit: 1 }).all();
  const numbers = [];
  for await (const event of client.jobs.of(rows[0]).follow()) {
    numbers.push(event.number);
  }
  const [artifact] = (await client.jobs.of(rows[0]).artifacts()).filter((one) => one.name.endsWith("model.npz"));
  const headers = { Authorization: `Bearer ${session.token}`, "Idempotency-Key": "client-uuid-12345678" };
  headers["Content-Type"] = "application/json";
  const raw = async () =>
    fetch(`${server}/api/v1/customer/api-keys`, { method: "POST", headers, body: '{"name": "page"}' });
  await raw();
  const replayed = await raw();
  const absent = await client.jobs.get("01964f0e-7c00-7a31-9c52-0d5a4f1be003").catch((error) => error);
  return {
    states,
    names: rows.map((row) => row.name),
    numbers,
    size: model.size,
    digest: await sdk.sha256(new Uint8Array(await model.arrayBuffer())),
    expected: artifact.data.sha256,
    readable: ["X-Request-Id", "Idempotent-Replayed", "X-RateLimit-Remaining"].filter((name) =>
      replayed.headers.has(name),
    ),
    absent: [absent.code, absent.requestId !== "", absent instanceof sdk.JobNotFoundError],
  };
}
"""
AGAIN = """
import { appendFileSync, renameSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
const gpu = new sdk.GpuAgent({ server: process.env.GPU_AGENT_SERVER, apiKey: process.env.GPU_AGENT_API_KEY });
const job = await gpu.jobs.get(args[0]);
const [first, second] = await disk.downloadTo(job, "trained");
const { path: model } = first;
const partOf = ({ artifact, path }) => join(dirname(path), `.${artifact.data.sha256.slice(0, 32)}.part`);
renameSync(model, partOf(first)); // as a cut download leaves it
truncateSync(partOf(first), 3);
renameSync(second.path, partOf(second)); // and as something else leaves it
truncateSync(partOf(second), 0);
appendFileSync(partOf(second), "!");
await disk.downloadTo(job, "trained");
appendFileSync(model, "!");
const refused = await disk.downloadTo(job, "trained").catch((error) => error.constructor.name);
const written = await disk.downloadTo(job, "trained", { overwrite: true });
const there = [];
const onProgress = (done, total) => there.push(done === total);
await gpu.datasets.upload("digits", await disk.filesAt("digits.csv"), { onProgress });
tell([refused, written.length, there[0]]);
"""
REFUSED = """
export async function run(sdk, { server, key }) {
  const tried = async (options) => {
    const gpu = new sdk.GpuAgent({ server, retries: { attempts: 1 }, ...options });
    return gpu.jobs.list().all().then(() => "read", (error) => error.constructor.name);
  };
  return [await tried({ apiKey: key }), await tried({})];
}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with living_world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.mark.full
def test_the_readmes_program_trains_the_example_to_a_checked_model(world: World, stranger: Stranger) -> None:
    for name in ("digits/digits.csv", "tiny-mlp"):
        (stranger.folder / Path(name).name).symlink_to(EXAMPLES / name)
    for name in ("train.mjs", "lists.mjs", "errors.mjs"):
        (stranger.folder / name).write_text(SAMPLES[name])
    done = stranger.run("train.mjs", **world.environment)
    assert done.returncode == 0, done.stdout + done.stderr + world.node.log()
    assert "job completed" in done.stdout and "accuracy" in done.stdout
    [row] = world.customer.http.get("/customer/training-jobs").json()["data"]
    assert row["status"] == "completed" and row["metrics"]["accuracy"] >= 0.95
    artifacts = world.customer.http.get(f"/customer/training-jobs/{row['id']}/artifacts").json()["data"]
    assert {"checkpoint", "metrics", "logs", "output"} <= {artifact["type"] for artifact in artifacts}
    for artifact in artifacts:
        content = (stranger.folder / "trained" / artifact["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == artifact["sha256"]
    assert not list(stranger.folder.rglob("*.part"))
    listed = stranger.run("lists.mjs", **world.environment)
    assert listed.returncode == 0 and "tiny-mlp-fine-tune" in listed.stdout, listed.stderr
    refused = stranger.run("errors.mjs", **world.environment)
    assert refused.returncode == 0 and "JOB_NOT_FOUND" in refused.stdout, refused.stderr
    again = stranger.tell(AGAIN, row["id"], **world.environment)
    assert again == ["TransferError", len(artifacts), True]


@pytest.mark.full
def test_a_page_of_the_client_domain_trains_the_example_in_chromium(world: World, tmp_path: Path) -> None:
    folder = world.pages.folder
    (folder / "digits.csv").symlink_to(EXAMPLES / "digits" / "digits.csv")
    zip_folder(EXAMPLES / "tiny-mlp", folder / "tiny-mlp.zip")
    (folder / "sample.mjs").write_text(SAMPLES["page.mjs"])
    world.pages.prepare(RUN, server=world.server.url, email=world.customer.email, password=PASSWORD)
    with chromium(world.pages.origin, tmp_path):
        said = world.pages.said(LAST_SECONDS)
    assert "failed" not in said, said["failed"]
    assert said["states"][-1] == "completed" and said["names"][0] == "from a page"
    assert said["numbers"] == list(range(1, len(said["numbers"]) + 1))
    assert said["digest"] == said["expected"] and said["size"] > 1000
    assert said["readable"] == ["X-Request-Id", "Idempotent-Replayed", "X-RateLimit-Remaining"]
    assert said["absent"] == ["JOB_NOT_FOUND", True, True]


@pytest.mark.full
def test_a_page_of_another_origin_is_refused(world: World, tmp_path: Path) -> None:
    world.pages.prepare(REFUSED, server=world.server.url, key=world.customer.key)
    with chromium(f"http://localhost:{world.pages.port}", tmp_path):
        assert world.pages.said(LAST_SECONDS) == ["ConnectionError", "ConnectionError"]
