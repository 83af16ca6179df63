"""The environment is made once, by one of many, whole or again, and nowhere but in its own folder."""

import fcntl
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from build_scripts import environment, stamp
from tests.build_scripts.checkout import Checkout


def wait_for_install_to_stand_still(checkout: Checkout) -> int:
    """Opens the pipe that the install reads: returns when it has come that far. Closing it lets the install go on."""
    return os.open(checkout.hold, os.O_WRONLY)


@pytest.mark.full
def test_two_first_starts_beside_each_other_share_one_install(checkout: Checkout) -> None:
    os.mkfifo(checkout.hold)
    first = checkout.start("gpu-agent", "first")
    gate = wait_for_install_to_stand_still(checkout)
    second = checkout.start("gpu-agent", "second")
    checkout.hold.unlink()
    os.close(gate)

    answers = [process.communicate() for process in (first, second)]

    assert [first.returncode, second.returncode] == [0, 0], answers
    assert [json.loads(out)["arguments"] for out, _ in answers] == [["first"], ["second"]]
    assert checkout.installs() == 1


@pytest.mark.full
def test_an_install_that_was_killed_is_made_anew(checkout: Checkout) -> None:
    os.mkfifo(checkout.hold)
    process = checkout.start("gpu-agent")
    gate = wait_for_install_to_stand_still(checkout)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    checkout.hold.unlink()
    os.close(gate)
    leftover = checkout.venv / "bin" / "half-written"
    leftover.touch()

    ended = checkout.run("gpu-agent")

    assert ended.returncode == 0, ended.stderr
    assert not leftover.exists()
    assert checkout.installs() == 1


@pytest.mark.full
def test_the_lock_outlives_a_killed_start_until_the_install_that_it_began_has_ended(checkout: Checkout) -> None:
    os.mkfifo(checkout.hold)
    first = checkout.start("gpu-agent")
    gate = wait_for_install_to_stand_still(checkout)
    first.kill()
    first.wait()

    with (checkout.venv / environment.LOCK).open() as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    second = checkout.start("gpu-agent")
    checkout.hold.unlink()
    os.close(gate)

    _, errors = second.communicate()
    first.communicate()

    assert second.returncode == 0, errors


@pytest.mark.full
def test_a_stopped_install_takes_its_step_along_and_says_how_to_go_on(checkout: Checkout) -> None:
    os.mkfifo(checkout.hold)
    process = checkout.start("gpu-agent")
    gate = wait_for_install_to_stand_still(checkout)

    process.send_signal(signal.SIGTERM)
    out, errors = process.communicate()
    os.close(gate)

    assert process.returncode == 130
    assert out == ""
    assert "next start" in errors


@pytest.mark.full
def test_a_changed_project_file_brings_the_environment_up_to_date_in_place(checkout: Checkout) -> None:
    checkout.run("gpu-agent")
    kept = checkout.venv / "bin" / "kept"
    kept.touch()
    with (checkout.folder / "pyproject.toml").open("a") as file:
        file.write("# changed\n")

    ended = checkout.run("gpu-agent")

    assert ended.returncode == 0, ended.stderr
    assert checkout.installs() == 2
    assert kept.exists()


@pytest.mark.full
def test_a_moved_checkout_gets_an_environment_of_its_own(checkout: Checkout) -> None:
    checkout.run("gpu-agent")
    moved = checkout.folder.with_name("moved")
    checkout.folder.rename(moved)
    checkout.folder, checkout.venv = moved, moved / ".venv"

    ended = checkout.run("gpu-agent")

    assert json.loads(ended.stdout)["prefix"] == str(moved / ".venv")


@pytest.mark.full
def test_development_tools_serve_both_and_are_asked_for_once(checkout: Checkout) -> None:
    assert checkout.run("--dev", "gpu-agent").returncode == 0

    assert stamp.is_environment_ready(checkout.layout(), dev=True)
    assert stamp.is_environment_ready(checkout.layout(), dev=False)


@pytest.mark.full
def test_without_development_tools_only_a_plain_start_is_ready(installed: Checkout) -> None:
    assert stamp.is_environment_ready(installed.layout(), dev=False)
    assert not stamp.is_environment_ready(installed.layout(), dev=True)


@pytest.mark.full
def test_a_failed_install_ends_in_words_and_the_next_start_goes_on(checkout: Checkout) -> None:
    constraints = checkout.folder / "build_scripts" / "constraints.txt"
    constraints.write_text("pip==0.0.1\n")
    failed = checkout.run("gpu-agent", PIP_NO_INDEX="1")
    constraints.write_text("")

    ended = checkout.run("gpu-agent")

    assert failed.returncode == 3
    assert failed.stdout == ""
    assert "Check the network and start again" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert ended.returncode == 0, ended.stderr


@pytest.mark.full
def test_a_users_own_pip_settings_lead_nothing_out_of_the_environment(checkout: Checkout, tmp_path: Path) -> None:
    outside = tmp_path / "outside"

    ended = checkout.run("gpu-agent", PIP_TARGET=os.fspath(outside), PIP_USER="1", PYTHONUSERBASE=os.fspath(outside))

    assert ended.returncode == 0, ended.stderr
    assert not outside.exists()


def test_a_folder_that_is_no_environment_is_never_emptied(checkout: Checkout, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")

    ended = checkout.run("gpu-agent", GPU_AGENT_VENV=os.fspath(precious))

    assert ended.returncode == 3
    assert "GPU_AGENT_VENV" in ended.stderr
    assert (precious / "thesis.txt").read_text() == "years of work"


@pytest.mark.full
def test_an_environment_whose_interpreter_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.run("gpu-agent")
    for name in ("python", "python3", Path(sys.executable).resolve().name):
        interpreter = checkout.venv / "bin" / name
        interpreter.unlink(missing_ok=True)
        interpreter.symlink_to("/nonexistent/python")

    ended = checkout.run("gpu-agent")

    assert ended.returncode == 0, ended.stderr


def test_a_folder_that_can_not_be_made_ends_in_words(checkout: Checkout) -> None:
    ended = checkout.run("gpu-agent", GPU_AGENT_VENV="/proc/nothing-can-be-made-here")

    assert ended.returncode == 3
    assert "can't be made" in ended.stderr
    assert "GPU_AGENT_VENV" in ended.stderr
    assert "Traceback" not in ended.stderr
