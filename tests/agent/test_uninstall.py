"""What is removed with a node, and what never is, whatever lies in its folders."""

import os
import subprocess
from pathlib import Path

import pytest

from agent.data_folder import is_ours, make_data_folder, make_folders_for, note_workspace
from agent.journal import Journal
from agent.sandbox.workspace import STATE_DIR_VARIABLE, make_workspace_root, workspace_name, workspace_root
from agent.uninstall import Left, Uninstall
from tests.backend.server_process import PROJECT

from .node_process import COMMAND, LAST_SECONDS

OURS = ("node.json", "journal.sqlite", "journal.sqlite-wal", "control.json", "rules.json", ".node.json.part")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(STATE_DIR_VARIABLE, str(tmp_path / "state"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def a_node(data_dir: Path) -> Path:
    """Its folders as a node leaves them; gives its workspace."""
    make_data_folder(data_dir)
    for name in OURS:
        (data_dir / name).write_text("ours")
    for folder, file in (("log", "node.log.1"), ("backups", "journal-v1-5.sqlite")):
        (data_dir / folder).mkdir()
        (data_dir / folder / file).write_text("ours")
    root = workspace_root(data_dir)
    make_workspace_root(root)
    (root / "chunks").mkdir()
    (root / "chunks" / "one").write_text("x" * 10_000)
    note_workspace(data_dir, root)
    return root


def test_all_of_a_node_goes_with_the_folders_it_made_and_no_others(home: Path) -> None:
    (home / ".local").mkdir()
    data_dir = home / ".local" / "share" / "gpu-agent" / "node"
    root = a_node(data_dir)
    make_folders_for(data_dir, home / ".config" / "systemd" / "user")
    work = Uninstall(data_dir, [])
    plan = work.plan()
    named = {Path(item.path).name for item in plan.items}
    assert named == {*OURS, "log", "backups", "folders.json", root.name} and plan.left == []
    assert next(item.size_bytes for item in plan.items if item.path == str(root)) >= 10_000
    said: list[str] = []
    assert work.carry_out(said.append) == []
    assert len(said) == len(plan.items)
    assert [path.name for path in home.rglob("*")] == [".local"] and not root.exists()
    assert work.carry_out(said.append) == [] and work.plan().items == []


def test_what_others_put_beside_it_stays_and_is_told(home: Path) -> None:
    data_dir = home / "node"
    a_node(data_dir)
    (data_dir / "thesis.txt").write_text("mine")
    (data_dir / "rules.json.bak").write_text("mine")
    (data_dir / "work").mkdir()
    (data_dir / "work" / "report.odt").write_text("mine")
    (data_dir / "log" / "diary.txt").write_text("mine")
    (data_dir / "traffic.json").symlink_to(home / "elsewhere.json")
    (home / "elsewhere.json").write_text("mine")
    work = Uninstall(data_dir, [])
    stays = {"thesis.txt", "rules.json.bak", "work", "log", "traffic.json"}
    assert {Path(left.path).name for left in work.plan().left} == stays
    assert {Path(left.path).name for left in work.carry_out(lambda text: None)} == stays
    assert {path.name for path in data_dir.iterdir()} == stays
    assert (home / "elsewhere.json").read_text() == (data_dir / "work" / "report.odt").read_text() == "mine"


def test_what_is_still_needed_stays(home: Path) -> None:
    data_dir = home / "node"
    a_node(data_dir)
    file = data_dir / "power-profile.json"
    file.write_text("{}")
    needed = Left(str(file), "a GPU's power could not be put back", is_failure=True)
    assert Uninstall(data_dir, []).carry_out(lambda text: None, [needed]) == [needed]
    assert [path.name for path in data_dir.iterdir()] == [file.name]
    assert [item.path for item in Uninstall(data_dir, []).plan().items] == [str(file)], "it goes once that has worked"


def test_a_workspace_is_found_where_it_lay_and_a_strangers_folder_is_never_taken_for_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = home / "node"
    root = a_node(data_dir)
    other = tmp_path / "precious"
    (other / "units").mkdir(parents=True)
    note_workspace(data_dir, other)
    monkeypatch.setenv(STATE_DIR_VARIABLE, str(tmp_path / "another state"))
    assert root.name == workspace_name(data_dir)
    Uninstall(data_dir, []).carry_out(lambda text: None)
    assert not root.exists() and (other / "units").is_dir()


def test_a_folder_from_before_records_goes_when_it_is_empty(home: Path) -> None:
    data_dir = home / "node"
    a_node(data_dir)
    (data_dir / "folders.json").unlink()
    Uninstall(data_dir, []).carry_out(lambda text: None)
    assert not data_dir.exists() and home.exists()


def test_ones_own_empty_folder_that_a_node_was_given_stays(home: Path) -> None:
    data_dir = home / "given"
    data_dir.mkdir()
    a_node(data_dir)
    Uninstall(data_dir, []).carry_out(lambda text: None)
    assert list(home.iterdir()) == [data_dir] and list(data_dir.iterdir()) == []


def test_a_users_nodes_work_folder_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    root = tmp_path / "work"
    make_workspace_root(root)
    assert is_ours(root)
    (root / "box").rmdir()
    assert not is_ours(root)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root removes another user's node")
def test_root_removes_nothing_that_another_user_names(home: Path, tmp_path: Path) -> None:
    data_dir, named = home / "node", tmp_path / "empty, and somebody's"
    a_node(data_dir)
    make_folders_for(data_dir, named)
    os.chown(data_dir / "folders.json", 65_534, 65_534)
    Uninstall(data_dir, []).carry_out(lambda text: None)
    assert named.is_dir() and not data_dir.exists()


def test_a_link_in_place_of_a_workspace_leads_nowhere(home: Path, tmp_path: Path) -> None:
    data_dir = home / "node"
    root = a_node(data_dir)
    elsewhere = tmp_path / "elsewhere"
    root.rename(elsewhere)
    root.symlink_to(elsewhere)
    (elsewhere / "chunks" / "one").chmod(0o400)
    work = Uninstall(data_dir, [])
    assert str(root) not in {item.path for item in work.plan().items}
    work.carry_out(lambda text: None)
    assert (elsewhere / "chunks" / "one").stat().st_mode & 0o777 == 0o400 and root.is_symlink()


def test_files_of_a_folder_that_was_never_a_nodes_stay_whatever_they_are_called(home: Path) -> None:
    for name in ("node.json", "rules.json", "traffic.json"):
        (home / name).write_text('{"node": "of a graph"}')
    (home / "log").mkdir()
    work = Uninstall(home, [])
    assert work.plan().items == [] and len(work.plan().left) == 4
    work.carry_out(lambda text: None)
    assert {path.name for path in home.iterdir()} == {"node.json", "rules.json", "traffic.json", "log"}
    (home / "node.json").write_text('{"node_id": "n", "credential": "c"}')
    assert {Path(item.path).name for item in work.plan().items} == {"node.json", "rules.json", "traffic.json", "log"}


def test_a_node_that_runs_and_does_not_answer_keeps_its_ground(home: Path) -> None:
    data_dir = home / "node"
    make_data_folder(data_dir)
    (data_dir / "rules.json").write_text("{}")
    journal = Journal(data_dir / "journal.sqlite")
    command = [*COMMAND, "uninstall", "--yes", "--data-dir", str(data_dir)]
    environment = {**os.environ, "HOME": str(home)}
    try:
        ended = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=LAST_SECONDS, check=False
        )
    finally:
        journal.close()
    assert ended.returncode == 1 and "does not answer" in ended.stderr, ended.stderr
    assert (data_dir / "rules.json").exists() and (data_dir / "journal.sqlite").exists()
