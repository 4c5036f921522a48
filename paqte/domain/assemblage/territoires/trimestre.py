"""What a quarterly export brings to the sum of a territory: exactly the figures that it prints (R13, R20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from paqte.domain.assemblage.nation import PartDepartement
from paqte.domain.assemblage.territoire import (
    Ligne,
    PartBeside,
    measures_told,
    objectives_told,
    sirens_listed,
)
from paqte.domain.chiffres import figure_read
from paqte.domain.consolidation import Somme, summed
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes.lignes import ENSEMBLE_NATURES, LigneIndicateur
from paqte.domain.documents.lignes.lignes_trimestre import DonneeTrimestre
from paqte.domain.documents.lignes.tables import VISEE
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, ENTREPRISE, RESEAU


def part_of_quarter(export: CompteRendu, grid: Catalogue, edition_id: int) -> PartDepartement:
    """What an edition of an export brings; its objectives are not known where it came before their exact numbers."""
    counts, rows = export.comptes, _values_counted(export.donnees, export.periode)
    sums: dict[Ligne, Somme] = {}
    gaps = []
    for line in export.indicateurs:
        if line.code in grid.indicateurs and grid.indicateurs[line.code].is_summable:
            sums[line.code, line.nature] = somme = _somme_of_rows(line, rows)
            if figure_read(somme, line.genre) != line.realise and not line.realise.is_missing:
                gaps.append(f"{export.departement} {line.code} : les données ne donnent plus le chiffre imprimé")
    return PartDepartement(
        departement=export.departement,
        nom=export.departement_nom,
        edition_id=edition_id,
        numero=export.edition,
        sha256=export.sha256,
        entreprises=counts.engagees,
        autres=counts.reseaux + counts.employeurs_publics + counts.associations,
        dus=sum(e.dus or 0 for e in export.entreprises),
        repondus=sum(e.repondus or 0 for e in export.entreprises),
        sommes=sums,
        ecarts=tuple(gaps),
        beside=PartBeside(
            objectifs=objectives_told(export.indicateurs, grid) if export.versions.colonnes >= VISEE else None,
            thematiques=dict(measures_told(export.thematiques, grid)),
            natures={
                RESEAU: counts.reseaux,
                EMPLOYEUR_PUBLIC: counts.employeurs_publics,
                ASSOCIATION: counts.associations,
            },
            sirens=sirens_listed(
                ((e.identifiant, e.nature, e.dispositifs) for e in export.entreprises), counts.engagees
            ),
        ),
    )


def _values_counted(rows: Iterable[DonneeTrimestre], periode: str) -> Mapping[str, list[DonneeTrimestre]]:
    """The values of the quarter by indicator; of what is said once a signatory the line itself is read (R32)."""
    found: defaultdict[str, list[DonneeTrimestre]] = defaultdict(list)
    for row in rows:
        if row.periode == periode:
            found[row.indicateur].append(row)
    return found


def _somme_of_rows(line: LigneIndicateur, rows: Mapping[str, list[DonneeTrimestre]]) -> Somme:
    """The exact numbers of a line: those of the rows that it counts, by whose they are (R38)."""
    answered = (line.du, line.repondu, line.neants)
    if genre_of(line.genre).is_said_once:
        return Somme(line.realise.valeur, None, None, *answered)
    mine = [
        row
        for row in rows.get(line.code, ())
        if line.nature in ("", ENSEMBLE_NATURES) or (row.nature or ENTREPRISE) == line.nature
    ]
    if genre_of(line.genre).is_pair:
        return Somme(None, summed(r.numerateur for r in mine), summed(r.denominateur for r in mine), *answered)
    return Somme(summed(row.valeur for row in mine), None, None, *answered)
