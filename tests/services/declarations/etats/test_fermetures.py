"""The closing to companies: what was never sent is then the référent's to type, and nothing typed is lost (R12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, Acteur
from paqte.domain.statuts.declarations import A_SAISIR, BROUILLON, TRANSMISE
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.queries.suivi.entreprise import list_followed, read_espace
from paqte.services.declarations.declarations import open_declaration, save_draft, send_back, submit_declaration
from paqte.services.declarations.preuves.justificatifs import add_evidence
from paqte.services.pieces import FichierReceived
from paqte.services.reglages.reglages import save_settings
from tests.factories import A_PDF, CAMILLE, LONG_AGO, bruno
from tests.services.maison import T2, T3, Maison

# 2026-T3 is over on 30 September: closed thirty days later, on 30 October at night in Paris.
OPEN, SHUT = datetime(2026, 10, 30, 22, 59, tzinfo=UTC), datetime(2026, 10, 30, 23, 0, tzinfo=UTC)
CLOSED = r"La saisie du 3e trimestre 2026 s’est fermée le 30/10/2026 : écrivez à votre référent"


@pytest.fixture
def maison(session: Any) -> Maison:
    maison = Maison(OPEN, "R3", "S2")
    values = {"fermeture_delai_jours": "30"}
    save_settings(actor=CAMILLE, now=LONG_AGO, departement="41", version=version_of(read_settings("41")), values=values)
    return maison


@pytest.fixture(params=["entreprise", ANIMATEUR])
def contact(maison: Maison, request: pytest.FixtureRequest) -> Acteur:
    return replace(bruno(maison.signataire), role=request.param)


def test_R12_a_company_types_and_sends_until_the_last_evening_and_no_longer(maison: Maison, contact: Acteur) -> None:
    maison.call(save_draft, actor=contact, saisie=maison.saisie(R3=4))
    maison.now = SHUT
    for use_case in (save_draft, submit_declaration):
        with pytest.raises(Refused, match=CLOSED):
            maison.call(use_case, actor=contact, saisie=maison.saisie(R3=5))
    assert (maison.read().etat, maison.answer("R3").valeur) == (BROUILLON, 4), "the draft stays as it was"
    with pytest.raises(Refused, match=CLOSED):
        piece = FichierReceived("preuve.pdf", A_PDF)
        add_evidence(actor=contact, now=SHUT, declaration_id=maison.id, engagement_id=maison.keys["R3"], piece=piece)


def test_R12_what_nobody_began_is_not_begun_by_a_company_once_closed(maison: Maison, contact: Acteur) -> None:
    with pytest.raises(Refused, match="du 2e trimestre 2026 s’est fermée"):
        open_declaration(actor=contact, now=SHUT, convention_id=maison.convention, periode=T2)
    assert open_declaration(actor=CAMILLE, now=SHUT, convention_id=maison.convention, periode=T2)


def test_R12_the_referent_types_on_behalf_after_the_closing(maison: Maison) -> None:
    maison.now = SHUT
    maison.call(submit_declaration, saisie=maison.saisie(R3=4))
    assert (maison.read().etat, maison.read().is_on_behalf) == (TRANSMISE, True)


def test_R18_a_declaration_sent_back_is_answered_whatever_the_day(maison: Maison, contact: Acteur) -> None:
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie(R3=4))
    maison.now = SHUT
    maison.call(send_back, commentaires={maison.keys["R3"]: "Sûr ?"})
    maison.call(save_draft, actor=contact, saisie=maison.saisie(R3=5))
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie(R3=6))
    assert maison.read().etat == TRANSMISE and maison.answer("R3").valeur == 6


def test_R12_by_default_a_company_may_always_answer(session: Any) -> None:
    maison = Maison(datetime(2027, 9, 1, 9, tzinfo=UTC), "R3")
    maison.call(submit_declaration, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
    assert maison.read().etat == TRANSMISE


def test_R12_what_is_closed_is_told_apart_and_no_longer_waits(maison: Maison, contact: Acteur) -> None:
    def told(now: datetime) -> tuple[list[str], list[str]]:
        espace = read_espace(actor=contact, signataire_id=maison.signataire, now=now)
        return [e.periode.code for e in espace.a_faire], [e.periode.code for e in espace.fermees]

    waiting, shut = told(OPEN)
    assert T3.code in waiting and T3.code not in shut
    waiting, shut = told(SHUT)
    assert waiting == [] and shut[0] == T3.code
    assert [s.a_faire for s in list_followed(actor=contact, now=SHUT)] == [0]
    one = read_espace(actor=contact, signataire_id=maison.signataire, now=SHUT).fermees[0]
    assert (one.fermeture, one.etat) == (date(2026, 10, 30), A_SAISIR)
