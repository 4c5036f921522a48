"""What a company says it got wrong after sending, and what its référent does of it."""

from __future__ import annotations

OUVERT = "ouvert"
RENDU = "rendu"
REPONDU = "repondu"
ETATS: dict[str, str] = {
    OUVERT: "À traiter",
    RENDU: "Déclaration rendue",
    REPONDU: "Répondu sans rendre",
}

RENDRE = "rendre"
REPONDRE = "repondre"
# State, act -> next state. What is not here is refused. docs/statuts.md shows this table.
TRANSITIONS: dict[tuple[str, str], str] = {
    (OUVERT, RENDRE): RENDU,
    (OUVERT, REPONDRE): REPONDU,
}
