"""On the command line the hint of every error is what to type next, and what it names exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from core.client.command_line.commands import build
from core.client.command_line.hints import HINTS, NEVER_MET, Typed, command_hint, typed_again
from core.client.errors import ServerError
from core.errors import ERRORS, ApiError, ErrorBody, ErrorCode, ErrorDetail
from tests.command_names import command_names
from tests.core.client.live_backend import LiveBackend
from tests.core.client.saying import failed, ok, package

SERVER = "https://gpu.example"
HTTP_WORDS = re.compile(r"\b(GET|POST|PUT|DELETE)\b|/customer|/meta|:id|X-API-Key|Retry-After|Idempotency-Key|Allow")
COMMAND = re.compile(r"gpu-agent-client ([a-z]+(?: [a-z]+)?)|export GPU_AGENT_(?:SERVER|API_KEY)=")


NAMES = sorted(command_names(typer.main.get_command(build())))


def told_by_server(code: ErrorCode, **more: Any) -> ServerError:
    kind = ERRORS[code]
    body = ErrorBody(code.value, kind.description, more.pop("hint", kind.hint), more.pop("details", []))
    return ServerError(kind.status, body, **more)


def typed(name: str) -> Typed:
    return Typed(name, f"gpu-agent-client {name} --and so-on", SERVER, "JOB-1")


def test_every_code_has_its_hint_or_is_never_met() -> None:
    assert set(HINTS) | NEVER_MET == set(ERRORS)
    assert not set(HINTS) & NEVER_MET
    for rows in HINTS.values():
        assert "" in rows
        for beginning in rows:
            assert any(name.startswith(beginning) for name in NAMES), beginning


@pytest.mark.parametrize("code", sorted(HINTS))
def test_in_every_command_the_hint_of_a_code_is_a_command_that_exists(code: ErrorCode) -> None:
    for name in NAMES:
        hint = command_hint(told_by_server(code), typed(name))
        commands = [match[1] for match in COMMAND.finditer(hint)]
        assert commands, f"{name}: {hint}"
        assert not HTTP_WORDS.search(hint) and "{" not in hint
        for command in commands:
            assert command is None or command in NAMES or command.split()[0] in NAMES, f"{name}: {hint}"


def test_where_one_code_means_different_things_the_command_decides() -> None:
    conflict = told_by_server(ErrorCode.STATE_CONFLICT)
    assert command_hint(conflict, typed("jobs retry")).startswith("gpu-agent-client jobs show JOB-1; ")
    assert command_hint(conflict, typed("artifacts pull")).endswith("gpu-agent-client jobs watch JOB-1")
    assert "datasets list" in command_hint(conflict, typed("jobs submit"))


def test_a_wait_that_the_service_asks_for_is_told_in_words() -> None:
    hint = command_hint(told_by_server(ErrorCode.RATE_LIMITED, retry_after_seconds=125.0), typed("jobs submit"))
    assert hint.startswith("In 2 min 5 s: gpu-agent-client jobs submit --and so-on")


def test_a_plan_that_asks_too_much_names_the_options() -> None:
    details = [ErrorDetail("too high", field="required_disk_mb"), ErrorDetail("too high", field="required_vram_mb")]
    hint = command_hint(told_by_server(ErrorCode.PLAN_INFEASIBLE, details=details), typed("jobs submit"))
    assert "--vram-mb or --disk-mb:" in hint and "--max-runtime-seconds" not in hint


def test_what_is_known_on_this_side_more_exactly_stays() -> None:
    local = ApiError(ErrorCode.VALIDATION_FAILED, "x is a link.", hint="Copy the file there.")
    assert command_hint(local, typed("datasets push")) == "Copy the file there."
    usual = ApiError(ErrorCode.PACKAGE_REJECTED)
    assert command_hint(usual, typed("packages test")).endswith("gpu-agent-client packages test --and so-on")
    exact = told_by_server(ErrorCode.VALIDATION_FAILED, hint="Use the address that it printed at start.")
    assert command_hint(exact, typed("jobs list")) == "Use the address that it printed at start."


def test_the_line_to_type_again_is_quoted_and_without_the_key() -> None:
    words = ["--api-key", "sk_secret", "jobs", "submit", "--name", "my job; rm", "--api-key=sk_secret", "--wait"]
    assert typed_again(words) == "gpu-agent-client jobs submit --name 'my job; rm' --wait"
    assert typed_again(["--api-key"]) == "gpu-agent-client"
    assert typed_again(["--name", "--api-key", "--api-key"]) == "gpu-agent-client --name"


@pytest.mark.full
def test_what_a_real_service_refuses_is_hinted_in_commands(
    backend: LiveBackend, job: str, dataset: str, code: str
) -> None:
    """Each as it is typed, on the last line of stdout and on stderr."""
    ids = ["--dataset", dataset, "--package", code]
    cases = [
        (["jobs", "submit", "--dataset", dataset, "--package", "nope"], 1, "gpu-agent-client packages list"),
        (["jobs", "submit", "--dataset", "nope", "--package", code], 1, "gpu-agent-client datasets list"),
        (["jobs", "wait", "nope"], 1, "gpu-agent-client jobs list"),
        (["jobs", "metrics", "nope"], 1, "gpu-agent-client jobs list"),
        (["jobs", "submit", *ids, "--vram-mb", "300000"], 1, "lower --vram-mb: gpu-agent-client jobs submit --help"),
        (["jobs", "submit", *ids, "--vram-mb", "-1"], 4, "gpu-agent-client jobs submit --help"),
        (["jobs", "submit", *ids, "--param", "nope=1"], 4, "gpu-agent-client jobs submit --help"),
        (["jobs", "submit", *ids, "--max-credits", "0"], 1, "gpu-agent-client credits"),
        (["jobs", "retry", job], 1, f"gpu-agent-client jobs show {job}"),
        (["datasets", "delete", dataset], 1, "gpu-agent-client jobs list --status queued --status running"),
    ]
    for words, exit_code, hint in cases:
        error = failed(backend.command(*words, "--json"), exit_code)
        assert hint in error["hint"], (words, error)
        assert not HTTP_WORDS.search(error["hint"]), error


def test_a_key_of_another_service_is_told_with_the_address_that_was_asked(backend: LiveBackend) -> None:
    error = failed(backend.command("jobs", "list", "--api-key", "sk_alpha_other", "--json"), 2)
    assert error["code"] == "API_KEY_INVALID"
    assert backend.url in error["hint"] and "sk_alpha_other" not in error["hint"]


def test_a_package_that_is_rejected_here_is_to_be_tried_by_the_same_command(
    backend: LiveBackend, tmp_path: Path
) -> None:
    path = package(tmp_path, "bad", "def broken(:\n")
    for name, more in (("push", []), ("test", ["--data", str(path)])):
        error = failed(backend.command("packages", name, str(path), *more, "--json"), 1)
        assert error["hint"] == f"Mend it, then: gpu-agent-client packages {name} {' '.join([str(path), *more])} --json"


@pytest.mark.full
def test_what_was_deleted_is_gone_and_gives_its_storage_back(backend: LiveBackend, tmp_path: Path) -> None:
    (tmp_path / "gone.csv").write_text("9\n")
    id = ok(backend.command("datasets", "push", str(tmp_path / "gone.csv"), "--json"))["id"]
    asked = backend.command("datasets", "delete", id)
    assert asked.returncode == 4 and "Delete gone.csv (version 1)?" in asked.stderr
    assert [row["id"] for row in ok(backend.command("datasets", "delete", id, "--json"))["data"]] == [id]
    assert id not in backend.command("datasets", "list", "-q").stdout
    package_id = ok(backend.command("packages", "push", str(package(tmp_path, "p", "1\n")), "--json"))["id"]
    assert backend.command("packages", "delete", package_id, "-y", "-q").stdout == f"{package_id}\n"
    assert failed(backend.command("packages", "delete", package_id, "--json"), 1)["code"] == "PACKAGE_NOT_FOUND"
