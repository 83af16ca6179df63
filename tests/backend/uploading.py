"""Small uploads, and a job of them, by hand, as curl would do them."""

import hashlib
import io
import zipfile
from typing import Any
from uuid import uuid4

from tests.backend.server_process import Customer


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def one_file(path: str, *chunks: bytes) -> dict[str, Any]:
    """A manifest entry of a file made of whole chunks."""
    return {
        "path": path,
        "size_bytes": sum(map(len, chunks)),
        "chunks": [{"digest": digest(chunk), "offset": 0, "size_bytes": len(chunk)} for chunk in chunks],
    }


def create(customer: Customer, *files: dict[str, Any], route: str = "datasets", name: str = "data") -> dict[str, Any]:
    answer = customer.http.post(f"/customer/{route}", json={"name": name, "files": list(files)})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def send(customer: Customer, upload: dict[str, Any], *chunks: bytes) -> None:
    """PUTs those of the chunks that the upload lacks."""
    by_digest = {digest(chunk): chunk for chunk in chunks}
    for missing in upload["missing_chunks"]:
        answer = customer.http.put(missing["upload_url"], content=by_digest[missing["digest"]])
        assert answer.status_code == 204, answer.text


def finalize(customer: Customer, upload: dict[str, Any], route: str = "datasets") -> Any:
    return customer.http.post(f"/customer/{route}/{upload['id']}/finalize")


def ready_dataset(customer: Customer, data: bytes = b"1,2\n3,4\n", name: str = "data") -> str:
    upload = create(customer, one_file("data.csv", data), name=name)
    send(customer, upload, data)
    answer = finalize(customer, upload)
    assert answer.status_code == 200, answer.text
    return str(upload["id"])


def zipped(**files: str) -> bytes:
    """A zip of files; names are given with `__` for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return buffer.getvalue()


def ready_package(customer: Customer, **files: str) -> str:
    data = zipped(**(files or {"train__py": "print('trained')\n"}))
    upload = create(customer, one_file("package.zip", data), route="training-packages", name="package")
    send(customer, upload, data)
    answer = finalize(customer, upload, route="training-packages")
    assert answer.status_code == 200, answer.text
    return str(upload["id"])


def submit_job(
    customer: Customer, dataset: str, package: str, *, max_runtime_seconds: int = 60, required_vram_mb: int = 0
) -> str:
    """A small job of what is ready; its id."""
    asked = {
        "name": "job",
        "dataset_id": dataset,
        "training_package_id": package,
        "required_vram_mb": required_vram_mb,
        "required_disk_mb": 64,
        "max_runtime_seconds": max_runtime_seconds,
        "sensitivity": "low_sensitive",
    }
    key = {"Idempotency-Key": uuid4().hex}
    answer = customer.http.post("/customer/training-jobs", json=asked, headers=key)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def code_of(answer: Any) -> str:
    """The error code of an answer."""
    return str(answer.json()["error"]["code"])
