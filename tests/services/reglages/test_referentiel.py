"""Official lists enter whole, dated by generation, without undoing what a référent typed (R25)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import operator
from paqte.models import ChiffreContexte, College, Departement, Qpv
from paqte.queries.declarations.preuves.actions import list_places
from paqte.services.reglages import territoire
from paqte.services.reglages.referentiel import Intake, import_colleges, import_context, import_qpv
from paqte.services.reglages.territoire import load_territories
from paqte.services.transaction import transaction
from tests.importing.door.tableurs import an_ods, an_xlsx

OPERATOR = operator()
QPV = "code_qpv,nom_qpv,code_departement,noms_communes\n"
ROWS = 'QN04101M,Blois Nord,41,Blois\nQP041001,"Les Provinces",41,Blois|Vineuil\nQN97201M,Dillon,972,Fort-de-France\n'
CONTEXT = "code_departement,nb_qpv_2024,population_qpv_contrats_2015_2023\n41,4,15160\n18,,9000\n"


@pytest.fixture
def bring(session: Any, now: datetime) -> Callable[..., Intake]:
    load_territories(actor=OPERATOR, now=now)

    def bring(action: Callable[..., Intake], text: str, encoding: str = "utf-8") -> Intake:
        return action(actor=OPERATOR, content=text.encode(encoding), now=now)

    return bring


def test_two_machines_that_start_at_once_load_the_territories_once(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks before the other has written, when the base lets them."""
    meeting, look = threading.Barrier(2, timeout=2), territoire._differs

    def look_then_meet(*given: Any) -> Any:
        found = look(*given)
        with suppress(threading.BrokenBarrierError):
            meeting.wait()
        return found

    def load() -> int:
        with app.app_context():
            return load_territories(actor=OPERATOR, now=now)

    monkeypatch.setattr(territoire, "_differs", look_then_meet)
    with ThreadPoolExecutor(2) as both:
        done = [one.result() for one in [both.submit(load), both.submit(load)]]
    assert sorted(done)[0] == 0 < sorted(done)[1]


def test_R25_districts_are_dated_by_generation_and_by_place(session: Any, bring: Any) -> None:
    assert bring(import_qpv, QPV + ROWS) == Intake(3, 0)
    found = {q.code: (q.generation, q.du, q.au, q.communes) for q in session.scalars(select(Qpv))}
    assert found == {
        "QN04101M": (2024, date(2024, 1, 1), None, "Blois"),
        "QP041001": (2015, date(2015, 1, 1), date(2023, 12, 31), "Blois, Vineuil"),
        "QN97201M": (2024, date(2025, 1, 1), None, "Fort-de-France"),
    }


def test_the_same_list_again_changes_nothing_and_another_says_what(session: Any, bring: Any) -> None:
    bring(import_qpv, QPV + ROWS)
    assert bring(import_qpv, QPV + ROWS) == Intake(0, 0)
    assert bring(import_qpv, QPV + "QN04101M,Blois-Nord,41,Blois\n") == Intake(0, 1)
    assert session.scalar(select(func.count(Qpv.id))) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_the_spellings_of_a_csv_are_read_alike(session: Any, bring: Any, encoding: str, mark: str) -> None:
    text = (QPV + "QN04101M,Cité des Œillets,41,Blois\n").replace(",", mark)
    bring(import_qpv, text, encoding)
    assert session.scalars(select(Qpv.nom)).one() == "Cité des Œillets"


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_lines_end_as_on_an_old_mac_or_in_windows(session: Any, bring: Any, end: str) -> None:
    """Seen red: the lone mark of an old Mac ended the command in a fault."""
    assert bring(import_qpv, (QPV + ROWS).replace("\n", end)) == Intake(3, 0)
    assert bring(import_context, CONTEXT.replace("\n", end)) == Intake(3, 0)
    assert bring(import_context, (FIGURES + "41,defm_qpv,1200,2026-03,ABC\n").replace("\n", end)) == Intake(1, 0)


