"""Says that it runs."""

import sys

sys.stdout.write("here\n")
