"""Versions of the template: tried, put in force from a date, withdrawn; editions keep the one they used (R12, R19)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.editions.editions import A_VENIR, DU_PRODUIT, EN_VIGUEUR, PROPOSE, REMPLACE, RETIRE
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, Acteur, operator
from paqte.models import Edition, EditionFichier, Gabarit, Journal, Tache
from paqte.queries.editions.editions import read_edition_file
from paqte.queries.gabarits.gabarits import list_templates, read_template_file
from paqte.services.editions.gabarit import read_template, remember, template_in_force
from paqte.services.gabarits.essai import examine_template
from paqte.services.gabarits.installes import discard_template, install_template, propose_template, withdraw_template
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, bruno
from tests.services.gabarits.gabarits_exemples import ALTERED, sound, texts_of, version_in

pytestmark = pytest.mark.lent

ALIX = Acteur(None, "Alix Roche", ADMIN)
S1 = Periode.from_code("2026-S1")
TODAY = date(2026, 11, 22)
TOMORROW = TODAY + timedelta(days=1)
NAME = "bilan_restylé.xlsx"


@pytest.fixture
def blois(session: Any) -> Any:
    a_convention(a_signataire(), "S2")
    a_departement("972")
    return session


def install(now: datetime, day: date | None = TODAY, octets: bytes | None = None, actor: Acteur = ALIX) -> int:
    return install_template(actor=actor, nom=NAME, octets=octets or sound(), en_vigueur_le=day, now=now)


def serving(now: datetime, departement: str = "41") -> bytes:
    return template_in_force(departement=departement, now=now).octets


def test_R12_the_products_own_template_serves_since_the_day_of_paris(session: Any) -> None:
    """At half past midnight in Paris it is still the day before in universal time."""
    with transaction(actor=operator(), now=datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) as opened:
        key = remember(opened, read_template(), now=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    assert session.get(Gabarit, key).en_vigueur_le == date(2026, 7, 1)


def states(now: datetime) -> dict[int, str]:
    return {g.id: g.etat for g in list_templates(actor=ALIX, now=now)}


def rows(session: Any) -> list[int]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(m)) for m in (Gabarit, Edition, EditionFichier, Tache)]


def test_without_any_installed_the_product_s_own_serves(blois: Any, now: datetime) -> None:
    assert template_in_force(departement="41", now=now) == read_template()


def test_R12_one_dated_tomorrow_serves_from_midnight_of_the_departement_on(blois: Any, now: datetime) -> None:
    wanted = sound()
    install(now, TOMORROW, wanted)
    midnight = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # in Blois; in Martinique four hours later
    assert serving(midnight - timedelta(minutes=1)) == read_template().octets
    assert serving(midnight) == wanted
    assert serving(midnight, "972") == read_template().octets
    assert serving(midnight + timedelta(hours=5), "972") == wanted


def test_the_latest_date_serves_and_withdrawn_the_former_serves_again(blois: Any, now: datetime) -> None:
    first, second = sound("1"), sound("2")
    install(now, TODAY, first)
    key = install(now, TOMORROW, second)
    later = now + timedelta(days=2)
    assert serving(later) == second
    assert sorted(states(later).values()) == sorted([EN_VIGUEUR, REMPLACE])
    withdraw_template(actor=ALIX, gabarit_id=key, now=later)
    assert serving(later) == first
    assert states(later)[key] == RETIRE
    with pytest.raises(Refused, match="rien à retirer"):
        withdraw_template(actor=ALIX, gabarit_id=key, now=later)


def test_one_kept_for_trial_alone_is_withdrawn_by_nobody(blois: Any, now: datetime) -> None:
    key = propose_template(actor=ALIX, nom="essai.xlsx", octets=sound(), now=now)
    before = states(now)
    with pytest.raises(Refused, match="rien à retirer"):
        withdraw_template(actor=ALIX, gabarit_id=key, now=now)
    assert states(now) == before


def test_one_withdrawn_may_be_installed_again_from_another_day(blois: Any, now: datetime) -> None:
    wanted = sound()
    key = install(now, TODAY, wanted)
    withdraw_template(actor=ALIX, gabarit_id=key, now=now)
    assert install(now, TOMORROW, wanted) == key
    assert states(now) == {key: A_VENIR}


@pytest.mark.parametrize("case", list(ALTERED))
def test_an_altered_one_is_refused_with_what_is_at_fault_and_changes_nothing(
    blois: Any, now: datetime, case: str
) -> None:
    make, said = ALTERED[case]
    octets = make()
    install(now, TODAY, sound("1"))
    before, former = rows(blois), serving(now)
    for call in (
        lambda: examine_template(actor=ALIX, nom=NAME, octets=octets, now=now),
        lambda: propose_template(actor=ALIX, nom=NAME, octets=octets, now=now),
        lambda: install_template(actor=ALIX, nom=NAME, octets=octets, en_vigueur_le=TOMORROW, now=now),
    ):
        with pytest.raises(Refused) as refusal:
            call()
        assert said in str(refusal.value)
    assert (rows(blois), serving(now), serving(now + timedelta(days=2))) == (before, former, former)


@pytest.mark.parametrize(
    ("day", "said"), [(TODAY - timedelta(days=1), "au plus tôt le 22/11/2026"), (None, "à partir de quel jour")]
)
def test_a_day_that_is_over_or_missing_is_refused_beside_its_field(
    blois: Any, now: datetime, day: date | None, said: str
) -> None:
    with pytest.raises(Refused) as refusal:
        install(now, day)
    assert said in refusal.value.errors["en_vigueur_le"]
    assert rows(blois)[0] == 0


def test_the_very_bytes_installed_already_and_a_day_taken_are_refused(blois: Any, now: datetime) -> None:
    key = install(now, TOMORROW, sound("1"))
    with pytest.raises(Refused, match=f"déjà installé, n° {key}"):
        install(now, TODAY, sound("1"))
    with pytest.raises(Refused, match=f"n° {key} entre en vigueur ce jour-là"):
        install(now, TOMORROW, sound("2"))
    assert states(now) == {key: A_VENIR}


def test_R19_the_first_edition_keeps_its_template_when_the_second_is_made_with_the_next(
    blois: Any, now: datetime
) -> None:
    old = freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=now)
    before = read_edition_file(actor=CAMILLE, edition_id=old.id).octets
    install(now)
    new = freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=now + timedelta(hours=1))
    assert (old.numero, new.numero) == (1, 2)
    assert version_in(read_edition_file(actor=CAMILLE, edition_id=new.id).octets) == "2027.1"
    assert read_edition_file(actor=CAMILLE, edition_id=old.id).octets == before
    used = dict(blois.execute(select(Edition.numero, Edition.gabarit_id)).all())
    assert read_template_file(actor=ALIX, gabarit_id=used[1]).octets == read_template().octets
    assert read_template_file(actor=ALIX, gabarit_id=used[2]).octets == sound()
    assert {states(now)[used[1]], states(now)[used[2]]} == {DU_PRODUIT, EN_VIGUEUR}


def test_the_dry_run_fills_both_for_the_same_period_says_what_differs_and_writes_nothing(
    blois: Any, now: datetime
) -> None:
    def more(book: Any) -> None:
        book["Bilan"]["A1"].value = "Bilan du PAQTE, nouvelle présentation"
        book.create_sheet("Mode d’emploi")["A1"] = "À lire d’abord"

    before = rows(blois)
    essai = examine_template(actor=ALIX, nom=NAME, octets=sound("9", more), now=now)
    assert (essai.departement, essai.periode, essai.version) == ("41", S1, "9")
    assert essai.ancien is not None
    assert (version_in(essai.nouveau), version_in(essai.ancien) != "9") == ("9", True)
    tried = NAME.removesuffix(".xlsx") + " ("
    assert [tried in told for told in map(texts_of, (essai.nouveau, essai.ancien))] == [True, False]
    told = {(e.sujet, e.ou, e.apres) for e in essai.ecarts}
    assert {
        ("Feuille ajoutée", "Mode d’emploi", "Mode d’emploi"),
        ("Texte ajouté", "Bilan", "Bilan du PAQTE, nouvelle présentation"),
        ("Mise en forme", "polices, couleurs, formats", "changée"),
    } <= told
    assert ("Version", "9") in {(e.sujet, e.apres) for e in essai.ecarts}
    assert rows(blois) == before


def test_the_dry_run_is_made_where_most_conventions_are_or_where_it_is_asked(blois: Any, now: datetime) -> None:
    for rank in (1, 2):
        a_convention(a_signataire(f"Rhum {rank} (fictif)", "972", siren=f"97200000{rank}"), "S2")
    assert examine_template(actor=ALIX, nom=NAME, octets=sound(), now=now).departement == "972"
    assert examine_template(actor=ALIX, nom=NAME, octets=sound(), now=now, departement="41").departement == "41"


def test_when_the_one_in_force_cannot_serve_no_bilan_is_made_and_another_may_still_be_installed(
    blois: Any, now: datetime
) -> None:
    key = install(now)
    with transaction(actor=ALIX, now=now) as writing:
        writing.get_one(Gabarit, key).octets = ALTERED["un nom manque"][0]()
    with pytest.raises(Refused, match="altéré dans la base"):
        freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=now)
    assert rows(blois)[1] == 0
    essai = examine_template(actor=ALIX, nom=NAME, octets=sound("2"), now=now)
    assert (essai.ancien, "altéré" in essai.ancien_refuse) == (None, True)
    install(now, TOMORROW, sound("2"))
    assert freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=now + timedelta(days=1)).numero == 1


def test_what_is_kept_for_trial_serves_nobody_and_is_forgotten_on_demand(blois: Any, now: datetime) -> None:
    key = propose_template(actor=ALIX, nom=NAME, octets=sound(), now=now)
    assert propose_template(actor=ALIX, nom="autre nom.xlsx", octets=sound(), now=now) == key
    assert (serving(now), states(now)) == (read_template().octets, {key: PROPOSE})
    discard_template(actor=ALIX, gabarit_id=key, now=now)
    assert states(now) == {}


def test_what_was_installed_or_served_is_never_forgotten(blois: Any, now: datetime) -> None:
    freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=now)
    install(now)
    for key in states(now):
        with pytest.raises(Refused, match="il se garde"):
            discard_template(actor=ALIX, gabarit_id=key, now=now)


@pytest.mark.parametrize("actor", [CAMILLE, ZOE, bruno(1), Acteur(None, "Nadia", NATIONAL)], ids=lambda a: a.role)
def test_nobody_but_an_administrator_touches_a_template(blois: Any, now: datetime, actor: Acteur) -> None:
    key = install(now)
    calls = (
        lambda: install(now, TOMORROW, sound("2"), actor),
        lambda: install(now, None, sound("2"), actor),
        lambda: propose_template(actor=actor, nom=NAME, octets=sound("2"), now=now),
        lambda: examine_template(actor=actor, nom=NAME, octets=sound("2"), now=now),
        lambda: withdraw_template(actor=actor, gabarit_id=key, now=now),
        lambda: discard_template(actor=actor, gabarit_id=key, now=now),
        lambda: list_templates(actor=actor, now=now),
        lambda: read_template_file(actor=actor, gabarit_id=key),
    )
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert states(now) == {key: EN_VIGUEUR}


def test_each_act_stands_in_the_journal_without_the_bytes(blois: Any, now: datetime) -> None:
    key = install_template(actor=operator(), nom=NAME, octets=sound(), en_vigueur_le=TODAY, now=now)
    withdraw_template(actor=ALIX, gabarit_id=key, now=now)
    lines = list(blois.scalars(select(Journal).where(Journal.objet == "gabarit").order_by(Journal.id)))
    assert [(line.qui, line.acte) for line in lines if line.acte in ("installer", "retirer")] == [
        ("Ligne de commande", "installer"),
        ("Alix Roche", "retirer"),
    ]
    assert all(len(line.avant + line.apres) < 2_000 for line in lines)
    (installed,) = [json.loads(line.apres) for line in lines if line.acte == "installer"]
    assert installed == {"en_vigueur_le": TODAY.isoformat(), "sha256": hashlib.sha256(sound()).hexdigest()}


@pytest.mark.parametrize(
    "damaged", [b"", b"<html>login</html>", read_template().octets[:5_000]], ids=["vide", "html", "coupé"]
)
def test_a_template_of_the_product_that_cannot_serve_is_named_by_its_path(
    damaged: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paqte.reporting.remplissage.gabarits.gabarit.read_template", lambda path: damaged)
    with pytest.raises(Refused, match=r"Modèle refusé : le fichier /.*bilan_semestriel\.xlsx : "):
        read_template()
