"""The node's program with rules for its GPUs, and a shorter time between two looks.

python node_with_rules.py RULES SECONDS ARGUMENTS…
"""

import functools
import sys

import msgspec

from agent import service
from agent.command_line import main, sharing
from agent.start import open_service
from core.protocol.node_rules import GpuRules

if __name__ == "__main__":
    rules, seconds = msgspec.json.decode(sys.argv[1], type=GpuRules), float(sys.argv[2])
    service.LOOK_SECONDS = seconds
    vars(sharing)["open_service"] = functools.partial(open_service, gpu_rules=lambda uuid: rules)
    sys.argv[1:3] = []
    main()
