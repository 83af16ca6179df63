"""How apt-get is called. The stand-in records its calls; the real one is met in the bare Debian of tests/end_to_end."""

import os
from pathlib import Path

import pytest

from build_scripts import pip_bootstrap, stamp, system_packages

RECORDER = """#!/bin/sh
echo "$DEBIAN_FRONTEND $NEEDRESTART_MODE $*" >> "{calls}"
[ ! -e "{folder}/fails" ]
"""


class Apt:
    """An `apt-get` that is first on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._calls = folder / "calls"
        program = folder / "apt-get"
        program.write_text(RECORDER.format(calls=self._calls, folder=folder))
        program.chmod(0o755)

    def fail(self) -> None:
        (self.folder / "fails").touch()

    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines() if self._calls.exists() else []


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Apt:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Apt(folder)


def layout(tmp_path: Path, path: Path) -> stamp.Layout:
    """An environment's folders where only what lies in `path` is on PATH."""
    variables = {"PATH": str(path), "GPU_AGENT_VENV": str(tmp_path)}
    return stamp.Layout.of(str(tmp_path), variables)


def test_apt_asks_nothing_and_installs_no_more_than_named(
    apt: Apt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "has_lists", lambda: True)

    assert system_packages.install(["bubblewrap"], tmp_path / "log", [])

    assert apt.calls() == [
        "noninteractive a -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends bubblewrap"
    ]


def test_empty_package_lists_are_fetched_first(apt: Apt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "has_lists", lambda: False)

    assert system_packages.install(["bubblewrap"], tmp_path / "log", [])

    assert [call.split()[4] for call in apt.calls()] == ["update", "install"]


def test_lists_count_only_where_they_name_packages(tmp_path: Path) -> None:
    (tmp_path / "partial").mkdir()
    (tmp_path / "deb.debian.org_debian_dists_trixie_InRelease").touch()
    assert not system_packages.has_lists(tmp_path)

    (tmp_path / "deb.debian.org_debian_dists_trixie_main_binary-amd64_Packages.lz4").touch()
    assert system_packages.has_lists(tmp_path)


def test_an_ordinary_user_is_told_in_one_line_what_would_help(
    apt: Apt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    system_packages.settle(layout(tmp_path, apt.folder), tmp_path / "log", [], allowed=True)

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "sudo apt-get install bubblewrap" in said.err
    assert apt.calls() == []


def test_roots_no_system_is_kept(apt: Apt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    system_packages.settle(layout(tmp_path, apt.folder), tmp_path / "log", [], allowed=False)

    assert apt.calls() == []


def test_a_package_that_root_can_not_install_stops_nothing_and_is_not_tried_at_every_start(
    apt: Apt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt.fail()
    here = layout(tmp_path, apt.folder)
    assert not stamp.are_system_packages_settled(here)

    system_packages.settle(here, tmp_path / "log", [], allowed=True)

    assert "bubblewrap couldn't be installed" in capsys.readouterr().err
    assert stamp.are_system_packages_settled(here)


def test_nothing_is_said_where_nothing_is_missing(apt: Apt, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (apt.folder / "bwrap").touch(mode=0o755)

    system_packages.settle(layout(tmp_path, apt.folder), tmp_path / "log", [], allowed=True)

    assert capsys.readouterr() == ("", "")
    assert apt.calls() == []


def test_what_a_window_needs_is_asked_for_only_where_there_is_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bwrap").touch(mode=0o755)
    monkeypatch.setattr(stamp, "missing_window_packages", lambda: ["libegl1"])
    folders = {"PATH": str(tmp_path), "GPU_AGENT_VENV": str(tmp_path)}

    assert stamp.missing_packages(stamp.Layout.of(str(tmp_path), folders)) == []
    assert stamp.missing_packages(stamp.Layout.of(str(tmp_path), {**folders, "DISPLAY": ":0"})) == ["libegl1"]
    for_tests = stamp.Layout.of(str(tmp_path), folders)._replace(for_tests=True)
    programs = ["chromium", "dbus", "nodejs", "npm", "openbox", "strace", "tint2", "xdotool", "xvfb"]
    assert stamp.missing_packages(for_tests) == ["libegl1", *programs]


def test_a_library_counts_wherever_below_usr_it_lies(tmp_path: Path) -> None:
    assert stamp.missing_window_packages(str(tmp_path)) == list(stamp.WINDOW_FILES.values())

    for place in stamp.WINDOW_FILES:
        path = tmp_path / place.replace("*", "x86")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "libx86").rename(tmp_path / "lib")
    assert stamp.missing_window_packages(str(tmp_path)) == []


def test_of_several_pip_wheels_the_newest_is_taken(tmp_path: Path) -> None:
    for version in ("9.0.3", "23.0.1", "25.1.1"):
        (tmp_path / f"pip-{version}-py3-none-any.whl").touch()
    (tmp_path / "setuptools-99.0-py3-none-any.whl").touch()

    wheel = pip_bootstrap.newest_wheel(tmp_path)

    assert wheel is not None
    assert wheel.name == "pip-25.1.1-py3-none-any.whl"
    assert pip_bootstrap.newest_wheel(tmp_path / "missing") is None
