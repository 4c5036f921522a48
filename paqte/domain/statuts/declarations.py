"""The life of a declaration and what may be answered in it (R13, R18)."""

from __future__ import annotations

from typing import NamedTuple

A_SAISIR = "a_saisir"
BROUILLON = "brouillon"
TRANSMISE = "transmise"
A_COMPLETER = "a_completer"
VALIDEE = "validee"

ETATS: dict[str, str] = {
    A_SAISIR: "À saisir",
    BROUILLON: "Brouillon",
    TRANSMISE: "Transmise",
    A_COMPLETER: "À corriger",
    VALIDEE: "Validée",
}
# What documents keep of a state. A word of the pages may change; an edition is compared and hashed on this one.
ETATS_GARDES: dict[str, str] = {**ETATS, A_COMPLETER: "À compléter"}

# What its company may no longer answer alone once its typing is closed (R12): the others were sent at least once.
NEVER_SENT = frozenset({A_SAISIR, BROUILLON})
# What waits for its company no more.
SENT = frozenset({TRANSMISE, VALIDEE})

SAISIR = "saisir"
TRANSMETTRE = "transmettre"
RENVOYER = "renvoyer"
VALIDER = "valider"
ROUVRIR = "rouvrir"

# State, act -> next state (R18). What is not here is refused. docs/statuts.md shows this table.
TRANSITIONS: dict[tuple[str, str], str] = {
    (A_SAISIR, SAISIR): BROUILLON,
    (BROUILLON, SAISIR): BROUILLON,
    (A_COMPLETER, SAISIR): A_COMPLETER,
    (A_SAISIR, TRANSMETTRE): TRANSMISE,
    (BROUILLON, TRANSMETTRE): TRANSMISE,
    (A_COMPLETER, TRANSMETTRE): TRANSMISE,
    (TRANSMISE, RENVOYER): A_COMPLETER,
    (TRANSMISE, VALIDER): VALIDEE,
    (VALIDEE, ROUVRIR): A_COMPLETER,
}
ACTS: dict[str, str] = {
    SAISIR: "modifier",
    TRANSMETTRE: "transmettre",
    RENVOYER: "demander des précisions sur",
    VALIDER: "valider",
    ROUVRIR: "rouvrir",
}
# Why an act is refused in a state, and what may be done instead.
_WAY_ON: dict[str, str] = {
    A_SAISIR: "elle n’a pas encore été saisie ni transmise",
    BROUILLON: "elle n’a pas encore été transmise",
    TRANSMISE: "elle attend que le référent la valide ou demande des précisions",
    A_COMPLETER: "elle doit d’abord être corrigée et transmise",
    VALIDEE: "elle ne change plus, mais le référent peut la rouvrir en expliquant pourquoi",
}

NOMBRE = "nombre"
NEANT = "neant"
MANQUANTE = "manquante"
REPONSES: dict[str, str] = {NOMBRE: "Renseigné", NEANT: "Zéro confirmé", MANQUANTE: "Sans réponse"}
# How an answer that is a zero is told, in the midst of a sentence or of a table, and one that is not there.
ZERO_CONFIRME, SANS_REPONSE = REPONSES[NEANT].lower(), REPONSES[MANQUANTE].lower()


class Origine(NamedTuple):
    """By which door an answer came in, as pages say it, and what a bilan says of the values that came so.

    `part` is "" where it says instead whether the company typed them or somebody else for it. Doors that say the same
    are counted together.
    """

    libelle: str
    part: str


# The value of a whole year, which its last period bears: what another period of the year adds is counted twice (R11).
TOTAL_ANNUEL = "annee"
ORIGINES: dict[str, Origine] = {
    "formulaire": Origine("Formulaire", ""),
    "import": Origine("Import", "importées d’un fichier"),
    TOTAL_ANNUEL: Origine("Import du total d’une année", "importées d’un fichier"),
    "classeur": Origine("Formulaire Excel", "reçues par formulaire Excel"),
}


class TransitionRefused(Exception):
    """An act that the state does not allow; the message is a French sentence."""


def next_state(etat: str, act: str) -> str:
    """State after the act; TransitionRefused when the table has none (R18)."""
    try:
        return TRANSITIONS[(etat, act)]
    except KeyError:
        refused = f"On ne peut pas {ACTS[act]} une déclaration « {ETATS[etat].lower()} »"
        raise TransitionRefused(f"{refused} : {_WAY_ON[etat]}.") from None


def may(etat: str, act: str) -> bool:
    """Whether the table allows the act."""
    return (etat, act) in TRANSITIONS
