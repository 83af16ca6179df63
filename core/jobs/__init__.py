"""Jobs, their units and attempts, the one table of transitions, and events."""
