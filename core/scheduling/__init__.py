"""Which unit goes to which node, and what nodes' reports do: match, leases, fairness, completion, the exchange."""
