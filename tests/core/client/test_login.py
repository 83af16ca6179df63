"""`login`, `logout`, `whoami` and `device`: a machine without a key gets one, keeps it where only its owner can read
it, and gives it back."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.system_keyring import KeyringAbsent, KeyringFailed, in_time, system_get
from tests.core.client.file_keyring import VARIABLE
from tests.core.client.live_backend import LiveBackend, client_command
from tests.core.client.saying import failed, ok
from tests.core.client.small_service import SmallService

PROJECT = Path(__file__).parents[3]
PASSWORD = "correct horse battery"
EMAIL = "a@example.com"


class Machine:
    """A machine of somebody's with nothing on it: no key, no profile, and no keyring unless it is given one."""

    def __init__(self, folder: Path, server: str | None, **environment: str) -> None:
        self.file = folder / "config" / "gpu-agent" / "config.toml"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GPU_AGENT_")}
        self.environment = {
            **kept,
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            **({} if server is None else {"GPU_AGENT_SERVER": server}),
            **environment,
        }

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [client_command(), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**self.environment, **environment},
        )

    def command(self, *words: str, said: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        running = self.start(*words, **environment)
        out, err = running.communicate(said, timeout=60)
        return subprocess.CompletedProcess(words, running.returncode, out, err)

    def profiles(self) -> dict[str, Any]:
        return tomllib.loads(self.file.read_text())


def with_a_keyring(folder: Path) -> dict[str, str]:
    """What makes commands find a keyring that works."""
    return {
        "PYTHON_KEYRING_BACKEND": "tests.core.client.file_keyring.InAFile",
        VARIABLE: str(folder / "keyring.json"),
        "PYTHONPATH": str(PROJECT),
    }


def code_shown(running: "subprocess.Popen[str]") -> str:
    """The code that a login shows."""
    assert running.stderr is not None
    for line in running.stderr:
        if found := re.match("Your code: (.+)$", line):
            return found[1]
    raise AssertionError("no code was shown")


@pytest.fixture(scope="module")
def with_password(backend: LiveBackend) -> LiveBackend:
    command = str(Path(sys.executable).with_name("gpu-agent-backend"))
    words = ["customers", "set-password", "--email", EMAIL, "--password-stdin", "--data-dir", str(backend.data_dir)]
    subprocess.run([command, *words], input=PASSWORD, text=True, check=True, capture_output=True, timeout=60)
    return backend


@pytest.mark.full
def test_a_machine_is_logged_in_by_a_code_works_without_options_and_is_logged_out(
    backend: LiveBackend, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, None)
    running = machine.start(
        "login", "--server", backend.url, "--scope", "usage:read,jobs:read", "--name", "rig", "--json"
    )
    code = code_shown(running)
    seen = ok(backend.command("device", "show", code.lower(), "--json"))
    assert (seen["name"], seen["scopes"], seen["status"]) == ("rig", ["usage:read", "jobs:read"], "pending")
    asked = backend.command("device", "approve", code)
    assert asked.returncode == 4 and "Give rig a key of yours?" in asked.stderr, "nobody is there to answer"
    assert ok(backend.command("device", "approve", code, "--json"))["status"] == "approved"
    out, err = running.communicate(timeout=60)
    done = json.loads(out)
    assert running.returncode == 0, err
    assert (done["email"], done["profile"], done["scopes"]) == (EMAIL, "default", ["jobs:read", "usage:read"])
    assert done["kept_in"] == str(machine.file) and "this system has no keyring" in err

    kept = machine.profiles()
    secret = kept["profiles"]["default"]["api_key"]
    assert kept["default_profile"] == "default" and secret.startswith("sk_alpha_")
    assert secret not in out + err
    assert stat.S_IMODE(machine.file.stat().st_mode) == 0o600
    me = ok(machine.command("whoami", "--json"))
    assert (me["email"], me["profile"], me["access"]["api_key_name"]) == (EMAIL, "default", "rig")
    assert machine.command("jobs", "list", "-q").returncode == 0
    assert failed(machine.command("keys", "list", "--json"), 2)["code"] == "API_KEY_SCOPE_DENIED"

    assert ok(machine.command("logout", "--json")) == {"profile": "default", "server": backend.url, "revoked": True}
    assert "api_key" not in machine.profiles()["profiles"]["default"]
    assert machine.profiles()["profiles"]["default"]["server"] == backend.url
    assert failed(backend.command("whoami", "--json", GPU_AGENT_API_KEY=secret), 2)["code"] == "API_KEY_REVOKED"
    assert "gpu-agent-client login" in failed(machine.command("whoami", "--json"), 2)["hint"]
    assert failed(machine.command("logout", "--json"), 1)["code"] == "NOT_LOGGED_IN"
    assert failed(backend.command("device", "approve", code, "--json"), 1)["hint"].endswith("gpu-agent-client login")


@pytest.mark.full
def test_a_key_goes_into_the_keyring_where_there_is_one_and_to_its_own_service_alone(
    with_password: LiveBackend, service: SmallService, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, with_password.url, **with_a_keyring(tmp_path))
    words = ["login", "--email", EMAIL, "--password-stdin", "--profile", "work"]
    done = ok(machine.command(*words, "--json", said=PASSWORD + "\n"))
    assert (done["kept_in"], done["profile"]) == ("keyring", "work")
    kept = json.loads((tmp_path / "keyring.json").read_text())
    [secret] = kept.values()
    assert secret not in machine.file.read_text()
    assert machine.profiles() == {
        "default_profile": "work",
        "profiles": {"work": {"server": with_password.url}},
    }
    alone = {"GPU_AGENT_SERVER": ""}
    assert ok(machine.command("whoami", "--json", **alone))["profile"] == "work"
    elsewhere = machine.command("whoami", "--server", service.url, "--json")
    assert failed(elsewhere, 2)["message"] == f"You are not logged in to {service.url}."
    assert service.requests == [], "nothing was sent there"
    other = failed(machine.command("whoami", "--profile", "home", "--json"), 4)
    assert "home" in other["message"] and "work" in other["hint"]
    assert machine.command("logout", "-q", **alone).stdout == "work\n"
    assert json.loads((tmp_path / "keyring.json").read_text()) == {}


@pytest.mark.full
def test_a_wrong_password_keeps_nothing(with_password: LiveBackend, tmp_path: Path) -> None:
    machine = Machine(tmp_path, with_password.url)
    done = machine.command("login", "--email", EMAIL, "--password-stdin", "--json", said="wrong horse\n")
    assert failed(done, 2)["code"] == "SIGN_IN_FAILED"
    assert not machine.file.exists()
    assert "--email" in failed(machine.command("login", "--password", "--json"), 4)["hint"]


@pytest.mark.full
def test_what_else_stands_in_the_file_stays_and_several_logins_stand_beside_one_another(
    with_password: LiveBackend, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, with_password.url)
    machine.file.parent.mkdir(parents=True)
    before = (
        '# mine\ndefault_profile = "home"\n\n[profiles.home]\nserver = "https://home.example"  # cellar\nextra = 1\n'
    )
    machine.file.write_text(before)
    words = ["login", "--email", EMAIL, "--password-stdin", "--profile", "work", "-q"]
    assert machine.command(*words, said=PASSWORD + "\n").stdout == "work\n"
    text = machine.file.read_text()
    assert text.startswith(before.rstrip("\n"))
    assert machine.profiles()["profiles"]["work"]["server"] == with_password.url
    assert machine.command("whoami", "-q", GPU_AGENT_PROFILE="work").stdout == f"{EMAIL}\n"
    assert machine.command("whoami", "-q", "--profile", "work").stdout == f"{EMAIL}\n"
    machine.file.chmod(0o644)
    assert f"chmod 600 {machine.file}" in machine.command("whoami", "--profile", "work").stderr
    machine.file.write_text("no toml")
    assert str(machine.file) in failed(machine.command("whoami", "--json"), 4)["message"]
    bad = failed(machine.command("login", "--profile", "../x", "--json"), 4)
    assert "profile" in bad["message"] or str(machine.file) in bad["message"]


@pytest.mark.full
def test_an_environment_key_goes_before_a_login_and_an_option_before_both(
    with_password: LiveBackend, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, with_password.url)
    assert machine.command("login", "--email", EMAIL, "--password-stdin", said=PASSWORD + "\n").returncode == 0
    assert machine.command("whoami", "-q").stdout == f"{EMAIL}\n"
    wrong = {"GPU_AGENT_API_KEY": "sk_alpha_other"}
    assert failed(machine.command("whoami", "--json", **wrong), 2)["code"] == "API_KEY_INVALID"
    right = ["--api-key", with_password.key]
    assert ok(machine.command("whoami", *right, "--json", **wrong))["access"]["api_key_id"]
    assert machine.command("logout", "-q", **wrong).stdout == "default\n", "the key that was kept, not the other"


def key_named(backend: LiveBackend, name: str) -> list[bool]:
    """Whether each key of this name is revoked, the newest first."""
    rows = ok(backend.command("keys", "list", "--json"))["data"]
    return [row["revoked_at"] is not None for row in rows if row["name"] == name]


@pytest.mark.full
@pytest.mark.parametrize("place", ["keyring", "file"])
def test_a_new_login_revokes_the_key_that_it_replaces(with_password: LiveBackend, tmp_path: Path, place: str) -> None:
    keyring = with_a_keyring(tmp_path) if place == "keyring" else {}
    machine = Machine(tmp_path, with_password.url, **keyring)
    words = ["login", "--email", EMAIL, "--password-stdin", "--name", f"again {place}", "-q"]
    for _ in range(2):
        assert machine.command(*words, said=PASSWORD + "\n").stdout == "default\n"
    assert key_named(with_password, f"again {place}") == [False, True]
    assert machine.command("whoami", "-q").stdout == f"{EMAIL}\n"


@pytest.mark.full
def test_a_login_elsewhere_takes_no_profile_of_another_service(
    with_password: LiveBackend, service: SmallService, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, None)
    words = ["login", "--server", with_password.url, "--email", EMAIL, "--password-stdin"]
    assert machine.command(*words, said=PASSWORD + "\n").returncode == 0
    before = machine.file.read_text()
    refused = failed(machine.command("login", "--server", service.url, "--json"), 4)
    assert with_password.url in refused["message"] and "--profile NAME" in refused["hint"]
    assert service.requests == [] and machine.file.read_text() == before
    again = f"{with_password.url.replace('http', 'HTTP', 1)}/"
    words[words.index("--server") + 1] = again
    assert machine.command(*words, said=PASSWORD + "\n").returncode == 0, "the same service, written otherwise"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that nobody can make")
def test_a_key_that_can_not_be_kept_is_revoked_and_the_keyring_is_as_it_was(
    with_password: LiveBackend, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, with_password.url, **with_a_keyring(tmp_path))
    machine.file.parent.mkdir(parents=True)
    machine.file.symlink_to("/proc/nowhere/config.toml")
    words = ["login", "--email", EMAIL, "--password-stdin", "--name", "lost", "--json"]
    refused = failed(machine.command(*words, said=PASSWORD + "\n"), 3)
    assert str(machine.file) in refused["message"]
    assert key_named(with_password, "lost") == [True]
    assert json.loads((tmp_path / "keyring.json").read_text()) == {}


def test_a_file_of_profiles_that_is_a_link_stays_one(with_password: LiveBackend, tmp_path: Path) -> None:
    machine = Machine(tmp_path, with_password.url)
    machine.file.parent.mkdir(parents=True)
    real = tmp_path / "dotfiles" / "mine.toml"
    real.parent.mkdir()
    real.write_text("# mine\n")
    machine.file.symlink_to(real)
    words = ["login", "--email", EMAIL, "--password-stdin", "-q"]
    assert machine.command(*words, said=PASSWORD + "\n").stdout == "default\n"
    assert machine.file.is_symlink() and real.read_text().startswith("# mine\n")
    assert machine.profiles()["profiles"]["default"]["api_key"].startswith("sk_")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def answer(**fields: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps({"interval": 1, **fields}).encode()


BEGUN = {"device_code": "d", "user_code": "WDJB-MJHT", "verification_url": "https://a", "expires_in": 60}


@pytest.mark.full
def test_a_denied_code_ends_the_login_after_a_lost_answer_and_a_slow_down(
    service: SmallService, tmp_path: Path
) -> None:
    states = ["authorization_pending", "slow_down", "access_denied"]
    service.first_answers = [answer(**BEGUN), *(answer(status=state) for state in states)]
    service.first_answers.insert(1, (503, {}, b""))
    machine = Machine(tmp_path, service.url)
    error = failed(machine.command("login", "--json"), 2)
    assert error["message"] == "The code was denied." and error["hint"].endswith("gpu-agent-client login")
    assert [path for _, path, _ in service.requests] == ["/api/v1/auth/device"] + ["/api/v1/auth/device/token"] * 4
    assert not machine.file.exists()


@pytest.mark.full
def test_a_login_waits_on_while_there_is_no_room_for_its_key_and_says_what_helps(
    service: SmallService, tmp_path: Path
) -> None:
    full = {"code": "STATE_CONFLICT", "message": "100 keys are in use", "hint": "h", "details": [], "request_id": "r"}
    conflict = (409, {"Content-Type": "application/json"}, json.dumps({"error": full}).encode())
    key: dict[str, Any] = {
        "id": "k",
        "name": "n",
        "prefix": "sk_",
        "scopes": [],
        "created_at": "",
        "last_used_at": None,
    }
    made = {**key, "created_at": "", "last_used_at": None, "revoked_at": None, "secret": "sk_alpha_made"}
    approved = answer(status="approved", api_key=made, customer={"id": "c", "email": EMAIL})
    service.first_answers = [answer(**BEGUN), conflict, conflict, approved]
    machine = Machine(tmp_path, service.url)
    done = machine.command("login")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("100 keys are in use") == 1 and "gpu-agent-client keys revoke ID" in done.stderr
    assert machine.profiles()["profiles"]["default"]["api_key"] == "sk_alpha_made"


def test_words_of_a_service_cannot_act_on_the_terminal_of_who_logs_in(service: SmallService, tmp_path: Path) -> None:
    evil = "\x1b[2JAB\u202eCD"
    service.first_answers = [answer(**{**BEGUN, "user_code": evil}), answer(status="expired_token")]
    done = Machine(tmp_path, service.url).command("login")
    assert done.returncode == 2 and "time is over" in done.stderr
    assert "\x1b[2J" not in done.stderr and "\u202e" not in done.stderr and "AB" in done.stderr


def test_ctrl_c_ends_the_waiting_and_keeps_nothing(service: SmallService, tmp_path: Path) -> None:
    service.first_answers = [answer(**{**BEGUN, "interval": 30})]
    machine = Machine(tmp_path, service.url)
    running = machine.start("login")
    assert code_shown(running) == BEGUN["user_code"]
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130 and "Traceback" not in err
    assert not machine.file.exists()


def test_a_keyring_that_never_answers_is_not_waited_for() -> None:
    let_go = threading.Event()
    try:
        with pytest.raises(KeyringAbsent, match="no answer"):
            in_time(let_go.wait, seconds=0.05)
    finally:
        waiting = [one for one in threading.enumerate() if one.name == "keyring"]
        let_go.set()
        for thread in waiting:
            thread.join()
    assert in_time(lambda: "sk_1") == "sk_1"


class OddError(Exception):
    """What nobody who asks a keyring has heard of."""


class BreakingInUse:
    """A keyring that is there, and breaks when it is asked."""

    priority = 5

    def get_password(self, service: str, name: str) -> str | None:
        raise OddError(f"no daemon for {service},\nnor {name}")


class BreakingBefore(BreakingInUse):
    """One that doesn't even say whether it serves."""

    @property
    def priority(self) -> int:  # type: ignore[override]  # of a plugin: anything
        raise OddError


def never_made() -> BreakingInUse:
    raise ModuleNotFoundError("No module named 'wallet'")


@pytest.mark.parametrize(
    ("get_keyring", "reason"),
    [
        pytest.param(BreakingInUse, "no daemon for gpu-agent, nor me", id="in use"),
        pytest.param(BreakingBefore, "OddError", id="before"),
        pytest.param(never_made, "No module named 'wallet'", id="never made"),
    ],
)
def test_a_keyring_that_breaks_in_whatever_way_is_none_and_says_why(
    monkeypatch: pytest.MonkeyPatch, get_keyring: Callable[[], object], reason: str
) -> None:
    monkeypatch.setattr("keyring.get_keyring", get_keyring)
    with pytest.raises(KeyringFailed, match=reason):
        in_time(lambda: system_get("me"))


def test_a_command_says_that_the_keyring_failed_instead_of_that_nobody_is_logged_in(tmp_path: Path) -> None:
    machine = Machine(tmp_path, None, PYTHON_KEYRING_BACKEND="no_such_wallet.Keyring")
    machine.file.parent.mkdir(parents=True)
    machine.file.write_text('[profiles.default]\nserver = "http://127.0.0.1:9"\n')
    for words, code in ((["whoami"], 2), (["logout"], 3)):
        done = machine.command(*words, "--json")
        error = failed(done, code)
        assert "no_such_wallet" in error["message"] and "default" in error["message"]
        assert "keyring" in error["hint"] and "Traceback" not in done.stderr
