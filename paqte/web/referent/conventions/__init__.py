"""Signatories, their conventions and what they promise."""
