"""Parts of the page of earnings."""
