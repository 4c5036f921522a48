"""The list of signatories: search, filters, order, pages, constant cost (R3, R4, R5, R7, R8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, update

from paqte.domain.statuts.conventions import ETATS, PROJET, RESILIEE, SIGNEE, Dates, etat
from paqte.models import ContactSignataire, Convention, Engagement, Signataire, db
from paqte.queries.conventions.signataires import PER_PAGE, SignatairesSought, export_signataires, list_signataires
from paqte.queries.conventions.situations.etats import in_state, is_alive
from paqte.queries.conventions.situations.resumes import ALIVE
from paqte.queries.suivi.accueil import home
from paqte.queries.suivi.entreprise import read_espace
from paqte.queries.suivi.fiche_signataire import read_signataire
from tests.factories import CAMILLE, LONG_AGO, ZOE, a_convention, a_signataire, bruno

pytestmark = pytest.mark.usefixtures("session")
TODAY = date(2026, 11, 22)
Names = Callable[..., list[str]]


@pytest.fixture
def names(now: datetime) -> Names:
    """Names Camille finds for these criteria."""

    def found(actor: Any = CAMILLE, **criteres: Any) -> list[str]:
        page = list_signataires(actor=actor, criteres=SignatairesSought(**criteres), page=1, now=now)
        assert page.total == len(page.lignes)
        return [ligne.nom for ligne in page.lignes]

    return found


def test_names_come_in_order_whatever_their_case_and_accents(names: Names) -> None:
    for nom in ("Zinc", "étoile", "Écluse", "Atelier", "ébène"):
        a_signataire(nom)
    assert names() == ["Atelier", "ébène", "Écluse", "étoile", "Zinc"]
    assert names(tri="-nom") == ["Zinc", "étoile", "Écluse", "ébène", "Atelier"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("etoile", ["L’Étoile du Nord"]),
        ("ÉTOILE", ["L’Étoile du Nord"]),
        ("l'etoile", ["L’Étoile du Nord"]),
        ("nord etoile", ["L’Étoile du Nord"]),
        ("etoile sud", []),
        ("oeuvre", ["Œuvre des quartiers"]),
        ("100%", ["100% Bio"]),
        ("%", ["100% Bio"]),
        ("_", ["A_B"]),
        ("a_b", ["A_B"]),
        ("axb", ["AxB"]),
        ("/", ["A/B"]),
        ("'; DROP TABLE signataire; --", []),
        ("\x00", ["100% Bio", "A/B", "A_B", "AxB", "L’Étoile du Nord", "Œuvre des quartiers"]),
        ("732 829 320", ["Œuvre des quartiers"]),
        ("732829320", ["Œuvre des quartiers"]),
        ("vendome", ["A_B"]),
    ],
)
def test_the_search_ignores_accents_and_case_and_takes_marks_for_themselves(
    names: Names, session: Any, q: str, expected: list[str]
) -> None:
    from paqte.services.transaction import transaction

    for nom in ("L’Étoile du Nord", "100% Bio", "A_B", "AxB", "A/B"):
        a_signataire(nom)
    a_signataire("Œuvre des quartiers", siren="732829320")
    with transaction(actor=CAMILLE, now=LONG_AGO) as writing:
        writing.scalars(select(Signataire).where(Signataire.nom == "A_B")).one().commune = "Vendôme"
    assert names(q=q) == expected


def test_zoe_finds_nothing_of_camille_s_list(names: Names) -> None:
    a_signataire("Menuiserie")
    a_signataire("Distillerie", "972")
    assert names() == ["Menuiserie"]
    assert names(ZOE) == ["Distillerie"]
    assert names(ZOE, q="menuiserie") == []


@pytest.fixture
def every_state(session: Any) -> None:
    """One signatory a state, named for it."""
    soon, over = TODAY + timedelta(days=30), date(2025, 12, 31)
    terms: dict[str, dict[str, Any]] = {
        "projet": {"statut": PROJET, "signee_le": None},
        "a_venir": {"debut": date(2027, 1, 1), "fin": date(2029, 12, 31), "signee_le": TODAY},
        "en_cours": {},
        "a_renouveler": {"fin": soon},
        "echue": {"fin": over},
        "resiliee": {"statut": RESILIEE, "resiliee_le": over, "motif_resiliation": "Départ"},
        "charte": {"dispositif": "charte"},
    }
    for nom, more in terms.items():
        a_convention(a_signataire(nom), **more)
    a_signataire("aucune")
    renewed = a_signataire("renouvelee")
    first = a_convention(renewed, fin=over)
    a_convention(renewed, debut=date(2026, 1, 1), fin=date(2028, 12, 31), precedente_id=first)


@pytest.mark.usefixtures("every_state")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en_vigueur", ["a_renouveler", "charte", "en_cours", "renouvelee"]),
        ("a_renouveler", ["a_renouveler"]),
        ("a_venir", ["a_venir"]),
        ("projet", ["projet"]),
        ("echue", ["echue"]),
        ("resiliee", ["resiliee"]),
        ("a_transformer", ["charte"]),
        ("a_completer", ["a_renouveler", "a_venir", "en_cours", "renouvelee"]),
        ("aucune", ["aucune"]),
    ],
)
def test_R4_R7_each_state_of_the_filter_finds_its_own(names: Names, code: str, expected: list[str]) -> None:
    assert names(etat=code) == expected


def test_R41_what_promises_nothing_is_to_complete_unless_it_is_over_a_projet_or_a_charte(
    names: Names, now: datetime
) -> None:
    whole, empty = a_signataire("complète"), a_signataire("vide")
    a_convention(whole, "S2")
    a_convention(empty)
    a_convention(a_signataire("terminée"), debut=date(2023, 1, 1), fin=date(2025, 12, 31))
    a_convention(a_signataire("projet"), statut=PROJET)
    a_convention(a_signataire("charte"), dispositif="charte")
    a_convention(a_signataire("résiliée"), statut=RESILIEE, resiliee_le=date(2026, 3, 1), motif_resiliation="Fin")
    a_convention(a_signataire("résiliée bientôt"), statut=RESILIEE, resiliee_le=date(2027, 3, 1), motif_resiliation="F")
    assert names(etat="a_completer") == ["résiliée bientôt", "vide"]
    page = list_signataires(actor=CAMILLE, criteres=SignatairesSought(), page=1, now=now)
    marked = {ligne.nom: [c.is_to_complete for c in ligne.conventions] for ligne in page.lignes}
    assert marked == {
        "charte": [False],
        "complète": [False],
        "projet": [False],
        "résiliée": [False],
        "résiliée bientôt": [True],
        "terminée": [False],
        "vide": [True],
    }
    assert [c.signataire for c in home(actor=CAMILLE, now=now).a_completer] == ["résiliée bientôt", "vide"]


def test_R41_a_convention_completed_leaves_the_list_and_the_home(names: Names, session: Any, now: datetime) -> None:
    key = a_convention(a_signataire("vide"))
    session.execute(insert(Engagement).values(convention_id=key, indicateur="ZZ9", rang=1, libelle="", unite=""))
    session.commit()
    assert names(etat="a_completer") == []
    assert home(actor=CAMILLE, now=now).a_completer == ()


@pytest.mark.usefixtures("every_state")
def test_R4_what_the_list_shows_is_what_it_filters_on(now: datetime) -> None:
    """A convention that is over is shown when nothing is alive, and only then."""
    shown = {
        ligne.nom: [c.etat for c in ligne.conventions]
        for ligne in list_signataires(actor=CAMILLE, criteres=SignatairesSought(), page=1, now=now).lignes
    }
    assert shown["renouvelee"] == ["en_cours"]
    assert shown["aucune"] == []
    assert {nom: states for nom, states in shown.items() if nom in ETATS} | {"renouvelee": [""]} == {
        nom: [nom] for nom in ETATS
    } | {"renouvelee": [""]}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_R4_a_state_in_the_query_is_the_state_of_the_domain(session: Any, data: st.DataObject) -> None:
    near = st.integers(-400, 400).map(lambda n: TODAY + timedelta(days=n))
    debut = data.draw(near)
    fin = data.draw(near.filter(lambda d: d >= debut))
    statut = data.draw(st.sampled_from([PROJET, SIGNEE, RESILIEE]))
    ended = data.draw(near) if statut == RESILIEE else None
    follower = data.draw(st.sampled_from([None, PROJET, SIGNEE]))
    signataire = a_signataire()
    key = a_convention(
        signataire, debut=debut, fin=fin, statut=statut, resiliee_le=ended, motif_resiliation="x" if ended else ""
    )
    if follower:
        a_convention(signataire, statut=follower, precedente_id=key)
    expected = etat(Dates(statut, debut, fin, ended, follower == SIGNEE), TODAY)
    mine = select(Convention.id).where(Convention.id == key)
    assert [code for code in ETATS if db.session.scalar(mine.where(in_state(code, TODAY)))] == [expected]
    assert bool(db.session.scalar(mine.where(is_alive(TODAY)))) == (expected in ALIVE)


def test_R4_one_ended_early_is_shown_with_its_last_day_wherever_it_is_told(session: Any, now: datetime) -> None:
    early = {"statut": RESILIEE, "motif_resiliation": "Départ", "fin": date(2027, 12, 31)}
    over, to_come = a_signataire("Finie"), a_signataire("Va finir")
    a_convention(over, resiliee_le=date(2026, 3, 31), **early)
    a_convention(to_come, resiliee_le=date(2027, 1, 15), **early)
    listed = list_signataires(actor=CAMILLE, criteres=SignatairesSought(), page=1, now=now).lignes
    expected = [date(2026, 3, 31), date(2027, 1, 15)]
    assert [c.fin for ligne in listed for c in ligne.conventions] == expected
    taken = export_signataires(actor=CAMILLE, criteres=SignatairesSought(), now=now)
    assert [c.fin for ligne in taken for c in ligne.conventions] == expected
    pages = [read_signataire(actor=CAMILLE, signataire_id=key, now=now).conventions for key in (over, to_come)]
    spaces = [read_espace(actor=bruno(key), signataire_id=key, now=now).conventions for key in (over, to_come)]
    assert [c.fin for of_one in (*pages, *spaces) for c in of_one] == 2 * expected


def test_R2_R3_R38_the_home_page_counts_enterprises_apart_and_each_once(session: Any, now: datetime) -> None:
    for nom, siret in (("Alpha", "90000001900019"), ("Alpha, second site", "90000001900027")):
        key = a_signataire(nom, siren="900000019")
        session.execute(update(Signataire).where(Signataire.id == key).values(identifiant=siret))
        session.commit()
        a_convention(key)
    for nom, nature in (("Club", "reseau"), ("Hôpital", "employeur_public")):
        key = a_signataire(nom)
        session.execute(update(Signataire).where(Signataire.id == key).values(nature=nature))
        session.commit()
        a_convention(key)
    a_convention(a_signataire("Charte"), dispositif="charte")
    a_convention(a_signataire("Plan"), dispositif="plan_10000")
    a_convention(a_signataire("Finie"), fin=date(2025, 12, 31))
    told = home(actor=CAMILLE, now=now)
    assert (told.entreprises, told.autres_signataires) == (1, 2)


def test_R5_R8_filters_on_axis_plan_size_kind_and_contact_narrow_together(names: Names, session: Any) -> None:
    former, plan, ended = a_signataire("Former"), a_signataire("Plan"), a_signataire("Fini")
    a_convention(former, "F1")
    a_convention(plan, "P01", is_in_plan_10000=True)
    a_convention(ended, "F1", is_in_plan_10000=True, fin=date(2025, 12, 31))
    session.execute(insert(ContactSignataire).values(signataire_id=plan, nom="Marie", created_at=LONG_AGO))
    assert names(axe="FORMER") == ["Former"]
    assert names(axe="PLAN") == names(plan=True) == ["Plan"]
    assert names(sans_contact=True) == ["Fini", "Former"]
    assert names(sans_contact=True, axe="FORMER", nature="entreprise") == ["Former"]
    assert names(nature="association") == names(taille="PME") == []
    assert len(names(taille="")) == 3


def test_sorted_by_end_the_first_to_end_comes_first_and_those_without_last(names: Names) -> None:
    for nom, fin in (("Tard", date(2029, 1, 1)), ("Tôt", date(2026, 1, 1))):
        a_convention(a_signataire(nom), fin=fin)
    a_signataire("Rien")
    assert names(tri="fin") == ["Tôt", "Tard", "Rien"]
    assert names(tri="-fin") == ["Tard", "Tôt", "Rien"]


def test_R4_sorted_by_end_an_early_end_is_the_end(names: Names) -> None:
    """Each stands by the day that its own line tells, whatever the term of what was ended."""
    early = {"statut": RESILIEE, "motif_resiliation": "Départ", "fin": date(2029, 12, 31)}
    a_convention(a_signataire("Partie"), resiliee_le=date(2026, 3, 31), **early)
    back = a_signataire("Revenue")
    a_convention(back, resiliee_le=date(2026, 4, 30), **early)
    a_convention(back, debut=date(2026, 5, 1), fin=date(2027, 6, 30))
    a_convention(a_signataire("Suit"), fin=date(2027, 1, 1))
    a_convention(a_signataire("Tard"), fin=date(2028, 1, 1))
    assert names(tri="fin") == ["Partie", "Suit", "Revenue", "Tard"]
    assert names(tri="-fin") == ["Tard", "Revenue", "Suit", "Partie"]


def many(count: int, departement: str = "41") -> None:
    """That many signatories with a convention, an engagement and a contact."""
    first = a_signataire("Première", departement)
    columns = Signataire.__table__.c
    model = dict(db.session.execute(select(*columns).where(columns.id == first)).mappings().one())
    for rank in range(1, count):
        row = {**model, "id": first + rank, "identifiant": f"{rank:014}", "nom": f"Numéro {rank:05}"}
        del row["recherche"]
        db.session.execute(insert(Signataire).values(**row))
    db.session.commit()
    for rank in range(count):
        a_convention(first + rank, "F1", "R3")


def test_pages_hold_fifty_and_one_beyond_the_last_shows_the_last(session: Any, now: datetime) -> None:
    many(PER_PAGE + 3)
    sizes = {
        page: (shown.page, len(shown.lignes), shown.total)
        for page in (-5, 1, 2, 3, 10**12)
        if (shown := list_signataires(actor=CAMILLE, criteres=SignatairesSought(), page=page, now=now))
    }
    assert sizes == {-5: (1, 50, 53), 1: (1, 50, 53), 2: (2, 3, 53), 3: (2, 3, 53), 10**12: (2, 3, 53)}
    empty = list_signataires(actor=CAMILLE, criteres=SignatairesSought(q="zzz"), page=4, now=now)
    assert (empty.page, empty.total, empty.lignes) == (1, 0, ())
    everything = export_signataires(actor=CAMILLE, criteres=SignatairesSought(), now=now)
    assert len(everything) == 53
    assert all(ligne.conventions[0].axes == ("FORMER", "RECRUTER") for ligne in everything)


def test_the_list_costs_the_same_statements_whatever_its_size(session: Any, now: datetime) -> None:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def cost() -> int:
        statements.clear()
        list_signataires(
            actor=CAMILLE, criteres=SignatairesSought(q="num", etat="en_vigueur", axe="FORMER"), page=1, now=now
        )
        return len([s for s in statements if s.startswith("SELECT")])

    a_convention(a_signataire("Numéro seul"), "F1")
    alone = cost()
    many(60)
    assert (alone, cost()) == (5, 5)


def test_the_list_makes_no_object_of_the_tables(session: Any, now: datetime) -> None:
    many(3)
    session.expunge_all()
    list_signataires(actor=CAMILLE, criteres=SignatairesSought(), page=1, now=now)
    assert not [thing for thing in session.identity_map.values() if isinstance(thing, Signataire | Engagement)]
