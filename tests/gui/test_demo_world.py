"""The demo's world: found again by the next demo, shared with none."""

import time
from pathlib import Path

import msgspec
import pytest

from core.client.errors import ServerError
from core.console import CommandError, Console, Mode
from core.errors import ErrorCode
from core.protocol.node_rules import RULES_FILE_NAME, Rules
from gui.demo_job import train_example
from gui.demo_world import NODE_NAME, World


@pytest.fixture
def console() -> Console:
    return Console(Mode.QUIET)


def test_two_demos_at_once_get_a_world_each(console: Console, tmp_path: Path) -> None:
    with World(console, tmp_path) as first, World(console, tmp_path) as second:
        assert (first.folder, second.folder) == (tmp_path / "world-1", tmp_path / "world-2")
    with World(console, tmp_path) as third:
        assert third.folder == tmp_path / "world-1"


@pytest.mark.full
def test_the_next_demo_finds_the_account_and_nothing_runs_in_between(console: Console, tmp_path: Path) -> None:
    with World(console, tmp_path) as world, world.start() as client:
        balance = client.ledger().data[0].balance_micro
        world.require_alive()
        assert world.backend is not None and world.node is not None
        children = [world.backend.child, world.node]
    assert all(child.exit_code is not None for child in children)
    assert (world.folder / "demo.json").stat().st_mode & 0o077 == 0
    rules = world.node_dir / RULES_FILE_NAME
    assert msgspec.json.decode(rules.read_bytes(), type=Rules) == Rules(battery=False, metered=False)
    rules.write_bytes(msgspec.json.encode(Rules(battery=False)))
    with World(console, tmp_path) as world, world.start() as client:
        assert client.ledger().data[0].balance_micro == balance > 0
        assert world.node_facts().name == NODE_NAME
    assert msgspec.json.decode(rules.read_bytes(), type=Rules) == Rules(battery=False), "what its owner set stays"


def test_a_world_stays_taken_as_long_as_a_child_of_it_lives(console: Console, tmp_path: Path) -> None:
    with World(console, tmp_path) as world:
        world.start().close()
        world._lock.close()  # as if only this process had gone
        with World(console, tmp_path) as other:
            assert other.folder == tmp_path / "world-2"


def test_a_child_that_ends_is_noticed(console: Console, tmp_path: Path) -> None:
    with World(console, tmp_path) as world, world.start():
        assert world.backend is not None
        world.backend.child.stop()
        with pytest.raises(CommandError, match="The backend ended with"):
            world.require_alive()


def test_a_broken_note_of_the_world_says_what_to_remove(console: Console, tmp_path: Path) -> None:
    (tmp_path / "world-1").mkdir()
    (tmp_path / "world-1" / "demo.json").write_text("{")
    with World(console, tmp_path) as world, pytest.raises(CommandError, match=r"demo\.json") as failed:
        world.start()
    assert str(world.folder) in failed.value.hint


def test_a_folder_that_cannot_be_used_is_the_callers_choice_to_change(console: Console, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError) as failed:
        World(console, tmp_path / "file")
    assert "--data-dir" in failed.value.hint


def test_what_the_service_refuses_is_hinted_at_in_the_demos_words(console: Console, tmp_path: Path) -> None:
    with World(console, tmp_path) as world:
        (world.folder / "demo.json").write_text('{"api_key": "sk_alpha_of_another_world", "node_enrolled": true}')
        with pytest.raises(ServerError) as caught:
            train_example(console, world, started=time.monotonic(), timeout_seconds=60)
        assert caught.value.code is ErrorCode.API_KEY_INVALID
        assert f"{world.folder}/backend.log" in caught.value.hint and "API key" not in caught.value.hint
