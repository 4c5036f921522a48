"""Accounts, contacts, accesses, and all that is known of a person."""

from paqte.queries.comptes.a_qui import ContactNamed, referents_of, whom_to_call
from paqte.queries.comptes.comptes import ContactInvited, contacts_invited, given_there
from paqte.queries.comptes.conservation import soon_erased
from paqte.queries.comptes.invitations import SignataireGiven, list_access

__all__ = [
    "ContactInvited",
    "ContactNamed",
    "SignataireGiven",
    "contacts_invited",
    "given_there",
    "list_access",
    "referents_of",
    "soon_erased",
    "whom_to_call",
]
