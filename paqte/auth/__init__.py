"""Sign-in: roles, sessions and one-time links."""
