"""Who acts: a role and its reach, without a base or a session."""

from __future__ import annotations

from dataclasses import dataclass

REFERENT = "referent"
ENTREPRISE = "entreprise"
ANIMATEUR = "animateur"
NATIONAL = "national"
ADMIN = "admin"
SYSTEME = "systeme"

ROLES: dict[str, str] = {
    REFERENT: "Référent de préfecture",
    ENTREPRISE: "Contact d’entreprise",
    ANIMATEUR: "Animateur",
    NATIONAL: "Équipe nationale",
    ADMIN: "Administrateur",
}


@dataclass(frozen=True, slots=True)
class Acteur:
    """A person or the scheduler. `departement` is a référent's; `signataires` a company contact's.

    `conventions` are those given to an animateur one by one; a signatory in `signataires` is given whole.
    """

    utilisateur_id: int | None
    nom: str
    role: str
    departement: str | None = None
    signataires: frozenset[int] = frozenset()
    conventions: frozenset[int] = frozenset()


PLANIFICATEUR = Acteur(None, "Planificateur", SYSTEME)


def operator(nom: str = "Ligne de commande") -> Acteur:
    """Whoever holds the machine: may do what the scheduler may."""
    return Acteur(None, nom, SYSTEME)
