"""What each kind of mail, link and task rests on, asked again at the moment it acts: ONE table.

A mail queued yesterday for a reason that has gone does not leave: it becomes « sans objet » and says why. One whose
facts moved without going is written anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.campagnes import LECTURE, OUVERTURE, RELANCE, task_kind
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR
from paqte.domain.saisie.adresses import is_shadow
from paqte.domain.statuts.courriels import ADRESSE, ALERTE, CONNEXION, EDITION, FORMULAIRE, RAPPEL, SURETE, Message
from paqte.domain.statuts.declarations import A_COMPLETER, SAISIR, TRANSMISE, VALIDEE, may
from paqte.domain.statuts.pilotage import OUI
from paqte.domain.statuts.signalements import OUVERT
from paqte.models import ContactSignataire, Courriel, Declaration, Edition, Rattachement, Signalement, Utilisateur
from paqte.queries.conventions.situations.fins import unfollowed
from paqte.queries.courriels.relances import MANUELLE
from paqte.queries.perimetre import LIMITED, is_referent_of
from paqte.queries.reglages import places_saying
from paqte.queries.reglages.agendas import read_agenda
from paqte.services.alertes import alarms
from paqte.services.courriels.annonces import Announcement, alarm_message, ending_message
from paqte.services.courriels.raisons_differees import (
    PRODUCED,
    SENT,
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
from paqte.services.courriels.rappels import rappel_now
from paqte.services.courriels.relances import message_now, reading_message

CLOSED = "Le compte de cette personne est désactivé ou effacé : le courriel n’est pas parti."
NO_ACCESS = "Cette personne n’a plus d’accès à ce dont parle le courriel."
TAKEN = "Cette adresse est maintenant celle d’un compte : la demande est sans effet."
ANSWERED = "Plus rien n’attend de réponse de cette personne : elle a répondu, ou la convention ne le demande plus."
TURNED_OFF = "Les rappels aux animateurs sont coupés dans ce département."
MOVED = "La date de ce rappel a changé : il partira à la nouvelle."
NEWER = "Une édition plus récente a été produite depuis."
NOT_ON_CARD = "La fiche de l’entreprise ne nomme plus cette adresse."
NOT_HERS = "La personne qui transmettait cette édition n’est plus référente de ce département."
DEALT_WITH = "L’erreur signalée est déjà traitée."
LIFTED = "L’alerte est levée : il n’y a plus rien à faire."
FOLLOWED = "Ces conventions sont renouvelées, ont pris fin ou n’ont plus la même échéance."
STATES: Mapping[str, str] = {
    A_COMPLETER: "L’entreprise a répondu depuis.",
    "rouverte": "La déclaration a été transmise de nouveau depuis.",
    TRANSMISE: "La déclaration n’est plus transmise : elle a été rouverte ou des précisions ont été demandées.",
    VALIDEE: "La déclaration a été rouverte depuis.",
}


@dataclass(frozen=True, slots=True)
class RaisonSaid:
    """`reason` says why the mail does not leave, "" when it does; `message` is what it says now when that changed."""

    reason: str = ""
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class CourrielReady:
    """A mail about to leave, and what it rests on."""

    session: Session
    mail: Courriel
    now: datetime
    appui: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def departement(self) -> str:
        return self.mail.departement_code or ""

    @property
    def today(self) -> date:
        return local_date(self.now, self.departement)

    @property
    def account(self) -> Utilisateur | None:
        """The account written to, by its key, or by the address for mails that carry no link."""
        key, address = self.mail.utilisateur_id, self.mail.destinataire
        if key is not None:
            return self.session.get(Utilisateur, key)
        return self.session.scalar(select(Utilisateur).where(Utilisateur.courriel == address))


Question = Callable[[CourrielReady], RaisonSaid]


def look_again(session: Session, mail: Courriel, now: datetime) -> RaisonSaid:
    """Ask a mail's question in the transaction that takes it to be sent.

    One of a former version, which kept no key to what it rests on, leaves as it was written.
    """
    known = MAILS.get(mail.motif)
    return known.ask(CourrielReady(session, mail, now, json.loads(mail.appui))) if known else RaisonSaid()


def _open_account(asking: CourrielReady) -> RaisonSaid:
    user = asking.account
    is_open = asking.mail.utilisateur_id is None or (user is not None and user.is_active)
    return RaisonSaid("" if is_open else CLOSED)


def _invited(asking: CourrielReady) -> RaisonSaid:
    shadow = asking.appui.get("compte")  # her address serves elsewhere, which she alone is told
    if shadow is not None:
        return RaisonSaid("" if _given(asking, shadow) else NO_ACCESS)
    found = _open_account(asking)
    user = asking.account
    if found.reason or user is None or user.role not in LIMITED:
        return found
    return RaisonSaid("" if _given(asking, user.id) else NO_ACCESS)


def _new_address(asking: CourrielReady) -> RaisonSaid:
    found = _open_account(asking)
    taken = select(Utilisateur.id).where(Utilisateur.courriel == asking.mail.destinataire)
    return found if found.reason else RaisonSaid(TAKEN if asking.session.scalar(taken) is not None else "")


def _always(_asking: CourrielReady) -> RaisonSaid:
    """What was done cannot be undone: its owner is told whatever has happened since."""
    return RaisonSaid()


def _receives(asking: CourrielReady) -> str:
    """Why whoever is written to about a company no longer is to be; "" when she still is."""
    user = asking.account
    if user is not None and user.role not in LIMITED:
        return "" if user.is_active else CLOSED
    if user is not None and not user.is_active and not is_shadow(user.courriel):
        return CLOSED
    return "" if user is not None and _given(asking, user.id) else NO_ACCESS


def _given(asking: CourrielReady, utilisateur_id: int) -> bool:
    """Whether something is still open to the account: the signatory of the mail when it is about one."""
    r, signataire = Rattachement, asking.appui.get("signataire")
    query = select(r.id).where(r.utilisateur_id == utilisateur_id, r.is_suspendu.is_(False))
    if signataire is not None:
        query = query.where(r.signataire_id == signataire)
    return asking.session.scalar(query.limit(1)) is not None


def _declaration(wanted: str, *states: str, is_not: bool = False) -> Question:
    """The declaration is still in one of these states (or in none of them), and its addressee still concerned."""

    def ask(asking: CourrielReady) -> RaisonSaid:
        gone = _receives(asking) if asking.mail.utilisateur_id is not None else ""
        key = asking.appui.get("declaration")
        if gone or key is None:
            return RaisonSaid(gone)
        etat = asking.session.scalar(select(Declaration.etat).where(Declaration.id == key))
        return RaisonSaid("" if etat is not None and (etat in states) is not is_not else STATES[wanted])

    return ask


def _report(asking: CourrielReady) -> RaisonSaid:
    """The référent still is, and the error told still waits for her."""
    if not _is_referent(asking):
        return RaisonSaid(CLOSED)
    told = asking.session.get(Signalement, asking.appui.get("signalement", 0))
    return RaisonSaid("" if told is not None and told.etat == OUVERT else DEALT_WITH)


def _answer_to_report(asking: CourrielReady) -> RaisonSaid:
    """Its addressee is still concerned: what was answered stays so, whatever became of the declaration since."""
    return RaisonSaid(_receives(asking))


def _reminder(asking: CourrielReady) -> RaisonSaid:
    """Something still waits for her, on a day that is still this step's; what waits now is what the mail says."""
    if asking.mail.utilisateur_id is None:
        return RaisonSaid()
    gone = _receives(asking)
    if gone:
        return RaisonSaid(gone)
    etape, periode = asking.appui.get("etape", MANUELLE), asking.appui.get("periode")
    if etape != MANUELLE and periode:
        day = read_agenda(asking.departement).campagne(Periode.from_code(periode)).taches().get(etape)
        if day is None or day > asking.today:
            return RaisonSaid(MOVED)
    user = asking.account
    is_animateur = user is not None and user.role == ANIMATEUR
    if is_animateur and not places_saying("relances_animateurs", OUI)(asking.departement):
        return RaisonSaid(TURNED_OFF)
    told = message_now(
        utilisateur_id=asking.mail.utilisateur_id,
        departement=asking.departement,
        etape=etape,
        courriel_id=asking.mail.id,
        now=asking.now,
        base_url=asking.appui.get("base_url", ""),
    )
    return RaisonSaid(ANSWERED) if told is None else RaisonSaid(message=told)


