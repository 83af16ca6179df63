"""systemd's own user manager, in a mount namespace of its own: for machines where systemd is installed and another
program is the first, such as containers. Only root can make one."""

import os
import subprocess
from pathlib import Path

from tests.backend.server_process import PROJECT

MANAGER = Path("/lib/systemd/systemd")
_BEGIN = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/own
chmod 700 /run/own
for top in /sys/fs/cgroup/systemd /sys/fs/cgroup; do
    if [ -e $top/cgroup.procs ]; then
        mkdir -p $top/$2
        echo $$ > $top/$2/cgroup.procs
        break
    fi
done
export HOME="$1" XDG_RUNTIME_DIR=/run/own
"$0" --user --log-target=console --log-level=warning &
manager=$!
until systemctl --user is-system-running --wait 2>/dev/null; do
    kill -0 $manager || exit 1
    sleep 0.1
done
wait $manager
"""


class RealSystemd:
    """A running manager. `environment` and `before` are what its user's commands are started with."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        here = {"HOME": str(self.home), "XDG_RUNTIME_DIR": "/run/own", "PYTHONPATH": str(PROJECT)}
        self.environment = {**clean, **here}
        self._log = folder / "systemd.log"
        name = f"gpu-agent-test-{os.getpid()}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", _BEGIN, str(MANAGER), str(self.home), name],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        assert said in ("running", "degraded"), f"{said}: {self._log.read_text()}"
        self.before = ["nsenter", "-t", str(self._process.pid), "-m", "--"]
        self.ask("set-environment", f"PYTHONPATH={PROJECT}")  # this code, wherever the program was installed from

    def ask(self, *words: str) -> str:
        """What systemctl says."""
        ended = subprocess.run(
            [*self.before, "systemctl", "--user", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return ended.stdout.strip()

    def log(self) -> str:
        """What the manager said."""
        return self._log.read_text()

    def close(self) -> None:
        """Ends it with all that it started."""
        subprocess.run(
            [*self.before, "systemctl", "--user", "exit"], env=self.environment, capture_output=True, timeout=60
        )
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait(60)