@pytest.mark.parametrize("made", [an_xlsx, an_ods], ids=["xlsx", "ods"])
def test_a_list_saved_again_as_a_workbook_is_read_by_the_door_of_every_spreadsheet(
    session: Any, now: datetime, made: Callable[..., bytes]
) -> None:
    load_territories(actor=OPERATOR, now=now)
    rows = [line.split(",") for line in (QPV + ROWS).replace('"', "").splitlines()]
    rows.append(["QN00101M", "Le Pont des Chèvres", 1, "Bourg-en-Bresse"])
    assert import_qpv(actor=OPERATOR, content=made(rows), now=now) == Intake(4, 0)
    found = {q.code: (q.nom, q.departement_code) for q in session.scalars(select(Qpv))}
    assert found["QN04101M"] == ("Blois Nord", "41")
    assert found["QN00101M"] == ("Le Pont des Chèvres", "01"), "a workbook drops the zero of a number"
    session.rollback()
    with pytest.raises(Refused, match="Ligne 6 : « RIEN »"):
        import_qpv(actor=OPERATOR, content=made([*rows, ["rien", "x", "41", "y"]]), now=now)
    with pytest.raises(Refused, match="abîmé"):
        import_qpv(actor=OPERATOR, content=made(rows)[:-40], now=now)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Ce fichier est vide"),
        ("\n", "manque les colonnes code_qpv, nom_qpv"),
        ("code_qpv,nom_qpv,noms_communes\n", "manque la colonne code_departement :"),
        ("code_qpv,nom_qpv\n", "manque les colonnes code_departement, noms_communes"),
        (QPV + "QN04101M,A,41,Blois\nXX,B,41,Blois\n", "Ligne 3"),
        (QPV + "QN04101M,A,41,Blois\nQN04101M,B,41,Blois\n", "figure déjà"),
        (QPV + "QN04101M,A,99,Blois\n", "Département inconnu : 99"),
        (QPV + 'QN04101M,"A,41,Blois\n', r"CSV régulier \(un guillemet n’est pas refermé, ou"),
        ("\x00\x01", "pas un texte"),
        (";" * 900_000, "La ligne 1 compte plus de 5.000 colonnes"),
        (QPV + "QN04101M" + "," * 6_000, "La ligne 2 compte plus de 5.000 colonnes"),
    ],
)
def test_a_list_at_fault_is_refused_whole(session: Any, bring: Any, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        bring(import_qpv, text)
    assert session.scalar(select(func.count(Qpv.id))) == 0


OTHERS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600): r"ancien classeur \(.xls\) ou un classeur protégé",
    b"<html><table><tr><td>code_qpv</td></tr></table>": "une page web",
    b"%PDF-1.7\n": "un PDF",
    b"\x1f\x8b\x08": "une archive",
}


@pytest.mark.parametrize("action", [import_qpv, import_colleges, import_context])
@pytest.mark.parametrize("content", OTHERS)
def test_a_file_of_another_kind_is_named_as_at_every_other_door(
    session: Any, now: datetime, action: Callable[..., Any], content: bytes
) -> None:
    with pytest.raises(Refused, match=OTHERS[content]):
        action(actor=OPERATOR, content=content, now=now)


def test_context_figures_enter_with_their_date_and_leave_what_was_typed(
    session: Any, bring: Any, now: datetime
) -> None:
    with transaction(actor=OPERATOR, now=now) as writing:
        typed = {"departement_code": "41", "code": "qpv", "valeur": Decimal(5), "date": date(2024, 1, 1)}
        writing.add(ChiffreContexte(**typed, created_at=now))
    done = bring(import_context, CONTEXT)
    assert done == Intake(2, 0, ("41 qpv : 5 gardé, 4 lu",))
    assert bring(import_context, CONTEXT) == Intake(0, 0, ("41 qpv : 5 gardé, 4 lu",)), "what it holds is no other"
    query = select(ChiffreContexte.departement_code, ChiffreContexte.code, ChiffreContexte.valeur)
    found = sorted(tuple(row) for row in session.execute(query))
    assert found == [("18", "population_qpv", 9000), ("41", "population_qpv", 15160), ("41", "qpv", 5)]
    with pytest.raises(Refused, match="Ligne 2, nb_qpv_2024"):
        bring(import_context, CONTEXT.replace("41,4", "41,quatre"))


