"""The node runtime: probing, fetching, the box, running units, the local journal."""
