"""Parts of the page Demand."""
