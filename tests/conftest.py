"""For every test: none is timed, what tests start hears Ctrl-C wherever the tests themselves were started, and nodes
don't test themselves."""

import os
import signal

from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# Nodes of tests don't test themselves unless a test wants it: what they hold and run is looked at.
os.environ["GPU_AGENT_SELF_TEST"] = "0"

# A shell that starts the tests in its background has SIGINT ignored, and processes inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
