"""Types of what goes over the wire, shared by the backend, the client and the agent. No rules live here."""
