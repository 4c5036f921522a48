"""How far the préfecture is with a company before any convention, and what it may do next."""

from __future__ import annotations

A_CONTACTER = "a_contacter"
INVITE = "invite"
EN_DISCUSSION = "en_discussion"
INSCRIT = "inscrit"
REFUSE = "refuse"
ETATS: dict[str, str] = {
    A_CONTACTER: "À contacter",
    INVITE: "Invité",
    EN_DISCUSSION: "En discussion",
    INSCRIT: "Inscrit au plan",
    REFUSE: "Refus",
}
INVITER = "inviter"
DISCUTER = "discuter"
INSCRIRE = "inscrire"
REFUSER = "refuser"
REPRENDRE = "reprendre"
ACTES: dict[str, str] = {
    INVITER: "Une invitation lui a été faite",
    DISCUTER: "La discussion est engagée",
    INSCRIRE: "Il s’est inscrit au plan « 10 000 entreprises »",
    REFUSER: "Il refuse",
    REPRENDRE: "Il revient de lui-même sur son refus",
}
# State, act -> next state. What is not here is refused. docs/statuts.md shows this table.
TRANSITIONS: dict[tuple[str, str], str] = {
    (A_CONTACTER, INVITER): INVITE,
    (A_CONTACTER, DISCUTER): EN_DISCUSSION,
    (A_CONTACTER, INSCRIRE): INSCRIT,
    (A_CONTACTER, REFUSER): REFUSE,
    (INVITE, DISCUTER): EN_DISCUSSION,
    (INVITE, INSCRIRE): INSCRIT,
    (INVITE, REFUSER): REFUSE,
    (EN_DISCUSSION, INSCRIRE): INSCRIT,
    (EN_DISCUSSION, REFUSER): REFUSE,
    (INSCRIT, REFUSER): REFUSE,
    (REFUSE, REPRENDRE): EN_DISCUSSION,
}
# To be acted on first comes first in a list.
ORDRE = tuple(ETATS)


def possible_acts(etat: str) -> dict[str, str]:
    """What may be done from a state, as people read it."""
    return {acte: told for acte, told in ACTES.items() if (etat, acte) in TRANSITIONS}
