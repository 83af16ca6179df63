"""The library with calls that wait: made of `asynchronous` by build_scripts/sync_library.py, but for two files."""
