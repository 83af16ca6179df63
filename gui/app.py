"""The console script gpu-agent: the window where there is a screen, else the command line. Imports little by itself."""

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Without a subcommand the window opens; where none can, the demo runs as text and says why.

    `--background` alone starts it in the tray, as at login.
    """
    reason = ""
    background = sys.argv[1:] == ["--background"]
    if len(sys.argv) == 1 or background:
        from .screen import why_no_window

        why = why_no_window()
        if why is None:
            gc.disable()  # until the first picture: all that a start makes stays, and looking through it is 7 % of it
            from .desktop import Folders, show_window

            sys.exit(show_window(Folders.of_user(), _say_open_already, background=background))
        reason = why
    from .command_line import run_commands

    run_commands(reason=reason)


def _say_open_already(came: bool) -> None:
    what = "its window has come to the front" if came else "its window does not answer"
    sys.stderr.write(f"GPU-Agent is open already; {what}.\n")
