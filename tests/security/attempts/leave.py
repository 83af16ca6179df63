"""Leaves things among its outputs that would deceive whoever collects them."""

import os
import socket
from pathlib import Path
from typing import Any

Given = dict[str, Any]


def _outputs() -> Path:
    return Path(os.environ["GPU_AGENT_OUTPUT_DIR"])


def _left(name: str | bytes) -> str:
    folder: str | bytes = str(_outputs()) if isinstance(name, str) else os.fsencode(_outputs())
    if name not in os.listdir(folder):
        raise OSError("it was not made")
    return f"{name!r} lies among the outputs"


def a_link_to_a_file(given: Given) -> str:
    (_outputs() / "left").symlink_to(given["secret"])
    return _left("left")


def a_link_to_a_folder(given: Given) -> str:
    (_outputs() / "left").symlink_to(Path(given["secret"]).parent)
    return _left("left")


def a_link_to_itself(given: Given) -> str:
    (_outputs() / "left").symlink_to(".")
    return _left("left")


def a_hard_link(given: Given) -> str:
    (_outputs() / "left").write_text("text")
    (_outputs() / "left too").hardlink_to(_outputs() / "left")
    return _left("left too")


def a_pipe(given: Given) -> str:
    os.mkfifo(_outputs() / "left")
    return _left("left")


def a_socket(given: Given) -> str:
    os.chdir(_outputs())
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("left")
    return _left("left")


def a_device(given: Given) -> str:
    os.mknod(_outputs() / "left", 0o20666, os.makedev(1, 5))
    return _left("left")


def a_name_with_a_newline(given: Given) -> str:
    (_outputs() / "left\n{}").touch()
    return _left("left\n{}")


def a_name_that_steers_a_terminal(given: Given) -> str:
    (_outputs() / "left\x1b[2J").touch()
    return _left("left\x1b[2J")


def a_name_that_is_no_text(given: Given) -> str:
    with open(os.fsencode(_outputs()) + b"/left\xff\xfe", "x"):
        return _left(b"left\xff\xfe")


def folders_too_deep(given: Given) -> str:
    os.chdir(_outputs())
    for _ in range(40):
        os.mkdir("left")
        os.chdir("left")
    Path("file").touch()
    return _left("left")


def a_hole_of_a_terabyte(given: Given) -> str:
    with (_outputs() / "left").open("wb") as file:
        file.truncate(1 << 40)
    return _left("left")
