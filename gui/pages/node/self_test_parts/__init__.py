"""Parts of the page Self-test."""
