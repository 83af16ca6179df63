"""A wrong address, as the form to connect says it: words of its own for each way to be wrong, at the field too."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.desktop import Desktop
from gui.first_start.connect import ConnectDialog
from gui.first_start.question import FirstStart
from tests.backend.server_process import BackendServer
from tests.gui.keyrings import InMemory
from tests.gui.waiting import until
from tests.gui.whole_window import picture, press, said, whole_window

KEY = "sk_alpha_" + "a" * 43


class _Website(BaseHTTPRequestHandler):
    """Somebody's page, which has an answer for its first path and none for ours, or sends everybody elsewhere."""

    def do_GET(self) -> None:
        status = {"/page": 200, "/moved": 301}.get("/" + self.path.split("/")[1], 404)
        body = b"<!doctype html><title>My cats</title>"
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "https://example.org/")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Its log is nobody's matter."""


@contextmanager
def website() -> Iterator[str]:
    """A web server that is not ours; its host and port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Website) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


_WRONG = [
    ("nothing-listens", "http://127.0.0.1:9", "Nothing answers at this address", "Check the address and its port"),
    ("unknown-name", "https://gpu-agent.invalid", "There is no server of this name", "letter by letter"),
    ("no-https", "https://{website}", "No safe connection to this address", "write http:// then"),
    ("not-found", "http://{website}", "What answers at this address is no server of GPU-Agent", "another program"),
    ("a-page", "http://{website}/page", "What answers at this address is no server of GPU-Agent", "another program"),
    ("moved", "http://{website}/moved", "What answers at this address is no server of GPU-Agent", "another program"),
]


async def form_of(desktop: Desktop) -> ConnectDialog:
    """The form that the answer *Train a model* opens."""
    question = desktop.window.findChild(FirstStart)
    assert question is not None
    question.train_asked.emit()
    dialog = desktop.window.findChild(ConnectDialog)
    assert dialog is not None
    return dialog


async def refused(dialog: ConnectDialog, address: str) -> str:
    """What the form says after Connect was pressed."""
    dialog.banner.clear()
    dialog.address.set_text(address)
    dialog.key.set_text(KEY)
    assert not dialog.address.error() and not dialog.key.error()  # what is typed anew is not called wrong
    press(dialog, "Connect")
    await until(lambda: dialog.banner.trouble is not None)
    return said(dialog.banner)


async def test_each_wrong_address_has_words_and_a_next_step(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with website() as host:
        async with whole_window(qapp, tmp_path) as desktop:
            dialog = await form_of(desktop)
            for case, address, title, next_step in _WRONG:
                words = await refused(dialog, address.format(website=host))
                picture(dialog, tmp_path / f"{case}.png")
                assert dialog.banner.title_text() == dialog.address.error() == title
                assert next_step in words
                assert "--" not in words  # a command line's options are no help here
                assert not dialog.key.error()
            assert desktop.shell.settings.value.servers == []
            assert working_keyring.kept == {}
            dialog.reject()


async def test_a_key_of_another_server_is_said_at_the_key(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory
) -> None:
    server = BackendServer(tmp_path / "server")
    server.start()
    try:
        async with whole_window(qapp, tmp_path) as desktop:
            dialog = await form_of(desktop)
            words = await refused(dialog, server.url)
            picture(dialog, tmp_path / "unknown-key.png")
            assert dialog.key.error() == dialog.banner.title_text() == "The server doesn't know this key"
            assert "Copy the key again" in words
            assert dialog.banner.trouble is not None and dialog.banner.trouble.request_id
            assert not dialog.address.error()
            dialog.reject()
    finally:
        server.close()
