"""Runs what docs/node-as-a-service.md has owners' own programs do: its script, with curl, against a node."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from core.protocol.node_control import NodeState
from core.protocol.node_rules import Rules
from tests.agent.node_process import NodeProcess, control, started, until
from tests.backend.server_process import BackendServer

from .guide import blocks, project

_PAGE = (project() / "docs/node-as-a-service.md").read_text(encoding="utf-8")
(_SCRIPT,) = (block.text for block in blocks(_PAGE) if block.language == "sh")
(_RULES,) = (block.text for block in blocks(_PAGE) if block.language == "json")


def ask(data_dir: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", _SCRIPT, "node-control", *arguments],
        env={**os.environ, "GPU_AGENT_NODE_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_rules_of_the_page_are_rules() -> None:
    rules = msgspec.json.decode(_RULES, type=Rules)
    assert rules.hours is not None and len(rules.hours) == 7


def test_the_script_says_when_no_node_runs(tmp_path: Path) -> None:
    done = ask(tmp_path, "GET", "/status")
    assert (done.returncode, done.stdout) == (1, "") and "no node runs" in done.stderr


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[NodeProcess]:
    """One that shares."""
    server = BackendServer(tmp_path / "data")
    server.start()
    made = NodeProcess(tmp_path, server)
    await started(made, "--no-self-test")
    async with control(made) as owner:
        await until(owner, lambda status: status.state is NodeState.SHARING)
    yield made
    made.close()
    server.close()


@pytest.mark.full
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
async def test_the_script_sees_and_steers_a_node(node: NodeProcess) -> None:
    for method, path in set(re.findall(r"`(GET) (/[a-z-]+)", _PAGE)) - {("GET", "/events")}:
        assert isinstance(json.loads(ask(node.data_dir, method, path).stdout), dict), path
    paused = ask(node.data_dir, "POST", "/pause", '{"for_seconds": 3600}')
    assert json.loads(paused.stdout)["state"] == NodeState.PAUSED
    assert json.loads(ask(node.data_dir, "POST", "/resume").stdout)["state"] == NodeState.SHARING
    assert ask(node.data_dir, "PUT", "/rules", _RULES).returncode == 0
    assert json.loads(ask(node.data_dir, "GET", "/rules").stdout)["hours"] == json.loads(_RULES)["hours"]
    refused = ask(node.data_dir, "POST", "/pause", '{"for_seconds": -1}')
    assert refused.returncode == 22 and json.loads(refused.stdout)["error"]["code"] == "VALIDATION_FAILED"
