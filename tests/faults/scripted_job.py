"""A whole job as its customer and its node would say it, call by call, remembering what was acknowledged and when.

Run again with what was remembered up to some moment, it holds the server to its word: what was acknowledged then is
there, and the rest of the job can be done.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from core.content.blobs_local import LocalBlobStore
from core.protocol.node import PROTOCOL_VERSION, Confinement, FreeResources
from tests.backend.uploading import one_file, zipped

DATA = b"1,2\n3,4\n" * 500
PACKAGE = zipped(train__py="print('trained')\n")
ROLES = ("prepare", "train", "evaluate", "package")
FREE = FreeResources(cpus=4, memory_mb=8192, disk_mb=100_000, pythons=["3.11.7"], confinement=Confinement.BUBBLEWRAP)
GOOD = ("accepted", "replayed")


class Acknowledged(msgspec.Struct, frozen=True):
    """What an answer said, and when it was there."""

    at: float
    value: Any


class Memory:
    """What was acknowledged, by name."""

    def __init__(self, known: dict[str, Acknowledged] | None = None) -> None:
        self.known = known or {}

    def until(self, moment: float) -> "Memory":
        """What was acknowledged before this moment."""
        return Memory({name: each for name, each in self.known.items() if each.at < moment})

    def keep(self, name: str, value: Any) -> Any:
        """Remember an answer. One that was given before must be the same."""
        if name in self.known:
            assert value == self.known[name].value, f"{name} was acknowledged otherwise"
        else:
            self.known[name] = Acknowledged(time.time(), value)
        return value

    def value(self, name: str) -> Any:
        return self.known[name].value

    def __contains__(self, name: str) -> bool:
        return name in self.known

    def check_chunks(self, blobs: LocalBlobStore) -> None:
        """Every chunk whose arrival was acknowledged lies there whole."""
        for name, each in self.known.items():
            if name.startswith("chunk "):
                assert hashlib.sha256(blobs.path(each.value).read_bytes()).hexdigest() == each.value, name


class ScriptedJob:
    """One job from the account to the last result. `make_customer` gives a key, `make_code` an enrolment code."""

    def __init__(
        self, url: str, memory: Memory, make_customer: Callable[[], str], make_code: Callable[[], str]
    ) -> None:
        self._memory = memory
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=60, trust_env=False)
        self._make_customer = make_customer
        self._make_code = make_code

    def run(self) -> None:
        """All that is not done yet, to the job's end."""
        memory = self._memory
        with self._http:
            key = memory.value("key") if "key" in memory else memory.keep("key", self._make_customer())
            self._http.headers["X-API-Key"] = key
            if "credential" not in memory:
                memory.keep("credential", self._enroll())
            data = self._upload("datasets", "data.csv", DATA)
            package = self._upload("training-packages", "package.zip", PACKAGE)
            job = self._submit(data, package)
            for role in ROLES:
                self._unit(role)
            while (status := self._get(f"/customer/training-jobs/{job}")["status"]) != "completed":
                assert status in ("queued", "running"), status
                time.sleep(0.02)  # the last result is being verified

    # ---- the customer -----------------------------------------------------------------------------------------------

    def _upload(self, route: str, path: str, data: bytes) -> str:
        body = {"name": "d", "files": [one_file(path, data)]}
        upload = self._post(f"/customer/{route}", f"key-of-{route}", body)
        upload_id = str(self._memory.keep(route, upload["id"]))
        missing = self._get(f"/customer/{route}/{upload_id}/missing-chunks")["data"]
        self._send_missing(missing, {hashlib.sha256(data).hexdigest(): data})
        if self._get(f"/customer/{route}/{upload_id}")["status"] != "ready":
            assert f"{route} ready" not in self._memory
            answer = self._http.post(f"/customer/{route}/{upload_id}/finalize")
            assert answer.status_code == 200, answer.text
        self._memory.keep(f"{route} ready", True)
        return upload_id

    def _submit(self, data: str, package: str) -> str:
        body = {
            "name": "job",
            "dataset_id": data,
            "training_package_id": package,
            "required_vram_mb": 0,
            "required_disk_mb": 64,
            "max_runtime_seconds": 60,
            "sensitivity": "low_sensitive",
        }
        return str(self._memory.keep("job", self._post("/customer/training-jobs", "key-of-job", body)["id"]))

    def _post(self, path: str, key: str, body: dict[str, Any]) -> Any:
        answer = self._http.post(path, json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def _get(self, path: str) -> Any:
        answer = self._http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _send_missing(self, missing: list[dict[str, Any]], chunks: dict[str, bytes]) -> None:
        """Sends what the server lacks, which must not be what it has acknowledged."""
        for each in missing:
            assert f"chunk {each['digest']}" not in self._memory
            answer = self._http.put(each["upload_url"], content=chunks[each["digest"]])
            assert answer.status_code == 204, answer.text
        for digest in chunks:
            self._memory.keep(f"chunk {digest}", digest)

    # ---- the node ---------------------------------------------------------------------------------------------------

    def _enroll(self) -> str:
        body = {"code": self._make_code(), "name": "n", "protocol": PROTOCOL_VERSION, "agent_version": "test"}
        answer = self._http.post("/node/enroll", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["credential"])

    def _exchange(self, **fields: Any) -> Any:
        body = {"protocol": PROTOCOL_VERSION, "agent_version": "test", "free": msgspec.to_builtins(FREE), **fields}
        bearer = {"Authorization": f"Bearer {self._memory.value('credential')}"}
        answer = self._http.post("/node/exchange", json=body, headers=bearer)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _unit(self, role: str) -> None:
        name = f"{role} lease"
        if name not in self._memory:
            leases: list[Any] = []
            while not leases:
                said = self._exchange(max_leases=1, wait_seconds=10)
                leases = [*said.get("leases", []), *said.get("resent", [])]
            assert leases[0]["role"] == role
            self._memory.keep(name, {key: leases[0][key] for key in ("attempt_id", "token")})
        model = f"the model of {role}".encode() * 300
        self._report(role, 1, "started")
        self._report(role, 2, "log", lines=[{"number": 1, "stream": "stdout", "text": "hello"}])
        if role == "train":
            self._report(role, 3, "checkpoint", model + b" at step 1", checkpoint=1, step=1, run_seconds=0.01)
        self._report(role, 4, "exited", exit_code=0, run_seconds=0.01)
        self._report(role, 5, "completed", model)

    def _report(self, role: str, number: int, kind: str, data: bytes | None = None, **fields: Any) -> None:
        """One report until it is good; one that was acknowledged changes nothing now."""
        lease, name = self._memory.value(f"{role} lease"), f"{role} {kind}"
        row = {"kind": kind, "number": number, **lease, **fields}
        if data is not None:
            row["manifest"] = {"files": [one_file("model.bin", data)]}
        answer = self._exchange(reports=[row], attempts=[lease])["answers"][0]
        if answer["status"] == "missing":
            assert data is not None
            self._send_missing(answer["missing"], {hashlib.sha256(data).hexdigest(): data})
            answer = self._exchange(reports=[row], attempts=[lease])["answers"][0]
        is_known = name in self._memory and kind != "log"
        assert answer["status"] in (GOOD[1:] if is_known else GOOD), f"{name}: {answer}"
        self._memory.keep(name, True)
