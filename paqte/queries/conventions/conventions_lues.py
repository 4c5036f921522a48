"""Conventions with their signatory, engagements and targets, ready for the domain."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from paqte.domain.assemblage.donnees import ConventionLue, EngagementLu
from paqte.domain.conventions.objectifs import term_target
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.indicateurs.genres import UNKNOWN
from paqte.domain.statuts.conventions import Dates
from paqte.models import Convention, Engagement, Entreprise, Signataire
from paqte.models.mouvement import SIGNES
from paqte.queries.conventions.debut import first_day, read_former
from paqte.queries.conventions.promesses.cibles import targets_where
from paqte.queries.kept import Subjects, kept

_Suite = aliased(Convention)


def read_conventions(session: Session, departement: str) -> tuple[ConventionLue, ...]:
    """Every convention of the PAQTE or of the plan, whatever its state, in five statements; no charte (R7)."""
    return read_apart(session, departement)[0]


def read_apart(session: Session, departement: str) -> tuple[tuple[ConventionLue, ...], tuple[ConventionLue, ...]]:
    """The conventions that promise something and, apart, the chartes, which are only listed (R7). Five statements."""

    def apart() -> tuple[tuple[ConventionLue, ...], tuple[ConventionLue, ...]]:
        every = _conventions_of(session, departement)
        return tuple(c for c in every if not c.is_charte), tuple(c for c in every if c.is_charte)

    return kept(session, departement, "conventions", apart, Subjects.of(SIGNES))


def _conventions_of(session: Session, departement: str) -> tuple[ConventionLue, ...]:
    engagements = _engagements_by_convention(session, departement)
    depuis, anterieures = first_day(departement), read_former(Convention.departement_code == departement)
    c, s = Convention, Signataire
    query = (
        select(
            c.id, c.numero, c.dispositif, c.is_in_plan_10000, c.statut, c.debut, c.fin, c.resiliee_le,
            _Suite.debut.label("suivie_le"), c.rythme, c.signee_le, c.cosignataire,
            s.id.label("signataire_id"), Entreprise.siren, s.identifiant, s.nom, s.nature, s.categorie,
            s.commune, s.is_covered_nationally, s.is_partial_diffusion,
        )
        .join(s, s.id == c.signataire_id)
        .join(Entreprise, Entreprise.id == s.entreprise_id)
        .outerjoin(_Suite, (_Suite.precedente_id == c.id) & (_Suite.statut != "projet"))
        .where(c.departement_code == departement)
        .order_by(s.recherche, c.debut, c.id)
    )  # fmt: skip
    return tuple(
        ConventionLue(
            id=row.id,
            numero=row.numero,
            departement=departement,
            dispositif=row.dispositif,
            is_in_plan_10000=row.is_in_plan_10000,
            dates=Dates(row.statut, row.debut, row.fin, row.resiliee_le, row.suivie_le is not None),
            rythme=row.rythme,
            signee_le=row.signee_le,
            cosignataire=row.cosignataire,
            signataire_id=row.signataire_id,
            siren=row.siren,
            identifiant=row.identifiant,
            nom=row.nom,
            nature=row.nature,
            categorie=row.categorie,
            commune=row.commune,
            is_covered_nationally=row.is_covered_nationally,
            is_partial_diffusion=row.is_partial_diffusion,
            engagements=engagements.get(row.id, ()),
            depuis=depuis,
            anterieures=anterieures.get(row.id, {}),
            suivie_le=row.suivie_le,
        )
        for row in session.execute(query)
    )


def _engagements_by_convention(session: Session, departement: str) -> dict[int, tuple[EngagementLu, ...]]:
    targets = targets_where(session, Convention.departement_code == departement)
    e = Engagement
    query = (
        select(e.id, e.convention_id, e.indicateur, e.libelle, e.unite, e.reference)
        .join(Convention, Convention.id == e.convention_id)
        .where(Convention.departement_code == departement)
        .order_by(e.id)
    )
    grouped: defaultdict[int, list[EngagementLu]] = defaultdict(list)
    for key, convention, indicateur, libelle, unite, reference in session.execute(query):
        given = targets.get(key, {})
        annees = () if 0 in given else tuple(sorted(given))
        cible, cibles = _term(given, indicateur), tuple(Decimal(given[year]) for year in annees)
        grouped[convention].append(EngagementLu(key, indicateur, libelle, unite, reference, cible, annees, cibles))
    return {convention: tuple(found) for convention, found in grouped.items()}


def _term(objectifs: dict[int, Decimal], indicateur: str) -> Decimal | None:
    known = catalogue().indicateurs.get(indicateur)
    target = term_target(objectifs, known.genre if known else UNKNOWN)
    return None if target is None else Decimal(target)
