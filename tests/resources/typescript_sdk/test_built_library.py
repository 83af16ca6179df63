"""What is committed is what its sources make: generated types, built files, types that hold for strangers."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from build_scripts.typescript_types import COMMAND, FOLDER, error_class, generated_files
from core.errors import ERRORS
from tests.docs.guide import blocks

from .programs import DIST, LAST_SECONDS, LIBRARY, OLDEST_NODE, Stranger, node

README = LIBRARY / "README.md"
STRICT = {
    "strict": True,
    "noEmit": True,
    "skipDefaultLibCheck": True,
    "target": "ES2022",
    "module": "NodeNext",
    "allowJs": True,
    "checkJs": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True,
}
USE = """
import {
  type ErrorCode, type JobStatus, type StreamEvent, type SubmitJob, type TrainingJob,
  ApiError, CreditInsufficientError, GpuAgent, JobNotFoundError, verifyWebhook,
} from "gpu-agent-sdk";

const gpu = new GpuAgent({ server: "https://api.example.com", apiKey: "sk_alpha_x" });
const asked: SubmitJob = {
  name: "n", dataset_id: "d", training_package_id: "p", required_vram_mb: 0, required_disk_mb: 1,
  max_runtime_seconds: 1, sensitivity: "public",
};
// @ts-expect-error a field is missing
const lacking: SubmitJob = { name: "n" };
// @ts-expect-error not a sensitivity
const wrong: SubmitJob = { ...asked, sensitivity: "secret" };
// @ts-expect-error a field that the service would refuse
const unknown: SubmitJob = { ...asked, vram: 5 };
// @ts-expect-error an operation that there is none of
void gpu.call("make_coffee", {});
// @ts-expect-error it needs an id
void gpu.call("get_training_job", {});

export async function use(signal: AbortSignal): Promise<[TrainingJob, string]> {
  const job = await gpu.jobs.submit(asked, { idempotencyKey: "client-uuid-12345678", signal });
  const newer: JobStatus = "a word of a newer service";
  if (job.status === "completed" || job.status === newer) {
    return [job.data, job.data.credits.charged];
  }
  for await (const event of job.follow({ signal })) {
    tell(event);
  }
  return [job.data, (await gpu.call("artifact_download_url", { path: { id: "j", artifact_id: "a" } })).download_url];
}

function tell(event: StreamEvent): number {
  switch (event.kind) {
    case "log": return event.data.lines.length;
    case "metric": return event.data.points[0]?.values["loss"] ?? 0;
    case "artifact": return event.data.size_bytes;
    case "job": return event.data.progress;
    default: return event.number;
  }
}

export function codeOf(error: ApiError): ErrorCode | "newer" {
  if (error instanceof CreditInsufficientError) {
    return error.code;
  }
  return error instanceof JobNotFoundError ? error.code : "newer";
}

export const told = (body: Uint8Array, headers: Headers): Promise<unknown> => verifyWebhook(body, headers, "whsec_");
"""
HOOK = """
import { createServer } from "node:http";
import { verifyWebhook } from "gpu-agent-sdk";

createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  await verifyWebhook(Buffer.concat(pieces), request.headers, process.env["SECRET"] ?? "");
  response.end();
});
"""


def compile_with(compiler: Path, *arguments: str, folder: Path) -> None:
    command = [node(), str(compiler / "typescript" / "bin" / "tsc"), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LAST_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_types_are_what_the_routes_say() -> None:
    texts = generated_files()
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == texts, f"Run: {COMMAND}"
    assert generated_files() == texts


def test_every_code_has_a_class_of_its_own() -> None:
    classes = {error_class(code.value) for code in ERRORS}
    assert len(classes) == len(ERRORS) and {"CreditInsufficientError", "InternalError"} <= classes


def test_what_is_built_is_what_its_sources_make(compiler: Path, tmp_path: Path) -> None:
    options = ["--project", str(LIBRARY), "--outDir", str(tmp_path), "--typeRoots", str(compiler / "@types")]
    compile_with(compiler, *options, folder=tmp_path)
    made = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    committed = {path.relative_to(DIST): path.read_text() for path in DIST.rglob("*") if path.is_file()}
    assert committed == made, f"Run: {COMMAND}"


def test_it_needs_nothing_and_pins_what_builds_it_without_addresses() -> None:
    package = json.loads((LIBRARY / "package.json").read_text())
    assert "dependencies" not in package and package["private"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())
    assert not (LIBRARY / "package-lock.json").exists()
    oldest = ".".join(map(str, OLDEST_NODE))
    assert package["engines"] == {"node": f">={oldest}"} and f"Needs Node {oldest} or" in README.read_text()
    for path in DIST.rglob("*.js"):
        imported = set(re.findall(r'from "([^"]+)"', path.read_text()))
        assert all(one.startswith("./") or one.startswith("../") for one in imported) or path.name == "node.js"


@pytest.mark.full
def test_its_types_hold_in_a_strict_program_with_and_without_node(
    compiler: Path, stranger: Stranger, tmp_path: Path
) -> None:
    samples = {block.file_name: block.text for block in blocks(README.read_text("utf-8")) if block.language == "js"}
    types = stranger.folder / "node_modules" / "@types"
    if not types.exists():
        types.symlink_to(compiler / "@types")
    (stranger.folder / "node_modules" / "undici-types").unlink(missing_ok=True)
    if (compiler / "undici-types").exists():
        (stranger.folder / "node_modules" / "undici-types").symlink_to(compiler / "undici-types")
    (stranger.folder / "use.ts").write_text(USE)
    (stranger.folder / "hook.ts").write_text(HOOK)
    for name, text in samples.items():
        assert name is not None
        (stranger.folder / name).write_text(text)
    page = {**STRICT, "lib": ["ES2022", "DOM", "DOM.Iterable"], "types": []}
    server = {**STRICT, "lib": ["ES2022"], "types": ["node"], "skipLibCheck": True}
    in_node = ["use.ts", "hook.ts", *sorted(name for name in samples if name and name != "page.mjs")]
    for options, files in ((page, ["use.ts"]), (server, in_node)):
        config = {"compilerOptions": options, "files": files}
        (stranger.folder / "tsconfig.json").write_text(json.dumps(config))
        compile_with(compiler, "--project", str(stranger.folder), folder=stranger.folder)
