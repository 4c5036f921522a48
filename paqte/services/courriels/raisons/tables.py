"""What each kind of mail, link and task rests on, asked again at the moment it acts: ONE table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from paqte.domain.calendrier.campagnes import LECTURE, OUVERTURE, RELANCE, task_kind
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.statuts.courriels import ADRESSE, ALERTE, CONNEXION, EDITION, FORMULAIRE, RAPPEL, SOMME, SURETE
from paqte.domain.statuts.declarations import A_COMPLETER, TRANSMISE, VALIDEE
from paqte.models import Courriel
from paqte.services.courriels.raisons.comptes import alarm, always, invited, new_address
from paqte.services.courriels.raisons.declarations import answer_to_report, declaration, form, report
from paqte.services.courriels.raisons.demandes import CourrielReady, Question, RaisonSaid, open_account
from paqte.services.courriels.raisons.differees import (
    JetonReady,
    RaisonJeton,
    RaisonTache,
    TacheReady,
    TacheSaid,
    has_its_day,
    is_to_make,
    is_to_read,
    opens,
    proves,
)
from paqte.services.courriels.raisons.editions import edition, somme, transmitted
from paqte.services.courriels.raisons.rappels import ending, rappel, reading, reminder


@dataclass(frozen=True, slots=True)
class Raison:
    """A kind of deferred thing: what it asks again, in words, and the question."""

    question: str
    ask: Question


MAILS: Mapping[str, Raison] = {
    CONNEXION: Raison("le compte est ouvert, la demande date de moins d’une heure", open_account),
    "invitation": Raison("le compte est ouvert et garde un accès", invited),
    ADRESSE: Raison("le compte est ouvert, aucun autre n’a pris l’adresse", new_address),
    "adresse_changee": Raison("rien : ce qui est fait l’est, son propriétaire l’apprend toujours", always),
    "facteur_retire": Raison("rien : ce qui est fait l’est, son propriétaire l’apprend toujours", always),
    "cle_acces": Raison("rien : ce qui est fait l’est, son propriétaire l’apprend toujours", always),
    "transmission": Raison("la déclaration est transmise ou validée", declaration(TRANSMISE, TRANSMISE, VALIDEE)),
    "renvoi": Raison(
        "la question attend toujours, la personne a toujours l’accès", declaration(A_COMPLETER, A_COMPLETER)
    ),
    "signalement": Raison("le référent l’est toujours, l’erreur signalée attend toujours", report),
    "signalement_reponse": Raison("la personne a toujours l’accès", answer_to_report),
    "reouverture": Raison(
        "la déclaration n’a pas été transmise de nouveau", declaration("rouverte", TRANSMISE, VALIDEE, is_not=True)
    ),
    "validation": Raison("la déclaration est toujours validée", declaration(VALIDEE, VALIDEE)),
    ALERTE: Raison("l’administrateur l’est toujours, le disque ou un quota demande toujours un geste", alarm),
    SURETE: Raison("le compte de l’administrateur est ouvert : ce qui a été vu l’a été", open_account),
    "echeance": Raison("une au moins des conventions finit toujours ce jour-là, sans suite", ending),
    "ouverture": Raison("quelque chose attend, à cette date, une personne qui a l’accès, relances reprises", reminder),
    "relance": Raison("quelque chose attend, à cette date, une personne qui a l’accès, relances reprises", reminder),
    "lecture": Raison("le référent l’est toujours, le document n’est pas produit, la date n’a pas changé", reading),
    RAPPEL: Raison("le référent l’est toujours, le bilan est toujours attendu, la date n’a pas changé", rappel),
    FORMULAIRE: Raison("la déclaration se saisit encore, la fiche nomme toujours l’adresse", form),
    SOMME: Raison("le compte lit toujours ce territoire et en est prévenu, aucune édition plus récente", somme),
    EDITION: Raison("qui transmet l’édition est toujours référent, aucune édition plus récente", transmitted),
    **{
        genre.travail: Raison("le référent l’est toujours, aucune édition plus récente", edition)
        for genre in DOCUMENTS.values()
    },
}
TACHES: Mapping[str, RaisonTache] = {
    OUVERTURE: RaisonTache("la date est toujours la sienne, et chaque destinataire attend quelque chose", has_its_day),
    RELANCE: RaisonTache("la date est toujours la sienne, et chaque destinataire attend quelque chose", has_its_day),
    LECTURE: RaisonTache("la date est toujours la sienne, et le document n’est pas produit", is_to_read),
    **{
        genre.travail: RaisonTache(
            "la date est toujours la sienne, et personne ne l’a produit", partial(is_to_make, genre)
        )
        for genre in DOCUMENTS.values()
    },
}


# The page that a link names asks its own rights as it is opened; what an edition proposes is read anew at each page
# (queries/editions), never kept.
LIENS: Mapping[str, RaisonJeton] = {
    CONNEXION: RaisonJeton("le lien n’a pas servi, n’est ni périmé ni remplacé, le compte est ouvert", opens),
    ADRESSE: RaisonJeton("de même, et aucun autre compte n’a pris l’adresse", proves),
}


def ask_task(asking: TacheReady) -> TacheSaid:
    """Ask a task's question as it is about to be done."""
    return TACHES[task_kind(asking.travail)].ask(asking)


def ask_link(asking: JetonReady) -> str:
    """Why a link opens nothing, "" when it does; asked as it is followed, whatever mail it came in."""
    return LIENS[ADRESSE if asking.lien.motif == ADRESSE else CONNEXION].ask(asking)


def look_again(session: Session, mail: Courriel, now: datetime) -> RaisonSaid:
    """Ask a mail's question in the transaction that takes it to be sent.

    One of a former version, which kept no key to what it rests on, leaves as it was written.
    """
    known = MAILS.get(mail.motif)
    return known.ask(CourrielReady(session, mail, now, json.loads(mail.appui))) if known else RaisonSaid()
