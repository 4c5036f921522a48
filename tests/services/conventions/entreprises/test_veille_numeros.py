"""What the register said of a number says nothing of a sheet that bears another one since."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Etablissement, Signataire, Veille
from paqte.models.conventions.etablissement import FICHIER
from paqte.queries.conventions.entreprises.veilles import VeilleShown, count_findings, list_findings, read_finding
from paqte.queries.conventions.signataires import SignatairesSought
from paqte.services.conventions.entreprises.annuaire import keep_rows
from paqte.services.conventions.entreprises.veille import accept_finding, fill_all, ignore_finding, watch
from paqte.services.conventions.signataires import add_signataire, change_signataire, export_list
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_departement, an_identite

SHOP, MOVED, RIGHT = "55208131700018", "55208131700026", "73282932000074"
NIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def told(siret: str, *, is_ouvert: bool = True, is_diffusible: bool = True) -> EtablissementLu:
    return EtablissementLu(
        siret=siret, nom="BOIS ET PINS", enseigne="", adresse="8 RUE DU DOCTEUR ROUX", code_postal="41000",
        commune="BLOIS", departement="41", naf="43.32A", nature="entreprise", categorie="PME", tranche="",
        is_ouvert=is_ouvert, ferme_le=None if is_ouvert else date(2026, 10, 31), is_diffusible=is_diffusible,
        is_siege=False,
    )  # fmt: skip


def found_at(constat: str) -> tuple[int, VeilleShown]:
    """A sheet with that number, and what a night finds of it."""
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=NIGHT) as writing:
        keep_rows(writing, (told(SHOP, is_ouvert=constat != "ferme"), told(MOVED)), FICHIER, NIGHT)
    typed = {"nom": "Le Copeau" if constat == "renomme" else "Bois et pins", "naf": ""}
    key = add_signataire(actor=CAMILLE, departement="41", identite=an_identite(identifiant=SHOP, **typed), now=NIGHT)
    watch(url="", now=NIGHT, pause=lambda _: False)
    (finding,) = list_findings(actor=CAMILLE)
    assert (finding.constat, count_findings("41")) == (constat, 1)
    return key, finding


@pytest.mark.parametrize("constat", ["renomme", "ferme", "incomplet"])
def test_what_was_found_at_a_number_typed_wrong_is_not_taken_once_it_is_mended(
    session: Any, now: datetime, constat: str
) -> None:
    """The name of the other company took the place of the right one, and its shop that of the right establishment."""
    key, finding = found_at(constat)
    version = session.get_one(Signataire, key).version
    session.rollback()
    mended = an_identite(identifiant=RIGHT, nom="Thé et copeaux")
    change_signataire(actor=CAMILLE, signataire_id=key, version=version, identite=mended, contacts=(), now=now)
    assert (list_findings(actor=CAMILLE), count_findings("41"), fill_all(actor=CAMILLE, now=NIGHT)) == ([], 0, 0)
    version = read_finding(actor=CAMILLE, veille_id=finding.id).version
    session.rollback()
    with pytest.raises(Refused, match="ancien numéro"):
        accept_finding(actor=CAMILLE, veille_id=finding.id, version=version, siret=MOVED, now=NIGHT)
    with pytest.raises(Refused, match="ancien numéro"):
        ignore_finding(actor=CAMILLE, veille_id=finding.id, version=version, now=NIGHT)
    sheet = session.get_one(Signataire, key)
    assert (sheet.identifiant, sheet.nom, sheet.naf) == (RIGHT, "Thé et copeaux", "")


def test_R30_the_address_of_an_establishment_that_is_not_published_stays_in_the_prefecture(session: Any) -> None:
    """The shop that closed was published, the one that takes its place is a sole trader's home."""
    key, finding = found_at("ferme")
    with transaction(actor=PLANIFICATEUR, now=NIGHT) as writing:
        writing.get_one(Etablissement, MOVED).is_diffusible = False
    accept_finding(actor=CAMILLE, veille_id=finding.id, version=finding.version, siret=MOVED, now=NIGHT)
    sheet = session.get_one(Signataire, key)
    assert (sheet.identifiant, sheet.adresse, sheet.is_partial_diffusion) == (MOVED, "8 RUE DU DOCTEUR ROUX", True)
    session.rollback()
    (listed,) = export_list(actor=CAMILLE, criteres=SignatairesSought(), now=NIGHT)
    assert (listed.adresse, listed.code_postal) == ("", "")


def test_R30_a_sheet_is_filled_no_more_once_its_person_is_no_longer_published(session: Any) -> None:
    key, finding = found_at("incomplet")
    with transaction(actor=PLANIFICATEUR, now=NIGHT) as writing:
        writing.get_one(Etablissement, SHOP).is_diffusible = False
    accept_finding(actor=CAMILLE, veille_id=finding.id, version=finding.version, siret="", now=NIGHT)
    assert (session.get_one(Signataire, key).adresse, session.get_one(Veille, finding.id).etat) == ("", "accepte")
