"""How long this computer has slept: whatever a driver was told before may be forgotten after."""

import sys
import time


def asleep_seconds() -> float:
    """Since its start; 0 where the system doesn't tell."""
    if sys.platform != "linux":
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
