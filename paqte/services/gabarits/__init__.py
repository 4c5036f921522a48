"""Templates tried, then put in use."""
