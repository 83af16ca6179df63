"""A real server in a process of its own, and customers of it. For any test that needs one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from backend.data_folder import DATABASE_NAME
from core.accounts.api_keys import SCOPES, create_key
from core.accounts.customers import create_customer
from core.billing.ledger import grant
from core.clock import MICRO_PER_CREDIT
from core.ids import uuid7
from core.store.database import Store

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from backend.command_line import main; main()"]
WHEELS = PROJECT / "resources" / "wheels"
LAST_SECONDS = 30


def run_command(*arguments: str, data_dir: Path, said: str = "") -> "subprocess.CompletedProcess[str]":
    """One of the operator's commands, to its end; `said` is what it reads on stdin."""
    return subprocess.run(
        [*COMMAND, *arguments, "--data-dir", str(data_dir)],
        cwd=PROJECT,
        input=said,
        capture_output=True,
        text=True,
        timeout=LAST_SECONDS,
        check=False,
    )


class Customer:
    """A customer with a key: requests are sent as theirs."""

    def __init__(self, url: str, email: str, key: str) -> None:
        self.email = email
        self.key = key
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers={"X-API-Key": key}, timeout=30, trust_env=False)

    def close(self) -> None:
        self.http.close()


class BackendServer:
    """`gpu-agent-backend serve` on a free port, or a given one where its public address is another's; `start` returns
    when it answers. It resolves the example without network. Tests may start it by another `program`."""

    def __init__(self, data_dir: Path, *options: str, port: int = 0, program: Sequence[str] = tuple(COMMAND)) -> None:
        self.data_dir = data_dir
        self.options = options
        self.url = ""
        self.process: subprocess.Popen[str] | None = None
        self._customers: list[Customer] = []
        self._port = str(port)
        self._program = program

    def start(self) -> None:
        """Starts it; a second start takes the same port again."""
        log = (self.data_dir.parent / f"{self.data_dir.name}.log").open("a")
        arguments = ["serve", "--data-dir", str(self.data_dir), "--port", self._port, "--json"]
        arguments += ["--wheels-dir", str(WHEELS)] if WHEELS.is_dir() else []
        arguments += self.options
        with log:
            self.process = subprocess.Popen(
                [*self._program, *arguments], cwd=PROJECT, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log()
        self.url = json.loads(line)["url"]
        if self._port == "0":
            self._port = self.url.rpartition(":")[2]

    def log(self) -> str:
        """What it logged so far."""
        return (self.data_dir.parent / f"{self.data_dir.name}.log").read_text()

    def stop(self) -> int:
        """Tells it to stop and waits; gives its exit code."""
        assert self.process is not None and self.process.stdout is not None
        self.process.terminate()
        code = self.process.wait(LAST_SECONDS)
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """Ends it as a power cut would."""
        assert self.process is not None and self.process.stdout is not None
        self.process.kill()
        self.process.wait(LAST_SECONDS)
        self.process.stdout.close()

    def close(self) -> None:
        """Ends what is left of it."""
        for customer in self._customers:
            customer.close()
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def command(self, *arguments: str) -> Any:
        """One of the operator's commands beside it; gives the object it printed."""
        done = run_command(*arguments, "--json", data_dir=self.data_dir)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The server's own database, as a command beside it opens it."""
        store = Store(self.data_dir / DATABASE_NAME, now=time.time(), busy_timeout_seconds=5)
        try:
            yield store
        finally:
            store.close()

    def new_customer(self, credits: int = 1000, scopes: Sequence[str] = SCOPES) -> Customer:
        """A customer of its own for a test; made in this process, since a command takes most of a second."""
        email, now = f"{uuid4().hex[:12]}@example.com", time.time()

        def new_id() -> str:
            return uuid7(now, os.urandom)

        with self.store() as store, store.transaction() as tx:
            made = create_customer(tx, email, now=now, new_id=new_id)
            key = create_key(
                tx,
                made.id,
                name="test",
                scopes=scopes,
                environment="alpha",
                now=now,
                new_id=new_id,
                random_bytes=os.urandom,
            )
            if credits:
                micro = credits * MICRO_PER_CREDIT
                grant(tx, made.id, micro, key=f"grant:{new_id()}", note="test", now=now, new_id=new_id)
        self._customers.append(Customer(self.url, email, key.secret))
        return self._customers[-1]
