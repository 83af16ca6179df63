"""Qt models: one a file, a page at a time, rows diffed and never reset. Nothing here paints or asks the service."""
