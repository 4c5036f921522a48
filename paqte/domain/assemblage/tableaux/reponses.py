"""Who owed, who answered, what was warned and what was corrected (R13, R17, R19)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from paqte.domain.assemblage.donnees import AvertissementLu, ConventionLue, DeclarationLue, DonneesBilan
from paqte.domain.attendus import owed_indicators
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.consolidation import Fait
from paqte.domain.declarations.reponses import answer_told
from paqte.domain.documents.lignes.lignes import LigneAvertissement, LigneCorrection, LigneReponse
from paqte.domain.indicateurs.catalogue import Catalogue, catalogue
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.declarations import A_SAISIR, ETATS_GARDES, MANQUANTE, NEANT, VALIDEE

LATE = "déclaration validée après l’édition précédente"


def lines(donnees: DonneesBilan, grid: Catalogue) -> tuple[LigneReponse, ...]:
    """One line for each declaration owed in the period, answered or not."""
    return tuple(line for _, line in answers(donnees, grid))


def answers(donnees: DonneesBilan, grid: Catalogue) -> list[tuple[ConventionLue, LigneReponse]]:
    """Each declaration owed in the period, answered or not, with its convention."""
    known = {(d.convention_id, d.periode): d for d in donnees.declarations}
    by_declaration: dict[int, list[Fait]] = {}
    for fait in donnees.answers.inside(donnees.periode):
        by_declaration.setdefault(fait.declaration, []).append(fait)

    def told_again(former: Mapping[tuple[int, str], _ReponseMade] | None) -> Mapping[tuple[int, str], _ReponseMade]:
        made = {}
        for c, periode in _asked(donnees, grid):
            declaration = known.get((c.id, periode.code))
            faits = by_declaration.get(declaration.id, []) if declaration else []
            had = former.get((c.id, periode.code)) if former else None
            made[c.id, periode.code] = _made_again(c, periode, declaration, faits, grid=grid, had=had)
        return made

    lines_made = donnees.answers.again(("reponses", donnees.periode), told_again)
    return [(one.convention, one.line) for one in lines_made.values()]


class _ReponseMade(NamedTuple):
    """A line, beside what it was made from."""

    convention: ConventionLue
    declaration: DeclarationLue | None
    faits: list[Fait]
    grid: Catalogue
    line: LigneReponse


def _asked(donnees: DonneesBilan, grid: Catalogue) -> Sequence[tuple[ConventionLue, Periode]]:
    """What is owed in the period, by name of signatory, whatever is answered."""

    def asked() -> list[tuple[ConventionLue, Periode]]:
        by_name = sorted(donnees.conventions, key=lambda c: (french_order(c.nom), c.numero))
        return [(c, periode) for c in by_name for periode in c.suivi.owed(donnees.periode, grid)]

    return donnees.answers.outside(None).keep(("demandees", donnees.periode), None, asked)


def _made_again(
    c: ConventionLue,
    periode: Periode,
    declaration: DeclarationLue | None,
    faits: list[Fait],
    *,
    grid: Catalogue,
    had: _ReponseMade | None,
) -> _ReponseMade:
    """The line of one declaration; the one made before, as long as it was made from the same."""
    if had and had.convention is c and had.grid is grid and had.declaration == declaration and had.faits == faits:
        return had
    line = _convention_line(c, periode, declaration, _counted(c, periode, grid), faits)
    return _ReponseMade(c, declaration, faits, grid, line)


def warnings(donnees: DonneesBilan) -> tuple[LigneAvertissement, ...]:
    """Warnings of the validated declarations of the period, with their sentence."""
    names = {c.id: c.nom for c in donnees.conventions}
    return tuple(_warning(a, names) for a in donnees.avertissements if a.convention_id in names)


def corrections(
    changed: Iterable[tuple[Fait | None, Fait | None]], donnees: DonneesBilan
) -> tuple[LigneCorrection, ...]:
    """What the answers that read otherwise than in the last edition were and are, None where not validated (R19)."""
    names = {c.id: c.nom for c in (*donnees.conventions, *donnees.chartes)}
    reasons = {(d.convention_id, d.periode): d.motif_reouverture for d in donnees.declarations}
    return tuple(_correction(before, after, names, reasons) for before, after in changed)


def _correction(
    before: Fait | None, after: Fait | None, names: Mapping[int, str], reasons: Mapping[tuple[int, str], str]
) -> LigneCorrection:
    given = after or before
    assert given is not None
    return LigneCorrection(
        signataire=names.get(given.convention, ""),
        periode=Periode.from_code(given.periode).libelle,
        indicateur=given.indicateur,
        avant=told(before),
        apres=told(after),
        motif=reasons.get((given.convention, given.periode)) or (LATE if before is None else ""),
    )


def told(fait: Fait | None) -> str:
    """An answer of a document as a person reads it, in the unit of its indicator (R13, R14)."""
    known = catalogue().indicateurs.get(fait.indicateur) if fait else None
    return answer_told(fait, known, known.unite if known else "")


def _convention_line(
    c: ConventionLue,
    periode: Periode,
    declaration: DeclarationLue | None,
    counted: Mapping[int, str],
    faits: Iterable[Fait],
) -> LigneReponse:
    given = {f.engagement: f.reponse for f in faits if f.engagement in counted and f.reponse != MANQUANTE}
    return LigneReponse(
        signataire=c.nom,
        convention=c.numero,
        periode=periode.libelle,
        etat=ETATS_GARDES[declaration.etat if declaration else A_SAISIR],
        transmise_le=_day(declaration.transmise_le if declaration else None, c.departement),
        validee_le=_day(_validated(declaration), c.departement),
        dus=len(counted),
        repondus=len(given),
        neants=list(given.values()).count(NEANT),
        manquants=", ".join(code for key, code in counted.items() if key not in given),
    )


def _counted(c: ConventionLue, periode: Periode, grid: Catalogue) -> dict[int, str]:
    """Engagements that owe an answer in the period, with their indicator."""
    owed = set(owed_indicators([e.indicateur for e in c.engagements], periode, grid))
    return {e.id: e.indicateur for e in c.engagements if e.indicateur in owed}


def _validated(declaration: DeclarationLue | None) -> datetime | None:
    return declaration.validee_le if declaration and declaration.etat == VALIDEE else None


def _day(moment: datetime | None, departement: str) -> str:
    return local_date(moment, departement).isoformat() if moment else ""


def _warning(a: AvertissementLu, names: Mapping[int, str]) -> LigneAvertissement:
    libelle = Periode.from_code(a.periode).libelle
    return LigneAvertissement(names[a.convention_id], libelle, a.indicateur, a.message, a.commentaire)
