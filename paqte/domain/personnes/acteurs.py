"""Who acts: a role and its reach, without a base or a session.

A role is one line of TABLE: how far it sees, what it does there, whom it may invite. What that opens in the base is
queries/perimetre.py; a page says by `open_to` for whom it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

REFERENT = "referent"
REGION = "region"
ENTREPRISE = "entreprise"
ANIMATEUR = "animateur"
NATIONAL = "national"
ADMIN = "admin"
SYSTEME = "systeme"

# How far a role sees: what is given to it one by one, its départements whole, everything.
GIVEN, PLACES, EVERYTHING = "given", "places", "everything"
# What it does there: nothing but read, answer for companies, write as a préfecture does, hold the installation.
READS, ANSWERS, WRITES, RUNS = "reads", "answers", "writes", "runs"


@dataclass(frozen=True, slots=True)
class Role:
    """What a role is: its name as read, its reach, what it does there, whom it invites, which guide it opens first.

    `territory` names what its account must be given: a "departement", a "region", "signataires", "conventions" (one by
    one, or signatories whole), or nothing.
    """

    libelle: str
    reach: str
    acts: str
    invites: frozenset[str]
    guide: str
    territory: str = ""

    @property
    def is_of_state(self) -> bool:
        """Whether its accounts are an administrator's to keep; those of companies are their référents'."""
        return self.reach != GIVEN

    @property
    def takes_conventions(self) -> bool:
        """Whether conventions are given to it one by one, beside signatories whole."""
        return self.territory == "conventions"


NOBODY: frozenset[str] = frozenset()
TABLE: dict[str, Role] = {
    REFERENT: Role(
        "Référent de préfecture", PLACES, WRITES, frozenset({ENTREPRISE, ANIMATEUR}), "guide_referent", "departement"
    ),
    REGION: Role("Préfecture de région", PLACES, READS, NOBODY, "guide_national", "region"),
    ENTREPRISE: Role("Contact d’entreprise", GIVEN, ANSWERS, NOBODY, "guide_entreprise", "signataires"),
    ANIMATEUR: Role("Animateur", GIVEN, ANSWERS, NOBODY, "guide_entreprise", "conventions"),
    NATIONAL: Role("Équipe nationale", EVERYTHING, READS, frozenset({REGION}), "guide_national"),
    ADMIN: Role(
        "Administrateur",
        EVERYTHING,
        RUNS,
        frozenset({REFERENT, REGION, ENTREPRISE, ANIMATEUR, NATIONAL, ADMIN}),
        "exploitation",
    ),
}
ROLES: dict[str, str] = {code: role.libelle for code, role in TABLE.items()}


def roles_where(keeps: Callable[[Role], bool]) -> frozenset[str]:
    """The codes of the roles of which this is true."""
    return frozenset(code for code, role in TABLE.items() if keeps(role))


# Whoever sees départements whole, works for the State, sees anything less than everything, answers for companies: most
# pages are one's.
TERRITORIAL = roles_where(lambda role: role.reach == PLACES)
OF_STATE = roles_where(lambda role: role.is_of_state)
WITHIN = roles_where(lambda role: role.reach != EVERYTHING)
ANSWERING = roles_where(lambda role: role.acts == ANSWERS)


@dataclass(frozen=True, slots=True)
class Acteur:
    """A person or the scheduler. `departements` are those of a référent or of a région; `signataires` a contact's.

    `departement` is the one that a page stands in, or the only one: what is asked through it is of that one alone.
    `conventions` are those given to an animateur one by one; a signatory in `signataires` is given whole.
    Read them through queries/perimetre.py, never by yourself.
    """

    utilisateur_id: int | None
    nom: str
    role: str
    departement: str | None = None
    signataires: frozenset[int] = frozenset()
    conventions: frozenset[int] = frozenset()
    departements: frozenset[str] = frozenset()


PLANIFICATEUR = Acteur(None, "Planificateur", SYSTEME)


def operator(nom: str = "Ligne de commande") -> Acteur:
    """Whoever holds the machine: may do what the scheduler may."""
    return Acteur(None, nom, SYSTEME)
