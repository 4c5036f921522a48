"""What conventions aim at, and what two of them promise twice."""
