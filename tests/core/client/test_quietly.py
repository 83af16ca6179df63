"""Quiet mode of the commands that need no job: what a script wants of a login, of a code, of webhooks, and no more."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.client.live_backend import LiveBackend
from tests.core.client.test_login import EMAIL, Machine, code_shown

UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}\n"
LOGINS = {"login", "logout", "whoami", "completion", "device show", "device approve", "device deny"}
WEBHOOKS = {
    f"webhooks {name}" for name in ("create", "list", "show", "update", "delete", "test", "deliveries", "redeliver")
}


@pytest.fixture(scope="module")
def open_backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBackend]:
    """A backend that may send to this machine."""
    running = LiveBackend(tmp_path_factory.mktemp("quietly"), "--allow-loopback-webhooks")
    yield running
    running.close()


def quietly(backend: LiveBackend, printed: set[str], words: list[str], pattern: str) -> str:
    """What a command prints in quiet mode, which is all that it says. It counts as `printed`."""
    done = backend.command(*words, "-q")
    assert (done.returncode, done.stderr) == (0, ""), (words, done.stderr)
    assert re.fullmatch(pattern, done.stdout), (words, done.stdout)
    printed.add(" ".join(words[:2]) if words[0] in ("device", "webhooks") else words[0])
    return done.stdout.strip()


@pytest.mark.full
def test_logins_print_quietly_just_what_a_script_wants(open_backend: LiveBackend, tmp_path: Path) -> None:
    printed = {"login"}
    quietly(open_backend, printed, ["whoami"], re.escape(EMAIL) + "\n")
    quietly(open_backend, printed, ["completion", "bash"], "(?s).+")
    machine = Machine(tmp_path, open_backend.url)
    refused = machine.start("login", "-q")
    quietly(open_backend, printed, ["device", "deny", code_shown(refused)], "denied\n")
    assert refused.communicate(timeout=60)[0] == "" and refused.returncode == 2
    login = machine.start("login", "-q")
    code = code_shown(login)
    quietly(open_backend, printed, ["device", "show", code], "pending\n")
    quietly(open_backend, printed, ["device", "approve", code, "-y"], "approved\n")
    assert login.communicate(timeout=60)[0] == "default\n" and login.returncode == 0
    assert machine.command("logout", "-q").stdout == "default\n"
    assert printed | {"logout"} == LOGINS


@pytest.mark.full
def test_webhooks_print_quietly_just_what_a_script_wants(open_backend: LiveBackend) -> None:
    printed: set[str] = set()
    create = ["webhooks", "create", "http://127.0.0.1:9/"]
    quietly(open_backend, printed, create, r"whsec_\S+\n")
    webhook = quietly(open_backend, printed, ["webhooks", "list"], UUID)
    quietly(open_backend, printed, ["webhooks", "show", webhook], f"{webhook}\n")
    delivery = quietly(open_backend, printed, ["webhooks", "test", webhook], UUID)
    quietly(open_backend, printed, ["webhooks", "deliveries", webhook], f"{delivery}\n")
    quietly(open_backend, printed, ["webhooks", "update", webhook, "--off"], f"{webhook}\n")
    quietly(open_backend, printed, ["webhooks", "update", webhook, "--on"], f"{webhook}\n")
    quietly(open_backend, printed, ["webhooks", "redeliver", webhook, delivery], UUID)
    quietly(open_backend, printed, ["webhooks", "delete", webhook, "-y"], f"{webhook}\n")
    assert printed == WEBHOOKS
