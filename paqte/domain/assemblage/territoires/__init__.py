"""The sum of a territory put together, and its publishable version."""
