"""Nodes, their enrolment and tiers."""
