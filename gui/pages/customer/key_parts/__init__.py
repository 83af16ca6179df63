"""The parts of the page of API keys."""
