"""Rates, the double-entry ledger, holds and settlements."""
