"""The wheel in an empty environment: it trains the example, and what the page about it shows is what happens."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from agent.sandbox.workspace import remove_tree_now
from build_scripts import sdk
from core.client.profiles import read_config
from tests.agent.node_process import NodeProcess
from tests.backend.server_process import BackendServer
from tests.docs.guide import Block, blocks, not_seen

PAGE = sdk.DESCRIPTION.read_text(encoding="utf-8")
EXAMPLES = sdk.ROOT / "resources" / "examples"
LAST_SECONDS = 300

# Runs the page's code as one program, each piece from its own line; what it prints is told apart by those lines.
RUNNER = """
import json, sys
names = {"__name__": "__main__", "address": "http://127.0.0.1:9/hooks"}
for line, text in json.load(sys.stdin):
    print(f"\\x1e{line}")
    exec(compile("\\n" * (line - 1) + text, "python-library.md", "exec"), names)
print("\\x1eend")
"""

TYPED = """
import gpu_agent
from gpu_agent.types import JobEvent, LogEvent

def main() -> list[str]:
    with gpu_agent.Client("https://gpu.example.com", "sk_alpha_1", retries=gpu_agent.Retries(attempts=1)) as client:
        job = client.jobs.submit(dataset=client.datasets.upload("d"), package="id", params={"epochs": 3})
        for event in job.follow():
            if isinstance(event, LogEvent):
                print(event.lines[0].text.upper())
        reveal_type(job.wait(timeout=1.0))
        reveal_type(client.jobs.list())
        try:
            return [artifact.download("model").name for artifact in job.artifacts()]
        except gpu_agent.errors.CreditInsufficient as error:
            reveal_type(error.request_id)
            return [error.hint]

async def awaited() -> None:
    async with gpu_agent.AsyncClient() as client:
        reveal_type(await client.datasets.upload("d"))
        async for job in client.jobs.list():
            reveal_type(job)

main() + 1
client: gpu_agent.Client = gpu_agent.AsyncClient()
"""
REVEALED = [
    "gpu_agent.synchronous.jobs.Job",
    "typing.Iterator[gpu_agent.synchronous.jobs.Job]",
    "str",
    "gpu_agent.asynchronous.content.AsyncDataset",
    "gpu_agent.asynchronous.jobs.AsyncJob",
]


def needed(names: tuple[str, ...]) -> set[str]:
    """These distributions and all that they require here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        for text in importlib.metadata.requires(name) or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found


def copy_distribution(name: str, site: Path) -> None:
    """One distribution of this environment into another, as it was installed."""
    distribution = importlib.metadata.distribution(name)
    for file in distribution.files or []:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = site.joinpath(*file.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the library, installed as its page says, and what that requires, and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "env")], check=True)
    made = folder / "env" / "bin" / "python"
    [site] = (folder / "env" / "lib").glob("python*/site-packages")
    for name in needed(sdk.NEEDS):
        copy_distribution(name, site)
    wheel = sdk.build(folder / "dist")
    pip = [sys.executable, "-m", "pip", "--python", str(made), "--disable-pip-version-check", "--no-cache-dir"]
    subprocess.run([*pip, "install", "--quiet", "--no-index", str(wheel)], check=True)  # pip finds all that it requires
    subprocess.run([*pip, "check"], check=True, stdout=subprocess.DEVNULL)
    return made


class World(NamedTuple):
    """A service, a node of the same customer, and that customer's environment."""

    server: BackendServer
    environment: dict[str, str]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-library-"))
    folder.chmod(0o755)  # where the test is root, units have a uid of their own and pass through here
    server = BackendServer(folder / "data", "--allow-loopback-webhooks")
    server.start()
    customer = server.new_customer()
    node = NodeProcess(folder, server)
    node.start("--name", "home", owner=customer.email)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GPU_AGENT_", "PYTHON", "XDG_"))}
    access = {"GPU_AGENT_SERVER": server.url, "GPU_AGENT_API_KEY": customer.key, "HOME": str(folder)}
    yield World(server, {**kept, **access})
    node.close()
    server.close()
    remove_tree_now(folder)


