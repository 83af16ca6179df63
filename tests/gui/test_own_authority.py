"""Examples at a server whose certificate is of a house's own authority: they name its file, and run."""

import ast
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.client.customer import Client
from core.protocol.customer import Meta
from gui.api_examples import Filling, curl_example, javascript_example, python_example, query_example
from gui.api_reference import ApiReference, read_reference
from gui.key_scopes import curl_example as first_call
from gui.own_authority import authority_file
from tests.backend.certificates import Authority
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_tls import trusting
from tests.backend.uploading import ready_dataset, ready_package
from tests.gui.api_samples import a_document, a_meta

VARIABLE = "GPU_AGENT_CA_FILE"
HERE = "https://cedar.example/api/v1"
RUN_SECONDS = 60


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("authority") / "our house's"
    folder.mkdir()
    return Authority(folder)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("https") / "data", *authority.issue().options)
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def customer(server: BackendServer, authority: Authority) -> Customer:
    made = server.new_customer()
    made.http = httpx.Client(
        base_url=f"{server.url}/api/v1",
        headers={"X-API-Key": made.key},
        timeout=30,
        trust_env=False,
        verify=trusting(authority),
    )
    return made


def test_it_is_named_only_where_it_is_needed_and_as_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert authority_file(HERE) is None
    monkeypatch.setenv(VARIABLE, str(tmp_path / "ca.pem"))
    assert authority_file(HERE) == str(tmp_path / "ca.pem") and authority_file("http://127.0.0.1:8420/api/v1") is None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, "ca.pem")
    assert authority_file(HERE) == str(tmp_path / "ca.pem")
    monkeypatch.setenv(VARIABLE, "ca.pem\nprocess.exit()")
    assert authority_file(HERE) is None


def test_a_first_call_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/etc/our house/ca.pem")
    words = shlex.split(first_call(HERE, ["jobs:read"]) or "")
    assert words[words.index("--cacert") + 1] == "/etc/our house/ca.pem"
    monkeypatch.delenv(VARIABLE)
    assert "--cacert" not in (first_call(HERE, ["jobs:read"]) or "")


def test_a_path_is_only_ever_a_value() -> None:
    path = "/\U0001f3e0o'; rm -rf ~ #\"`id`$(id)/ca.pem"
    reference, filling = read_reference(a_meta(), a_document(), connected_to=HERE), Filling(ca_file=path)
    query = query_example(reference, filling, "list_training_jobs")
    for command in [*curl_example(reference, filling).split("\n\n"), query]:
        words = shlex.split(command, comments=True)
        assert words.count("--cacert") == 1 and words[words.index("--cacert") + 1] == path
    calls = [node for node in ast.walk(ast.parse(python_example(reference, filling))) if isinstance(node, ast.Call)]
    assert [ast.literal_eval(one.value) for call in calls for one in call.keywords if one.arg == "verify"] == [path]
    comment, first, *_ = javascript_example(reference, filling).splitlines()
    assert comment.startswith("// ") and first.startswith("const r = await fetch(")
    assert shlex.split(comment.removeprefix("// "))[0] == f"NODE_EXTRA_CA_CERTS={path}"


def run(command: list[str], text: str, key: str, **variables: str) -> str:
    """What the example prints; the variable that the window heeds is not there for it."""
    done = subprocess.run(
        command,
        input=text,
        env={"PATH": os.environ["PATH"], "GPU_AGENT_API_KEY": key, **variables},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def reference_of(server: BackendServer, customer: Customer, authority: Authority) -> ApiReference:
    with Client(server.url, customer.key, ca_file=authority.ca_file) as client:
        meta: Meta = client.meta()
        document: dict[str, Any] = client.openapi()
    return read_reference(meta, document, connected_to=f"{server.url}/api/v1")


@pytest.mark.skipif(any(shutil.which(one) is None for one in ("curl", "node")), reason="it needs curl and node")
def test_the_examples_run_there(
    server: BackendServer, customer: Customer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(authority.ca_file))
    reference = reference_of(server, customer, authority)
    filling = Filling(
        key=customer.key,
        ca_file=authority_file(reference.base_url),
        dataset_id=ready_dataset(customer, b"1,2\n"),
        package_id=ready_package(customer),
    )
    assert run(["sh"], query_example(reference, filling, "list_training_jobs"), customer.key).startswith("{")
    made = run([sys.executable, "-"], python_example(reference, filling), customer.key).strip()
    assert made and made in run(["sh"], first_call(reference.base_url, ["jobs:read"]) or "", customer.key)
    javascript = javascript_example(reference, filling)
    variable, path = shlex.split(javascript.splitlines()[0].removeprefix("// "))[0].split("=", 1)
    printed = run(["node", "--input-type=module", "-"], javascript, customer.key, **{variable: path})
    assert printed.strip() == made  # by its Idempotency-Key
