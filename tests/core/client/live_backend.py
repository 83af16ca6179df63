"""A real backend on a port that it keeps across restarts, with one customer who has credits."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from core.client.customer import Client
from core.client.http import Retries
from core.sibling_commands import find_command
from gui.child_processes import Child, run_to_end

PATIENT = Retries(attempts=200, seconds=30.0)


class LiveBackend:
    """Started at once, with further options of `serve`; `kill` is SIGKILL, `start` brings it back where it was."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.options = options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()
        made = run_to_end(
            "gpu-agent-backend",
            ["customers", "create", "--email", "a@example.com", "--credits", "1000", "--data-dir", str(self.data_dir)],
        )
        self.key = str(made["api_key"])

    @property
    def data_dir(self) -> Path:
        return self.folder / "backend"

    def start(self) -> None:
        where = ["--data-dir", str(self.data_dir), "--host", "127.0.0.1", "--port", str(self.port)]
        self.child = Child("gpu-agent-backend", ["serve", *where, *self.options], self.folder / "backend.log")
        with Client(self.url, None, retries=PATIENT) as client:
            client.health()

    def kill(self) -> None:
        self.child.stop(term_seconds=0)

    def close(self) -> None:
        self.child.stop()

    def environment(self) -> dict[str, str]:
        """What a customer's shell holds."""
        state = {"XDG_STATE_HOME": str(self.folder / "state")}
        return {**os.environ, **state, "GPU_AGENT_SERVER": self.url, "GPU_AGENT_API_KEY": self.key}

    def command(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run gpu-agent-client to its end."""
        return subprocess.run(
            [client_command(), *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            env={**self.environment(), **environment},
            timeout=60,
            check=False,
        )


def client_command() -> str:
    """The installed command."""
    found = find_command("gpu-agent-client", executable=sys.executable, script="")
    assert found is not None, "the project is not installed in this environment: python3 build_scripts/check.py"
    return found
