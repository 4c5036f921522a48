"""The offline form of a declaration: handed out, sent, and read back."""
