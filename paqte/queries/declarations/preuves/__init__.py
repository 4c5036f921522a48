"""What stands beside the figures: actions told, evidence handed in."""
