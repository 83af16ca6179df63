"""`gpu-agent-client completion`: the script that makes a shell complete this program, printed or put in its place."""

import os
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from ...console import CommandError, ExitCode
from .completion_scripts import SCRIPTS
from .options import Session

_POWERSHELLS = ("pwsh", "powershell")


class Shell(StrEnum):
    """The shells that there is a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"
    ELVISH = "elvish"


class Installed(msgspec.Struct, frozen=True):
    """Where a shell's script lies, and which of its files reads it; None where the shell finds it by itself."""

    shell: str
    script: str
    read_by: str | None


def completion(
    session: Session,
    shell: Annotated[Shell, typer.Argument(help="Your shell.")],
    install: Annotated[bool, typer.Option("--install", help="Put it in its place instead of printing it.")] = False,
) -> None:
    """Print what makes your shell complete commands, options, and ids of your jobs, datasets, packages and keys. With
    --install it is written to a file and read by every new shell."""
    script = SCRIPTS[shell.value]
    if not install:
        session.console.result({"shell": shell.value, "script": script}, human=script.rstrip("\n"), quiet=script)
        return
    done = _install(shell, script)
    read_by = f", read by {done.read_by}" if done.read_by is not None else ""
    session.console.result(
        done, human=f"Written to {done.script}{read_by}.\nOpen a new shell and press TAB.", quiet=done.script
    )


def _install(shell: Shell, script: str) -> Installed:
    """Writes the script, and once a line into the shell's own file. Raises CommandError."""
    place, start_file = _places(shell)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(script, encoding="utf-8")
        if start_file is not None:
            _add_line(start_file, _line(shell, place))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(
            f"It can't be written: {error}",
            hint=f"Write it yourself: gpu-agent-client completion {shell.value}",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
    return Installed(shell.value, str(place), None if start_file is None else str(start_file))


def _places(shell: Shell) -> tuple[Path, Path | None]:
    """Where the script goes, and the file that is to read it."""
    home = Path.home()
    config = _folder("XDG_CONFIG_HOME", home / ".config")
    kept = _folder("XDG_DATA_HOME", home / ".local" / "share") / "gpu-agent" / "completion"
    if shell is Shell.FISH:
        return config / "fish" / "completions" / "gpu-agent-client.fish", None
    if shell is Shell.BASH:
        return kept / "gpu-agent-client.bash", home / ".bashrc"
    if shell is Shell.ZSH:
        zsh = os.environ.get("ZDOTDIR", "").strip()
        return kept / "gpu-agent-client.zsh", (Path(zsh) if zsh else home) / ".zshrc"
    if shell is Shell.ELVISH:
        return kept / "gpu-agent-client.elv", config / "elvish" / "rc.elv"
    return kept / "gpu-agent-client.ps1", _powershell_profile()


def _folder(variable: str, usual: Path) -> Path:
    chosen = Path(os.environ.get(variable, "").strip())
    return chosen if chosen.is_absolute() else usual


def _powershell_profile() -> Path:
    """As PowerShell itself says. Raises CommandError where there is none."""
    for program in filter(None, map(_program, _POWERSHELLS)):
        try:
            said = subprocess.run(
                [program, "-NoProfile", "-NonInteractive", "-Command", "Write-Output $PROFILE"],
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        if said.stdout.strip():
            return Path(said.stdout.strip())
    raise CommandError(
        "There is no PowerShell here that says where its profile lies.",
        hint="gpu-agent-client completion powershell, and put what it prints into your $PROFILE",
        exit_code=ExitCode.ENVIRONMENT,
    )


def _program(name: str) -> str | None:
    """Where PATH has a program. Never the folder that one stands in, where Windows looks first: what lies there may be
    anybody's."""
    file_name = f"{name}.exe" if sys.platform == "win32" else name
    places = (Path(folder) / file_name for folder in os.get_exec_path())
    return next((str(place) for place in places if place.is_absolute() and shutil.which(str(place))), None)


def _line(shell: Shell, place: Path) -> str:
    """What reads the script, quoted as each shell does."""
    if shell is Shell.POWERSHELL:
        return ". '" + str(place).replace("'", "''") + "'"
    if shell is Shell.ELVISH:
        return "eval (slurp < '" + str(place).replace("'", "''") + "')"
    return "source '" + str(place).replace("'", "'\\''") + "'"


def _add_line(file: Path, line: str) -> None:
    """At the end, unless it is there already."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if line in text.splitlines():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as opened:
        opened.write(("" if not text or text.endswith("\n") else "\n") + line + "\n")
