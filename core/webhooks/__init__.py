"""Webhooks: customers' endpoints, the outbox of what they are told, and the log of deliveries. Nothing is sent here."""