def _is_referent(asking: CourrielReady) -> bool:
    return _answers_for(asking, asking.account)


def _answers_for(asking: CourrielReady, user: Utilisateur | None) -> bool:
    """Whether this account is open, and of a référent of the département of the mail."""
    if user is None or not user.is_active:
        return False
    hers = select(Utilisateur.id).where(Utilisateur.id == user.id, is_referent_of(asking.departement))
    return asking.session.scalar(hers) is not None


def _reading(asking: CourrielReady) -> RaisonSaid:
    """The référent still is, and the document is not made yet; what it counts is counted now."""
    if asking.mail.utilisateur_id is None:
        return RaisonSaid()
    if not _is_referent(asking):
        return RaisonSaid(CLOSED)
    code = asking.appui.get("periode")
    if not code:
        return RaisonSaid()
    e, periode = Edition, Periode.from_code(code)
    made = select(e.id).where(e.departement_code == asking.departement, e.periode == code).limit(1)
    if asking.session.scalar(made) is not None:
        return RaisonSaid(PRODUCED)
    if read_agenda(asking.departement).campagne(periode).lecture > asking.today:
        return RaisonSaid(MOVED)
    user = asking.account
    told = reading_message(asking.departement, periode, user, now=asking.now, base_url=asking.appui["base_url"])
    return RaisonSaid(message=told)


