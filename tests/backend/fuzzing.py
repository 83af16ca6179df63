"""schemathesis over the OpenAPI file of a running server, with ids of things that are there, and what came of it."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tests.backend.admin_client import Admin
from tests.backend.furnished import Furnished, a_node, furnish, lift_limits, operators_things
from tests.backend.server_process import BackendServer
from tests.backend.signing_in import anybody, sign_in, with_password

SCHEMATHESIS = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# What fields of bodies and parameters of queries name, and where such things are listed
NAMED = {
    "dataset_id": ("/customer/datasets", "id"),
    "training_package_id": ("/customer/training-packages", "id"),
    "training_job_id": ("/customer/training-jobs", "id"),
    "node_id": ("/owner/nodes", "id"),
    "customer_id": ("/admin/customers", "id"),
}
# From a list to what would shut out who fuzzes: their own account or key may be the first row
SHUTS_OUT = {
    ("list_api_keys", "revoke_api_key"),
    ("admin_list_customers", "admin_suspend_customer"),
    ("admin_list_customers", "admin_change_limits"),
}
# Their own limits can't be lifted: a few cases each, since all others are refused with 429
THROTTLED = (
    "sign_in",
    "close_account",
    "create_enrollment_code",
    "begin_device_login",
    "look_up_device_code",
    "approve_device_code",
    "deny_device_code",
)
THROTTLED_EXAMPLES = 5
PASSWORD = "in no example, or the account would be closed"
EVENT_STREAM = "text/event-stream"
MOST_SECONDS = 3600
# By headers and not by the file's `security`, by which every other case would come with a made-up key and see no route
CONFIG = """\
[[operations]]
include-path-regex = "/(customer|owner)/"
headers = {{ X-API-Key = "{key}" }}
[[operations]]
include-path-regex = "/(admin/|metrics)"
headers = {{ X-API-Key = "{admin_key}" }}
[[operations]]
include-operation-id = ["sign_out", "revoke_own_key"]
headers = {{ Authorization = "Bearer {token}", X-API-Key = "" }}
[[operations]]
include-operation-id = {throttled}
generation.max-examples = {examples}
"""


class Ways(msgspec.Struct, frozen=True):
    """How the cases come in: by a customer's key, by a session, by the operator's key."""

    key: str
    admin_key: str
    token: str


class Figures(msgspec.Struct, frozen=True):
    """What a run came to: cases by the status of their answers, operations by the answer 429, and the failures in
    schemathesis' words."""

    by_status: dict[str, int]
    limited: dict[str, int]
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


@contextmanager
def fuzzed_server(server: BackendServer) -> Iterator[tuple[Furnished, Ways]]:
    """Starts a server with all kinds of things in it, and lifts the limits of who fuzzes it."""
    server.start()
    with a_node(server) as node:
        customer = with_password(server, PASSWORD, credits=10**8)
        furnished = furnish(server, node, customer)
        lift_limits(server, customer)
        admin = Admin(server)
        try:
            things = furnished.things | operators_things(admin, furnished, server.new_customer())
            with anybody(server) as http:
                token = sign_in(http, customer.email, PASSWORD).json()["token"]
            yield Furnished(customer, things), Ways(customer.key, admin.secret, token)
        finally:
            admin.close()


def fuzz(
    furnished: Furnished,
    ways: Ways,
    url: str,
    folder: Path,
    *,
    examples: int,
    phases: str = "examples,coverage,fuzzing,stateful",
) -> Figures:
    """Runs the phases with so many examples an operation; the same cases each time, but for ids of things."""
    document = with_ids(furnished.http.get("/openapi.json").json(), furnished)
    path = folder / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    said = {"throttled": list(THROTTLED), "examples": min(examples, THROTTLED_EXAMPLES)}
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.format(**msgspec.structs.asdict(ways), **said), encoding="utf-8")
    command = [*SCHEMATHESIS, "--config-file", str(config), "run", str(path), "--url", url]
    command += ["--checks", ",".join(CHECKS), "--phases", phases, "--max-examples", str(examples)]
    command += ["--generation-deterministic", "--continue-on-failure", "--warnings", "off"]
    command += ["--report", "json,ndjson", "--report-json-path", "run.json", "--report-ndjson-path", "run.ndjson"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=MOST_SECONDS, stdin=subprocess.DEVNULL
    )
    report = folder / "run.json"
    assert report.exists(), done.stdout + done.stderr
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["complete"] and not told["errors"], done.stdout
    by_status, limited = _answers(folder / "run.ndjson")
    return Figures(dict(by_status), dict(limited), told["failures"], done.stdout)


def with_ids(document: dict[str, Any], furnished: Furnished) -> dict[str, Any]:
    """The file with the ids of things that are there beside any text, where a path, a query or a body names one; what
    deletes gets none, since it would soon have deleted all. Streams that don't end are left out."""
    prefix = "/api/v1"
    for path, item in list(document["paths"].items()):
        for method, operation in list(item.items()):
            if any(EVENT_STREAM in answer.get("content", ()) for answer in operation["responses"].values()):
                del item[method]
                continue
            operation["security"] = []
            if method != "delete":
                operation["parameters"] = [
                    _with_ids(parameter, ids_at(path.removeprefix(prefix), parameter, furnished))
                    for parameter in operation["parameters"]
                ]
        if not item:
            del document["paths"][path]
    for component in document["components"]["schemas"].values():
        if component.get("additionalProperties") is False:
            for name, place in NAMED.items():
                if name in component["properties"]:
                    ids = furnished.things[place]
                    component["properties"][name] = {"anyOf": [{"enum": ids}, component["properties"][name]]}
    _keep_links(document)
    return document


def _keep_links(document: dict[str, Any]) -> None:
    """Leaves out links to what is left out, or shuts out who fuzzes."""
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    there = {operation["operationId"] for operation in operations}
    for operation in operations:
        for answer in operation["responses"].values():
            answer["links"] = {
                name: link
                for name, link in answer.get("links", {}).items()
                if link["operationId"] in there and (operation["operationId"], link["operationId"]) not in SHUTS_OUT
            }


def ids_at(path: str, parameter: dict[str, Any], furnished: Furnished) -> list[str]:
    """All ids that may stand for a parameter of a path or a query."""
    name = parameter["name"]
    if parameter["in"] == "query":
        return furnished.things.get(NAMED.get(name, ("", "")), [])
    if parameter["in"] != "path":
        return []
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


def _answers(path: Path) -> tuple[Counter[str], Counter[str]]:
    """Answers by status, and those that were 429 by path."""
    statuses: Counter[str] = Counter()
    limited: Counter[str] = Counter()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            for event in json.loads(line).values():
                interactions = event.get("recorder", {}).get("interactions", {}) if isinstance(event, dict) else {}
                for interaction in interactions.values():
                    answer = interaction.get("response")
                    status = str(answer["status_code"]) if answer else "no answer"
                    statuses[status] += 1
                    if status == "429":
                        request = interaction["request"]
                        limited[f"{request['method']} {urlsplit(request['uri']).path}"] += 1
    return statuses, limited
