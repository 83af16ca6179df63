"""Where units' folders are, who owns them, and how they go."""

import os
import subprocess
from pathlib import Path

import pytest

from agent.sandbox.workspace import (
    SLOTS,
    STATE_DIR_VARIABLE,
    first_closed_folder,
    hand_over,
    make_workspace_root,
    prepare_unit_folders,
    remove_tree_now,
    slot_uids,
    workspace_root,
)

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has uids to give")


def test_two_data_folders_have_two_workspaces_in_the_state_folder(tmp_path: Path) -> None:
    environ = {STATE_DIR_VARIABLE: str(tmp_path / "state")}
    first, second = (workspace_root(tmp_path / name, environ) for name in ("one", "two"))
    assert first != second and first.parent == second.parent == tmp_path / "state"
    assert workspace_root(tmp_path / "x" / ".." / "one", environ) == first


def test_without_a_state_folder_root_uses_var_lib_and_others_their_data_folder(tmp_path: Path) -> None:
    root = workspace_root(tmp_path, {})
    assert root.parent == Path("/var/lib/gpu-agent") if os.geteuid() == 0 else root == tmp_path / "work"


def test_a_workspace_is_closed_to_listing(tmp_path: Path) -> None:
    root = tmp_path / "state" / "workspace"
    make_workspace_root(root)
    make_workspace_root(root)
    expected = 0o711 if os.geteuid() == 0 else 0o700
    assert {folder.stat().st_mode & 0o777 for folder in (root, *root.iterdir())} == {expected}


@only_root
def test_each_slot_has_a_uid_that_nobody_has_and_workspaces_differ() -> None:
    import pwd

    uids = slot_uids("one workspace")
    others = slot_uids("another workspace")
    assert uids is not None and others is not None and len(uids) == SLOTS
    assert slot_uids("one workspace") == uids and not set(uids) & set(others)
    assert not {entry.pw_uid for entry in pwd.getpwall()} & set(uids)


@only_root
def test_a_slots_uid_owns_what_it_may_write_to_and_no_more(tmp_path: Path) -> None:
    make_workspace_root(tmp_path / "root")
    folders = prepare_unit_folders(tmp_path / "root", "attempt", 60_500)
    owners = {Path(path).name: Path(path).stat() for path in (folders.folder, folders.package_dir, folders.data_dir)}
    assert all(facts.st_uid == 0 for facts in owners.values())
    assert owners["attempt"].st_mode & 0o777 == 0o710 and owners["attempt"].st_gid == 60_500
    for path in (folders.output_dir, folders.checkpoint_dir):
        assert (Path(path).stat().st_uid, Path(path).stat().st_mode & 0o777) == (60_500, 0o700)


@only_root
def test_a_checkpoint_put_there_by_the_agent_becomes_the_units_and_links_lead_nowhere(tmp_path: Path) -> None:
    make_workspace_root(tmp_path / "root")
    folders = prepare_unit_folders(tmp_path / "root", "attempt", 60_500)
    hosts = tmp_path / "hosts"
    hosts.write_text("text")
    inner = Path(folders.checkpoint_dir) / "a" / "state"
    inner.parent.mkdir()
    inner.write_text("state")
    (inner.parent / "link").symlink_to(hosts)
    hand_over(folders.checkpoint_dir, 60_501)
    assert inner.stat().st_uid == inner.parent.stat().st_uid == 60_501
    assert hosts.stat().st_uid == 0
    assert prepare_unit_folders(tmp_path / "root", "attempt", 60_502) == folders
    assert inner.read_text() == "state" and inner.stat().st_uid == 60_502


@pytest.mark.parametrize("attempt_id", ["", "..", "a/b", "a b", "-rf", "a\n"])
def test_an_attempts_id_that_is_no_plain_name_is_refused(tmp_path: Path, attempt_id: str) -> None:
    with pytest.raises(ValueError, match="not an attempt's id"):
        prepare_unit_folders(tmp_path, attempt_id, None)


def test_the_first_folder_that_others_can_not_enter_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "open" / "closed" / "open"
    folder.mkdir(parents=True)
    for path in (folder, *folder.parents):
        if path.is_relative_to("/tmp") and path != Path("/tmp"):
            path.chmod(0o755)
    assert first_closed_folder(folder) is None
    (tmp_path / "open" / "closed").chmod(0o750)
    assert first_closed_folder(folder) == tmp_path / "open" / "closed"
    (tmp_path / "open" / "closed").chmod(0o755)


def test_a_folder_5000_deep_with_closed_parts_goes_whole_and_links_stay_unfollowed(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.mkdir()
    (hosts / "file").write_text("text")
    tree = tmp_path / "tree"
    tree.mkdir()
    make = "import os\nfor _ in range(5_000):\n    os.mkdir('d'); os.chdir('d')\nos.symlink('..', 'up')"
    subprocess.run(["python3", "-c", make], cwd=tree, check=True)
    (tree / "link").symlink_to(hosts)
    (tree / "closed").mkdir()
    (tree / "closed" / "file").touch()
    (tree / "closed").chmod(0)
    remove_tree_now(tree)
    assert not tree.exists() and (hosts / "file").read_text() == "text"
    remove_tree_now(tree)
