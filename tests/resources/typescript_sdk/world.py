"""A server whose client domain is a page of these tests, with a real node and a customer, and that page's server."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.agent.node_process import NodeProcess
from tests.backend.server_process import BackendServer, Customer, run_command

from .programs import DIST

PASSWORD = "correct horse battery"
PAGE = """<!doctype html>
<title>a page of the client domain</title>
<script type="importmap">{"imports": {"gpu-agent-sdk": "/sdk/index.js"}}</script>
<script type="module">
import * as sdk from "gpu-agent-sdk";
const given = await (await fetch("/given.json")).json();
let said;
try {
  const { run } = await import("/run.mjs");
  said = await run(sdk, given);
} catch (error) {
  said = { failed: `${error.constructor.name}: ${error.message}\\n${error.stack}` };
}
await fetch("/said", { method: "POST", body: JSON.stringify(said) });
</script>
"""


class Pages:
    """Serves a page that runs `run(sdk, given)` of `run.mjs`, the library beside it, and other files of a folder. What
    `run` gave comes by `said`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._said: Any = None
        self._was_said = threading.Event()
        pages = self

        class Handler(SimpleHTTPRequestHandler):
            def do_POST(self) -> None:
                pages._said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                pages._was_said.set()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.port = self._server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="pages")
        (folder / "index.html").write_text(PAGE)
        (folder / "sdk").symlink_to(DIST)

    def __enter__(self) -> "Pages":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def prepare(self, run: str, **given: str) -> None:
        """What the next page does."""
        self._was_said.clear()
        (self.folder / "run.mjs").write_text(run)
        (self.folder / "given.json").write_text(json.dumps(given))

    def said(self, seconds: float) -> Any:
        """What the page's `run` gave."""
        assert self._was_said.wait(seconds), "the page said nothing"
        return self._said


class World:
    """Everything that runs, and whose key is used."""

    def __init__(self, server: BackendServer, node: NodeProcess, customer: Customer, pages: Pages) -> None:
        self.server = server
        self.node = node
        self.customer = customer
        self.pages = pages
        self.environment = {"GPU_AGENT_SERVER": server.url, "GPU_AGENT_API_KEY": customer.key}


@contextmanager
def living_world(folder: Path) -> Iterator[World]:
    """A world until it is no longer used."""
    page_folder = folder / "pages"
    page_folder.mkdir()
    with Pages(page_folder) as pages:
        server = BackendServer(folder / "data", "--client-domain", pages.origin)
        server.start()
        node = NodeProcess(folder, server)
        try:
            customer = server.new_customer()
            email = ("--email", customer.email)
            done = run_command(
                "customers", "set-password", *email, "--password-stdin", data_dir=server.data_dir, said=f"{PASSWORD}\n"
            )
            assert done.returncode == 0, done.stderr
            node.start(owner=customer.email)
            yield World(server, node, customer, pages)
        finally:
            node.close()
            server.close()
