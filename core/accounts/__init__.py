"""Who uses the service: customers, their keys, what they may use, and what makes their retries safe."""
