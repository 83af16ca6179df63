"""Talks HTTP to the service: for customers' programs, the command line, the window and the node."""
