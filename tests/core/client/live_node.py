"""A backend with a node of the same customer, so that jobs come to their ends."""

import os
import tempfile
from pathlib import Path

from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now
from gui.child_processes import Child, run_to_end
from tests.core.client.live_backend import LiveBackend


class LiveNode(LiveBackend):
    """The backend, and a node that takes its jobs."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="gpu-agent-test-"))
        self._root.chmod(0o755)  # as root, units have a uid of their own and pass through here
        self._state_before = os.environ.get(STATE_DIR_VARIABLE)
        os.environ[STATE_DIR_VARIABLE] = str(self._root / "state")
        super().__init__(self._root)
        where = ["--data-dir", str(self.data_dir)]
        code = run_to_end("gpu-agent-backend", ["nodes", "enrollment-code", "--owner", "a@example.com", *where])["code"]
        node = ["run", "--server", self.url, "--enroll", str(code), "--data-dir", str(self._root / "node")]
        self.node = Child("gpu-agent-node", [*node, "--name", "n"], self._root / "node.log")

    def close(self) -> None:
        self.node.stop()
        super().close()
        remove_tree_now(self._root)
        if self._state_before is None:
            del os.environ[STATE_DIR_VARIABLE]
        else:
            os.environ[STATE_DIR_VARIABLE] = self._state_before
