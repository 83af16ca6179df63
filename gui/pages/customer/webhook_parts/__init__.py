"""The parts of the page of webhooks."""
