"""Home and calendar."""
