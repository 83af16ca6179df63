"""schemathesis over the OpenAPI file of a running server, with ids of things that are there, and what came of it."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from tests.backend.furnished import Furnished

SCHEMATHESIS = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# Fields of bodies that name a thing, and where such things are listed
NAMED_IN_BODIES = {
    "dataset_id": "/customer/datasets",
    "training_package_id": "/customer/training-packages",
}
EVENT_STREAM = "text/event-stream"
MOST_SECONDS = 3600


class Figures(msgspec.Struct, frozen=True):
    """What a run came to: cases by the status of their answers, and the failures in schemathesis' words."""

    by_status: dict[str, int]
    failures: list[dict[str, Any]]
    output: str

    @property
    def cases(self) -> int:
        """How many requests were answered."""
        return sum(self.by_status.values())

    @property
    def limited_share(self) -> float:
        """Which share of the answers was 429."""
        return self.by_status.get("429", 0) / max(1, self.cases)


def fuzz(
    furnished: Furnished, url: str, folder: Path, *, examples: int, phases: str = "examples,coverage,fuzzing,stateful"
) -> Figures:
    """Runs the phases with so many examples an operation; the same cases each time, but for ids of things."""
    document = with_ids(furnished.http.get("/openapi.json").json(), furnished)
    path = folder / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    command = [*SCHEMATHESIS, "run", str(path), "--url", url, "--header", f"X-API-Key: {furnished.customer.key}"]
    command += ["--checks", ",".join(CHECKS), "--phases", phases, "--max-examples", str(examples)]
    command += ["--generation-deterministic", "--continue-on-failure", "--warnings", "off"]
    command += ["--report", "json,ndjson", "--report-json-path", "run.json", "--report-ndjson-path", "run.ndjson"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=MOST_SECONDS, stdin=subprocess.DEVNULL
    )
    report = folder / "run.json"
    assert report.exists(), done.stdout + done.stderr
    said = json.loads(report.read_text(encoding="utf-8"))
    assert said["complete"] and not said["errors"], done.stdout
    return Figures(dict(_statuses(folder / "run.ndjson")), said["failures"], done.stdout)


def with_ids(document: dict[str, Any], furnished: Furnished) -> dict[str, Any]:
    """The file with the ids of things that are there beside any text, where a path or a body names one; what deletes
    gets none, since it would soon have deleted all. Streams that don't end are left out."""
    prefix = "/api/v1"
    for path, item in list(document["paths"].items()):
        for method, operation in list(item.items()):
            if any(EVENT_STREAM in answer.get("content", ()) for answer in operation["responses"].values()):
                del item[method]
            elif method != "delete":
                operation["parameters"] = [
                    _with_ids(parameter, ids_at(path.removeprefix(prefix), parameter["name"], furnished))
                    if parameter["in"] == "path"
                    else parameter
                    for parameter in operation["parameters"]
                ]
        if not item:
            del document["paths"][path]
    for component in document["components"]["schemas"].values():
        if component.get("additionalProperties") is False:
            for name, parent in NAMED_IN_BODIES.items():
                if name in component["properties"]:
                    ids = furnished.things[parent, "id"]
                    component["properties"][name] = {"anyOf": [{"enum": ids}, component["properties"][name]]}
    said = json.dumps(document)
    for item in document["paths"].values():
        for operation in item.values():
            for answer in operation["responses"].values():
                answer["links"] = {
                    name: link
                    for name, link in answer.get("links", {}).items()
                    if f'"operationId": "{link["operationId"]}", "tags"' in said
                }
    return document


def ids_at(path: str, name: str, furnished: Furnished) -> list[str]:
    """All ids that may stand for a parameter of a path."""
    before = path.partition("{" + name + "}")[0].removesuffix("/")
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(before))
    return [
        id
        for (parent, parameter), ids in furnished.things.items()
        if parameter == name and re.fullmatch(pattern, parent)
        for id in ids
    ]


def _with_ids(parameter: dict[str, Any], ids: list[str]) -> dict[str, Any]:
    if not ids:
        return parameter
    return {**parameter, "schema": {"anyOf": [{"enum": ids}, parameter["schema"]]}}


def _statuses(path: Path) -> Counter[str]:
    counted: Counter[str] = Counter()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            for event in json.loads(line).values():
                interactions = event.get("recorder", {}).get("interactions", {}) if isinstance(event, dict) else {}
                for interaction in interactions.values():
                    answer = interaction.get("response")
                    counted[str(answer["status_code"]) if answer else "no answer"] += 1
    return counted
