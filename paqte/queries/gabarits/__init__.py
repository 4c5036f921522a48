"""Templates installed."""
