"""Accounts, contacts, accesses, and all that is known of a person."""

from paqte.queries.comptes.conservation import soon_erased

__all__ = [
    "soon_erased",
]
