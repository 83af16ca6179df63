"""Starts any of the project's commands in the project's own environment, which is made on the first start.

Read by whatever `python3` a machine has, so its syntax is what Python 2.7 also reads. Its neighbours do the work.
"""

import os
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if __name__ == "__main__":
    sys.path[0] = PROJECT

from build_scripts.find_python import start_again_if_unsupported  # noqa: E402

HELP = """usage: python3 build_scripts/run.py [--dev] [--no-system] [COMMAND [ARGUMENT ...]]

Starts COMMAND in the project's environment. The first start makes that environment and installs what is missing,
which takes a minute or two; later starts are immediate.

commands:
  (none), gpu-agent    the app: its window where there is a screen, else the demo
  demo                 the whole demo as text: a backend and a node on this machine train the example
  gpu-agent-backend    the service: serve, customers, credits, limits, nodes, doctor
  gpu-agent-node       a node that shares this machine: run, try
  gpu-agent-client     the customers' command line: datasets, packages, jobs, artifacts
  python               the environment's Python
  pytest, ruff, ...    any other program of the environment (with --dev)

Everything behind COMMAND is COMMAND's own: python3 build_scripts/run.py gpu-agent-client jobs submit --help

options:
  --dev        install the development tools too
  --no-system  as root: install no system packages (else bubblewrap and, where there is a screen, what a
               window needs are installed where they are missing)
  -h, --help   this text

environment variables:
  GPU_AGENT_VENV  the folder of the environment (default: .venv in the project)

exit codes: 3 the environment can't be made, 4 wrong arguments; else COMMAND's own.
"""


def parse(arguments):
    # type: (list[str]) -> tuple[set[str], list[str]]
    """Splits run.py's own options from the command behind them; other options belong to the demo."""
    options = set()  # type: set[str]
    rest = list(arguments)
    while rest and rest[0] in ("--dev", "--no-system", "-h", "--help"):
        options.add("--help" if rest[0] == "-h" else rest[0])
        del rest[0]
    if not rest:
        rest = ["gpu-agent"]
    elif rest[0] == "demo" or rest[0].startswith("-"):
        rest = ["gpu-agent", "demo"] + (rest[1:] if rest and rest[0] == "demo" else rest)
    return options, rest


def main():
    # type: () -> None
    options, command = parse(sys.argv[1:])
    if "--help" in options:
        sys.stdout.write(HELP)
        return
    start_again_if_unsupported(os.path.abspath(__file__))
    from build_scripts.stamp import Layout, is_ready

    dev = "--dev" in options
    system = "--no-system" not in options
    layout = Layout.of(PROJECT, os.environ)
    if not is_ready(layout, dev, system):
        from build_scripts.environment import make_ready_or_exit

        make_ready_or_exit(layout, dev=dev, system=system)
    program = os.path.join(layout.bin, command[0])
    if os.path.basename(command[0]) != command[0] or not os.access(program, os.X_OK) or os.path.isdir(program):
        tools = "" if dev else " Development tools come with: python3 build_scripts/run.py --dev " + command[0]
        sys.stderr.write("There is no command %s here.%s\nAll commands: run.py --help\n" % (command[0], tools))
        sys.exit(4)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(program, [program] + command[1:])


if __name__ == "__main__":
    main()
