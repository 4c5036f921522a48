"""Freezing and publishing the sum of a territory: where page, scheduler and command line meet (R19, R20)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from paqte.domain.assemblage.territoires.publiable import differences
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.commun.comparaison import lines
from paqte.domain.documents.registre import somme_of
from paqte.domain.documents.somme import GenreSomme, SommeTerritoire
from paqte.domain.editions.territoires import PARIS
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import XLSX, Download
from paqte.models import EditionTerritoire, NumeroEdition, db
from paqte.queries.editions.nation import read_somme_file
from paqte.queries.perimetre import require_territory
from paqte.reporting.dessin.sommes import draw_somme
from paqte.reporting.publication import edition_name, publish
from paqte.reporting.publies import published_numbers
from paqte.services.courriels import tell_somme
from paqte.services.editions.sommes.composition import (
    compose_publishable,
    compose_somme,
    reader_of,
    territory_named,
)
from paqte.services.transaction import decided_first, note, transaction


class NothingToSum(Refused):
    """No département of the territory has issued the document of that period."""


class SommeAsked(NamedTuple):
    """Which sum: of what, where, when."""

    genre: GenreSomme
    territoire: str
    periode: Periode


class SommeFrozen(NamedTuple):
    """What issuing gives. `is_new` is False when nothing had changed since the last edition."""

    id: int
    territoire: str
    periode: str
    numero: int
    sha256: str
    fichier_sha256: str
    is_new: bool
    par: str
    created_at: datetime


def issue_somme(
    *,
    actor: Acteur,
    territoire: str,
    periode: Periode,
    now: datetime,
    is_first_only: bool = False,
    reports: Path | None = None,
    base_url: str = "",
) -> SommeFrozen:
    """Issue the next edition of the sum of a territory: immutable, numbered, hashed, its publishable version with it.

    Required: the right to issue for that territory, a semester or a quarter that is over, one document of a
    département at least. When nothing changed since the last edition, that one is given back; with `is_first_only`
    (the scheduler's case) whatever changed. A number that `reports` bears is never given again. Where `base_url` is
    given, the others who read this territory are told of a new one (R12).
    """
    require_territory(db.session(), actor, territoire)
    if not periode.is_closed(local_date(now, PARIS)):
        raise Refused(
            f"{periode.le_libelle.capitalize()} n’est pas terminé : sa somme pourra être produite à partir du "
            f"{periode.fin.strftime('%d/%m/%Y')}."
        )
    asked = SommeAsked(somme_of(periode.genre), territoire, periode)
    issue = partial(
        _issue_somme, asked, actor, now=now, is_first_only=is_first_only, reports=reports, base_url=base_url
    )
    try:
        return issue()
    except IntegrityError:  # somebody else issued it at this very moment: look again
        return issue()


def publish_somme(*, actor: Acteur, edition_id: int, reports: Path, now: datetime) -> Path:
    """Put both workbooks of an edition under `reports`/<territoire>/<période>/ and say where the internal one is.

    Doing it again gives the same files. PublicationRefused, with the former files whole, when the folder cannot take
    them.
    """
    row = db.session.get(EditionTerritoire, edition_id)
    if row is None:
        raise NotFound("Cette édition")
    require_territory(db.session(), actor, row.territoire)
    folder = reports / row.territoire / row.periode
    publish(row.publiable_fichier, folder, row.publiable_nom)
    path = publish(row.fichier, folder, row.fichier_nom)
    with transaction(actor=actor, now=now) as session:
        kept = session.get_one(EditionTerritoire, edition_id)
        if kept.publiee_le is None:
            kept.publiee_le = now
    return path


def produce_somme(
    *, actor: Acteur, territoire: str, periode: Periode, reports: Path, base_url: str, now: datetime
) -> tuple[SommeFrozen, Path]:
    """Issue then publish: what a person means by « Produire »."""
    issued = issue_somme(
        actor=actor, territoire=territoire, periode=periode, now=now, reports=reports, base_url=base_url
    )
    return issued, publish_somme(actor=actor, edition_id=issued.id, reports=reports, now=now)


def hand_somme(*, actor: Acteur, edition_id: int, diffusion: str, now: datetime) -> Download:
    """The very bytes that were issued; the journal says who took which version (R30)."""
    found = read_somme_file(actor=actor, edition_id=edition_id, diffusion=diffusion)
    with transaction(actor=actor, now=now) as session:
        note(session, "telecharger", "edition_territoire", edition_id, apres={"version": diffusion})
    return Download(found.nom, XLSX, found.octets)


@decided_first(tries=3)
def _issue_somme(
    asked: SommeAsked, actor: Acteur, *, now: datetime, is_first_only: bool, reports: Path | None, base_url: str
) -> SommeFrozen:
    genre, territoire, periode = asked
    with transaction(actor=actor, now=now, is_snapshot=True) as session:
        last = _last_somme(session, asked)
        if last is not None and is_first_only:
            return _as_frozen(last, is_new=False)
        composed = compose_somme(
            genre,
            actor=reader_of(actor, territoire),
            periode=periode,
            territoire=territory_named(territoire),
            now=now,
            edition=_next_numero(session, asked, last, reports),
        )
        if not composed.nation.parts:
            raise NothingToSum(f"Rien à additionner : aucun département n’a produit le document {periode.du_libelle}.")
        former = genre.document.from_json(last.contenu) if last is not None else None
        ecarts = differences(former, composed.document) if former is not None else []
        if last is not None and not ecarts:
            return _as_frozen(last, is_new=False)
        whole = replace(composed.document, ecarts=lines(ecarts, {}))
        told = genre.document.from_json(last.publiable) if last is not None else None
        row = _row_to_freeze(genre, whole, compose_publishable(composed, genre, periode, told), actor, now)
        session.add(row)
        session.flush()
        note(session, "produire", "edition_territoire", row.id, apres={"sha256": row.sha256})
        if base_url:
            tell_somme(session, row.id, base_url=base_url, now=now, maker=actor.utilisateur_id)
        return _as_frozen(row, is_new=True)


def _last_somme(session: Session, asked: SommeAsked) -> EditionTerritoire | None:
    e = EditionTerritoire
    query = (
        select(e)
        .where(
            e.territoire == asked.territoire,
            e.genre_document == asked.genre.code,
            e.periode == asked.periode.code,
        )
        .order_by(e.numero.desc(), e.id)
        .limit(1)
        .options(undefer(e.contenu), undefer(e.publiable))
    )
    return session.scalar(query)


def _next_numero(session: Session, asked: SommeAsked, last: EditionTerritoire | None, reports: Path | None) -> int:
    """One more than any number ever issued, be it in the published folder alone or lost by a return to a back-up."""
    genre, territoire, periode = asked
    n = NumeroEdition
    query = select(func.max(n.numero)).where(
        n.departement_code == territoire, n.genre_document == genre.code, n.periode == periode.code
    )
    known = [session.scalar(query) or 0, last.numero if last else 0]
    if reports is not None:
        found = published_numbers(reports, territoire, periode.code)
        known += [one.numero for one in found if genre.code in one.genres]
    return max(known) + 1


def _row_to_freeze(
    genre: GenreSomme, whole: SommeTerritoire, public: SommeTerritoire, actor: Acteur, now: datetime
) -> EditionTerritoire:
    inside, outside = draw_somme(whole), draw_somme(public)
    begun = f"{genre.fichier}_{whole.territoire}_{whole.periode}"
    internal, external = (edition_name(begun, one.edition, one.diffusion) for one in (whole, public))
    return EditionTerritoire(
        territoire=whole.territoire,
        genre_document=genre.code,
        periode=whole.periode,
        numero=whole.edition,
        contenu=whole.as_json(),
        sha256=whole.sha256,
        fichier=inside,
        fichier_sha256=hashlib.sha256(inside).hexdigest(),
        fichier_nom=internal,
        publiable=public.as_json(),
        publiable_fichier=outside,
        publiable_sha256=hashlib.sha256(outside).hexdigest(),
        publiable_nom=external,
        produite_par=actor.nom,
        created_at=now,
    )


def _as_frozen(row: EditionTerritoire, *, is_new: bool) -> SommeFrozen:
    return SommeFrozen(
        row.id, row.territoire, row.periode, row.numero, row.sha256, row.fichier_sha256, is_new, row.produite_par,
        row.created_at,
    )  # fmt: skip
