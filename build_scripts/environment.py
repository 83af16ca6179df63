"""Makes the project's environment, or brings it up to date: the slow path that a second start doesn't take.

One lock guards it, so that starts beside each other wait for one install. What an interruption left is made anew.
"""

import fcntl
import os
import shutil
import signal
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from build_scripts import example_wheels, pip_bootstrap, stamp, steps, system_packages

EXIT_ENVIRONMENT = 3
LOCK = ".gpu-agent-lock"
UNFINISHED = ".gpu-agent-unfinished"
LOG = "install.log"
FOREIGN_PIP_SETTINGS = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIREMENT")
"""Settings of a user's own pip that would lead ours out of the environment."""


def make_ready_or_exit(layout: stamp.Layout, *, dev: bool, system: bool) -> None:
    """`make_ready` for a command line: ends in words on stderr and exit code 3, or in 130 where it was stopped."""
    previous = signal.signal(signal.SIGTERM, _stop)
    try:
        make_ready(layout, dev=dev, system=system)
    except steps.SetupError as error:
        steps.say(f"{error.problem}\n{error.next_step}")
        sys.exit(EXIT_ENVIRONMENT)
    except OSError as error:
        steps.say(f"The environment in {layout.venv} can't be made: {error}")
        steps.say("Set GPU_AGENT_VENV to a folder of your own with room for it, and start again.")
        sys.exit(EXIT_ENVIRONMENT)
    except KeyboardInterrupt:
        steps.say("Stopped. The next start makes the environment anew.")
        sys.exit(130)
    finally:
        signal.signal(signal.SIGTERM, previous)


def _stop(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends the running step as Ctrl-C does."""
    raise KeyboardInterrupt


def make_ready(layout: stamp.Layout, *, dev: bool, system: bool) -> None:
    """Installs what the environment lacks, and as root the system's packages where `system` allows it.

    Raises SetupError with a problem and a next step, OSError where the folder can't be written, KeyboardInterrupt.
    """
    venv = Path(layout.venv)
    _refuse_foreign_folder(venv)
    venv.mkdir(parents=True, exist_ok=True)
    with _locked(venv / LOCK) as lock:
        log = venv / LOG
        if not stamp.is_environment_ready(layout, dev):
            _install(layout, dev, lock)
            system_packages.settle(layout, log, [lock], allowed=system)
        elif system and not stamp.are_system_packages_settled(layout):
            system_packages.settle(layout, log, [lock], allowed=True)


def _refuse_foreign_folder(venv: Path) -> None:
    """Making an environment anew empties its folder, so it has to be one."""
    if venv.is_dir() and any(venv.iterdir()) and not (venv / "pyvenv.cfg").exists() and not (venv / LOCK).exists():
        raise steps.SetupError(
            f"{venv} holds files but is no virtual environment.",
            "Set GPU_AGENT_VENV to a folder that is empty or doesn't exist yet.",
        )
    if venv.exists() and not venv.is_dir():
        raise steps.SetupError(f"{venv} is no folder.", "Set GPU_AGENT_VENV to a folder.")


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Holds the lock; waits for whoever holds it. Programs started with the descriptor keep it after our end."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with steps.Progress("Waiting for another start that is installing"):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def _install(layout: stamp.Layout, dev: bool, lock: int) -> None:
    venv = Path(layout.venv)
    log, unfinished = venv / LOG, venv / UNFINISHED
    if unfinished.exists() or not _is_usable(layout):
        steps.say("Setting up the environment; this takes a minute or two.")
        _empty(venv)
        unfinished.touch()
        _create(layout, log, lock)
    else:
        steps.say("Bringing the environment up to date.")
        unfinished.touch()
        log.unlink(missing_ok=True)
    Path(layout.stamp).unlink(missing_ok=True)
    Path(layout.failed_system_packages).unlink(missing_ok=True)
    try:
        _install_project(layout, dev, log, lock)
        example_wheels.fetch(layout, _python_version(venv), log, _pip_environment(), [lock])
    except steps.SetupError:
        unfinished.unlink()  # pip ended by itself: what it left is whole, and the next start goes on from there
        raise
    temporary = Path(layout.stamp + ".new")
    temporary.write_text(stamp.key(layout) + ("\ndev\n" if dev else "\n"), encoding="utf-8")
    unfinished.unlink()
    temporary.replace(layout.stamp)


def _is_usable(layout: stamp.Layout) -> bool:
    """Whether the environment's own interpreter runs, is the one it was made with, and has pip."""
    venv = Path(layout.venv)
    code = "import sys, pip; print('%d.%d' % sys.version_info[:2], sys.prefix)"
    try:
        expected = f"{_python_version(venv)} {layout.venv}\n"
        log = venv / ".gpu-agent-probe"
        log.unlink(missing_ok=True)
        ended = steps.run_step("Looking at the environment", [layout.python, "-I", "-c", code], log)
        return ended == 0 and log.read_text(encoding="utf-8").endswith("\n" + expected) and _is_supported(venv)
    except (OSError, KeyError):
        return False


def _python_version(venv: Path) -> str:
    """The environment's Python ("3.12") as pyvenv.cfg has it; raises KeyError or OSError where it doesn't say."""
    pairs = (line.partition("=") for line in (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines())
    version = {name.strip(): value.strip() for name, _, value in pairs}["version"]
    return ".".join(version.split(".")[:2])


def _is_supported(venv: Path) -> bool:
    from build_scripts.find_python import SUPPORTED

    return _python_version(venv) in {f"{major}.{minor}" for major, minor in SUPPORTED}


def _empty(venv: Path) -> None:
    """Removes what is in the folder except the lock: others wait on this very file."""
    for entry in venv.iterdir():
        if entry.name == LOCK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _create(layout: stamp.Layout, log: Path, lock: int) -> None:
    base = str(getattr(sys, "_base_executable", sys.executable))
    command = [base, "-I", "-m", "venv", "--without-pip", layout.venv]
    if steps.run_step("Making the environment", command, log, held=[lock]) != 0:
        raise steps.SetupError(
            f"Python couldn't make the virtual environment {layout.venv}:\n{steps.last_words(log)}",
            f"On Debian and Ubuntu: sudo apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv",
        )
    pip_bootstrap.install_pip(layout.python, log, [lock])


def _pip_environment() -> dict[str, str]:
    """The user's settings of pip (index, proxy, certificates) hold; those that would lead it out of here don't."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_PIP_SETTINGS}
    return {**kept, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _install_project(layout: stamp.Layout, dev: bool, log: Path, lock: int) -> None:
    """The project's own build tools first, from the same constraints, so that its install builds with just these."""
    project = Path(layout.project)
    build_system = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    constraints = project / "build_scripts" / "constraints.txt"
    install = [layout.python, "-I", "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    install += ["--no-warn-script-location", "--constraint", str(constraints)]
    _pip("Installing the build tools", [*install, *build_system["requires"]], layout, log, lock)
    target = f"{project}[dev]" if dev else str(project)
    label = "Installing the project's libraries" + (" and development tools" if dev else "")
    _pip(label, [*install, "--no-build-isolation", "--editable", target], layout, log, lock)


def _pip(label: str, command: list[str], layout: stamp.Layout, log: Path, lock: int) -> None:
    if steps.run_step(label, command, log, env=_pip_environment(), cwd=Path(layout.project), held=[lock]) != 0:
        raise steps.SetupError(
            f"{label} failed:\n{steps.last_words(log)}",
            f"Check the network and start again. The whole output is in {log}.",
        )
