"""Parts of the page Rules."""
