"""Context figures and concrete actions (bilan_cget.md, 5 and 6; R25, R26)."""

from __future__ import annotations

from decimal import Decimal

from paqte.domain.assemblage.donnees import ChiffreLu, DonneesBilan
from paqte.domain.chiffres import Chiffre, share
from paqte.domain.documents.lignes.lignes import LigneAction, LigneContexte
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.pilotage import CHIFFRES, note_of


def lines(donnees: DonneesBilan) -> tuple[LigneContexte, ...]:
    """Each context figure, on its last date not after the period or else the first after; then the DEFM's share."""
    chosen = {code: _chosen(code, donnees) for code in CHIFFRES}
    return (*(_contexte_line(code, chosen[code]) for code in CHIFFRES), *_share(chosen))


def actions(donnees: DonneesBilan, grid: Catalogue) -> tuple[LigneAction, ...]:
    """Proof-read actions of the period, in order of date (R29)."""
    return tuple(
        LigneAction(
            date=a.date.isoformat(),
            signataire=a.signataire,
            axe=grid.axes[a.axe].libelle if a.axe in grid.axes else a.axe,
            titre=a.titre,
            texte=a.texte,
            lieu=a.lieu,
            beneficiaires=Chiffre(Decimal(a.beneficiaires))
            if a.beneficiaires is not None
            else Chiffre(None, "non compté"),
        )
        for a in sorted(donnees.actions, key=lambda a: a.date)
    )


def _chosen(code: str, donnees: DonneesBilan) -> ChiffreLu | None:
    known = sorted((c for c in donnees.chiffres if c.code == code), key=lambda c: c.date)
    before = [c for c in known if c.date <= donnees.periode.dernier_jour]
    return before[-1] if before else (known[0] if known else None)


def _contexte_line(code: str, chosen: ChiffreLu | None) -> LigneContexte:
    kind = CHIFFRES[code]
    if chosen is None:
        return LigneContexte(code, kind.libelle, Chiffre(None, "à renseigner dans le pilotage"), kind.unite, "")
    return LigneContexte(
        code=code,
        libelle=kind.libelle,
        valeur=Chiffre(chosen.valeur),
        unite=kind.unite,
        date=chosen.date.isoformat(),
        precision=chosen.precision,
        source=chosen.source,
        note=note_of(code, chosen.date),
    )


def _share(chosen: dict[str, ChiffreLu | None]) -> tuple[LigneContexte, ...]:
    """Share of the département's DEFM living in QPV, only when both were taken the same day in the same categories."""
    part, whole = chosen["defm_qpv"], chosen["defm"]
    if part is None or whole is None or part.date != whole.date or part.precision != whole.precision:
        return ()
    told = share(part.valeur, whole.valeur)
    if told.is_missing:
        return ()
    label = "Part des DEFM du département vivant dans les QPV"
    return (LigneContexte("part_defm_qpv", label, told, "%", part.date.isoformat(), part.precision, part.source),)
