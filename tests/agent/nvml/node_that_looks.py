"""The node's program with another time between two looks at its machine.

python -m tests.agent.nvml.node_that_looks SECONDS ARGUMENTS…
"""

import sys

from agent import service
from agent.command_line import main

if __name__ == "__main__":
    service.LOOK_SECONDS = float(sys.argv.pop(1))
    main()
