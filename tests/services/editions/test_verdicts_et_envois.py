"""What is said of a file handed in, literally; how an edition is sent, and what is kept of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR, Acteur
from paqte.models import Courriel, Gabarit, Transmission
from paqte.reporting.relecture.relecture import RelectureRefused, WorkbookSaid
from paqte.services.editions import authenticite, depots, transmissions
from paqte.services.editions.authenticite import Verdict, verify_file
from paqte.services.editions.recus import checked_reason
from paqte.services.editions.recus_lus import PartLue, WorkbookReceived
from paqte.services.editions.transmissions import note_transmission, transmit_edition
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_departement
from tests.services.courriels.test_questions_posees import an_edition
from tests.services.journal.test_journal_des_comptes import last, written
from tests.services.refus import refusals

# What is said and read, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True

# A Sunday, ten in the morning in Blois.
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NADIA = Acteur(9, "Nadia Ferrand", NATIONAL)
NAME = "l’édition n° 2 du bilan"


# --- a file ------------------------------------------------------------------------------------------------


def test_a_verdict_is_one_of_these_and_only_the_very_file_is_authentic() -> None:
    assert authenticite.VERDICTS == {
        "intact": "Authentique",
        "reenregistre": "Réenregistré, mêmes chiffres, mêmes textes, même présentation",
        "chiffres": "Mêmes chiffres ; la présentation n’a pas pu être comparée",
        "modifie": "Modifié",
        "etranger": "Pas une édition de cette base",
    }
    verdicts = [Verdict(code, "", "") for code in authenticite.VERDICTS]
    assert [one.is_authentic for one in verdicts] == [True, False, False, False, False]
    assert [one.titre for one in verdicts] == list(authenticite.VERDICTS.values())
    empty = {"fichier": "Choisissez un fichier : celui-ci est vide."}
    assert refusals(lambda: verify_file(actor=CAMILLE, octets=b"")) == empty
    heavy = {"fichier": "Ce fichier dépasse 10 Mo : aucune édition n’est si lourde."}
    assert refusals(lambda: verify_file(actor=CAMILLE, octets=b"x" * (10 * 1024**2 + 1))) == heavy


def a_difference(quoi: str) -> Any:
    return SimpleNamespace(feuille="Bilan", place="B7", quoi=quoi, avant="12", apres="13")


CHANGED = f"Ce fichier a été modifié : il se dit {NAME}, mais ne dit pas la même chose."
SHOWN = (
    f"Ce fichier a été modifié : ses cases gardent les chiffres et les textes de {NAME}, mais ce qu’il montre diffère."
)
SAVED = (
    f"Ce fichier a été enregistré de nouveau par un autre programme : ses octets ne sont plus ceux de {NAME}, mais ses "
    "chiffres, ses textes et leur présentation le sont. Ont été comparés : valeurs, textes, formats de nombre, "
    "lisibilité, lignes, colonnes et feuilles masquées ou rétrécies, fusions, mises en forme conditionnelles, en-têtes "
    "et pieds de page, graphiques et leurs échelles, objets posés sur les cases. Les polices et les couleurs lisibles "
    "ne le sont pas."
)


@pytest.mark.parametrize(
    ("kinds", "code", "phrase"),
    [
        ([], "reenregistre", SAVED),
        (["format", "contenu"], "modifie", CHANGED),
        (["format"], "modifie", SHOWN),
        (["format"] * 200, "modifie", f"{SHOWN} Les 200 premières différences sont données."),
        (["contenu"] * 199, "modifie", CHANGED),
    ],
)
def test_what_a_reader_sees_of_a_file_is_compared_and_said(
    monkeypatch: pytest.MonkeyPatch, kinds: list[str], code: str, phrase: str
) -> None:
    monkeypatch.setattr(authenticite, "MOST", 200)
    monkeypatch.setattr(authenticite, "compare_apart", lambda issued, octets: list(map(a_difference, kinds)))
    found = authenticite._of_look(b"a", b"b", NAME, "d", 7)
    assert (found.code, found.phrase, found.sha256, found.edition_id) == (code, phrase, "d", 7)
    assert len(found.ecarts) == len(kinds)
    if kinds:
        assert tuple(found.ecarts[0])[:5] == ("Bilan", "B7", kinds[0], "12", "13")


@pytest.mark.parametrize("case", ["same", "other", "too old"])
def test_where_only_the_tables_can_be_compared_it_is_said(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    def differences(issued: bytes, said: object) -> list[Any]:
        if case == "too old":
            raise RelectureRefused("trop vieux")
        return [] if case == "same" else [a_difference("contenu")]

    monkeypatch.setattr(authenticite, "_differences", differences)
    found = authenticite._of_figures(b"a", None, NAME, "d", 7)  # type: ignore[arg-type]
    same = (
        f"Ce fichier a été enregistré de nouveau : ses octets ne sont plus ceux de {NAME}. Les chiffres et les textes "
        "de ses tableaux sont les mêmes ; rien d’autre n’a pu être comparé, ni formats, ni lignes masquées, ni "
        "graphiques."
    )
    old = f"Ce fichier n’est pas tel qu’il a été produit. Il se dit {NAME}, d’un format trop ancien pour comparer "
    told = {"same": ("chiffres", same), "other": ("modifie", CHANGED), "too old": ("modifie", f"{old}ses cases.")}[case]
    assert (found.code, found.phrase, found.edition_id, len(found.ecarts)) == (*told, 7, int(case == "other"))


def test_each_cell_of_a_table_that_differs_is_named_by_its_row_and_heading() -> None:
    issued = [{"Code": "S2", "Réalisé": "4"}, {"Code": "R3", "Réalisé": ""}]

    def told(said: list[dict[str, str]] | None) -> list[tuple[Any, ...]]:
        return [tuple(one)[:5] for one in authenticite._differing_cells("Indicateurs", issued, said)]

    assert told([dict(row) for row in issued]) == []
    assert told(None) == [("Indicateurs", "", "(tableau entier)", "2 lignes", "(illisible ou absent)")]
    assert told([{"Code": "S2", "Réalisé": "5"}, {"Code": "R3"}]) == [("Indicateurs", "ligne 1", "Réalisé", "4", "5")]
    assert told(issued[:1]) == [("Indicateurs", "ligne 2", "Code", "R3", "")]
    assert told([*issued, {"Code": "S3"}]) == [("Indicateurs", "ligne 3", "Code", "", "S3")]


def test_a_number_that_no_edition_has_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(authenticite, "find_edition", lambda **told: asked.append(told["numero"]))
    monkeypatch.setattr(authenticite, "of_template", lambda genre: SimpleNamespace(code="bilan"))
    for edition in ("999999", "1000000", "-1", "", "2"):
        said = SimpleNamespace(edition=edition, genre="g", departement="41", periode="2026-S1")
        assert authenticite._claimed(CAMILLE, said) is None  # type: ignore[arg-type]
    assert asked == [999999, 2]


# --- sending -----------------------------------------------------------------------------------------------


@pytest.fixture
def edition(session: Any) -> int:
    """The second edition of the bilan of the 41, made in August; the first stays."""
    a_departement("41")
    a_departement("972")
    august = datetime(2026, 8, 2, 22, 30, tzinfo=UTC)  # the 3rd in Blois
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add(Gabarit(nom="m", sha256="1" * 64, octets=b"x", en_vigueur_le=date(2020, 1, 1), created_at=NOW))
        writing.flush()
        rows = [an_edition(numero, "2026-S1", genre, place, created_at=august)
                for numero, genre, place in ((1, "bilan", "41"), (2, "bilan", "41"), (9, "export", "41"),
                                             (9, "bilan", "972"))]  # fmt: skip
        rows.append(an_edition(9, "2025-S2", "bilan", "41", created_at=august))
        writing.add_all(rows)
        writing.flush()
        return rows[1].id


def kept(session: Any) -> list[tuple[Any, ...]]:
    session.rollback()
    t = Transmission
    columns = (t.destinataire, t.diffusion, t.moyen, t.transmise_le, t.departement_code, t.par, t.created_at)
    rows = [tuple(row) for row in session.execute(select(*columns).order_by(t.id))]
    session.rollback()
    return rows


def test_R40_an_edition_goes_to_each_address_with_what_it_is_and_leaves_one_line(edition: int, session: Any) -> None:
    start = last(session)
    given: dict[str, Any] = {"actor": CAMILLE, "now": NOW, "diffusion": "interne"}
    of_it = {**given, "edition_id": edition, "adresses": "a@cget.test ; b@cget.test"}
    assert transmit_edition(**of_it, message="  Bonne lecture.") == 2
    sent = ("interne", "courriel", NOW, "41", CAMILLE.nom, NOW)
    assert kept(session) == [("a@cget.test", *sent), ("b@cget.test", *sent)]
    told = {"version": "interne", "moyen": "courriel", "destinataires": 2}
    assert written(session, start) == [("transmettre", "edition", str(edition), "41", told)]
    c = Courriel
    mails = session.execute(
        select(c.destinataire, c.motif, c.departement_code, c.appui, c.texte, c.id).order_by(c.id)
    ).all()
    rests = {"edition": edition, "diffusion": "interne", "auteur": 1}
    assert [(*mail[:3], json.loads(mail[3])) for mail in mails] == [
        (f"{who}@cget.test", "edition_transmise", "41", rests) for who in "ab"
    ]
    assert session.scalars(select(Transmission.courriel_id).order_by(Transmission.id)).all() == [m.id for m in mails]
    text = mails[0].texte
    session.rollback()
    for words in ("Bonne lecture.", "Loir-et-Cher (41)", "1er semestre 2026", CAMILLE.nom, "b.xlsx", "interne"):
        assert words in text, words
    first = refusals(lambda: transmit_edition(**{**of_it, "edition_id": edition - 1}))
    assert first == {"": transmissions.NOT_LAST} and transmissions.NOT_LAST
    none = refusals(lambda: transmit_edition(**{**of_it, "diffusion": "publiable"}))
    assert none == {"diffusion": transmissions.NO_PUBLISHABLE} and transmissions.NO_PUBLISHABLE
    assert list(refusals(lambda: transmit_edition(**{**of_it, "adresses": "a@"}))) == ["adresses"]
    assert list(refusals(lambda: transmit_edition(**of_it, message="x" * 9_999))) == ["message"]
    for act in (lambda: transmit_edition(**{**of_it, "actor": ZOE}),
                lambda: note_transmission(**{**of_it, "actor": ZOE}, le=NOW.date())):  # fmt: skip
        with pytest.raises(NotFound, match="Cette édition n’existe pas"):
            act()


def test_R40_a_day_on_which_it_was_handed_over_is_between_its_making_and_today(edition: int, session: Any) -> None:
    start = last(session)
    given: dict[str, Any] = {"actor": CAMILLE, "now": NOW, "edition_id": edition, "diffusion": "interne"}

    def hand(le: date) -> int:
        return note_transmission(**given, adresses="a@cget.test", le=le)

    told = {"le": "Donnez un jour entre le 03/08/2026, où elle a été produite, et aujourd’hui."}
    assert [refusals(lambda le=le: hand(le)) for le in (date(2026, 8, 2), date(2026, 11, 23))] == [told] * 2
    assert [hand(le) for le in (date(2026, 8, 3), date(2026, 11, 22))] == [1, 1]
    noon = datetime(2026, 8, 3, 10, 0, tzinfo=UTC)
    rest = ("41", CAMILLE.nom, NOW)
    assert kept(session) == [
        ("a@cget.test", "interne", "autre", noon, *rest), ("a@cget.test", "interne", "autre", NOW, *rest),
    ]  # fmt: skip
    line = {"version": "interne", "moyen": "autre", "destinataires": 1}
    assert written(session, start) == [("transmettre", "edition", str(edition), "41", line)] * 2


# --- bilans received ---------------------------------------------------------------------------------------


def test_what_is_received_and_cannot_be_taken_is_refused_alone_and_noted(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_departement("41")
    files = [WorkbookReceived(nom, b"x") for nom in ("bilan\n18.xlsx", " ", "n" * 300)]
    read = [PartLue(one, None, f"refus {rank}") for rank, one in enumerate(files)]
    monkeypatch.setattr(depots, "_looked_at", lambda fichiers, periode, antivirus: iter(read))
    start = last(session)
    given: dict[str, Any] = {"actor": NADIA, "fichiers": files, "now": NOW}
    found = depots.deposit_bilans(**given, periode=Periode.from_code("2026-S1"))
    names = ["bilan 18.xlsx", "fichier", "n" * 200]
    assert [tuple(one) for one in found] == [(nom, 0, "", False, f"refus {rank}") for rank, nom in enumerate(names)]
    assert written(session, start) == [
        ("refuser", "bilan_recu", "", None, {"fichier": nom, "motif": f"refus {rank}"})
        for rank, nom in enumerate(names)
    ]
    with pytest.raises(Refused, match="Un bilan reçu porte sur un semestre : par exemple 2026-S1"):
        depots.deposit_bilans(**given, periode=Periode.from_code("2026-T1"))
    with pytest.raises(NotFound):
        depots.deposit_bilans(**{**given, "actor": CAMILLE}, periode=Periode.from_code("2026-S1"))


def test_a_reason_is_a_sentence_of_so_many_signs() -> None:
    assert checked_reason(" Tapé\nà la main. ") == "Tapé à la main."
    told = [refusals(lambda text=text: checked_reason(text)) for text in ("", " ", "x" * 1_001)]
    assert all(list(one) == ["raison"] and one["raison"].startswith("Expliquez en une phrase, de ") for one in told)
    most = int(told[0]["raison"].split(" de ")[1].split(" ")[0])
    assert checked_reason("x" * most) == "x" * most
    assert list(refusals(lambda: checked_reason("x" * (most + 1)))) == ["raison"]


def test_what_a_workbook_says_of_its_own_template_is_no_difference_from_its_edition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    issued = {"b_periode": "2026-S1", "b_departement": "41", "b_version_gabarit": "3", "b_meta_tableaux": "aaaa"}
    monkeypatch.setattr(authenticite, "read_back", lambda *_: SimpleNamespace(champs=issued, tableaux={}))

    def differences(**champs: str) -> list[tuple[str, str, str]]:
        said = WorkbookSaid("bilan", "41", "2026-S1", "3", {**issued, **champs}, {})
        return [(one.colonne, one.avant, one.apres) for one in authenticite._differences(b"", said)]

    assert differences() == differences(b_version_gabarit="4", b_meta_tableaux="bbbb") == []
    assert differences(b_periode="2026-S2", b_meta_tableaux="bbbb") == [("b_periode", "2026-S1", "2026-S2")]
