"""A mail, what may happen to it, and its life in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from paqte.domain.saisie.fichiers import Download

EN_ATTENTE = "en_attente"
ENVOYE = "envoye"
REFUSE = "refuse"
# Its reason was gone when it was about to leave: it stays, and says why.
SANS_OBJET = "sans_objet"
ETATS: dict[str, str] = {
    EN_ATTENTE: "En attente",
    ENVOYE: "Envoyé",
    REFUSE: "Refusé",
    SANS_OBJET: "Sans objet",
}

# With waits of two hours at most: a mail server away for a long week-end loses nothing.
MAX_ESSAIS = 48
_FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)


def next_try(now: datetime, essais: int) -> datetime:
    """When to try again after `essais` failures: a minute after the first, doubled each time, two hours at most."""
    doubled: int = 2 ** min(essais, 12)
    return now + min(_FIRST_WAIT * doubled, LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as a transport needs it."""

    destinataire: str
    sujet: str
    texte: str
    html: str = ""
    repondre_a: tuple[str, ...] = ()
    pieces: tuple[Download, ...] = ()


class TransportDown(Exception):
    """The mail server cannot be reached now: every mail waits."""


class MailDelayed(Exception):
    """The mail server puts this mail alone off (a full mailbox, a first contact): the others leave."""


class RecipientRefused(Exception):
    """The mail server refuses this mail alone; the message says why."""


# Links of one sort never end those of another (services/courriels/liens.py).
CONNEXION, ADRESSE = "connexion", "nouvelle_adresse"
# An edition that a référent transmits, its workbook joined (R40).
EDITION = "edition_transmise"
# The offline form of a declaration, joined too.
FORMULAIRE = "formulaire"
WITH_FILE = frozenset({EDITION, FORMULAIRE})
ALERTE = "alerte"
# What looks like somebody trying the doors.
SURETE = "surete"
# To a référent, of a bilan that the national team awaits.
RAPPEL = "rappel_bilan"
# To those who hold a région or the nation, of its sum issued.
SOMME = "somme"

# Why a mail leaves, as the list of mails says it; one that tells of a document is named after its task.
MOTIFS: dict[str, str] = {
    "connexion": "Lien de connexion",
    "invitation": "Invitation",
    ADRESSE: "Nouvelle adresse d’un compte",
    "adresse_changee": "Adresse d’un compte changée",
    "cle_acces": "Clé d’accès ajoutée ou retirée",
    "facteur_retire": "Second facteur retiré",
    "transmission": "Accusé de réception",
    "renvoi": "Questions sur une déclaration",
    "signalement": "Erreur signalée",
    "signalement_reponse": "Réponse à un signalement",
    "reouverture": "Déclaration rouverte",
    "validation": "Déclaration validée",
    "echeance": "Fin de convention",
    "ouverture": "Ouverture de la saisie",
    "relance": "Relance",
    "lecture": "Lecture avant bilan ou export",
    RAPPEL: "Bilan attendu",
    SOMME: "Somme produite",
    EDITION: "Édition transmise",
    FORMULAIRE: "Formulaire Excel",
    ALERTE: "Alerte à l’administrateur",
    SURETE: "Alerte sur les connexions",
}
# What stands in a mail that waits, where the secret of its link goes as it leaves.
LIEN = "[lien-personnel]"
# Likewise where whom to call goes: whoever has left since is not named.
A_QUI = "[a-qui-ecrire]"
# A link that has died in the meantime is not sent again: a new one is asked for.
WITH_LINK = frozenset({CONNEXION, "invitation", ADRESSE})
# What somebody's gesture sends at that very moment; every other mail leaves on working days, at working hours.
GESTES = WITH_LINK | {
    *("adresse_changee", "facteur_retire", "cle_acces", "transmission", "renvoi", "reouverture", "validation"),
    *("signalement", "signalement_reponse"),
    *WITH_FILE,
}


def is_opening(motif: str) -> bool:
    """Whether a mail speaks of something and opens it: its link opens the session too, as an invitation's does."""
    return motif not in WITH_LINK | WITH_FILE | {"adresse_changee", "facteur_retire", "cle_acces", SURETE}
