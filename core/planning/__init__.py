"""From package, dataset and request to a DAG of compute units, with their ceilings and price."""
