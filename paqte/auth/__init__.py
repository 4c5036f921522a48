"""Who may come in: roles of routes, tokens."""
