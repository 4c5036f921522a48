"""Periods, campaigns, what falls due on which day."""
