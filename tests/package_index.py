"""Tiny wheels, and an index of them over real HTTP (PEP 503). For any test that installs something."""

import base64
import hashlib
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def make_wheel(
    folder: Path, name: str, version: str, *, requires: str = "", tag: str = "py3-none-any", python: str = ""
) -> Path:
    """A wheel of one module, as any builder would make it: the same bytes each time."""
    info = f"{name}-{version}.dist-info"
    requirement = f"Requires-Dist: {requires}\n" if requires else ""
    requirement += f"Requires-Python: {python}\n" if python else ""
    files = {
        f"{name}/__init__.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requirement}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},"
        f"{len(text.encode())}\n"
        for path, text in files.items()
    )
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, text in files.items():
            wheel.writestr(zipfile.ZipInfo(inside), text)
        wheel.writestr(zipfile.ZipInfo(f"{info}/RECORD"), f"{record}{info}/RECORD,,\n")
    return path


class PackageIndex:
    """Serves the wheels of a folder; `requests` are the paths that were asked for. It answers once `may_answer` is
    set, as it is at first; `was_asked` is set by the first request."""

    def __init__(self, wheels: Path) -> None:
        self.wheels = wheels
        self.requests: list[str] = []
        self.was_asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.requests.append(self.path)
                index.was_asked.set()
                index.may_answer.wait()
                body = index.answer(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
                self.send_header("Content-Length", str(len(body or b"")))
                with suppress(ConnectionError):  # whoever asked was killed
                    self.end_headers()
                    self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is printed: `requests` has it."""

        self._handler = Handler
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/simple"

    def answer(self, path: str) -> bytes | None:
        """The page of a package, a wheel, or None for what is not here."""
        kind, _, name = path.strip("/").partition("/")
        if kind == "simple":
            files = sorted(self.wheels.glob(f"{name.replace('-', '_')}-*.whl"))
            links = "".join(f'<a href="/files/{file.name}">{file.name}</a>' for file in files)
            return f"<!DOCTYPE html><html><body>{links}</body></html>".encode() if files else None
        file = self.wheels / Path(name).name
        return file.read_bytes() if kind == "files" and file.is_file() else None

    @contextmanager
    def running(self) -> Iterator[None]:
        """While it answers; a second time it does at the same port."""
        with ThreadingHTTPServer(("127.0.0.1", self.port), self._handler) as server:
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield
            finally:
                self.may_answer.set()
                server.shutdown()
                thread.join()
