"""Many declarations of a period typed as one table."""
