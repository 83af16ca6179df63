"""What is sent to who helps: nothing secret, and nothing that tells whose node it is, wherever it stands."""

import json
import os
import socket
import subprocess
import zipfile
from pathlib import Path

import msgspec
import pytest

from agent.identity import Identity
from agent.node_log import Level, NodeLog
from agent.redaction import Redactor, names_of_this_machine
from core.protocol.node import NodeSettings
from tests.backend.server_process import PROJECT

from .node_process import COMMAND, LAST_SECONDS

CREDENTIAL = "nodeCredential-0123456789abcdef"
TOKEN = "aB3dE5gH7jK9mN1pQ3sT5vW7"
PLANTED = {
    "credential": CREDENTIAL,
    "control token": TOKEN,
    "bearer": "s3cr3t-bearer-value",
    "api key": "sk_alpha_0a1b2c3d4e5f",
    "password of an index": "index-pass-word",
    "password of a proxy": "proxy/pass:word@7",
    "signature": "sig-of-a-chunk",
    "e-mail": "jane.doe@example.org",
    "user": "janedoe",
    "home": "/srv/homes/janedoe",
    "address": "203.0.113.77",
    "address 6": "2001:db8:77::1f",
    "card": "52:54:00:ab:cd:ef",
    "variable": "variable-secret-value",
    "command": "price-command-secret",
    "enrolment code": "WDJB-MJHT",
}


def a_sentence() -> str:
    return (
        f"{PLANTED['e-mail']} ({PLANTED['user']}) at {PLANTED['address']}:8420, [{PLANTED['address 6']}], "
        f"{PLANTED['card']} wrote {PLANTED['home']}/.config; Authorization: Bearer {PLANTED['bearer']}; "
        f"{PLANTED['api key']}; https://u:{PLANTED['password of an index']}@host/simple; "
        f"https://host/chunks/1?signature={PLANTED['signature']}; {CREDENTIAL}; {TOKEN}; {PLANTED['enrolment code']}"
    )


def test_nothing_of_what_was_planted_everywhere_is_in_the_bundle(tmp_path: Path) -> None:
    data_dir = tmp_path / PLANTED["user"] / "node"
    data_dir.mkdir(parents=True)
    log = NodeLog(data_dir)
    with log.of_a_run():
        log.open()
        for _ in range(2_100):
            log.add(Level.INFO, a_sentence())
        log.add(Level.WARNING, "the last line")
    identity = Identity("node-1", CREDENTIAL, "desk", "own", f"http://{PLANTED['address']}:1/api/v1", NodeSettings())
    (data_dir / "node.json").write_bytes(msgspec.json.encode(identity))
    rules = {"programs": [a_sentence()], "electricity": {"command": ["price", PLANTED["command"]], "price": 0.3}}
    (data_dir / "rules.json").write_text(json.dumps(rules))
    (data_dir / "control.json").write_text(
        json.dumps({"url": "http://127.0.0.1:9", "token": TOKEN, "pid": 1})
    )  # of one that was killed
    out = tmp_path / "bundle.zip"
    environment = {
        **os.environ,
        "HOME": PLANTED["home"],
        "LOGNAME": PLANTED["user"],
        "GPU_AGENT_STATE_DIR": str(tmp_path / "state"),
        "GPU_AGENT_API_KEY": PLANTED["variable"],
        "ftp_proxy": f"u:{PLANTED['password of a proxy']}@proxy:3128",
        "UV_DEFAULT_INDEX": f"https://u:{PLANTED['password of an index']}@index/simple",
    }
    command = [*COMMAND, "diagnose", "--yes", "--json", "--out", str(out), "--data-dir", str(data_dir)]
    ended = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=LAST_SECONDS, check=False
    )
    assert ended.returncode == 0, ended.stderr
    done = json.loads(ended.stdout.splitlines()[-1])
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == set(done["files"]) >= {"doctor.json", "versions.json", "rules.json", "config.json", "node.log"}
    for what, secret in PLANTED.items():
        assert [name for name, text in files.items() if secret.lower() in text.lower()] == [], what
    assert files["node.log"].count("\n") == 2_000 and "the last line" in files["node.log"]
    assert json.loads(files["rules.json"])["electricity"] == {"command": "<removed>", "price": 0.3}
    assert json.loads(files["config.json"])["node"]["name"] == "desk"
    assert json.loads(files["versions.json"])["protocol"] >= 1
    assert done["removed"]["e-mail"] == 1 and done["removed"]["address"] >= 3
    again = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=LAST_SECONDS, check=False
    )
    assert again.returncode == 4 and "there already" in again.stderr


@pytest.mark.parametrize(
    "kept",
    [
        "2026-11-29T20:59:39.123Z info train unit 1a2b3c4d: completed",
        "package " + "ab12" * 16,
        "driver 550.54.14, Linux 6.18.0-1-amd64, Python 3.11.7",
        "/var/lib/gpu-agent/0123456789abcdef: no room",
        "confinement: units run with a user id of their own in /usr/bin/bwrap",
    ],
)
def test_what_tells_of_nobody_stays(kept: str) -> None:
    assert Redactor(["a-secret"], [("/home/me", "home"), ("me", "user")])(kept) == kept


def test_the_computers_name_is_told_neither_whole_nor_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "janes-tower.home.arpa")
    monkeypatch.setattr(socket, "getfqdn", lambda: "janes-tower.home.arpa")
    redact = Redactor([], names_of_this_machine())
    assert redact("on janes-tower.home.arpa, or Janes-Tower") == "on <computer 1>, or <computer 2>"
    assert redact("localhost is nobody's") == "localhost is nobody's"


def test_what_belongs_together_can_still_be_seen() -> None:
    redact = Redactor([], [("janedoe", "user")])
    assert redact("10.0.0.1 and 10.0.0.2, then 10.0.0.1") == "<address 1> and <address 2>, then <address 1>"
    assert redact("JaneDoe's, not janedoes") == "<user 1>'s, not janedoes"
    assert redact.counts == {"address": 2, "user": 1}
