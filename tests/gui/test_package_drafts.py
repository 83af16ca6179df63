"""A package on this computer is looked over whole, without running any of it."""

import shutil
from pathlib import Path

from gui.example_run import PACKAGE
from gui.package_drafts import look_over, watched_paths


def test_the_example_is_sound(tmp_path: Path) -> None:
    draft = look_over(PACKAGE)
    assert (draft.name, draft.version, draft.problems) == ("tiny-mlp", "1.0", [])
    assert draft.file_count == len(
        [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    )


def test_every_problem_has_its_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(PACKAGE, folder)
    toml = folder / "training.toml"
    toml.write_text(toml.read_text().replace("checkpoint_every_seconds", "checkpoint_every_secs"))
    (folder / "evaluate.py").write_text("ok = 1\nscore = accuracy(pred\n")
    draft = look_over(folder)
    assert [(row.file, row.line) for row in draft.problems] == [("training.toml", 15), ("evaluate.py", 2)]
    assert (draft.name, draft.version) == ("tiny-mlp", "1.0")


def test_what_is_no_package_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.zip").write_bytes(b"nothing")
    drafts = [look_over(tmp_path / name) for name in ("empty", "no.zip", "absent.zip")]
    assert all(draft.problems and draft.problems[0].message for draft in drafts)


def test_what_is_watched_leaves_caches_and_links_out(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "train.py").write_text("")
    (tmp_path / "link").symlink_to("/etc")
    assert watched_paths(tmp_path) == [str(tmp_path), str(tmp_path / "train.py")]
