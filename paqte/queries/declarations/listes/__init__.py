"""Declarations in lists: those of a period, those that arrived and wait to be read."""
