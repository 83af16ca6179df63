"""1 GiB up and down: `curl -T` to `content_url`, hashed and durable, against `curl -T` into nginx followed by a sync.

    python -m tests.benchmarks.bulk [--mebibytes N] [--rounds N]

Needs curl, and nginx with its dav module (Debian: nginx-light). Both servers write to the same disk, in turn, in the
same run; a figure is the median of the rounds. Our own client sends chunks, so its upload is printed beside them.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.client.customer import Client
from core.client.upload import upload
from core.content.chunking import scan
from tests.backend.server_process import BackendServer, Customer

MIB = 2**20
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 2; {user}
events {{ worker_connections 64; }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {folder}/body; sendfile on; default_type a/b;
  proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; location / {{ dav_methods PUT; }} }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """A server of plain files in `folder`; its address."""
    (folder / "files").mkdir(parents=True)
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user))
    server = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert server.poll() is None, (folder / "error.log").read_text()
                time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def curl(*arguments: str) -> None:
    subprocess.run(["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", *arguments], check=True)


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


class Bulk:
    """Both servers with a file to send."""

    def __init__(self, server: BackendServer, nginx_url: str, nginx_files: Path, source: Path) -> None:
        self.server, self.nginx_url, self.nginx_files, self.source = server, nginx_url, nginx_files, source
        self.customer: Customer = server.new_customer()
        self._number = 0

    def into_nginx(self) -> None:
        """A PUT, then everything of that file on the disk."""
        self.nginx_files.joinpath("file").unlink(missing_ok=True)
        curl("-T", str(self.source), f"{self.nginx_url}/file")
        with (self.nginx_files / "file").open("rb") as file:
            os.fsync(file.fileno())

    def from_nginx(self) -> None:
        curl(f"{self.nginx_url}/file")

    def into_ours(self) -> Callable[[], None]:
        """The upload is created before the clock runs; what is timed is curl alone."""
        self._number += 1
        body = {"name": f"data {self._number}", "file_name": "file"}
        answer = self.customer.http.post("/customer/datasets", json=body)
        assert answer.status_code == 201, answer.text
        self._last = answer.json()
        return lambda: curl("-T", str(self.source), self._last["content_url"])

    def finalize(self) -> str:
        """A signed URL of the file that was sent last."""
        path = f"/customer/datasets/{self._last['id']}"
        answer = self.customer.http.post(f"{path}/finalize")
        assert answer.status_code == 200, answer.text
        answer = self.customer.http.post(f"{path}/download-url", json={"path": "file"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["download_url"])

    def by_our_client(self) -> None:
        with Client(f"{self.server.url}/api/v1", self.customer.key) as client:
            upload(client, "datasets", f"by client {self._number}", scan(self.source))

    def forget(self) -> None:
        """Delete what was sent, so that the next round sends it again."""
        for row in self.customer.http.get("/customer/datasets").json()["data"]:
            assert self.customer.http.delete(f"/customer/datasets/{row['id']}").status_code in (200, 204)


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if missing := [name for name in ("curl", "nginx") if shutil.which(name) is None]:
        sys.exit(f"{' and '.join(missing)} not found; on Debian: apt-get install curl nginx-light")
    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source"
        with source.open("wb") as file:
            for _ in range(asked.mebibytes):
                file.write(os.urandom(MIB))
        server = BackendServer(folder / "server")
        server.start()
        try:
            with nginx(folder / "nginx") as nginx_url:
                bulk = Bulk(server, nginx_url, folder / "nginx" / "files", source)
                for _ in range(asked.rounds):
                    one_round(bulk, took)
        finally:
            server.close()
    for what, seconds in took.items():
        print(f"{asked.mebibytes / statistics.median(seconds):.0f} MiB/s {what}")  # noqa: T201
    for ours, theirs, what in (
        ("curl -T to content_url", "curl -T into nginx, then fsync", "upload, ours against nginx"),
        ("GET from ours", "GET from nginx", "GET, ours against nginx"),
    ):
        ratio = statistics.median(b / a for a, b in zip(took[ours], took[theirs], strict=True))
        print(f"{ratio:.2f} x {what}")  # noqa: T201


def one_round(bulk: Bulk, took: dict[str, list[float]]) -> None:
    """Each way once."""
    took.setdefault("curl -T into nginx, then fsync", []).append(timed(bulk.into_nginx))
    took.setdefault("curl -T to content_url", []).append(timed(bulk.into_ours()))
    url = bulk.finalize()
    took.setdefault("GET from nginx", []).append(timed(bulk.from_nginx))
    took.setdefault("GET from ours", []).append(timed(lambda: curl(url)))
    bulk.forget()
    took.setdefault("our client, in chunks", []).append(timed(bulk.by_our_client))
    bulk.forget()


if __name__ == "__main__":
    main()
