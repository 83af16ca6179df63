"""The parts of the API page."""
