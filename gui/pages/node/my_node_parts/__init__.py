"""The parts of the page My node."""