def test_territories_are_those_of_the_official_list_and_a_second_load_writes_nothing(
    session: Any, now: datetime
) -> None:
    assert load_territories(actor=OPERATOR, now=now) == 18 + 107
    assert load_territories(actor=OPERATOR, now=now) == 0
    with transaction(actor=OPERATOR, now=now) as writing:
        blois = writing.get(Departement, "41")
        assert (blois.nom, blois.prefecture, blois.region_code) == ("Loir-et-Cher", "Blois", "24")
        blois.nom, blois.premier_semestre = "Autre nom", "2026-S1"
    assert load_territories(actor=OPERATOR, now=now) == 1
    session.expire_all()
    blois = session.get(Departement, "41")
    assert (blois.nom, blois.premier_semestre) == ("Loir-et-Cher", "2026-S1")


def test_R25_a_district_no_longer_named_is_closed_and_stays_until_it_is_named_again(session: Any, bring: Any) -> None:
    bring(import_qpv, QPV + ROWS + "QN04102M,Mirabeau,41,Romorantin\n")
    done = bring(import_qpv, QPV + "QN04101M,Blois Nord,41,Blois\n")
    assert (done.added, done.changed, done.closed) == (0, 0, ("41 QN04102M, Mirabeau",))
    states = dict(session.execute(select(Qpv.code, Qpv.au)).all())
    assert states == {
        "QN04101M": None,
        "QN04102M": date(2026, 11, 22),
        "QP041001": date(2023, 12, 31),
        "QN97201M": None,
    }, "another generation and another département are not spoken of"
    session.rollback()
    assert bring(import_qpv, QPV + "QN04101M,Blois Nord,41,Blois\n") == Intake(0, 0)
    assert bring(import_qpv, QPV + ROWS + "QN04102M,Mirabeau,41,Romorantin\n").changed == 1


COLLEGES = "uai,nom,type_etablissement,ep,commune,code_departement\n"
RABELAIS = "0410030K,RABELAIS,COLLEGE,REP,BLOIS,41\n"
BEGON = "0410592W,BEGON,COLLEGE,REP+,BLOIS,41\n"


