"""Who may come in, with which access, and how somebody is forgotten."""
