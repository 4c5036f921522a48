"""Who signed, what the directory says of them, what they promised and tell."""
