"""Parts of the page Troubleshoot."""
