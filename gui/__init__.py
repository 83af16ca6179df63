"""The desktop app; for now its text demo, which starts the bundled backend and a local node."""
