"""run.py as its callers see it: arguments, exit codes, streams and signals of the command that it becomes."""

import ast
import json
import os
import signal
from pathlib import Path

import pytest

from build_scripts.run import parse
from tests.build_scripts.checkout import PROJECT, Checkout

DEMO = ["gpu-agent", "demo"]


@pytest.mark.parametrize(
    ("arguments", "options", "command"),
    [
        ([], set(), ["gpu-agent"]),
        (["demo", "--json"], set(), [*DEMO, "--json"]),
        (["--headless", "--json"], set(), [*DEMO, "--headless", "--json"]),
        (["--dev", "--no-system", "pytest", "--help"], {"--dev", "--no-system"}, ["pytest", "--help"]),
        (["gpu-agent-client", "demo", "--dev"], set(), ["gpu-agent-client", "demo", "--dev"]),
        (["-h"], {"--help"}, ["gpu-agent"]),
    ],
)
def test_only_options_before_the_command_are_run_pys_own(
    arguments: list[str], options: set[str], command: list[str]
) -> None:
    assert parse(arguments) == (options, command)


@pytest.mark.parametrize("name", ["__init__.py", "run.py", "check.py", "find_python.py"])
def test_what_any_python_may_read_has_no_syntax_newer_than_python_2_7(name: str) -> None:
    tree = ast.parse((PROJECT / "build_scripts" / name).read_text(encoding="utf-8"))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.AsyncFunctionDef, ast.Match, ast.Starred)
    for node in ast.walk(tree):
        assert not isinstance(node, newer), ast.dump(node)
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            assert node.returns is None
            assert not arguments.kwonlyargs
            assert not arguments.posonlyargs
            assert not any(argument.annotation for argument in arguments.args)
        if isinstance(node, ast.Raise):
            assert node.cause is None


def test_help_needs_no_environment(checkout: Checkout) -> None:
    ended = checkout.run("--help")

    assert ended.returncode == 0
    assert "gpu-agent-client" in ended.stdout
    assert not checkout.venv.exists()


@pytest.mark.full
def test_a_command_gets_its_arguments_and_gives_its_exit_code(installed: Checkout) -> None:
    ended = installed.run("gpu-agent", "fail", "--json", "two words")

    assert ended.returncode == 7
    assert ended.stderr == ""
    said = json.loads(ended.stdout)
    assert said["arguments"] == ["fail", "--json", "two words"]
    assert said["prefix"] == str(installed.venv)


@pytest.mark.full
def test_options_without_a_command_are_the_demos(installed: Checkout) -> None:
    assert json.loads(installed.run("--json").stdout)["arguments"] == ["demo", "--json"]


def test_a_second_start_installs_nothing_and_says_nothing(installed: Checkout) -> None:
    before = installed.installs()

    ended = installed.run("python", "-c", "print('here')")

    assert (ended.stdout, ended.stderr, installed.installs()) == ("here\n", "", before)


def test_the_process_becomes_the_command_so_that_a_signal_reaches_it(installed: Checkout) -> None:
    process = installed.start("gpu-agent", "wait")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["pid"] == process.pid

    process.send_signal(signal.SIGTERM)
    process.communicate()

    assert process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("name", ["no-such-command", "../bin/python", "activate"])
def test_what_is_no_command_of_the_environment_is_refused_in_words(installed: Checkout, name: str) -> None:
    ended = installed.run(name)

    assert ended.returncode == 4
    assert ended.stdout == ""
    assert f"no command {name} here" in ended.stderr
    assert "run.py --help" in ended.stderr


@pytest.mark.full
def test_another_folder_may_hold_the_environment(checkout: Checkout, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"

    ended = checkout.run("python", "-c", "import sys; print(sys.prefix)", GPU_AGENT_VENV=os.fspath(elsewhere))

    assert ended.stdout == f"{elsewhere}\n"
    assert not checkout.venv.exists()
