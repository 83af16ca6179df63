"""Where the project's other commands lie: beside this program, in an environment as in the bundle, else on PATH."""

import shutil
import sys
from pathlib import Path


def find_command(name: str, *, executable: str, script: str) -> str | None:
    """The absolute path of a command, or None. `executable` and `script` are sys.executable and sys.argv[0].

    Links are not resolved: in a virtual environment python is a link out of the folder that holds the commands.
    """
    for beside in (executable, script):
        if beside and (folder := Path(beside).absolute().parent).is_dir():
            found = shutil.which(name, path=str(folder))
            if found is not None:
                return found
    return shutil.which(name)


def bundled_program(name: str) -> str | None:
    """The absolute path of another project's program that the bundle carries; None where this is no bundle."""
    bundle = getattr(sys, "_MEIPASS", None)
    return None if bundle is None else str(Path(bundle) / "bin" / (f"{name}.exe" if sys.platform == "win32" else name))