def _edition(asking: CourrielReady) -> RaisonSaid:
    """The référent still is, and the edition is the last of its period."""
    if asking.mail.utilisateur_id is None:
        return RaisonSaid()
    if not _is_referent(asking):
        return RaisonSaid(CLOSED)
    return RaisonSaid(NEWER if _is_overtaken(asking) else "")


def _is_overtaken(asking: CourrielReady) -> bool:
    one = asking.session.get(Edition, asking.appui.get("edition", 0))
    if one is None:
        return False
    e = Edition
    newer = select(e.id).where(
        e.departement_code == one.departement_code,
        e.genre_document == one.genre_document,
        e.periode == one.periode,
        e.numero > one.numero,
    )
    return asking.session.scalar(newer.limit(1)) is not None


def _transmitted(asking: CourrielReady) -> RaisonSaid:
    """Whoever transmits it still answers for the département, and no later edition says otherwise."""
    author = asking.session.get(Utilisateur, asking.appui.get("auteur", 0))
    if asking.appui.get("auteur") and not _answers_for(asking, author):
        return RaisonSaid(NOT_HERS)
    return RaisonSaid(NEWER if _is_overtaken(asking) else "")


def _form(asking: CourrielReady) -> RaisonSaid:
    """The declaration may still be typed, and the card still names this address."""
    etat = asking.session.scalar(select(Declaration.etat).where(Declaration.id == asking.appui.get("declaration", 0)))
    if etat is None or not may(etat, SAISIR):
        return RaisonSaid(ANSWERED)
    card = asking.session.get(ContactSignataire, asking.appui.get("contact", 0))
    is_named = card is not None and card.courriel == asking.mail.destinataire
    return RaisonSaid("" if is_named else NOT_ON_CARD)


def _rappel(asking: CourrielReady) -> RaisonSaid:
    """The bilan is awaited still, a step has its day, she still is the référent; what is left is what the mail says."""
    told = _is_referent(asking) and rappel_now(
        asking.departement, utilisateur_id=asking.mail.utilisateur_id or 0, now=asking.now, courriel_id=asking.mail.id,
        **asking.appui,
    )  # fmt: skip
    return RaisonSaid(message=told) if told else RaisonSaid(SENT)


