"""The pictures of the window: what is done in it before each one is taken. `screenshots.py` is the command."""