def test_R25_colleges_enter_with_their_network_and_are_closed_when_the_list_drops_them(
    session: Any, bring: Any
) -> None:
    school = "0410001A,JULES FERRY,ECOLE,REP,BLOIS,41\n"
    assert bring(import_colleges, COLLEGES + RABELAIS + BEGON + school) == Intake(2, 0)
    assert bring(import_colleges, COLLEGES + RABELAIS + BEGON + school) == Intake(0, 0)
    done = bring(import_colleges, COLLEGES + RABELAIS.replace("REP,", "REP+,"))
    assert (done.changed, done.closed) == (1, ("41 0410592W, BEGON",))
    found = {c.code: (c.classement, c.au) for c in session.scalars(select(College))}
    assert found == {"0410030K": ("REP+", None), "0410592W": ("REP+", date(2026, 11, 22))}
    session.rollback()
    assert list_places("41") == ["Collège RABELAIS (REP+), BLOIS"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (COLLEGES + RABELAIS + "041003,X,COLLEGE,REP,BLOIS,41\n", "Ligne 3 : « 041003 »"),
        (COLLEGES + "0410030K,X,COLLEGE,HORS REP,BLOIS,41\n", "Ligne 2 : « HORSREP »"),
        (COLLEGES + RABELAIS + RABELAIS, "figure déjà"),
        (COLLEGES + RABELAIS + "0410592W,BEG", "Ligne 3 : elle est coupée"),
        (COLLEGES, "Aucun collège"),
        (QPV + ROWS, "manque les colonnes uai, nom"),
        (COLLEGES + RABELAIS.replace(",41\n", ",99\n"), "Département inconnu : 99"),
    ],
)
def test_a_list_of_colleges_at_fault_is_refused_whole(session: Any, bring: Any, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        bring(import_colleges, text)
    assert session.scalar(select(func.count(College.id))) == 0


FIGURES = "code_departement,chiffre,valeur,mois,categories\n"


def test_R26_job_seekers_enter_with_their_month_and_categories(session: Any, bring: Any) -> None:
    rows = "41,defm_qpv,1 234,2026-02,ABC\n41,defm,9876,2026-02,ABCDE\n41,population_qpv,15160,2024-01,\n"
    assert bring(import_context, FIGURES + rows) == Intake(3, 0)
    assert bring(import_context, FIGURES + rows) == Intake(0, 0)
    query = select(ChiffreContexte.code, ChiffreContexte.valeur, ChiffreContexte.date, ChiffreContexte.precision)
    assert sorted(tuple(row) for row in session.execute(query)) == [
        ("defm", 9876, date(2026, 2, 28), "Catégories ABCDE"),
        ("defm_qpv", 1234, date(2026, 2, 28), "Catégories ABC"),
        ("population_qpv", 15160, date(2024, 1, 31), ""),
    ]
    session.rollback()
    assert bring(import_context, FIGURES + rows.replace("9876", "9877")) == Intake(0, 1)
    assert session.scalar(select(ChiffreContexte.valeur).where(ChiffreContexte.code == "defm")) == 9877


def test_a_figure_that_a_list_brought_and_a_person_corrected_is_hers(session: Any, bring: Any, now: datetime) -> None:
    bring(import_context, FIGURES + "41,defm,9876,2026-02,ABC\n")
    with transaction(actor=OPERATOR, now=now) as writing:
        writing.scalars(select(ChiffreContexte)).one().valeur = Decimal(9000)
    assert bring(import_context, FIGURES + "41,defm,9877,2026-02,ABC\n").left == ("41 defm : 9000 gardé, 9877 lu",)
    assert session.scalar(select(ChiffreContexte.valeur)) == 9000


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("41,chomeurs,12,2026-02,ABC", "chiffre de contexte"),
        ("41,defm,-3,2026-02,ABC", "Ligne 2"),
        ("41,defm,12,2026-13,ABC", "n’est pas un mois"),
        ("41,defm,12,2026-02,XYZ", "lettres de A à G"),
        ("41,defm,12,2026-02,ABC\n41,defm,13,2026-02,ABC", "Ligne 3 : ce chiffre figure déjà"),
    ],
)
def test_a_figure_at_fault_is_told_by_its_line(session: Any, bring: Any, line: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        bring(import_context, FIGURES + line + "\n")
    assert session.scalar(select(func.count(ChiffreContexte.id))) == 0


def test_R26_a_figure_of_a_list_names_its_source_and_what_a_person_said_of_it_stays(
    session: Any, bring: Any, now: datetime
) -> None:
    def brought(categories: str) -> Intake:
        done: Intake = bring(import_context, FIGURES + f"41,defm,9876,2026-02,{categories}\n")
        return done

    def kept() -> list[tuple[Any, ...]]:
        session.rollback()
        c = ChiffreContexte
        return [tuple(row) for row in session.execute(select(c.valeur, c.precision, c.source, c.created_at))]

    assert brought("ABC") == Intake(1, 0)
    assert kept() == [(9876, "Catégories ABC", "ANCT, données ouvertes", now)]
    assert brought("ABCDE") == Intake(0, 1), "the same number, of other categories"
    assert kept() == [(9876, "Catégories ABCDE", "ANCT, données ouvertes", now)]
    with transaction(actor=OPERATOR, now=now) as writing:
        writing.scalars(select(ChiffreContexte)).one().precision = "Catégories A à E"
    assert brought("ABC") == Intake(0, 0), "hers, and no other number to tell"
    assert kept()[0][:2] == (9876, "Catégories A à E")


def test_a_list_that_names_many_unknown_places_is_refused_in_a_sentence_one_can_read(session: Any, bring: Any) -> None:
    places = [f"{rank:03}" for rank in range(100, 200)]
    rows = "".join(f"QN{place}01M,A,{place},Blois\n" for place in reversed(places))
    with pytest.raises(Refused) as refused:
        bring(import_qpv, QPV + rows)
    told = ", ".join(places)[:200]
    assert str(refused.value) == f"Département inconnu : {told}. Rien n’a été enregistré."
