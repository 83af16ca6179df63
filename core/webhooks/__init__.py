"""Webhooks: which addresses events may be sent to."""
