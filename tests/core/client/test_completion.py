"""Completion: what is offered, that a service puts nothing but ids into a command line, and that real shells do it."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from core.client.command_line.completion import Shell
from core.client.command_line.completion_scripts import SCRIPTS, VARIABLE
from core.client.command_line.completions import SECONDS
from tests.core.client.live_backend import LiveBackend, client_command
from tests.core.client.saying import failed, ok
from tests.core.client.small_service import KEY, SmallService
from tests.core.client.typing_shell import TypingShell

GOOD = "0196ef10-0000-7000-8000-0000000000aa"
STARTS = {
    "bash": ["bash", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
    "elvish": ["elvish", "-norc"],
}


def offered(environment: dict[str, str], line: str) -> dict[str, str]:
    """Each value with its words, as scripts get them."""
    asked = {VARIABLE: "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": line}
    done = subprocess.run(
        [client_command()], env={**environment, **asked}, capture_output=True, text=True, timeout=60, check=True
    )
    pairs = (row.partition("\t") for row in done.stdout.splitlines() if row)
    return {value: words for value, _, words in pairs}


@pytest.mark.full
def test_commands_options_and_ids_are_offered(backend: LiveBackend, job: str, dataset: str, code: str) -> None:
    environment = backend.environment()
    assert {"jobs", "datasets", "login", "completion"} <= set(offered(environment, "gpu-agent-client "))
    assert set(offered(environment, "gpu-agent-client jobs sh")) == {"show"}
    assert "--search" in offered(environment, "gpu-agent-client jobs logs --se")
    assert offered(environment, "gpu-agent-client jobs show ") == {job: "queued code"}
    assert offered(environment, f"gpu-agent-client jobs logs -f {job[:9]}") == {job: "queued code"}
    assert offered(environment, "gpu-agent-client jobs show zz") == {}
    assert dataset in offered(environment, "gpu-agent-client jobs submit --dataset ")
    assert offered(environment, "gpu-agent-client jobs submit --dataset ./") == {}
    assert offered(environment, "gpu-agent-client jobs submit --package ") == {code: "code 1"}
    assert dataset in offered(environment, "gpu-agent-client datasets delete ")
    elsewhere = {**environment, "GPU_AGENT_SERVER": "http://127.0.0.1:9"}
    assert offered(elsewhere, f"gpu-agent-client --server {backend.url} jobs show ") == {job: "queued code"}


@pytest.mark.full
def test_where_nothing_answers_nothing_is_offered_and_nothing_is_said(backend: LiveBackend) -> None:
    gone = {**backend.environment(), "GPU_AGENT_SERVER": "http://127.0.0.1:9"}
    assert offered(gone, "gpu-agent-client jobs show ") == {}
    assert offered({**gone, "GPU_AGENT_API_KEY": ""}, "gpu-agent-client jobs show ") == {}


def page(*rows: dict[str, object]) -> tuple[int, dict[str, str], bytes]:
    more = {"page": {"limit": 100, "next_cursor": None, "has_more": False}}
    return 200, {"Content-Type": "application/json"}, json.dumps({"data": rows, **more}).encode()


def key_row(id: str, name: str) -> dict[str, object]:
    row = {"id": id, "name": name, "prefix": "", "scopes": [], "created_at": ""}
    return {**row, "last_used_at": None, "revoked_at": None}


def test_a_service_can_put_nothing_but_an_id_into_the_line(service: SmallService, tmp_path: Path) -> None:
    evil = ["$(touch owned)", "x; touch owned", f"{GOOD}\n`touch owned`", "\x1b[2J"]
    name = "plain\tname\nnext\x1b[2J\u202e'\"$(touch owned)"
    service.first_answers = [page(*(key_row(id, "k") for id in evil), key_row(GOOD, name))]
    environment = {**os.environ, "GPU_AGENT_SERVER": service.url, "GPU_AGENT_API_KEY": KEY}
    rows = offered({**environment, "XDG_CONFIG_HOME": str(tmp_path)}, "gpu-agent-client keys revoke ")
    assert list(rows) == [GOOD]
    assert rows[GOOD].isprintable() and rows[GOOD].startswith("plain\\tname\\nnext")


def test_a_service_that_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        environment = {
            **os.environ,
            "GPU_AGENT_SERVER": url,
            "GPU_AGENT_API_KEY": KEY,
            "XDG_CONFIG_HOME": str(tmp_path),
        }
        began = time.monotonic()
        assert offered(environment, "gpu-agent-client jobs show ") == {}
        assert time.monotonic() - began >= SECONDS, "it was asked, and the answer's limit of a minute not waited for"


@pytest.mark.parametrize(
    "shell", [pytest.param(shell, marks=[] if shell is Shell.BASH else [pytest.mark.full]) for shell in Shell]
)
def test_each_script_is_printed_as_it_is_installed(shell: Shell, backend: LiveBackend, tmp_path: Path) -> None:
    printed = backend.command("completion", shell.value)
    assert printed.returncode == 0 and printed.stdout == SCRIPTS[shell.value]
    if shell is Shell.POWERSHELL and not (shutil.which("pwsh") or shutil.which("powershell")):
        assert "$PROFILE" in failed(backend.command("completion", shell.value, "--install", "--json"), 3)["hint"]
        return
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "", "ZDOTDIR": ""}
    (tmp_path / ".bashrc").write_text("alias ll='ls -l'")
    first = ok(backend.command("completion", shell.value, "--install", "--json", **home))
    assert ok(backend.command("completion", shell.value, "--install", "--json", **home)) == first
    assert Path(first["script"]).read_text() == SCRIPTS[shell.value]
    assert Path(first["script"]).is_relative_to(tmp_path)
    if first["read_by"] is not None:
        text = Path(first["read_by"]).read_text()
        assert text.count("gpu-agent-client") == 1 and text.endswith("\n")
    assert (tmp_path / ".bashrc").read_text().startswith("alias ll='ls -l'")


@pytest.mark.skipif(os.name != "posix", reason="the PowerShells here are scripts of a shell")
def test_a_powershell_in_the_folder_one_stands_in_is_not_run(tmp_path: Path) -> None:
    def put_powershell(folder: Path, profile: Path) -> None:
        folder.mkdir()
        (folder / "pwsh").write_text(f"#!/bin/sh\necho '{profile}'\n")
        (folder / "pwsh").chmod(0o755)

    here, elsewhere, profile = tmp_path / "here", tmp_path / "elsewhere", tmp_path / "profile.ps1"
    put_powershell(here, tmp_path / "evil.ps1")
    put_powershell(elsewhere, profile)
    words = [client_command(), "completion", "powershell", "--install", "--json"]

    def install(path: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "PATH": path, "XDG_DATA_HOME": str(tmp_path)}
        return subprocess.run(words, cwd=here, env=environment, capture_output=True, text=True, timeout=60)

    assert "$PROFILE" in failed(install(os.pathsep.join([".", ""])), 3)["hint"]
    assert ok(install(os.pathsep.join([".", str(elsewhere)])))["read_by"] == str(profile)
    assert not (tmp_path / "evil.ps1").exists()


@pytest.mark.parametrize(
    "shell", [one if one == "bash" else pytest.param(one, marks=pytest.mark.full) for one in sorted(STARTS)]
)
def test_a_real_shell_completes_commands_and_ids_and_offers_files_elsewhere(
    shell: str, backend: LiveBackend, job: str, tmp_path: Path
) -> None:
    if shutil.which(STARTS[shell][0]) is None:
        pytest.skip(f"there is no {shell} here")
    (tmp_path / "some-folder").mkdir()
    script = tmp_path / "completion"
    script.write_text(SCRIPTS[shell])
    path = f"{Path(client_command()).parent}:{os.environ['PATH']}"
    environment = {**backend.environment(), "PATH": path, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    load = f"eval (slurp < {script})" if shell == "elvish" else f"source {script}"
    with TypingShell(STARTS[shell], environment, str(tmp_path)) as shell_there:
        shell_there.typed(f"{load}; echo loa''ded\r")
        shell_there.until("loaded\n")
        # each line is completed, then run: what it says does not depend on how a shell draws its line
        shell_there.typed("gpu-agent-client jobs expl\t --help\r")
        shell_there.until("Usage: gpu-agent-client jobs explain")
        shell_there.typed("gpu-agent-client jobs show \t --json\r")
        shell_there.until(f'{{"id": "{job}"')
        shell_there.typed("gpu-agent-client datasets push some-f\t\r")
        shell_there.until("There is no file in some-folder.")
