"""A small real HTTP server that speaks the upload and download part of the contract and counts what it was asked."""

import hashlib
import json
import re
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk_alpha_test"
JOB = "0196ef10-0000-7000-8000-000000000001"


class SmallService:
    """Keeps uploads and artifacts in memory. Knobs: `cut_after_puts`, `answers` (a list of statuses to give first)."""

    def __init__(self) -> None:
        self.chunks: dict[str, bytes] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.artifacts: dict[str, bytes] = {}
        self.names: dict[str, str] = {}
        self.puts: Counter[str] = Counter()
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.first_answers: list[tuple[int, dict[str, str], bytes]] = []
        self.refuse_puts_after: int | None = None
        self.expired_urls = 0
        self.cut_download_at: int | None = None
        self.cut_each_download_after: int | None = None
        self.puts_to_cut = 0
        self.lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                service.answer(self)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        path = handler.path.partition("?")[0]
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self.lock:
            self.requests.append((handler.command, handler.path, headers))
            first = self.first_answers.pop(0) if self.first_answers and path.startswith("/api/v1/") else None
        if first is not None:
            _send(handler, first[0], first[2], first[1])
        elif path.startswith("/chunks/"):
            self._put(handler, path.removeprefix("/chunks/"), body)
        elif path.startswith("/files/"):
            self._download(handler, path.removeprefix("/files/"))
        elif headers.get("x-api-key") != KEY:
            _error(handler, 401, "API_KEY_INVALID")
        else:
            self._customer(handler, path.removeprefix("/api/v1/customer"), body)

    def _put(self, handler: BaseHTTPRequestHandler, digest: str, body: bytes) -> None:
        with self.lock:
            if self.expired_urls > 0:
                self.expired_urls -= 1
                return _error(handler, 403, "SIGNED_URL_INVALID")
            if self.puts_to_cut > 0:
                self.puts_to_cut -= 1
                handler.close_connection = True
                handler.connection.shutdown(socket.SHUT_RDWR)
                return None
            if self.refuse_puts_after is not None and sum(self.puts.values()) >= self.refuse_puts_after:
                handler.close_connection = True
                handler.connection.shutdown(socket.SHUT_RDWR)
                return None
            if hashlib.sha256(body).hexdigest() != digest:
                return _error(handler, 400, "CHUNK_MISMATCH")  # also what is left of a body whose sender went away
            self.puts[digest] += 1
            self.chunks[digest] = body
        return _send(handler, 204, b"")

    def _customer(self, handler: BaseHTTPRequestHandler, path: str, body: bytes) -> None:
        if path == "/datasets" and handler.command == "POST":
            sent = json.loads(body)
            id = f"0196ef10-0000-7000-8000-{len(self.uploads) + 100:012d}"
            self.uploads[id] = {"name": sent["name"], "files": sent["files"], "status": "uploading"}
            missing = self._missing(id)
            extra = {"chunk_size_bytes": 8388608, "missing_count": len(missing), "content_url": None}
            _json(handler, 201, {**self._row(id), **extra, "missing_chunks": missing[:1000], "news": "unknown"})
        elif match := re.fullmatch(r"/datasets/([^/]+)(/.*)?", path):
            self._dataset(handler, match[1], match[2] or "")
        elif path == f"/training-jobs/{JOB}/artifacts":
            rows = [self._artifact(id) for id in self.artifacts]
            _json(handler, 200, {"data": rows, "page": {"limit": 100, "next_cursor": None, "has_more": False}})
        elif match := re.fullmatch(rf"/training-jobs/{JOB}/artifacts/([^/]+)/download-url", path):
            row = self._artifact(match[1])
            url = {"download_url": f"{self.url}/files/{match[1]}", "expires_at": "", "file_name": row["name"]}
            _json(handler, 200, {**url, "size_bytes": row["size_bytes"]})
        else:
            _error(handler, 404, "NOT_FOUND")

    def _dataset(self, handler: BaseHTTPRequestHandler, id: str, rest: str) -> None:
        if id not in self.uploads:
            _error(handler, 404, "DATASET_NOT_FOUND")
        elif rest == "/missing-chunks":
            missing = self._missing(id)
            page = {"limit": 1000, "next_cursor": None, "has_more": len(missing) > 1000}
            _json(handler, 200, {"data": missing[:1000], "page": page})
        elif rest == "/finalize" and self._missing(id):
            _error(handler, 409, "UPLOAD_INCOMPLETE")
        else:
            if rest == "/finalize":
                self.uploads[id]["status"] = "ready"
            _json(handler, 200, self._row(id))

    def _row(self, id: str) -> dict[str, Any]:
        upload = self.uploads[id]
        size = sum(file["size_bytes"] for file in upload["files"])
        more = {"size_bytes": size, "file_count": len(upload["files"]), "digest": None, "reasons": []}
        row = {"id": id, "name": upload["name"], "version": 1, "status": upload["status"], "created_at": ""}
        return {**row, **more, "training": None}

    def _missing(self, id: str) -> list[dict[str, Any]]:
        sizes: dict[str, int] = {}
        for file in self.uploads[id]["files"]:
            for chunk in file["chunks"]:
                end = chunk["offset"] + chunk["size_bytes"]
                sizes[chunk["digest"]] = max(sizes.get(chunk["digest"], 0), end)
        return [
            {"digest": digest, "size_bytes": size, "upload_url": f"{self.url}/chunks/{digest}"}
            for digest, size in sizes.items()
            if digest not in self.chunks
        ]

    def _artifact(self, id: str) -> dict[str, Any]:
        content = self.artifacts[id]
        row = {"id": id, "type": "output", "name": self.names[id], "compute_unit_id": "u", "may_run_code": False}
        sizes = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return {**row, **sizes, "open": True, "created_at": "", "expires_at": None}

    def _download(self, handler: BaseHTTPRequestHandler, id: str) -> None:
        content = self.artifacts[id]
        match = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(match[1]) if match else 0
        handler.send_response(206 if match else 200)
        handler.send_header("Content-Length", str(len(content) - start))
        if match:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.end_headers()
        if self.cut_download_at is not None:
            handler.wfile.write(content[start : self.cut_download_at])
            handler.close_connection = True
            return
        if self.cut_each_download_after is not None:
            handler.wfile.write(content[start : start + self.cut_each_download_after])
            handler.close_connection = True
            return
        handler.wfile.write(content[start:])


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _json(handler: BaseHTTPRequestHandler, status: int, value: Any) -> None:
    _send(handler, status, json.dumps(value).encode())


def _error(handler: BaseHTTPRequestHandler, status: int, code: str) -> None:
    error = {"code": code, "message": "no", "hint": "do this", "details": [], "request_id": "r-1"}
    _json(handler, status, {"error": error})
