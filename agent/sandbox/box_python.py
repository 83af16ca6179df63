"""How an interpreter of this machine runs inside a box: in place under /usr, else bound at one neutral path.

A neutral path tells nothing of the owner's folders. CPython finds its library relative to its executable; only
a shared build must be told where its libpython is.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from agent.durable import sync_file_system
from agent.interpreters import Interpreter
from agent.sandbox import contract
from agent.sandbox.base import BoxNotStarted
from agent.sandbox.bubblewrap_arguments import BoxPython
from agent.sandbox.workspace import first_closed_folder, remove_tree_now

# Not needed to run a program: tests, what draws windows, installers, and other people's packages.
_LEFT_OUT = shutil.ignore_patterns(
    "test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "site-packages", "dist-packages",
    "config-3*", "*.a",
)  # fmt: skip


def box_python(interpreter: Interpreter, interpreters_dir: Path, drops_uid: bool) -> BoxPython:
    """Find out how to run `interpreter` in a box, copying it into `interpreters_dir` where the box's uid can't follow.

    The copy takes seconds, once. Raises BoxNotStarted when its executable lies outside its prefix.
    """
    if Path(interpreter.prefix).is_relative_to("/usr") and Path(interpreter.executable).is_relative_to("/usr"):
        return BoxPython(interpreter.executable, None, [], {})
    if not Path(interpreter.executable).is_relative_to(interpreter.prefix):
        raise BoxNotStarted(f"{interpreter.executable} lies outside its own folder {interpreter.prefix}")
    prefix = Path(interpreter.prefix)
    if drops_uid and first_closed_folder(prefix) is not None:
        prefix = copy_interpreter(interpreter, interpreters_dir)
    inside = Path(contract.INTERPRETER)
    packages = [f"{lib}/python3.{interpreter.minor}/site-packages" for lib in ("lib", "lib64")]
    return BoxPython(
        executable=str(inside / Path(interpreter.executable).relative_to(interpreter.prefix)),
        bound_prefix=str(prefix),
        hidden=[str(inside / folder) for folder in packages if (prefix / folder).is_dir()],
        environment={"LD_LIBRARY_PATH": str(inside / "lib")} if interpreter.shared else {},
    )


def copy_interpreter(interpreter: Interpreter, into: Path) -> Path:
    """Copy an interpreter, without what units don't need, so that every uid can run it; returns the copy's prefix.

    A second call finds the first one's copy, as long as the original has not changed.
    """
    target = into / f"{interpreter.version}-{_fingerprint(interpreter)}"
    if target.is_dir():
        return target
    source, executable = Path(interpreter.prefix), Path(interpreter.executable)
    unfinished = into / f".{target.name}.{os.getpid()}"
    remove_tree_now(unfinished)
    copied = unfinished / executable.relative_to(source)
    copied.parent.mkdir(parents=True)
    shutil.copy2(executable, copied)
    for part in (f"lib/python3.{interpreter.minor}", f"lib64/python3.{interpreter.minor}"):
        if (source / part).is_dir() and not (source / part).parent.is_symlink():
            shutil.copytree(source / part, unfinished / part, symlinks=True, ignore=_LEFT_OUT)
    if (source / "include" / f"python3.{interpreter.minor}").is_dir():  # compilers of GPU kernels read Python.h
        include = f"include/python3.{interpreter.minor}"
        shutil.copytree(source / include, unfinished / include, symlinks=True)
    for library in (source / "lib").glob("*.so*"):
        shutil.copy2(library, unfinished / "lib" / library.name, follow_symlinks=False)
    subprocess.run(["chmod", "-R", "a+rX", "--", str(unfinished)], check=True)
    sync_file_system(unfinished)
    try:
        unfinished.rename(target)
    except OSError:  # another start was faster; its copy is as good
        remove_tree_now(unfinished)
    return target


def _fingerprint(interpreter: Interpreter) -> str:
    digest = hashlib.sha256(interpreter.prefix.encode())
    libraries = sorted((Path(interpreter.prefix) / "lib").glob("libpython*.so*"))
    for file in (Path(interpreter.executable), *libraries):
        facts = file.stat()
        digest.update(f"{file.name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
