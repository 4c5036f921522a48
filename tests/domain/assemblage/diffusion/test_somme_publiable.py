"""What the publishable sum of a territory tells under secret: what each département published, and no more (R23)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.nation import merge_parts
from paqte.domain.assemblage.territoires.publiable import _as_published, publishable_somme
from paqte.domain.assemblage.territoires.somme import PartSource, TerritoireNamed, assemble_somme
from paqte.domain.assemblage.territoires.trimestre import part_of_quarter
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.somme import SommeTerritoire, SommeTrimestre
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.secret import PUBLIABLE
from tests.domain.assemblage.diffusion.test_publiable import answered
from tests.domain.assemblage.petit_monde import export
from tests.domain.loir_et_cher import NOW

GRID, PERIODE = catalogue(), "2026-T1"
HIDDEN = "masqué (secret statistique) : Réalisé au trimestre, Depuis le début"


class Sum(NamedTuple):
    inside: SommeTerritoire
    publics: dict[str, Document]

    def told(self, *without: str, **more: Any) -> SommeTerritoire:
        """Published, as if these départements had published nothing."""
        publics = {code: one for code, one in self.publics.items() if code not in without}
        return publishable_somme(self.inside, publics, GRID, textes=(), contexte=(), **more)


def summed(code: str = "P09", **places: tuple[int, ...]) -> Sum:
    """A sum of exports, where each company of each département answered so many of one measure."""
    parts, publics = [], {}
    for place, values in places.items():
        rows = replace(answered(code, *values), departement=place[1:], departement_nom=f"Nom {place[1:]}")
        inside = export(rows, PERIODE)
        parts.append(part_of_quarter(inside, GRID, 1))
        publics[place[1:]] = publishable(inside, replace(rows, periode=Periode.from_code(PERIODE)), GRID)
    made = assemble_somme(
        SommeTrimestre,
        merge_parts(parts, GRID),
        [PartSource(part, "x.xlsx", "ab") for part in parts],
        territoire=TerritoireNamed("R24", "Centre"),
        periode=Periode.from_code(PERIODE),
        grid=GRID,
        now=NOW,
    )
    return Sum(made, publics)


def of(somme: SommeTerritoire, code: str = "T09") -> list[tuple[Any, ...]]:
    """The total, then each département: what it did in the quarter and since the start, and what is said beside."""
    rows = [row for row in (*somme.thematiques, *somme.thematiques_detail) if row.code == code]
    return [(row.departement, row.realise, row.cumul, row.mention) for row in rows if row.nature == "entreprise"]


def test_R23_what_every_departement_published_is_added_up_and_no_more_is_said() -> None:
    both = summed(d18=(9, 6, 7), d28=(8, 6, 7))
    told = both.told()
    assert of(told) == [("", 43, 43, ""), ("18", 22, 22, ""), ("28", 21, 21, "")]
    tables = (told.indicateurs, told.detail, told.thematiques, told.thematiques_detail)
    assert {row.diffusion for table in tables for row in table} == {told.diffusion} == {PUBLIABLE}
    assert ("Des thématiques T05, T07, T09, T10, un chiffre" in told.mention, told.empreinte, told.ecarts) == (
        True, "", (),
    )  # fmt: skip
    assert both.inside.empreinte and both.inside.diffusion != PUBLIABLE
    exact = ("numerateur", "denominateur", "realise_vise", "vise", "poids_vise")
    assert {getattr(row, name) for row in (*told.indicateurs, *told.detail) for name in exact} == {None}
    assert [(p.departement, p.fichier, p.empreinte_fichier, p.controle) for p in told.departements] == [
        (code, "", "", "édition de cette application") for code in ("18", "28")
    ]
    assert [p.empreinte for p in told.departements] == [both.publics[code].sha256 for code in ("18", "28")]


def test_R23_a_total_hides_as_soon_as_one_departement_hides_or_published_nothing() -> None:
    some = summed(d18=(9, 6, 7), d41=(2, 1))
    assert of(some.inside) == [("", 25, 25, ""), ("18", 22, 22, ""), ("41", 3, 3, "")]
    assert of(some.told()) == [("", None, None, HIDDEN), ("18", 22, 22, ""), ("41", None, None, HIDDEN)]
    everything = f"{HIDDEN.partition(' : ')[0]} : Prévision, Réalisé au trimestre, Depuis le début"
    assert of(some.told("18", "41")) == [(code, None, None, everything) for code in ("", "18", "41")]
    (first, _) = some.told("18").departements
    assert (first.empreinte, first.controle) == ("", "édition de cette application")
    workbook = replace(some.inside, departements=tuple(replace(p, controle="gardé") for p in some.inside.departements))
    assert {p.controle for p in some._replace(inside=workbook).told().departements} == {"bilan reçu en classeur"}


def test_R23_what_is_not_under_secret_is_told_whatever_was_published() -> None:
    some = summed("P01", d18=(3,), d41=(2, 1))
    assert (
        of(some.told("18", "41"), "T01")
        == of(some.inside, "T01")
        == [("", 6, 6, ""), ("18", 3, 3, ""), ("41", 3, 3, "")]
    )


def test_R23_R33_what_a_file_words_instead_of_a_number_hides_in_a_total_and_what_was_not_answered_does_not() -> None:
    said = {"taux": "< 0,1\u00a0%", "realise": "aucune réponse", "cible": "masqué (secret statistique)"}
    row = SimpleNamespace(**{name: Chiffre(None, motif) for name, motif in said.items()})
    told = _as_published({("S2", "entreprise"): row}, ("S2", "entreprise"), {name: name for name in said})
    assert told == {"taux": (None, True), "realise": (None, False), "cible": (None, True)}


def test_R19_R23_what_changed_is_read_between_two_published_versions_alone() -> None:
    before, after = summed(d18=(9, 6, 7), d41=(2, 1)), summed(d18=(9, 6, 8), d41=(2, 2))
    ecarts = after.told(former=before.told()).ecarts
    assert {(e.avant, e.apres) for e in ecarts if e.colonne == "Réalisé au trimestre"} == {("22", "23")}
    assert before.told(former=before.told()).ecarts == ()
    assert Decimal(26) not in {row.realise for row in after.told().thematiques}
