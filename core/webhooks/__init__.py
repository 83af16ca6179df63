"""Webhooks: customers' endpoints and which addresses may be theirs, the outbox of what they are told, and the log of
deliveries. Nothing is sent here."""
