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
    INVITER: "Invitation faite à l’entreprise",
    DISCUTER: "Discussion engagée",
    INSCRIRE: "Inscription au plan « 10 000 entreprises »",
    REFUSER: "Refus de l’entreprise",
    REPRENDRE: "Retour de l’entreprise sur son refus, à son initiative",
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
