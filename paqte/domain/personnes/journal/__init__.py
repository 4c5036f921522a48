"""The journal: its words, and its chain of hashes."""