def run(python: Path, code: str, environment: dict[str, str], folder: Path, said: str = "") -> str:
    """What a program printed; any warning ends it."""
    done = subprocess.run(
        [str(python), "-W", "error", "-c", code],
        cwd=folder,
        env=environment,
        input=said,
        capture_output=True,
        text=True,
        timeout=LAST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_it_needs_httpx_httpx_sse_msgspec_and_stamina_alone(python: Path, tmp_path: Path) -> None:
    code = "import importlib.metadata as m; print(*sorted(d.name.lower().replace('_', '-') for d in m.distributions()))"
    installed = set(run(python, code, {}, tmp_path).split())
    assert installed == needed(sdk.NEEDS) | {sdk.NAME}
    told = {Requirement(text).name for text in importlib.metadata.metadata("gpu-agent").get_all("Requires-Dist") or []}
    assert set(sdk.NEEDS) <= told and "rich" in told


def test_nothing_of_the_project_is_there_but_the_library(python: Path, tmp_path: Path) -> None:
    code = """
import gpu_agent, gpu_agent.training, importlib.util, sys
for name in gpu_agent.__all__: getattr(gpu_agent, name)
for name in gpu_agent.errors.__all__: getattr(gpu_agent.errors, name)
print([name for name in ("core", "backend", "agent", "gui") if importlib.util.find_spec(name)])
print(gpu_agent.errors.CreditInsufficient.__mro__[1].__name__, gpu_agent.training.METRICS_FILE)
"""
    assert run(python, code, {}, tmp_path).splitlines() == ["[]", "PaymentError metrics.jsonl"]


def lay_out_the_example(folder: Path) -> None:
    """Its data and package, beside each other, as the page has them."""
    (folder / "digits").mkdir()
    shutil.copy(EXAMPLES / "digits" / "digits.csv", folder / "digits")
    shutil.copytree(EXAMPLES / "tiny-mlp", folder / "tiny-mlp")


def pieces() -> list[Block]:
    return [block for block in blocks(PAGE) if block.language == "python"]


@pytest.mark.full
def test_all_that_the_page_shows_runs_and_the_example_is_trained(python: Path, world: World, tmp_path: Path) -> None:
    told = json.dumps([(piece.line, piece.text) for piece in pieces()])
    lay_out_the_example(tmp_path)
    said = run(python, RUNNER, world.environment, tmp_path, told)
    printed = dict(part.split("\n", 1) for part in said.split("\x1e")[1:])
    assert list(printed) == [*(str(piece.line) for piece in pieces()), "end"]
    [expected] = [block.text for block in blocks(PAGE) if block.language == "text"]
    outputs = list(printed.values())
    assert not not_seen(expected, outputs[1]), outputs[1]
    accuracy, *files = outputs[0].splitlines()
    assert float(accuracy) > 0.9
    assert all(Path(file).is_relative_to(tmp_path / "model") and Path(file).is_file() for file in files)
    assert [path.name for path in tmp_path.glob("checkpoints/train/*")], printed
    following = outputs[3]
    assert "completed: 100%" in following and "made train/" in following and "{'loss':" in following


def test_the_profile_that_the_page_shows_is_one(tmp_path: Path) -> None:
    [text] = [block.text for block in blocks(PAGE) if block.language == "toml"]
    (tmp_path / "config.toml").write_text(text)
    config = read_config(tmp_path / "config.toml")
    assert config.default_profile == "home" and config.profiles["home"].ca_file == "house-ca.pem"


@pytest.mark.full
def test_it_is_typed_for_those_who_install_it(python: Path, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(TYPED)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--python-executable", str(python)]
    done = subprocess.run([*command, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    revealed = [
        line.partition('Revealed type is "')[2].rstrip('"') for line in done.stdout.splitlines() if "Revealed" in line
    ]
    assert [one.replace("collections.abc", "typing").replace("builtins.", "") for one in revealed] == REVEALED, (
        done.stdout
    )
    wrong = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(wrong) == 2 and "operator" in wrong[0] and "assignment" in wrong[1], done.stdout
