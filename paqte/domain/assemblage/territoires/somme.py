"""Putting the sum of a territory together: totals, one row a département, and where each comes from (R20)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from paqte.domain.assemblage.entetes import made_on
from paqte.domain.assemblage.grille.natures import AUTRES
from paqte.domain.assemblage.nation import LigneNation, Nation, PartDepartement, whole_of
from paqte.domain.assemblage.territoire import (
    NON_CONNU,
    SANS_OBJECTIF,
    SommeObjectif,
    SommeThematique,
    ThematiqueNation,
    measure_in,
)
from paqte.domain.assemblage.territoires.ecrites import sum_sha256
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre, figure_read
from paqte.domain.consolidation import Somme
from paqte.domain.documents.lignes.libelles import axe_label
from paqte.domain.documents.lignes.lignes import Versions
from paqte.domain.documents.somme import (
    ContexteTerritoire,
    LigneTerritoire,
    PartTerritoire,
    SommeTerritoire,
    TextTerritoire,
    ThematiqueTerritoire,
    TotalTerritoire,
)
from paqte.domain.editions.regles import EN_VIGUEUR
from paqte.domain.editions.territoires import NATIONAL, PARIS
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.secret import INTERNE
from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, RESEAU, SEMESTRE
from paqte.domain.statuts.recus import MARQUES

NOBODY = "aucune réponse reçue"
OF_NATURE = {RESEAU: "Réseaux", EMPLOYEUR_PUBLIC: "Employeurs publics", ASSOCIATION: "Associations"}
# What the documents of some départements may not tell: they are not in its sums (R13).
UNTOLD = {
    "objectifs": "Objectifs et taux non connus",
    "thematiques": "Thématiques non connues",
    "natures": "Nature des autres signataires non connue",
    "a_temps": "Réponses données à temps non connues",
    "sirens": "SIREN non connus",
}
_SAID_ELSEWHERE = (SANS_OBJECTIF.motif, NON_CONNU.motif)
ALONE = "édition de cette application"


class PartSource(NamedTuple):
    """What a département brings, the name of its file, and the SHA-256 of its bytes."""

    part: PartDepartement
    fichier: str
    sha256: str


class TerritoireNamed(NamedTuple):
    """A territory by its code, and its name: "" for the nation."""

    code: str
    nom: str = ""


def assemble_somme(
    kind: type[SommeTerritoire],
    nation: Nation,
    sources: Iterable[PartSource],
    *,
    territoire: TerritoireNamed,
    periode: Periode,
    grid: Catalogue,
    now: datetime | None = None,
    edition: int = 0,
    textes: Sequence[TextTerritoire] = (),
    contexte: Sequence[ContexteTerritoire] = (),
) -> SommeTerritoire:
    """The sum as an edition freezes it and a workbook shows it; `edition` 0 for one that is not issued.

    `now` None: of files alone, which the base does not know.
    """
    return kind(
        territoire=territoire.code,
        territoire_nom=territoire.nom or NATIONAL,
        periode=periode.code,
        periode_libelle=periode.libelle,
        edition=edition,
        genere_le=made_on(now, PARIS) if now else "",
        versions=Versions(grid.version_on(periode.dernier_jour).code, "", EN_VIGUEUR, kind.version()),
        empreinte=sum_sha256(nation.parts, periode) if now else "",
        mention=nation.mention,
        ensemble=tuple(_told_of_whole(nation, territoire, periode)),
        indicateurs=tuple(_total_line(line, nation) for line in nation.lignes),
        detail=tuple(_detail_lines(nation)),
        thematiques=tuple(_measure_row(one, one.somme) for one in nation.thematiques),
        thematiques_detail=tuple(_measure_rows(nation)),
        contexte=tuple(contexte),
        textes=tuple(textes),
        departements=tuple(map(_part_row, sources)),
    )


def _told_of_whole(nation: Nation, territoire: TerritoireNamed, periode: Periode) -> Iterable[TotalTerritoire]:
    yield TotalTerritoire("Période", periode.libelle)
    yield TotalTerritoire("Territoire", territoire.nom or NATIONAL)
    yield TotalTerritoire("Départements additionnés", len(nation.parts))
    yield TotalTerritoire("Entreprises", nation.entreprises)
    if nation.sirens is not None:
        yield TotalTerritoire("Entreprises, chaque SIREN une fois", nation.sirens)
    yield TotalTerritoire("Autres signataires", nation.autres)
    yield TotalTerritoire("Réponses attendues", nation.dus)
    yield TotalTerritoire("Réponses reçues", nation.repondus)
    for nature, count in nation.natures.items():
        yield TotalTerritoire(OF_NATURE[nature], count)
    if nation.a_temps is not None:
        yield TotalTerritoire("Réponses données à temps", nation.a_temps)
    for subject, sentence in UNTOLD.items():
        silent = nation.silent_on(subject)
        # An export tells nothing of delays.
        if silent and (subject != "a_temps" or periode.genre == SEMESTRE):
            yield TotalTerritoire(sentence, ", ".join(silent))


def _total_line(line: LigneNation, nation: Nation) -> LigneTerritoire:
    whole = whole_of(nation.parts, line.code, line.nature)
    said = " ; ".join(filter(None, (line.mention, _why_absent(line.chiffre), line.marque)))
    return _territory_line(line, whole, line.objectif, said)


def _detail_lines(nation: Nation) -> Iterable[LigneTerritoire]:
    for line in nation.lignes:
        for part in nation.parts:
            if (held := part.somme(line.code, line.nature)) is not None:
                read, aimed = figure_read(held, line.genre), part.objectif(line.code, line.nature)
                yield _territory_line(line, held, aimed, _of_part(part, read), part)


def _territory_line(
    line: LigneNation, held: Somme, aimed: SommeObjectif | None, said: str, part: PartDepartement | None = None
) -> LigneTerritoire:
    """`held` is the whole, or what `part` brings to it."""
    read = figure_read(held, line.genre)
    cible, taux = (aimed.cible(line.genre), aimed.taux) if aimed is not None else (NON_CONNU, NON_CONNU)
    exact = aimed or SommeObjectif()
    return LigneTerritoire(
        axe=axe_label(line.axe),
        code=line.code,
        titre=line.titre,
        unite=line.unite,
        nature=line.nature,
        realise=read.valeur,
        objectif=cible.valeur,
        taux=taux.valeur,
        repondu=held.signataires_repondants,
        du=held.signataires_dus,
        neants=held.signataires_neant,
        mention=" ; ".join(filter(None, (said, _why_no_aim(cible, taux)))),
        diffusion=line.diffusion,
        numerateur=held.numerateur,
        denominateur=held.denominateur,
        realise_vise=exact.realise,
        vise=exact.vise,
        poids_vise=exact.poids,
        **_whose_row(part),
    )


def _measure_row(
    one: ThematiqueNation, held: SommeThematique, part: PartDepartement | None = None
) -> ThematiqueTerritoire:
    return ThematiqueTerritoire(
        code=one.code,
        titre=one.titre,
        unite=one.unite,
        nature=one.nature,
        entreprises=held.entreprises,
        prevision=_exactly(held.prevision),
        realise=_exactly(held.realise),
        cumul=_exactly(held.cumul),
        repondu=held.repondu,
        du=held.du,
        mention="",
        diffusion=INTERNE,
        **_whose_row(part),
    )


def _measure_rows(nation: Nation) -> Iterable[ThematiqueTerritoire]:
    for one in nation.thematiques:
        for part in nation.parts:
            if (held := measure_in(part.beside, one.key)) is not None:
                yield _measure_row(one, held, part)


def _whose_row(part: PartDepartement | None) -> dict[str, Any]:
    return {} if part is None else {"departement": part.departement, "nom": part.nom}


def _exactly(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _why_absent(read: Chiffre) -> str:
    """Why there is no figure (R13)."""
    return "" if read.valeur is not None else read.motif or NOBODY


def _why_no_aim(cible: Chiffre, taux: Chiffre) -> str:
    """The same of an objective and its rate; what nobody aims at, and what is not known, is said elsewhere."""
    told = {"objectif": cible, "taux": taux}
    why = {
        name: one.motif for name, one in told.items() if one.valeur is None and one.motif not in ("", *_SAID_ELSEWHERE)
    }
    if len(why) == len(told) and cible.motif == taux.motif:
        return f"objectif et taux : {taux.motif}"
    return " ; ".join(f"{name} : {motif}" for name, motif in why.items())


def _of_part(part: PartDepartement, read: Chiffre) -> str:
    """What is said beside a figure of a département: why there is none, and that nothing proves it."""
    marked = MARQUES[part.recue.marque] if part.recue and part.is_marked else ""
    return " ; ".join(filter(None, (_why_absent(read), marked)))


def _part_row(source: PartSource) -> PartTerritoire:
    part = source.part
    reseaux, employeurs, associations = ((part.beside.natures or {}).get(nature) for nature in AUTRES)
    return PartTerritoire(
        departement=part.departement,
        nom=part.nom,
        entreprises=part.entreprises,
        autres=part.autres,
        reseaux=reseaux,
        employeurs_publics=employeurs,
        associations=associations,
        dus=part.dus,
        repondus=part.repondus,
        a_temps=part.beside.a_temps,
        edition=part.numero or None,
        fichier=source.fichier,
        controle=part.recue.phrase if part.recue else ALONE,
        empreinte=part.sha256,
        empreinte_fichier=source.sha256,
    )
