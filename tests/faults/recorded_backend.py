"""A backend under a tracer, with the operator's commands beside it: all that writes to its folder is recorded."""

import subprocess
from heapq import merge
from pathlib import Path
from typing import Any

import msgspec

from tests.backend.server_process import COMMAND, PROJECT, BackendServer
from tests.faults.power import Call, read_calls, traced, wait_for_tracer


class RecordedBackend:
    """Started at once in an empty folder; nothing else may write there."""

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder / "backend"
        self.data_dir.mkdir(mode=0o700)
        self._folder = folder
        self._logs: list[Path] = []
        self._server = BackendServer(self.data_dir, "--lease-seconds", "5", program=self._traced())
        self._server.start()
        self.url = self._server.url

    def new_customer(self, email: str = "a@example.com") -> str:
        """A customer with credits; the key."""
        return str(self._command("customers", "create", "--email", email, "--credits", "1000")["api_key"])

    def new_code(self, *options: str) -> str:
        """A code that a node enrols with."""
        return str(self._command("nodes", "enrollment-code", *options)["code"])

    def stop(self) -> list[Call]:
        """All calls of all programs, in their order."""
        assert self._server.stop() == 0
        for log in self._logs:
            wait_for_tracer(log)
        return list(merge(*map(read_calls, self._logs), key=lambda call: call.begun_at))

    def close(self) -> None:
        """Ends what is left of it."""
        self._server.close()

    def _traced(self) -> list[str]:
        self._logs.append(self._folder / f"backend-calls-{len(self._logs)}")
        return traced(COMMAND, self._logs[-1])

    def _command(self, *arguments: str) -> Any:
        command = [*self._traced(), *arguments, "--data-dir", str(self.data_dir), "--json"]
        done = subprocess.run(command, cwd=PROJECT, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        return msgspec.json.decode(done.stdout)
