"""The company search is asked briefly and believed with care: whatever it does, the caller is free in time (R24)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from paqte.config import ConfigurationRefused, read_settings
from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.ops.annuaire import DOWN, LIMITED, SLOW, STRANGE, AnnuaireRefused, find_etablissement, search_etablissements
from tests.ops import annuaire
from tests.ops.annuaire import ATELIER, CLOSED, Search, answering, establishment, raw, unit

SHORT = 0.4
STRONG = "f3Kx9-Lm2Qv7_Zt5Rb8Nw1Yc4Hs6Jd0PgAe"


@pytest.fixture
def search() -> Iterator[Search]:
    with annuaire.serving() as served:
        yield served


def test_a_siret_brings_name_address_activity_size_and_kind(search: Search) -> None:
    found = find_etablissement(search.url, ATELIER).etablissement
    assert found == EtablissementLu(
        siret="73282932000074",
        nom="MENUISERIE DU VAL",
        adresse="8 RUE DU DOCTEUR ROUX",
        code_postal="41000",
        commune="BLOIS",
        departement="41",
        naf="43.32A",
        nature="entreprise",
        categorie="PME",
        tranche="12",
        is_siege=True,
    )
    assert found.effectif_libelle == "20 à 49 salariés"


def test_it_is_asked_as_documented_and_never_for_the_directors(search: Search) -> None:
    find_etablissement(f"{search.url}/api", ATELIER)
    asked = search.asked[0]
    assert (asked["path"], asked["q"], asked["per_page"]) == ("/api/search", "73282932000074", "1")
    assert asked["minimal"] == "true" and "dirigeants" not in asked["include"]
    assert search.agents[0].startswith("PAQTE ")


def test_a_siret_that_is_not_the_head_office_is_found_among_the_others(search: Search) -> None:
    shop = establishment(CLOSED, liste_enseignes=["LE COPEAU"], libelle_commune="VENDÔME", code_postal="41100")
    search.answers = answering(unit(shop))
    found = find_etablissement(search.url, CLOSED).etablissement
    assert found is not None
    assert (found.siret, found.enseigne, found.commune, found.is_siege) == (CLOSED, "LE COPEAU", "VENDÔME", False)


def test_a_siren_brings_its_head_office(search: Search) -> None:
    search.answers = answering(unit(establishment(CLOSED)))
    found = find_etablissement(search.url, ATELIER[:9]).etablissement
    assert found is not None and found.siret == ATELIER


def test_another_siret_than_the_one_asked_is_not_believed(search: Search) -> None:
    other = unit(siege=establishment("55208131766522", est_siege=True))
    for told in (unit(), other):
        search.answers = answering(told)
        assert find_etablissement(search.url, CLOSED).etablissement is None
    crossed = unit(establishment("55208131766522"))
    search.answers = answering(crossed)
    assert find_etablissement(search.url, "55208131766522").etablissement is None


def test_no_result_is_an_answer(search: Search) -> None:
    search.answers = answering()
    assert find_etablissement(search.url, ATELIER) == (None, ())


def test_a_closed_one_says_since_when_and_which_of_its_siren_are_open(search: Search) -> None:
    closed = establishment(CLOSED, etat_administratif="F", date_fermeture="2026-03-31")
    other = establishment("73282932000090", etat_administratif="F")
    search.answers = answering(unit(closed, other))
    found, others = find_etablissement(search.url, CLOSED)
    assert found is not None
    assert (found.is_ouvert, found.ferme_le) == (False, date(2026, 3, 31))
    assert [one.siret for one in others] == [ATELIER]
    assert [asked["q"] for asked in search.asked] == [CLOSED, ATELIER[:9]]


def test_a_ceased_company_has_no_open_establishment(search: Search) -> None:
    search.answers = answering(unit(etat_administratif="C", date_fermeture="2025-12-31"))
    found = find_etablissement(search.url, ATELIER).etablissement
    assert found is not None and (found.is_ouvert, found.ferme_le) == (False, date(2025, 12, 31))


def test_R30_what_may_not_be_published_is_left_blank_and_marked(search: Search) -> None:
    siege = establishment(ATELIER, adresse="[NON-DIFFUSIBLE]", statut_diffusion_etablissement="P")
    search.answers = answering(
        unit(siege=siege, nom_complet="[ND]", nom_raison_sociale=None, statut_diffusion="P", nature_juridique="1000")
    )
    found = find_etablissement(search.url, ATELIER).etablissement
    assert found is not None
    assert (found.nom, found.adresse, found.commune, found.is_diffusible) == ("", "", "BLOIS", False)


@pytest.mark.parametrize(
    ("told", "nature"),
    [
        ({"nature_juridique": "5499"}, "entreprise"),
        ({"nature_juridique": "9220"}, "association"),
        ({"nature_juridique": "7210"}, "employeur_public"),
        ({"nature_juridique": "8420"}, "reseau"),
        ({"nature_juridique": None, "complements": {"est_association": True}}, "association"),
        ({"nature_juridique": "4140", "complements": {"est_administration": True}}, "employeur_public"),
        ({"nature_juridique": 5710, "complements": None}, "entreprise"),
    ],
)
def test_R2_the_legal_category_proposes_a_kind(search: Search, told: dict[str, Any], nature: str) -> None:
    search.answers = answering(unit(**told))
    found = find_etablissement(search.url, ATELIER).etablissement
    assert found is not None and found.nature == nature


def test_R27_a_size_class_that_sirene_does_not_give_stays_unknown(search: Search) -> None:
    search.answers = answering(
        unit(categorie_entreprise=None, siege=establishment(ATELIER, tranche_effectif_salarie=12))
    )
    found = find_etablissement(search.url, ATELIER).etablissement
    assert found is not None and (found.categorie, found.tranche) == ("", "")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (annuaire.silent, SLOW),
        (annuaire.dripping, SLOW),
        (annuaire.dripping_headers, SLOW),
        (annuaire.endless, STRANGE),
        (annuaire.cut_short, DOWN),
        (raw(b"{}"), STRANGE),
        (raw(b"[1, 2]"), STRANGE),
        (raw(b'{"results": '), STRANGE),
        (raw(b"[" * 100_000), STRANGE),
        (raw(b'{"results": "\xff\xfe"}'), STRANGE),
        (raw(b"<html><body>Connexion au r\xc3\xa9seau</body></html>", kind="text/html"), STRANGE),
        (raw(b"", 302, Location="http://127.0.0.1:1/elsewhere"), STRANGE),
        (raw(b'{"erreur": "q"}', 400), STRANGE),
        (raw(b"{}", 500), DOWN),
        (raw(b"{}", 503), DOWN),
    ],
)
def test_whatever_it_does_the_caller_is_free_in_time_with_a_sentence(
    search: Search, answer: annuaire.Behaviour, sentence: str
) -> None:
    search.answers = answer
    start = time.monotonic()
    with pytest.raises(AnnuaireRefused, match=sentence):
        find_etablissement(search.url, ATELIER, seconds=SHORT)
    assert time.monotonic() - start < SHORT + 0.6


def test_threads_left_behind_end_soon(search: Search) -> None:
    search.answers = annuaire.dripping_headers
    for _ in range(3):
        with pytest.raises(AnnuaireRefused):
            find_etablissement(search.url, ATELIER, seconds=0.1)
    deadline = time.monotonic() + 2
    while any("_run" in thread.name for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [thread for thread in threading.enumerate() if "_run" in thread.name]


def test_nobody_there_and_nowhere_to_ask(search: Search) -> None:
    with pytest.raises(AnnuaireRefused, match=DOWN):
        find_etablissement("http://127.0.0.1:1", ATELIER)
    with pytest.raises(AnnuaireRefused, match="coupée"):
        find_etablissement("", ATELIER)


def test_a_service_that_says_enough_is_left_alone_as_long_as_it_says(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    search.answers = raw(b"{}", 429, Retry_After="120")
    with pytest.raises(AnnuaireRefused, match=LIMITED):
        find_etablissement(search.url, ATELIER)
    search.answers = answering(unit())
    with pytest.raises(AnnuaireRefused, match=LIMITED) as refused:
        find_etablissement(search.url, ATELIER)
    assert 0 < refused.value.seconds <= 120
    assert len(search.asked) == 1
    moment = time.monotonic
    monkeypatch.setattr("paqte.ops.annuaire.time.monotonic", lambda: moment() + 121)
    assert find_etablissement(search.url, ATELIER).etablissement is not None


def test_a_name_finds_the_open_establishments_of_the_departement(search: Search) -> None:
    here, away = establishment(CLOSED), establishment("73282932000090", commune="37261", code_postal="37000")
    search.answers = answering(unit(here, away, establishment("73282932000108", etat_administratif="F")))
    found = search_etablissements(search.url, "menuiserie val", "41")
    assert [one.siret for one in found] == [ATELIER, CLOSED]
    assert (search.asked[0]["departement"], search.asked[0]["etat_administratif"]) == ("41", "A")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ""),
        ({"PAQTE_ENTREPRISES_URL": ""}, ""),
        ({"PAQTE_ENTREPRISES_URL": "http://127.0.0.1:8080/api/"}, "http://127.0.0.1:8080/api"),
        (
            {"PAQTE_ENV": "production", "PAQTE_BASE_URL": "https://paqte.test", "PAQTE_SECRET_KEY": STRONG},
            "https://recherche-entreprises.api.gouv.fr",
        ),
    ],
)
def test_where_to_ask_is_a_setting(tmp_path: Path, given: dict[str, str], expected: str) -> None:
    assert read_settings({"PAQTE_INSTANCE": str(tmp_path), **given}).entreprises_url == expected


@pytest.mark.parametrize("url", ["ftp://x", "recherche", "http://", "https://a:b@c.test", "https://a.test/?q=1"])
def test_an_address_that_leads_nowhere_is_refused_at_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationRefused, match="PAQTE_ENTREPRISES_URL vaut"):
        read_settings({"PAQTE_INSTANCE": str(tmp_path), "PAQTE_ENTREPRISES_URL": url})
