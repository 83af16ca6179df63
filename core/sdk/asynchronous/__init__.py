"""The library with calls that are awaited. `synchronous` is made of this by build_scripts/sync_library.py."""
