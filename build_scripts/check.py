"""Runs everything that CI runs, in the project's environment: style, types, import rules, tests.

Read by whatever `python3` a machine has, so its syntax is what Python 2.7 also reads. The checks are in `checks.py`.
"""

import os
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if __name__ == "__main__":
    sys.path[0] = PROJECT

from build_scripts.find_python import start_again_if_unsupported  # noqa: E402

HELP = """usage: python3 build_scripts/check.py [--full] [--no-system] [CHECK ...]

Runs what CI runs, each check with its seconds, and ends with a summary. Without CHECK all of them:
  ruff format mypy imports pytest

options:
  --full       the long tests too
  --no-system  as root: install no system packages (else bubblewrap, and what tests of the window need,
               are installed where they are missing)
  -h, --help   this text

exit codes: 0 all checks hold, 1 one doesn't, 3 the environment can't be made, 4 wrong arguments.
"""


def main():
    # type: () -> None
    if "-h" in sys.argv[1:] or "--help" in sys.argv[1:]:
        sys.stdout.write(HELP)
        return
    start_again_if_unsupported(os.path.abspath(__file__))
    from build_scripts.checks import run_checks

    sys.exit(run_checks(PROJECT, sys.argv[1:]))


if __name__ == "__main__":
    main()
