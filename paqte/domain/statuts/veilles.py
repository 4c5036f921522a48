"""What a look at the register finds of a signatory, and what its référent does of it."""

from __future__ import annotations

RIEN = "rien"
FERME = "ferme"
RENOMME = "renomme"
INCOMPLET = "incomplet"
CONSTATS: dict[str, str] = {
    RIEN: "Rien à signaler",
    FERME: "Établissement fermé",
    RENOMME: "Nom changé",
    INCOMPLET: "Fiche à compléter",
}

VU = "vu"
OUVERT = "ouvert"
ACCEPTE = "accepte"
IGNORE = "ignore"
ETATS: dict[str, str] = {
    VU: "Rien à traiter",
    OUVERT: "À traiter",
    ACCEPTE: "Repris dans la fiche",
    IGNORE: "Laissé tel quel",
}

ACCEPTER = "accepter"
IGNORER = "ignorer"
# State, act -> next state. What is not here is refused. docs/statuts.md shows this table.
TRANSITIONS: dict[tuple[str, str], str] = {
    (OUVERT, ACCEPTER): ACCEPTE,
    (OUVERT, IGNORER): IGNORE,
}
