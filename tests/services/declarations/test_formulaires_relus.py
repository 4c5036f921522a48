"""A form that comes back, by the use cases alone: what it changes, what is told of it, and what is kept."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound, Refused
from paqte.models import Action, Realisation
from paqte.services.declarations.declarations import save_draft, submit_declaration
from paqte.services.declarations.formulaires.formulaires import (
    ELSEWHERE,
    form_of,
    keep_form,
    look_at_form,
    make_form,
    take_form,
)
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, bruno
from tests.services.journal.test_journal_des_comptes import last, written
from tests.services.maison import Maison
from tests.services.refus import refusals

# What is said and read, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True

NOW = datetime(2026, 10, 16, 8, 5, tzinfo=UTC)
T3 = Periode.from_code("2026-T3")
ANSWER, KEY = 5, 9
SINCE = (
    "La déclaration a changé depuis que ce formulaire a été fait : seules les réponses que vous avez modifiées dans le "
    "formulaire sont reprises."
)


@pytest.fixture
def maison(session: Any) -> Maison:
    return Maison(NOW, "S2", "R3", debut=date(2026, 7, 1), fin=date(2029, 6, 30))


@pytest.fixture
def form(maison: Maison) -> bytes:
    return form_of(actor=CAMILLE, now=NOW, declaration_id=maison.id).octets


def filled(maison: Maison, octets: bytes, action: tuple[str, ...] = (), **typed: Any) -> bytes:
    """The form with these answers, and an action told."""
    book = load_workbook(io.BytesIO(octets))
    sheet = book["Réponses"]
    where = {str(row[KEY - 1].value): row[0].row for row in sheet if row[KEY - 1].value}
    for code, value in typed.items():
        sheet.cell(where[f"valeur_{maison.keys[code]}"], ANSWER).value = value
    for column, text in enumerate(action, start=1):
        book["Actions"].cell(4, column).value = text
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def values(session: Any) -> dict[str, tuple[Any, str]]:
    session.rollback()
    r = Realisation
    found = {
        code: (value, origine) for code, value, origine in session.execute(select(r.indicateur, r.valeur, r.origine))
    }
    session.rollback()
    return found


def test_R16_what_a_form_changes_is_shown_before_anything_is_kept(maison: Maison, form: bytes, session: Any) -> None:
    given: dict[str, Any] = {"actor": CAMILLE, "now": NOW}
    maison.call(save_draft, saisie=maison.saisie(R3=2))
    octets = filled(maison, form, S2=4)
    read = look_at_form(**given, octets=octets, nom="f.xlsx", declaration_id=maison.id)
    (change,) = read.changements
    assert (change.avant, change.lu) == ("", "4") and change.question == maison.read().ligne(maison.keys["S2"]).libelle
    assert (read.declaration_id, read.signataire, read.periode, read.etat) == (
        maison.id, "Menuiserie Val (fictif)", T3, "brouillon",
    )  # fmt: skip
    assert (read.phrases, read.saisie.origine, read.actions) == ((SINCE,), "classeur", ())
    assert read.version == maison.read().version and "S2" not in values(session)
    # The same form with nothing changed says nothing; made since, it is of now.
    assert look_at_form(**given, octets=form).phrases == ()
    again = form_of(actor=CAMILLE, now=NOW, declaration_id=maison.id).octets
    assert look_at_form(**given, octets=filled(maison, again, S2=4)).phrases == ()
    assert keep_form(**given, octets=octets).changements == read.changements
    assert values(session)["S2"] == (4, "classeur")
    maison.call(save_draft, saisie=maison.saisie(S2=9))
    (sentence,) = refusals(lambda: look_at_form(**given, octets=octets)).values()
    assert sentence.endswith(
        " : la déclaration dit « 9 » depuis que ce formulaire a été fait, et le formulaire « 4 ». Corrigez l’un ou "
        "l’autre, puis déposez-le à nouveau."
    )


def test_R16_a_form_is_of_one_declaration_and_of_whoever_may_type_it(maison: Maison, form: bytes, session: Any) -> None:
    a_departement("972")
    given: dict[str, Any] = {"now": NOW, "octets": form}
    other = a_convention(a_signataire("Rives (fictif)"), "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    key = make_form(actor=CAMILLE, now=NOW, convention_id=other, periode=T3)
    assert key.nom.endswith(".xlsx")
    from paqte.models import Declaration

    wanted = session.scalars(select(Declaration.id).where(Declaration.convention_id == other)).one()
    session.rollback()
    told = refusals(lambda: look_at_form(**given, actor=CAMILLE, declaration_id=wanted))
    assert told == {
        "": "Ce formulaire n’est pas celui de cette déclaration (Rives (fictif), 3e trimestre 2026) : il porte la "
        "convention 41-2025-001, 3e trimestre 2026."
    }
    assert refusals(lambda: look_at_form(**given, actor=ZOE)) == {"": ELSEWHERE}
    assert ELSEWHERE == (
        "Ce formulaire est celui d’une autre convention, ou d’une convention qui ne vous est pas ouverte : "
        "reprenez le vôtre sur votre page."
    )
    heavy = {**given, "octets": b"x" * (8 * 1024 * 1024 + 1)}
    told = refusals(lambda: look_at_form(**heavy, actor=CAMILLE))
    assert told == {"": "Ce fichier dépasse 8 Mo : ce n’est pas un formulaire PAQTE."}
    start = last(session)
    with pytest.raises(NotFound):
        form_of(actor=ZOE, now=NOW, declaration_id=maison.id)
    form_of(actor=CAMILLE, now=NOW, declaration_id=maison.id)
    assert written(session, start) == [("telecharger", "declaration", str(maison.id), "41", {})]
    maison.call(submit_declaration, saisie=maison.saisie(S2=4))
    sent = {"": "Cette déclaration est transmise : son formulaire ne servirait plus."}
    assert refusals(lambda: form_of(actor=CAMILLE, now=NOW, declaration_id=maison.id)) == sent


FORUM = ("12/09/2026", "Recruter", "Forum", "Un forum à Blois.", "Blois", "40")


def test_R29_an_action_told_in_a_form_is_recorded_once_as_whoever_tells_it_may(
    maison: Maison, form: bytes, session: Any
) -> None:
    octets = filled(maison, form, FORUM, S2=4)
    for actor in (CAMILLE, replace(bruno(maison.signataire), utilisateur_id=None)):
        read = look_at_form(actor=actor, now=NOW, octets=octets)
        assert [(one.titre, one.signataire_id) for one in read.actions] == [("Forum", maison.signataire)]
    for _ in range(2):
        keep_form(actor=CAMILLE, now=NOW, octets=octets)
    session.rollback()
    row = session.scalars(select(Action)).one()
    assert (row.titre, row.axe, row.lieu, row.beneficiaires, row.departement_code, row.date) == (
        "Forum", "RECRUTER", "Blois", 40, "41", date(2026, 9, 12),
    )  # fmt: skip
    session.rollback()
    wrong = filled(maison, form, ("31/02/2026", "Recruter", "Visite", "x"))
    ((cell, sentence),) = refusals(lambda: keep_form(actor=CAMILLE, now=NOW, octets=wrong)).items()
    assert cell == "Actions!A4" and sentence.startswith("Actions!A4 : ")


def test_R29_an_action_that_a_company_tells_in_its_own_form_is_recorded_and_waits_to_be_proof_read(
    maison: Maison, form: bytes, session: Any
) -> None:
    hers = replace(bruno(maison.signataire), utilisateur_id=None)
    keep_form(actor=hers, now=NOW, octets=filled(maison, form, FORUM, S2=4))
    keep_form(actor=CAMILLE, now=NOW, octets=filled(maison, form, ("13/09/2026", "Recruter", "Visite", "Une visite.")))
    a = Action
    rows = session.execute(select(a.titre, a.signataire_id, a.is_proofread).order_by(a.id)).all()
    assert [tuple(row) for row in rows] == [("Forum", maison.signataire, False), ("Visite", maison.signataire, False)]
    session.rollback()


def test_R17_of_a_lot_each_form_is_sent_or_says_why_not(maison: Maison, form: bytes, session: Any) -> None:
    given: dict[str, Any] = {"actor": CAMILLE, "now": NOW, "base_url": ""}
    bad = take_form(**given, octets=filled(maison, form, S2="douze"), nom="a.xlsx")
    assert (bad.nom, bad.lu, bad.is_sent) == ("a.xlsx", None, False)
    (told,) = bad.refus
    assert told.endswith("« douze » n’est pas un nombre : écrivez par exemple 12.")
    none = take_form(**given, octets=form, nom="b.xlsx")
    assert none.refus == ("Aucune réponse : répondez au moins à un engagement, par un nombre, même zéro.",)
    assert none.lu is not None and not none.is_sent
    octets = filled(maison, form, S2=4, R3=1)
    sent = take_form(**given, octets=octets, nom="c.xlsx")
    assert (sent.nom, sent.refus, sent.is_sent, maison.read().etat) == ("c.xlsx", (), True, "transmise")
    version = maison.read().version
    again = take_form(**given, octets=octets, nom="c.xlsx")
    assert (again.refus, again.is_sent, maison.read().version) == ((), True, version), "sent already, the same"
    other = take_form(**given, octets=filled(maison, octets, S2=5), nom="c.xlsx")
    assert not other.is_sent and other.refus
    with pytest.raises(Refused):
        keep_form(actor=CAMILLE, now=NOW, octets=filled(maison, octets, S2=5), is_final=True)
