"""The declarations behind a figure, one click away: what each signatory answered, or why it did not (R13)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from paqte.domain.acteurs import Acteur
from paqte.domain.assemblage.donnees import ConventionLue
from paqte.domain.bilan import ENSEMBLE_NATURES
from paqte.domain.catalogue import catalogue
from paqte.domain.declarations import A_SAISIR, ETATS, MANQUANTE, VALIDEE
from paqte.domain.erreurs import NotFound
from paqte.domain.periodes import Periode
from paqte.models import Declaration, Realisation, db
from paqte.queries.conventions_lues import read_conventions
from paqte.queries.perimetre import require_readable_departement


class Trace(NamedTuple):
    """One owed answer. It counts in the figure only when its declaration is validated."""

    signataire_id: int
    signataire: str
    convention_id: int
    convention: str
    libelle: str
    periode: Periode
    declaration_id: int | None
    etat: str
    etat_libelle: str
    reponse: str
    valeur: Decimal | None
    numerateur: Decimal | None
    denominateur: Decimal | None
    commentaire: str

    @property
    def is_counted(self) -> bool:
        return self.etat == VALIDEE and self.reponse != MANQUANTE


def trace(*, actor: Acteur, departement: str, periode: Periode, indicateur: str, nature: str = "") -> list[Trace]:
    """Every answer to one indicator that is owed in the period, and every one that its figures use, owed or not.

    NotFound for an unknown indicator. `nature` keeps those of one nature; "" and the total keep all (R38).
    """
    require_readable_departement(actor, departement)
    if indicateur not in catalogue().indicateurs:
        raise NotFound("Cet indicateur")
    answers = _answers(departement, periode, indicateur)
    states = _states(departement, periode)
    found: list[Trace] = []
    for convention in read_conventions(db.session(), departement):
        if nature in ("", ENSEMBLE_NATURES, convention.nature):
            found += _of_convention(convention, periode, indicateur, answers, states)
    return found


def _of_convention(
    convention: ConventionLue,
    window: Periode,
    indicateur: str,
    answers: dict[tuple[int, str], Any],
    states: dict[tuple[int, str], tuple[int, str]],
) -> list[Trace]:
    engaged = [e for e in convention.engagements if e.indicateur == indicateur]
    i = catalogue().indicateurs[indicateur]
    asked = {p for p in convention.suivi.followed(window) if i.is_valid_during(p.debut, p.fin)}
    counted = {p for p in _parts(window) if states.get((convention.id, p.code), (0, ""))[1] == VALIDEE}
    keys = {e.id for e in engaged}
    answered = {p for p in counted if any((key, p.code) in answers for key in keys)}
    periodes = sorted(asked | answered, key=lambda p: (p.fin, p.debut))
    return [
        _line(convention, e.libelle, p, states.get((convention.id, p.code)), answers.get((e.id, p.code)))
        for e in engaged
        for p in periodes
        if p in asked or (e.id, p.code) in answers
    ]


def _line(c: ConventionLue, libelle: str, periode: Periode, state: tuple[int, str] | None, answer: Any) -> Trace:
    declaration_id, etat = state or (None, A_SAISIR)
    return Trace(
        signataire_id=c.signataire_id,
        signataire=c.nom,
        convention_id=c.id,
        convention=c.numero,
        libelle=libelle,
        periode=periode,
        declaration_id=declaration_id,
        etat=etat,
        etat_libelle=ETATS[etat],
        reponse=answer.reponse if answer else MANQUANTE,
        valeur=answer.valeur if answer else None,
        numerateur=answer.numerateur if answer else None,
        denominateur=answer.denominateur if answer else None,
        commentaire=answer.commentaire if answer else "",
    )


def _codes(periode: Periode) -> list[str]:
    return [p.code for p in _parts(periode)]


def _parts(periode: Periode) -> list[Periode]:
    return list(dict.fromkeys((periode, *periode.parts("T"))))


def _states(departement: str, periode: Periode) -> dict[tuple[int, str], tuple[int, str]]:
    d = Declaration
    query = select(d.convention_id, d.periode, d.id, d.etat)
    rows = db.session.execute(query.where(d.departement_code == departement, d.periode.in_(_codes(periode))))
    return {(convention, code): (key, etat) for convention, code, key, etat in rows}


def _answers(departement: str, periode: Periode, indicateur: str) -> dict[tuple[int, str], Any]:
    r, d = Realisation, Declaration
    query = (
        select(r.engagement_id, d.periode, r.reponse, r.valeur, r.numerateur, r.denominateur, r.commentaire)
        .join(d, d.id == r.declaration_id)
        .where(d.departement_code == departement, d.periode.in_(_codes(periode)), r.indicateur == indicateur)
    )
    return {(row.engagement_id, row.periode): row for row in db.session.execute(query)}
