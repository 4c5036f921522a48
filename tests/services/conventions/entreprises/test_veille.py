"""By night the register is looked at, gently; what it says is proposed, and the référent alone changes her sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, PLANIFICATEUR, Acteur
from paqte.models import Journal, Reglage, Signataire, Veille
from paqte.queries.conventions.entreprises.veilles import VeilleShown, list_findings, read_finding
from paqte.queries.conventions.signataires import find_known
from paqte.services.conventions.entreprises import veille
from paqte.services.conventions.entreprises.annuaire import look_up, search_by_name
from paqte.services.conventions.entreprises.veille import accept_finding, fill_all, ignore_finding, watch
from paqte.services.conventions.retraits import delete_signataire
from paqte.services.conventions.signataires import add_signataire
from paqte.services.reglages.reglages import save_national_settings
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_departement, an_identite, bruno
from tests.ops import annuaire
from tests.ops.annuaire import Search, answering, establishment, raw, unit
from tests.ops.mandataire import proxying

MENUISERIE, SHOP, MOVED = "55208131766522", "55208131700018", "55208131700026"
# Two in the morning in Paris.
NIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
COMPLETE = {"adresse": "8 RUE DU DOCTEUR ROUX", "code_postal": "41000", "commune": "BLOIS", "naf": "43.32A",
            "secteur": "Menuiserie", "categorie": "PME"}  # fmt: skip


@pytest.fixture
def search() -> Iterator[Search]:
    with annuaire.serving() as served:
        served.answers = answering(company())
        yield served


@pytest.fixture
def look(search: Search, session: Any) -> Callable[..., list[VeilleShown]]:
    """`look(days=8)`: a night so many days later; gives what waits for Camille."""

    def passing(days: int = 0, url: str | None = None) -> list[VeilleShown]:
        watch(url=search.url if url is None else url, now=NIGHT + timedelta(days=days), pause=lambda _: False)
        session.rollback()
        return list_findings(actor=CAMILLE)

    return passing


def company(*others: dict[str, Any], nom: str = "MENUISERIE DU VAL", **siege: Any) -> dict[str, Any]:
    head = establishment(MENUISERIE, est_siege=True, **siege)
    return unit(*others, siege=head, nom_raison_sociale=nom, nom_complet=nom)


def closed_shop() -> dict[str, Any]:
    return company(establishment(SHOP, etat_administratif="F", date_fermeture="2026-10-31"), establishment(MOVED))


def a_sheet(identifiant: str = MENUISERIE, actor: Acteur = CAMILLE, **more: Any) -> int:
    a_departement(actor.departement or "41")
    given = {"nom": "Menuiserie du Val", **COMPLETE, **more}
    return add_signataire(
        actor=actor,
        departement=actor.departement or "41",
        identite=an_identite(identifiant=identifiant, **given),
        now=NIGHT,
    )


def kinds(found: list[VeilleShown]) -> list[str]:
    return [one.constat for one in found]


def test_an_establishment_that_is_well_is_looked_at_and_says_nothing(look: Any, session: Any, search: Search) -> None:
    a_sheet()
    assert look() == []
    assert session.scalars(select(Veille.etat)).one() == "vu"
    assert look(3) == [] and len(search.asked) == 1, "not before so many days"
    look(8)
    assert len(search.asked) == 2


def test_a_closed_establishment_is_told_and_its_successor_chosen_among_the_open_ones(
    look: Any, session: Any, search: Search
) -> None:
    key = a_sheet(SHOP)
    search.answers = answering(closed_shop())
    (found,) = look()
    assert (found.constat, found.ferme_le) == ("ferme", date(2026, 10, 31))
    finding = read_finding(actor=CAMILLE, veille_id=found.id)
    assert [one.siret for one in finding.ouverts] == [MENUISERIE, MOVED]
    assert session.get_one(Signataire, key).identifiant == SHOP, "nothing changes by itself"
    session.rollback()
    with pytest.raises(Refused, match="de la liste"):
        accept_finding(actor=CAMILLE, veille_id=found.id, version=found.version, siret="73282932000074", now=NIGHT)
    accept_finding(actor=CAMILLE, veille_id=found.id, version=found.version, siret=MOVED, now=NIGHT)
    sheet = session.get_one(Signataire, key)
    session.refresh(sheet)
    assert (sheet.identifiant, sheet.nom, sheet.commune) == (MOVED, "Menuiserie du Val", "BLOIS")
    assert find_known(actor=CAMILLE, identifiant=SHOP)[0].bore(SHOP), "the former number still leads to the sheet"
    session.rollback()
    assert list_findings(actor=CAMILLE) == []
    assert look(1) == []


def test_a_name_that_changed_is_told_and_taken_only_when_she_says_so(look: Any, session: Any, search: Search) -> None:
    key = a_sheet(nom="Menuiserie Roux")
    assert look() == []
    search.answers = answering(company(nom="BOIS ET COPEAUX"))
    (found,) = look(8)
    assert (found.constat, found.nom_lu) == ("renomme", "BOIS ET COPEAUX")
    assert kinds(look(16)) == ["renomme"], "it waits, and is one"
    (found,) = list_findings(actor=CAMILLE)
    session.rollback()
    accept_finding(actor=CAMILLE, veille_id=found.id, version=found.version, siret="", now=NIGHT)
    assert session.get_one(Signataire, key).nom == "BOIS ET COPEAUX"
    session.rollback()
    assert look(24) == []


def test_a_new_name_that_keeps_a_word_of_ours_waits_night_after_night(look: Any, search: Search) -> None:
    a_sheet(nom="Menuiserie Roux")
    assert look() == []
    search.answers = answering(company(nom="MENUISERIE DES PINS"))
    assert [kinds(look(days)) for days in (8, 16, 24)] == [["renomme"]] * 3


def test_the_name_read_when_the_sheet_was_filled_is_the_one_compared(look: Any, session: Any, search: Search) -> None:
    a_departement()
    look_up(actor=CAMILLE, url=search.url, identifiant=MENUISERIE, now=NIGHT)
    a_sheet()
    search.answers = answering(company(nom="MENUISERIE DU CHER"))
    assert kinds(look(1)) == ["renomme"]


def test_a_look_that_read_no_name_says_nothing_of_the_one_read_next(look: Any, search: Search) -> None:
    a_sheet()
    search.answers = answering(company(nom=""))
    assert look() == []
    search.answers = answering(company(nom="MENUISERIE DU VAL SARL"))
    assert kinds(look(8)) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ("Menuiserie Roux", "SARL MENUISERIE DU VAL", []),
        ("Étoile du Nord", "ETOILE", []),
        ("Le Copeau", "MENUISERIE DU VAL", ["renomme"]),
        ("SARL des Bois", "SARL des Pins", ["renomme"]),
    ],
)
def test_a_name_that_a_referent_gives_otherwise_is_no_new_name(
    look: Any, search: Search, ours: str, theirs: str, told: list[str]
) -> None:
    a_sheet(nom=ours)
    search.answers = answering(company(nom=theirs))
    assert kinds(look()) == told


def test_a_name_read_beside_another_of_the_siren_hides_nothing_of_a_sheet(look: Any, search: Search) -> None:
    a_sheet(SHOP, nom="Menuiserie du Val")
    a_sheet(MENUISERIE, nom="Boulangerie Martin")
    search.answers = answering(closed_shop())
    assert sorted(kinds(look())) == ["ferme", "renomme"]


def test_what_is_left_as_it_is_does_not_come_back_unless_the_register_says_something_else(
    look: Any, session: Any, search: Search
) -> None:
    a_sheet(nom="Le Copeau")
    (found,) = look()
    session.rollback()
    ignore_finding(actor=CAMILLE, veille_id=found.id, version=found.version, now=NIGHT)
    assert look(8) == []
    search.answers = answering(company(nom="BOIS ET PINS"))
    assert kinds(look(16)) == ["renomme"]
    search.answers = answering(company(nom="BOIS ET PINS", etat_administratif="F"))
    assert kinds(look(24)) == ["ferme"]
    search.answers = answering(company(nom="BOIS ET PINS"))
    assert "ferme" not in kinds(look(32)), "opened again"


def test_the_same_finding_at_another_number_of_the_sheet_is_told_again(
    look: Any, session: Any, search: Search, now: datetime
) -> None:
    key = a_sheet(nom="Le Copeau")
    (found,) = look()
    session.rollback()
    ignore_finding(actor=CAMILLE, veille_id=found.id, version=found.version, now=NIGHT)
    with transaction(actor=CAMILLE, now=now) as writing:
        writing.get_one(Signataire, key).identifiant = MOVED
    search.answers = answering(company(establishment(MOVED)))
    assert kinds(look(8)) == ["renomme"]


@pytest.mark.parametrize("is_alone", [False, True])
def test_a_company_typed_by_hand_is_completed_later_and_only_where_it_is_empty(
    look: Any, session: Any, search: Search, is_alone: bool
) -> None:
    key = a_sheet(naf="", secteur="Bois", adresse="", code_postal="", commune="Vineuil")
    (found,) = look()
    assert found.constat == "incomplet"
    session.rollback()
    if is_alone:
        given = {"veille_id": found.id, "version": found.version, "siret": "", "now": NIGHT}
        assert accept_finding(actor=CAMILLE, **given) == key
    else:
        assert fill_all(actor=CAMILLE, now=NIGHT) == 1
    sheet = session.get_one(Signataire, key)
    assert (sheet.naf, sheet.secteur, sheet.adresse, sheet.commune) == (
        "43.32A", "Bois", "8 RUE DU DOCTEUR ROUX", "Vineuil")  # fmt: skip
    session.rollback()
    assert look(8) == []


def test_R30_the_sheet_of_a_person_who_is_not_published_is_not_completed(look: Any, search: Search) -> None:
    a_sheet(adresse="", naf="")
    search.answers = answering({**company(), "statut_diffusion": "P"})
    assert look() == []


def test_a_service_that_is_tired_stops_the_pass_and_the_next_goes_on_from_there(
    look: Any, session: Any, search: Search
) -> None:
    for siret in (MENUISERIE, SHOP, MOVED):
        a_sheet(siret)
    good = answering(company(establishment(SHOP), establishment(MOVED)))

    def one_then_tired(handler: Any, asked: dict[str, str]) -> None:
        (good if len(search.asked) < 2 else raw(b"{}", 503))(handler, asked)

    search.answers = one_then_tired
    look()
    assert len(search.asked) == 2, "it stops at the first sign"
    search.answers = good
    look()
    assert [asked["q"] for asked in search.asked] == [MENUISERIE, SHOP, SHOP, MOVED]


def test_it_stops_when_the_scheduler_stops_and_waits_between_two_questions(session: Any, search: Search) -> None:
    for siret in (MENUISERIE, SHOP, MOVED):
        a_sheet(siret)
    waited: list[float] = []

    def pause(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) == 2

    watch(url=search.url, now=NIGHT, pause=pause)
    assert (len(search.asked), waited) == (2, [0.4, 0.4])


@pytest.mark.parametrize(
    ("given", "hour", "looks"),
    [
        ({}, 1, True),
        ({}, 12, False),
        ({}, 5, False),
        ({"veille_debut": "12", "veille_fin": "14"}, 12, True),
        ({"veille_debut": "3", "veille_fin": "3"}, 12, True),
        ({"veille_par_nuit": "0"}, 1, False),
    ],
)
def test_when_and_how_much_are_settings(
    session: Any, search: Search, given: dict[str, str], hour: int, looks: bool
) -> None:
    a_sheet()
    with transaction(actor=PLANIFICATEUR, now=NIGHT) as writing:
        writing.add_all(Reglage(departement_code=None, cle=cle, valeur=valeur) for cle, valeur in given.items())
    watch(url=search.url, now=NIGHT.replace(hour=hour), pause=lambda _: False)
    assert bool(search.asked) == looks


def test_an_hour_that_is_none_is_refused_and_the_watch_may_be_cut(session: Any, now: datetime) -> None:
    admin = Acteur(None, "Nour", ADMIN)
    with pytest.raises(Refused) as refused:
        save_national_settings(actor=admin, now=now, version=0, values={"veille_debut": "24", "veille_fin": "-1"})
    assert set(refused.value.errors) == {"veille_debut", "veille_fin"}
    save_national_settings(actor=admin, now=now, version=0, values={"veille_par_nuit": "0"})
    assert session.scalars(select(Reglage.valeur).where(Reglage.cle == "veille_par_nuit")).one() == "0"


def test_a_service_that_refuses_is_told_to_whoever_keeps_the_machine(
    look: Any, search: Search, caplog: pytest.LogCaptureFixture
) -> None:
    a_sheet()
    search.answers = raw(b"{}", 503)
    assert look() == []
    (said,) = [one.getMessage() for one in caplog.records if one.getMessage().startswith("veille : ")]
    assert "suite au prochain passage" in said


def test_without_a_way_out_nobody_is_asked(look: Any, search: Search) -> None:
    a_sheet(adresse="")
    assert look(url="") == [] and search.asked == []


def test_it_is_hers_alone_dealt_with_once_and_in_her_journal(look: Any, session: Any, search: Search) -> None:
    key = a_sheet(nom="Le Copeau")
    (found,) = look()
    for other in (ZOE, bruno(key), Acteur(9, "Nadia", NATIONAL)):
        with pytest.raises(NotFound):
            ignore_finding(actor=other, veille_id=found.id, version=found.version, now=NIGHT)
        session.rollback()
    with pytest.raises(Conflict):
        ignore_finding(actor=CAMILLE, veille_id=found.id, version=99, now=NIGHT)
    ignore_finding(actor=CAMILLE, veille_id=found.id, version=found.version, now=NIGHT)
    with pytest.raises(Refused, match="déjà traité"):
        accept_finding(actor=CAMILLE, veille_id=found.id, version=found.version + 1, siret="", now=NIGHT)
    acts = select(Journal.acte, Journal.objet_id).where(Journal.acte.in_(("constater", "ignorer"))).order_by(Journal.id)
    assert [tuple(row) for row in session.execute(acts)] == [("constater", str(key)), ("ignorer", str(key))]


@pytest.mark.parametrize("ask", ["watch", "look_up", "search_by_name"])
def test_whoever_asks_the_register_asks_by_the_proxy_alone_when_there_is_one(
    session: Any, search: Search, ask: str
) -> None:
    a_sheet(adresse="")
    with proxying() as proxy:
        by = {"url": search.url, "proxy": proxy.url}
        if ask == "watch":
            watch(now=NIGHT, pause=lambda _: False, **by)
        elif ask == "look_up":
            look_up(actor=CAMILLE, identifiant=SHOP, now=NIGHT, **by)
        else:
            search_by_name(actor=CAMILLE, texte="menuiserie du val", **by)
        assert len(proxy.asked) == len(search.asked) == 1


@pytest.mark.parametrize("met", [Conflict("ailleurs", {}), IntegrityError("", {}, Exception())])
def test_what_another_scheduler_finds_at_this_very_moment_is_counted_by_that_one_alone(
    session: Any, search: Search, monkeypatch: pytest.MonkeyPatch, met: Exception
) -> None:
    a_sheet(adresse=""), a_sheet("35600000049837", nom="La Poste (fictif)", adresse="")
    keep, kept = veille.keep_rows, []

    def keeping(*given: Any) -> None:
        kept.append(given)
        if len(kept) == 1:
            raise met
        keep(*given)

    monkeypatch.setattr(veille, "keep_rows", keeping)
    found = watch(url=search.url, now=NIGHT, pause=lambda _: False)
    assert (found, len(kept)) == (len(list_findings(actor=CAMILLE)), 2), "the pass goes on to the next sheet"


def test_a_sheet_typed_by_mistake_is_removed_with_its_looks(look: Any, session: Any) -> None:
    key = a_sheet()
    look()
    delete_signataire(actor=CAMILLE, signataire_id=key, version=1, motif="Erreur de saisie", now=NIGHT)
    assert session.scalars(select(Veille.id)).all() == []