def _ending(asking: CourrielReady) -> RaisonSaid:
    """At least one of its conventions still comes to that end with nothing after it; those alone are named."""
    if asking.mail.utilisateur_id is None:
        return RaisonSaid()
    if not _is_referent(asking):
        return RaisonSaid(CLOSED)
    ends: Mapping[str, str] = asking.appui.get("fins", {})
    if not ends:
        return RaisonSaid()
    last = max(date.fromisoformat(day) for day in ends.values())
    near = unfollowed(departement=asking.departement, today=asking.today, days=max((last - asking.today).days, 0))
    left = [one for one in near if ends.get(str(one.id)) == f"{one.fin}"]
    if not left:
        return RaisonSaid(FOLLOWED)
    told = [Announcement(one, 0, (one.fin - asking.today).days) for one in left]
    return RaisonSaid(message=ending_message(asking.mail.destinataire, told, asking.appui["base_url"]))


def _alarm(asking: CourrielReady) -> RaisonSaid:
    """The administrator still is, and something is still to be done; what is so now is what the mail says."""
    user = asking.account
    if user is None or user.role != ADMIN or not user.is_active:
        return RaisonSaid(CLOSED)
    found = alarms(asking.session, [Path(one) for one in asking.appui.get("dossiers", ())], asking.now)
    if not found:
        return RaisonSaid(LIFTED)
    return RaisonSaid(message=alarm_message(user.courriel, user.nom, found, asking.appui["base_url"]))


@dataclass(frozen=True, slots=True)
class Raison:
    """A kind of deferred thing: what it asks again, in words, and the question."""

    question: str
    ask: Question


MAILS: Mapping[str, Raison] = {
    CONNEXION: Raison("le compte est ouvert, la demande date de moins d’une heure", _open_account),
    "invitation": Raison("le compte est ouvert et garde un accès", _invited),
    ADRESSE: Raison("le compte est ouvert, aucun autre n’a pris l’adresse", _new_address),
    "adresse_changee": Raison("rien : ce qui est fait l’est, son propriétaire l’apprend toujours", _always),
    "facteur_retire": Raison("rien : ce qui est fait l’est, son propriétaire l’apprend toujours", _always),
    "transmission": Raison("la déclaration est transmise ou validée", _declaration(TRANSMISE, TRANSMISE, VALIDEE)),
    "renvoi": Raison(
        "la question attend toujours, la personne a toujours l’accès", _declaration(A_COMPLETER, A_COMPLETER)
    ),
    "signalement": Raison("le référent l’est toujours, l’erreur signalée attend toujours", _report),
    "signalement_reponse": Raison("la personne a toujours l’accès", _answer_to_report),
    "reouverture": Raison(
        "la déclaration n’a pas été transmise de nouveau", _declaration("rouverte", TRANSMISE, VALIDEE, is_not=True)
    ),
    "validation": Raison("la déclaration est toujours validée", _declaration(VALIDEE, VALIDEE)),
    ALERTE: Raison("l’administrateur l’est toujours, le disque ou un quota demande toujours un geste", _alarm),
    SURETE: Raison("le compte de l’administrateur est ouvert : ce qui a été vu l’a été", _open_account),
    "echeance": Raison("une au moins des conventions finit toujours ce jour-là, sans suite", _ending),
    "ouverture": Raison("quelque chose attend, à cette date, une personne qui a l’accès, relances reprises", _reminder),
    "relance": Raison("quelque chose attend, à cette date, une personne qui a l’accès, relances reprises", _reminder),
    "lecture": Raison("le référent l’est toujours, le document n’est pas produit, la date n’a pas changé", _reading),
    RAPPEL: Raison("le référent l’est toujours, le bilan est toujours attendu, la date n’a pas changé", _rappel),
    FORMULAIRE: Raison("la déclaration se saisit encore, la fiche nomme toujours l’adresse", _form),
    EDITION: Raison("qui transmet l’édition est toujours référent, aucune édition plus récente", _transmitted),
    **{
        genre.travail: Raison("le référent l’est toujours, aucune édition plus récente", _edition)
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
