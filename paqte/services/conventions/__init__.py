"""Signatories, their conventions and what they promise: typed, corrected, signed, ended, renewed."""
