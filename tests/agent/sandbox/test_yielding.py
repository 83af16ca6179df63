"""What yields to the owner's programs: also a process that ends at once, which nobody has reaped yet."""

import os
import subprocess
from pathlib import Path

import pytest

from agent.sandbox.supervised import yield_to_owner

NOBODY = 65534


def ended_but_not_reaped() -> int:
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    return process.pid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
def test_a_users_process_that_has_ended_is_no_trouble() -> None:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            pid = ended_but_not_reaped()
            with pytest.raises(PermissionError):
                Path(f"/proc/{pid}/oom_score_adj").write_text("1000")
            yield_to_owner(pid)
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_process_that_is_gone_is_no_trouble() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    yield_to_owner(process.pid)
