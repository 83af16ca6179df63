"""Runs a program where it can't have user namespaces: in one of its own that allows none below it."""

import ctypes
import os
import sys
from pathlib import Path

_NEW_USER_NAMESPACE = 0x1000_0000


def main(command: list[str]) -> None:
    """Becomes `command`, with the present uid and no other one mapped."""
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_USER_NAMESPACE) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
