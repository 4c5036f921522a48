"""A document that the product does not have is veiled by what its rows are, wherever it puts them (R23, R46)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from paqte.domain.assemblage.diffusion.apports import EditionPubliable
from paqte.domain.assemblage.diffusion.publiable import OUVERTES, VEILS, publishable
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.lignes.lignes import LigneAction, LigneCorrection, LigneThematique, Versions
from paqte.domain.documents.lignes.lignes_trimestre import MASQUEE, MOINS_DE_CINQ, DonneeTrimestre
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.secret import MASQUE, PETIT, PUBLIABLE
from tests.domain.assemblage.diffusion.test_publiable import answered, whole
from tests.domain.assemblage.petit_monde import export


@dataclass(frozen=True, slots=True)
class Note:
    texte: str


@dataclass(frozen=True, slots=True)
class Rapport(Document):
    mesures: tuple[LigneThematique, ...] = ()
    reponses_lues: tuple[DonneeTrimestre, ...] = ()
    exemples: tuple[LigneAction, ...] = ()
    notes_libres: tuple[Note, ...] = ()


class RapportOuvert(Rapport):
    __slots__ = ()
    sans_secret = frozenset({"notes_libres"})


def rapport(rows: DonneesBilan, kind: type[Rapport] = Rapport, **more: object) -> Rapport:
    """The thématiques of the bilan and the rows of data of the export, under other names."""
    bilan = whole(rows)
    kept = {"mesures": bilan.thematiques, "reponses_lues": export(rows, "2026-T1").donnees, **more}
    head = (bilan.departement, "Loir-et-Cher", "Blois", bilan.periode, bilan.periode_libelle, 1, bilan.genere_le)
    return kind(*head, Versions("1", "essai"), **kept)  # type: ignore[arg-type]


def test_R23_the_figures_of_another_document_are_hidden_as_those_of_the_bilan() -> None:
    rows = answered("P09", 2, 1)
    internal = rapport(rows)
    shown = publishable(internal, rows, catalogue())
    assert shown.diffusion == PUBLIABLE and internal.diffusion != PUBLIABLE
    line = next(t for t in shown.mesures if t.code == "T09")
    assert (line.realise, line.cumul) == (Chiffre(None, PETIT), Chiffre(None, PETIT))
    told = [(d.etat, d.valeur) for d in shown.reponses_lues if d.indicateur == "P09"]
    assert told and {etat for etat, _ in told} <= {MOINS_DE_CINQ, MASQUEE}
    assert {valeur for _, valeur in told} == {None}
    # What is not under secret is left alone.
    open_rows = answered("S2", 1)
    assert publishable(rapport(open_rows), open_rows, catalogue()).mesures == rapport(open_rows).mesures


def test_R46_the_texts_of_another_document_that_bound_a_hidden_figure_are_left_out() -> None:
    rows = answered("P09", 2, 1)
    action = LigneAction("2026-03-01", "Société 1", "Former", "Accueil", "Trois réfugiés formés.")
    moved = LigneCorrection("Société 1", "1er trimestre 2026", "P09", "2", "3")
    shown = publishable(rapport(rows, exemples=(action,), corrections=(moved,)), rows, catalogue())
    assert (shown.exemples, shown.corrections) == ((), ())
    assert "1 action non reprise : le texte compte des personnes de ces thématiques." in shown.notes


def test_R23_what_another_document_published_counts_against_the_bilan() -> None:
    """A company of two more persons is read by difference from the total that the other document gave."""
    before, after = answered("P07", 9, 6, 7), answered("P07", 9, 6, 7, 2)
    document = publishable(rapport(before), before, catalogue())
    former = EditionPubliable(7, document, before.faits)
    assert [t.realise for t in document.mesures if t.code == "T07"] == [Chiffre(Decimal(22))]
    alone, beside = (publishable(whole(after), after, catalogue(), given) for given in ([], [former]))
    assert [t.realise for t in alone.thematiques if t.code == "T07"] == [Chiffre(Decimal(24))]
    assert [t.realise for t in beside.thematiques if t.code == "T07"] == [Chiffre(None, MASQUE)], "24 − 22 gives 2"


def test_R46_rows_that_nobody_judged_are_never_published() -> None:
    rows = answered("S2", 1)
    with pytest.raises(TypeError, match="Note : rien ne dit ce que la version publiable en montre"):
        publishable(rapport(rows, notes_libres=(Note("libre"),)), rows, catalogue())
    given = rapport(rows, RapportOuvert, notes_libres=(Note("libre"),))
    assert publishable(given, rows, catalogue()).notes_libres == (Note("libre"),)


@pytest.mark.parametrize("genre", DOCUMENTS.values(), ids=lambda g: g.code)
def test_R46_the_publishable_version_knows_every_type_of_row_of_each_document(genre: GenreDocument) -> None:
    unknown = {name for name, kind in genre.document.kinds().items() if kind not in VEILS and kind not in OUVERTES}
    assert unknown <= genre.document.sans_secret
