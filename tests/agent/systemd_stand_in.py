"""A `systemctl` for machines where systemd does not run: it keeps links and processes as the real one would, and writes
down what it was asked. It is put before the real one in PATH."""

import json
import os
import shlex
import stat
import sys
from pathlib import Path

from tests.agent.node_process import COMMAND
from tests.backend.server_process import PROJECT

_PROGRAM = """#!{python}
import json, os, shlex, signal, subprocess, sys, time
from pathlib import Path

own, command, project = Path({own!r}), {command!r}, {project!r}
words = sys.argv[1:]
with (own / "calls").open("a") as calls:
    calls.write(json.dumps(words) + "\\n")
if words == ["--version"]:
    print("systemd 252 (252.1)")
    raise SystemExit
words = [word for word in words if word != "--user"]
folder = Path(os.environ["HOME"]) / ".config/systemd/user"
wants = folder / "default.target.wants"
pid_file = own / "pid"

def pid():
    try:
        number = int(pid_file.read_text())
        os.kill(number, 0)
        return number
    except (OSError, ValueError):
        return None

def stop():
    number = pid()
    if number is not None:
        os.kill(number, signal.SIGTERM)
        while pid() is not None:
            try:
                os.waitpid(number, os.WNOHANG)
            except ChildProcessError:
                pass
            time.sleep(0.02)
    pid_file.unlink(missing_ok=True)

def start():
    if pid() is not None or not (own / "runs").exists():
        return
    lines = (folder / words[-1]).read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("ExecStart=")]
    _, *arguments = shlex.split(line.removeprefix("ExecStart="))
    variables = dict(shlex.split(line.removeprefix("Environment="))[0].split("=", 1)
                     for line in lines if line.startswith("Environment="))
    outer = subprocess.run(
        [sys.executable, "-c", "import subprocess, sys; "
         "print(subprocess.Popen(sys.argv[1:], stdin=-3, stdout=-3, stderr=open({log!r}, 'a'), "
         "start_new_session=True).pid)", *command, *arguments],
        cwd=project, env={{**os.environ, **variables}}, capture_output=True, text=True, check=True)
    pid_file.write_text(outer.stdout)

match words[0]:
    case "enable":
        wants.mkdir(parents=True, exist_ok=True)
        link = wants / words[-1]
        link.unlink(missing_ok=True)
        link.symlink_to(folder / words[-1])
        start()
    case "disable":
        stop()
        (wants / words[-1]).unlink(missing_ok=True)
        if wants.exists():
            wants.rmdir()
    case "restart":
        stop()
        start()
    case "is-enabled":
        print("enabled" if (wants / words[-1]).is_symlink() else "disabled")
    case "is-active":
        print("active" if pid() is not None else "inactive")
"""


class SystemdStandIn:
    """`environment` has it in PATH and a home of its own; with `runs`, services are really started."""

    def __init__(self, folder: Path, *, runs: bool) -> None:
        self.own = folder / "stand-in"
        self.home = folder / "home"
        (self.own / "bin").mkdir(parents=True)
        self.home.mkdir()
        self.before: list[str] = []
        program = self.own / "bin" / "systemctl"
        program.write_text(
            _PROGRAM.format(
                python=sys.executable,
                own=str(self.own),
                command=COMMAND,
                project=str(PROJECT),
                log=str(self.own / "log"),
            )
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        if runs:
            (self.own / "runs").touch()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        path = f"{self.own / 'bin'}:{os.environ['PATH']}"
        self.environment = {**clean, "HOME": str(self.home), "PATH": path}

    def calls(self) -> list[str]:
        """What it was asked, a line each."""
        file = self.own / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [shlex.join(json.loads(line)) for line in lines]

    def log(self) -> str:
        """What the services said."""
        file = self.own / "log"
        return file.read_text() if file.exists() else ""
