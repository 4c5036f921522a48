"""Accounts, what each may see, and how it signs in."""
