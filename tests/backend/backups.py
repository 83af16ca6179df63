"""Backups as their operator makes and restores them, and what lies in them."""

import subprocess
from pathlib import Path
from typing import Any

import httpx

from tests.backend.server_process import BackendServer, Customer, run_command
from tests.backend.uploading import digest


def back_up(server: BackendServer, to: Path, *options: str) -> dict[str, Any]:
    made: dict[str, Any] = server.command("backup", "--to", str(to), *options)
    return made


def restore(source: Path, data_dir: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return run_command("restore", "--from", str(source), *options, "--json", data_dir=data_dir)


def chunk_in(folder: Path, data: bytes) -> Path:
    name = digest(data)
    return folder / "blobs/chunks" / name[:2] / name[2:4] / name


def content_of(server: BackendServer, customer: Customer, dataset: str) -> bytes:
    path = f"{server.url}/api/v1/customer/datasets/{dataset}/download-url"
    made = httpx.post(path, json={"path": "data.csv"}, headers={"X-API-Key": customer.key}, trust_env=False).json()
    return httpx.get(made["download_url"], trust_env=False).content
