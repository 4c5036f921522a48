"""Producing, listing and judging editions and templates."""
