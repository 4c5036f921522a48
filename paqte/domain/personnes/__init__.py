"""Who acts and who is acted upon: roles, sessions, links, what is kept of a person and what is erased."""
