"""What an edition is kept as, and which rules counted it."""
