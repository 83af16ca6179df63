"""What a real node's GPUs did today, asked over loopback and by command, while it runs and when it rests."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.protocol.node_day import Doing
from tests.agent.node_process import NodeProcess, control, started, until
from tests.backend.server_process import BackendServer


@pytest.fixture
def node(own_server: BackendServer, tmp_path: Path) -> Iterator[NodeProcess]:
    own_server.start()
    made = NodeProcess(tmp_path, own_server)
    yield made
    made.close()


def told(node: NodeProcess, *options: str) -> dict[str, Any]:
    done = node.command("day", "--json", *options)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def doings(day: dict[str, Any]) -> list[str]:
    (lane,) = day["lanes"]
    return [span["doing"] for span in lane["spans"]]


async def test_a_day_is_told_to_its_owner_alone_and_only_one_that_is_a_day(node: NodeProcess) -> None:
    await started(node, "--paused")
    async with control(node) as owner:
        await until(owner, lambda status: status.connected)
        await owner.resume()
        await owner.pause()
        day = await owner.day()
        (lane,) = day.lanes
        assert [span.doing for span in lane.spans] == [Doing.PAUSED_BY_YOU, Doing.WAITING, Doing.PAUSED_BY_YOU]
        assert lane.gpu_uuid is None and lane.spans[-1].ends_at == day.told_at
        assert (await owner.day(day="2026-01-31")).lanes == []
        for wrong in ("day=yesterday", "day=2026-02-30", "day=20260401", "day=1999-01-01", "day=%FF", "day=9999-12-31"):
            answer = await owner.http.get(f"{owner.base_url}/day?{wrong}", headers=owner.key_headers)
            assert answer.status_code == 400 and answer.json()["error"]["code"] == "VALIDATION_FAILED"
        assert (await owner.http.get(f"{owner.base_url}/day")).status_code == 401
        other = {**owner.key_headers, "Host": "example.com"}
        assert (await owner.http.get(f"{owner.base_url}/day", headers=other)).status_code == 400
        assert (await owner.http.post(f"{owner.base_url}/day", headers=owner.key_headers)).headers["Allow"] == "GET"


@pytest.mark.full
async def test_a_day_is_shown_by_command_and_outlives_the_node(node: NodeProcess) -> None:
    await started(node, "--paused")
    async with control(node) as owner:
        await until(owner, lambda status: status.connected)
        await owner.resume()
        await owner.pause()
    said = node.command("day").stdout
    assert "processors" in said and "paused by you" in said and "waiting for work" in said
    assert node.command("day", "--day", "2026-01-31").stdout.strip() == "Nothing is known of 2026-01-31."
    assert node.command("day", "--day", "tomorrow").returncode == 4
    node.stop()
    before = told(node)
    assert doings(before) == [Doing.PAUSED_BY_YOU, Doing.WAITING, Doing.PAUSED_BY_YOU]
    await started(node)
    node.stop(signal.SIGKILL)
    after = told(node)
    assert after["lanes"][0]["spans"][:3] == before["lanes"][0]["spans"]  # and what came then, as far as it was written
