"""A machine without a way out reads an extract of Sirene: its forms are filled from it, by the same interface."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import operator
from paqte.models import Etablissement, Journal, db
from paqte.queries.journal import lines_where
from paqte.services.conventions.entreprises import sirene
from paqte.services.conventions.entreprises.annuaire import keep_rows, look_up, search_by_name
from paqte.services.conventions.entreprises.sirene import import_sirene
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_departement

COLUMNS = (
    "siren,nic,siret,statutDiffusionEtablissement,trancheEffectifsEtablissement,etablissementSiege,"
    "complementAdresseEtablissement,numeroVoieEtablissement,indiceRepetitionEtablissement,typeVoieEtablissement,"
    "libelleVoieEtablissement,codePostalEtablissement,libelleCommuneEtablissement,codeCommuneEtablissement,dateDebut,"
    "etatAdministratifEtablissement,enseigne1Etablissement,denominationUsuelleEtablissement,"
    "activitePrincipaleEtablissement,denominationUniteLegale,nomUniteLegale,prenomUsuelUniteLegale,"
    "categorieJuridiqueUniteLegale,categorieEntreprise\n"
)
HEAD = (
    "552081317,66522,55208131766522,O,12,true,,8,BIS,RUE,DU DOCTEUR ROUX,41000,BLOIS,41018,2015-01-01,A,,,43.32A,"
    "MENUISERIE DU VAL,,,5710,PME\n"
)
SHOP = (
    "552081317,00018,55208131700018,O,01,false,,2,,RUE,PORTE CÔTÉ,41000,BLOIS,41018,2026-03-31,F,LE COPEAU,,43.32A,"
    "MENUISERIE DU VAL,,,5710,PME\n"
)
PERSON = (
    "732829320,00074,73282932000074,P,NN,true,,[ND],[ND],[ND],[ND],41100,VENDÔME,41269,2019-05-01,A,,,96.02A,"
    ",[ND],[ND],1000,\n"
)


@pytest.fixture
def bring(session: Any, now: datetime) -> Callable[..., tuple[int, int, int]]:
    """`bring(text)`: import it; gives how many were new, changed, closed."""
    a_departement()

    def bring(text: str | bytes) -> tuple[int, int, int]:
        content = text if isinstance(text, bytes) else text.encode()
        return tuple(import_sirene(actor=operator(), file=io.BytesIO(content), now=now))

    return bring


def test_R24_a_siret_of_the_extract_fills_the_form_without_any_network(session: Any, bring: Any, now: datetime) -> None:
    assert bring(COLUMNS + HEAD + SHOP + PERSON) == (3, 0, 0)
    found = look_up(actor=CAMILLE, url="", identifiant="55208131766522", now=now)
    one = found.etablissement
    assert one is not None
    assert (one.nom, one.adresse, one.code_postal, one.commune) == (
        "MENUISERIE DU VAL",
        "8 BIS RUE DU DOCTEUR ROUX",
        "41000",
        "BLOIS",
    )
    assert (one.naf, one.categorie, one.tranche, one.nature) == ("43.32A", "PME", "12", "entreprise")
    assert (found.origine, found.phrase) == ("fichier", "")
    siren = look_up(actor=CAMILLE, url="", identifiant="552081317", now=now).etablissement
    assert siren is not None and siren.siret == "55208131766522"


def test_a_closed_one_of_the_extract_says_so_with_the_open_ones(session: Any, bring: Any, now: datetime) -> None:
    bring(COLUMNS + HEAD + SHOP)
    found = look_up(actor=CAMILLE, url="", identifiant="55208131700018", now=now)
    assert found.etablissement is not None
    assert (found.etablissement.is_ouvert, found.etablissement.ferme_le) == (False, date(2026, 3, 31))
    assert [one.siret for one in found.ouverts] == ["55208131766522"]


def test_R30_a_person_who_is_not_published_has_neither_name_nor_address(
    session: Any, bring: Any, now: datetime
) -> None:
    bring(COLUMNS + PERSON)
    one = look_up(actor=CAMILLE, url="", identifiant="73282932000074", now=now).etablissement
    assert one is not None
    assert (one.nom, one.adresse, one.commune, one.is_diffusible) == ("", "", "VENDÔME", False)


def test_a_name_is_sought_in_the_extract_of_ones_own_departement(session: Any, bring: Any) -> None:
    bring(COLUMNS + HEAD + SHOP)
    assert [one.siret for one in search_by_name(actor=CAMILLE, url="", texte="val menuiserie").etablissements] == [
        "55208131766522"
    ]
    a_departement("972")
    assert search_by_name(actor=ZOE, url="", texte="menuiserie").etablissements == ()


def test_the_same_extract_again_changes_nothing_and_the_next_says_what(session: Any, bring: Any) -> None:
    bring(COLUMNS + HEAD + SHOP)
    lines = session.scalar(select(func.count(Journal.id)))
    session.rollback()
    assert bring(COLUMNS + HEAD + SHOP) == (0, 0, 0)
    assert session.scalar(select(func.count(Journal.id))) == lines
    session.rollback()
    closed = HEAD.replace(",A,,,43", ",F,,,43")
    assert bring(COLUMNS + closed + SHOP.replace("LE COPEAU", "AU COPEAU")) == (0, 1, 1)
    assert bring(COLUMNS + SHOP.replace("LE COPEAU", "AU COPEAU")) == (0, 0, 0)
    assert session.scalar(select(func.count(Etablissement.siret))) == 2, "what it does not name stays"


def test_a_file_without_the_names_of_companies_leaves_those_that_are_known(session: Any, bring: Any) -> None:
    bring(COLUMNS + HEAD)
    few = (
        "siret,statutDiffusionEtablissement,etablissementSiege,codePostalEtablissement,libelleCommuneEtablissement,"
        "etatAdministratifEtablissement\n"
    )
    assert bring(few + "55208131766522,O,true,41000,BLOIS,A\n55208131700018,O,false,41000,BLOIS,A\n") == (1, 0, 0)
    names = dict(session.execute(select(Etablissement.siret, Etablissement.nom)).all())
    assert names == {"55208131766522": "MENUISERIE DU VAL", "55208131700018": ""}


@pytest.mark.parametrize(
    ("read_by", "said_again_by", "origine", "is_of_the_day"),
    [("annuaire", "annuaire", "annuaire", True), ("fichier", "annuaire", "annuaire", True),
     ("annuaire", "fichier", "annuaire", False), ("fichier", "fichier", "fichier", False)],
)  # fmt: skip
def test_what_is_said_again_is_no_change_and_only_the_service_makes_it_of_the_day(
    session: Any, now: datetime, read_by: str, said_again_by: str, origine: str, is_of_the_day: bool
) -> None:
    a_departement()
    later, one = now + timedelta(days=9), EtablissementLu("55208131766522", "MENUISERIE DU VAL", commune="BLOIS")
    for moment, by, told in ((now, read_by, (1, 0, 0)), (later, said_again_by, (0, 0, 0))):
        with transaction(actor=operator(), now=moment) as writing:
            assert keep_rows(writing, [one], by, moment) == told
    kept = session.execute(select(Etablissement.origine, Etablissement.lu_le)).one()
    assert kept == (origine, later if is_of_the_day else now)


def test_a_name_sought_in_vain_says_that_the_search_is_cut_unless_a_file_was_read(session: Any, bring: Any) -> None:
    told = [search_by_name(actor=CAMILLE, url="", texte="introuvable").phrase]
    bring(COLUMNS + HEAD)
    told.append(search_by_name(actor=CAMILLE, url="", texte="introuvable").phrase)
    assert told == [
        "La recherche d’entreprises est coupée sur cette installation. Saisissez la fiche à la main : vous pourrez la "
        "compléter plus tard.",
        "",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce fichier est vide. Prenez un extrait"),
        (b"siren,denominationUniteLegale\n", "manque les colonnes siret, statut"),
        (COLUMNS.replace("etatAdministratifEtablissement", "etat"), "manque la colonne etatAdm"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "ancien classeur .*protégé. Prenez un extrait"),
        (b"<html><table>", "une page web"),
        (COLUMNS + HEAD + '"jamais', r"CSV régulier \(un guillemet n’est pas refermé"),
        (COLUMNS, "Aucun établissement"),
        (COLUMNS + HEAD + SHOP[:80], "Ligne 3 : elle est coupée"),
        (COLUMNS + HEAD + SHOP.replace("55208131700018", "5,52081E+13"), "Ligne 3"),
        (COLUMNS + HEAD.replace("55208131766522", "1234"), "n’est pas un SIRET"),
        ((COLUMNS + HEAD).encode() + "CÔTÉ".encode("cp1252"), "pas un texte UTF-8"),
        (b"PK\x03\x04....", "décompressez-le"),
        ((COLUMNS + HEAD).encode("utf-16"), "UTF-8"),
    ],
)
def test_a_file_at_fault_is_refused_whole(session: Any, bring: Any, content: str | bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        bring(content)
    assert session.scalar(select(func.count(Etablissement.siret))) == 0


def test_others_write_between_two_batches_and_a_fault_at_the_end_is_met_before_the_first(
    session: Any, bring: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of a whole département takes a minute: nobody's typing waits for its end."""
    met: list[int] = []

    def kept(within: Any, rows: list[EtablissementLu], *told: Any) -> Any:
        with db.engine.connect() as others:
            met.append(others.scalar(select(func.count(Etablissement.siret))) or 0)
        return keep_rows(within, rows, *told)

    monkeypatch.setattr(sirene, "BATCH", 1)
    monkeypatch.setattr(sirene, "keep_rows", kept)
    with pytest.raises(Refused):
        bring(COLUMNS + HEAD + SHOP + PERSON[:80])
    assert met == []
    assert bring(COLUMNS + HEAD + SHOP + PERSON) == (3, 0, 0)
    assert met == [0, 1, 2]
    told = [line.apres for line in lines_where(Journal.objet == "etablissement")]
    assert [sorted(one) for one in told] == [["lignes"], ["ajoutes", "fermes", "lignes", "modifies"]]
