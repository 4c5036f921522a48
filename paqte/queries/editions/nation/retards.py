"""Départements that have not sent their bilan: what is missing there, whom to call, when somebody was last there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, cast, func, select

from paqte.domain.calendrier.campagnes import RAPPEL
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import TRIMESTRE
from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE, REFUSE, SANS_OBJET
from paqte.domain.statuts.declarations import TRANSMISE, VALIDEE
from paqte.models import Courriel, Declaration, Journal, Relance, Utilisateur, db
from paqte.queries.comptes import ContactNamed, referents_of
from paqte.queries.editions.nation.departements import DepartementAwaited, departements_awaited
from paqte.queries.perimetre import is_referent_of
from paqte.queries.pilotage import read_rubriques

SIGNED_IN = "connexion"
# What became of a reminder's mail.
SUITES = {ENVOYE: "", EN_ATTENTE: "pas encore parti", REFUSE: "refusé par le serveur de courriel"}


class ReferentTold(NamedTuple):
    """Somebody who was reminded, when, and why she may not have read it: "" once the mail has left."""

    nom: str
    quand: datetime
    suite: str


class BilanAwaited(NamedTuple):
    """What a département that is awaited has still to do for a semester, or for a quarter of the plan, late ones first.

    `textes` are the headings that nobody wrote or confirmed; `validees` and `a_valider` count declarations;
    `connexion` is the last moment one of its référents signed in, None for never; `rappels` say who was reminded when,
    the last first.
    """

    departement: DepartementAwaited
    textes: tuple[str, ...]
    validees: int
    a_valider: int
    referents: tuple[ContactNamed, ...]
    connexion: datetime | None
    rappels: tuple[ReferentTold, ...] = ()


def list_awaited(*, actor: Acteur, periode: Periode, now: datetime) -> list[BilanAwaited]:
    """Of the départements that the actor may read; some statements for each that is awaited."""
    awaited = departements_awaited(actor=actor, periode=periode, now=now)
    sent = _sent_in(periode, [one.code for one in awaited]) if awaited else {}
    found = [
        BilanAwaited(
            one,
            tuple(
                text.titre
                for text in read_rubriques(actor=actor, departement=one.code, periode=periode)
                if not text.is_confirmed
            ),
            sent.get(one.code, Counter())[VALIDEE],
            sent.get(one.code, Counter())[TRANSMISE],
            tuple(referents_of(one.code)),
            _last_there(one.code),
            tuple(_reminded_of(one.code, periode)),
        )
        for one in awaited
    ]
    return sorted(found, key=lambda one: (not one.departement.is_late, one.departement.code))


def _sent_in(periode: Periode, codes: list[str]) -> Mapping[str, Counter[str]]:
    """Declarations of a semester and of its quarters, by département and state."""
    d = Declaration
    windows = [periode.code, *(quarter.code for quarter in periode.parts(TRIMESTRE))]
    query = (
        select(d.departement_code, d.etat, func.count())
        .where(d.departement_code.in_(codes), d.periode.in_(windows), d.etat.in_((TRANSMISE, VALIDEE)))
        .group_by(d.departement_code, d.etat)
        .order_by(d.etat, d.departement_code)
    )
    found: dict[str, Counter[str]] = {}
    for code, etat, count in db.session.execute(query):
        found.setdefault(code, Counter())[etat] = count
    return found


def _reminded_of(code: str, periode: Periode) -> Iterator[ReferentTold]:
    """Of this semester; a mail that turned out to be without object reminded nobody."""
    r, c, u = Relance, Courriel, Utilisateur
    query = (
        select(u.nom, r.created_at, c.etat)
        .join(c, c.id == r.courriel_id)
        .join(u, u.id == r.utilisateur_id)
        .where(r.departement_code == code, r.etape.like(f"{RAPPEL}% {periode.code}"), c.etat != SANS_OBJET)
        .order_by(r.created_at.desc(), r.id)
    )
    yield from (ReferentTold(nom, quand, SUITES[etat]) for nom, quand, etat in db.session.execute(query))


def _last_there(code: str) -> datetime | None:
    u, j = Utilisateur, Journal
    accounts = select(cast(u.id, String)).where(is_referent_of(code), u.is_active)
    return db.session.scalar(
        select(func.max(j.quand)).where(j.objet == "utilisateur", j.objet_id.in_(accounts), j.acte == SIGNED_IN)
    )
