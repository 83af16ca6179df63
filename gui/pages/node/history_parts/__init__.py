"""Parts of the page of what ran."""
