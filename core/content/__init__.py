"""Manifests, chunks and where their bytes lie."""
