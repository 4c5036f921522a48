"""A small Loir-et-Cher for the tests of assembly: plain rows, as the base would give them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from paqte.domain.assemblage.donnees import ConventionLue, DeclarationLue, DonneesBilan, EngagementLu
from paqte.domain.assemblage.tableaux import reponses
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Fait
from paqte.domain.documents.commun.comparaison import changed_answers
from paqte.domain.documents.lignes.lignes import LigneCorrection
from paqte.domain.statuts.conventions import Dates

S1 = Periode.from_code("2026-S1")
NOW = datetime(2026, 7, 31, 9, tzinfo=UTC)


def engagement(key: int, indicateur: str, cible: int | None = None, libelle: str = "", unite: str = "") -> EngagementLu:
    return EngagementLu(key, indicateur, libelle, unite, None, None if cible is None else Decimal(cible))


def convention(
    key: int,
    *engagements: EngagementLu,
    nature: str = "entreprise",
    debut: date = date(2025, 1, 1),
    fin: date = date(2027, 12, 31),
    dispositif: str = "paqte",
    siren: str = "",
    rythme: str = "T",
    **more: object,
) -> ConventionLue:
    """A signed convention of signatory `key`; by default a company, three years from 2025."""
    row = ConventionLue(
        id=key,
        numero=f"41-2025-{key:03}",
        departement="41",
        dispositif=dispositif,
        is_in_plan_10000=False,
        dates=Dates("signee", debut, fin),
        rythme=rythme,
        signee_le=debut,
        cosignataire="",
        signataire_id=key,
        siren=siren or f"{key:09}",
        identifiant=f"{key:09}00012",
        nom=f"Société {key:02} (fictif)",
        nature=nature,
        categorie="PME",
        commune="Blois",
        is_covered_nationally=False,
        engagements=engagements,
    )
    return replace(row, **more)  # type: ignore[arg-type]


def fait(
    c: ConventionLue,
    e: EngagementLu,
    periode: str,
    valeur: Decimal | int | None = None,
    *,
    ratio: tuple[int, int] | None = None,
    reponse: str = "nombre",
) -> Fait:
    """A validated answer; `valeur` None with reponse "neant" is a confirmed zero."""
    declaration = c.id * 1000 + int(periode[:4]) % 100 * 10 + int(periode[-1])
    value: Decimal | int | None = 0 if reponse == "neant" and ratio is None else valeur
    part, whole = ratio or (None, None)
    return Fait("41", c.signataire_id, c.id, e.id, e.indicateur, declaration, periode, reponse, value, part, whole)


def declaration(f: Fait, etat: str = "validee") -> DeclarationLue:
    """The declaration that holds a fact, sent and validated in July 2026."""
    return DeclarationLue(f.declaration, f.convention, f.periode, etat, NOW, NOW, premier_envoi_le=NOW)


def donnees(conventions: Sequence[ConventionLue], faits: Sequence[Fait] = (), **more: object) -> DonneesBilan:
    """What the base would give for the first semester of 2026."""
    known = {declaration(f) for f in faits}
    base = DonneesBilan(
        departement="41",
        departement_nom="Loir-et-Cher",
        prefecture="Blois",
        periode=S1,
        conventions=tuple(conventions),
        declarations=tuple(sorted(known, key=lambda d: d.id)),
        faits=tuple(faits),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def corrected(before: Iterable[Fait], now: DonneesBilan) -> tuple[LigneCorrection, ...]:
    """What a document tells of the answers that differ from those of its last edition."""
    return reponses.corrections(changed_answers(before, now.answers.inside(now.periode)), now)
