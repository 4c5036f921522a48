"""What a page of progress, a list and the bilan say of the same answers is the same number (R6, R20, R22, R33)."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.grille.indicateurs import line
from paqte.domain.assemblage.grille.natures import views
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.avancement import RETARD, SILENCE, VOIE
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR
from paqte.models import ContactSignataire, Engagement, Objectif, db
from paqte.queries.conventions import read_apart
from paqte.queries.conventions.signataires import SignatairesSought, list_signataires
from paqte.queries.sommes import read_answers
from paqte.queries.suivi.avancement import read_progress
from paqte.queries.suivi.avancements import read_calls, read_verdicts
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.relances import remind_company
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, engagement_of

NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
S1 = Periode.from_code("2026-S1")
FLOWS = ("S2", "S3", "F1", "F2", "R3", "A3")
QUARTERS = ("2025-T1", "2025-T2", "2025-T3", "2025-T4", "2026-T1", "2026-T2")


def answered(nom: str, seed: int, quarters: tuple[str, ...] = QUARTERS, cible: int = 400) -> tuple[int, int]:
    """A signatory that answered some flows in some of these quarters, at random; its key and its convention's."""
    draw = random.Random(f"{nom} {seed}")
    key = a_signataire(nom)
    promised = draw.sample(FLOWS, 4)
    convention = a_convention(key, *promised, cibles=dict.fromkeys(promised[:3], cible))
    for code in quarters:
        given = {c: AnswerTyped(valeur=Decimal(draw.randrange(30))) for c in draw.sample(promised, draw.randint(1, 4))}
        saisie = Saisie(
            {engagement_of(convention, c): answer for c, answer in given.items()},
            explications={(engagement_of(convention, c), "saut"): "Oui." for c in promised},
        )
        opened = open_declaration(actor=CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code(code))
        submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=opened, version=1, saisie=saisie)
    return key, convention


def one_answer(convention: int) -> Saisie:
    key = db.session.scalars(select(Engagement.id).where(Engagement.convention_id == convention)).first() or 0
    return Saisie({key: AnswerTyped(valeur=Decimal(1))})


@pytest.mark.parametrize("seed", [1, 2])
def test_R20_what_the_pages_of_progress_say_adds_up_to_the_bilan(session: Any, seed: int) -> None:
    keys = [answered(nom, seed)[0] for nom in ("Alpha", "Béta", "Gamma")]
    pages = [read_progress(actor=CAMILLE, signataire_id=key, now=NOW) for key in keys]
    told = [e.realise for page in pages for c in page.conventions for e in c.engagements]
    conventions, chartes = read_apart(session, "41")
    answers = read_answers(session, "41").until(S1)
    rows = DonneesBilan("41", "", "", S1, conventions=conventions, chartes=chartes, faits=answers)
    view = views(rows, catalogue())[0]
    for code in FLOWS:
        mine = [r for r in told if r.code == code]
        cell = line(catalogue().indicateurs[code], view.fenetres, S1, view.nature)
        known = [r.valeur for r in mine if r.valeur is not None]
        assert cell.cumul.valeur == (sum(known) if known else None), code
        aimed = [r for r in mine if r.cible is not None]
        assert cell.cible.valeur == (sum(r.cible for r in aimed) if aimed else None), code
        if len(aimed) == len(mine) == 1 and known:
            assert cell.taux == mine[0].taux, code
    verdicts = read_verdicts(actor=CAMILLE, departement="41", now=NOW)
    behind = {(f.libelle, f.realise) for one in verdicts.values() for f in one.derriere}
    assert behind <= {(r.libelle, r.valeur) for r in told}


def test_the_list_is_narrowed_to_and_sorted_by_where_each_stands_and_Zoe_sees_none_of_it(session: Any) -> None:
    late, _ = answered("Alpha", 1, QUARTERS[:-1], cible=1)
    silent, _ = answered("Béta", 1, QUARTERS[:-2], cible=1)
    fine, _ = answered("Gamma", 1, cible=1)
    quiet = a_signataire("Sans convention")
    found = read_verdicts(actor=CAMILLE, departement="41", now=NOW)
    assert (found[late].code, found[silent].code, quiet in found) == (RETARD, SILENCE, False)
    ranks = {key: rank for rank, key in enumerate((fine, silent, late))}

    def listed(**asked: Any) -> list[int]:
        criteres = SignatairesSought(rangs=ranks, **asked)
        return [one.id for one in list_signataires(actor=CAMILLE, criteres=criteres, page=1, now=NOW).lignes]

    assert listed(tri="avancement") == [fine, silent, late, quiet]
    assert listed(tri="-avancement") == [late, silent, fine, quiet]
    assert listed(parmi=frozenset({silent})) == [silent]
    with pytest.raises(NotFound):
        read_verdicts(actor=ZOE, departement="41", now=NOW)


def test_a_declaration_that_is_validated_moves_the_verdict_that_was_kept(session: Any) -> None:
    key, convention = answered("Alpha", 1, QUARTERS[:-1], cible=1)
    assert read_verdicts(actor=CAMILLE, departement="41", now=NOW)[key].code == RETARD
    opened = open_declaration(actor=CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T2"))
    submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=opened, version=1, saisie=one_answer(convention))
    assert read_verdicts(actor=CAMILLE, departement="41", now=NOW)[key].en_retard == ()


def test_R6_whoever_promised_everything_for_the_last_year_is_not_late_in_the_second(session: Any) -> None:
    """1 200 over three years are expected by half in the middle of 2026, unless all of them are of 2027."""
    key, convention = answered("Alpha", 1)
    assert read_verdicts(actor=CAMILLE, departement="41", now=NOW)[key].code == RETARD
    with transaction(actor=CAMILLE, now=NOW) as writing:
        for engagement in writing.scalars(select(Engagement).where(Engagement.convention_id == convention)):
            targets = {1: 0, 2: 0, 3: 400} if engagement.objectifs else {}
            engagement.objectifs[:] = [Objectif(annee=year, cible=Decimal(cible)) for year, cible in targets.items()]
    found = read_verdicts(actor=CAMILLE, departement="41", now=NOW)[key]
    assert (found.code, found.derriere, found.mesures) == (VOIE, (), 0)


def test_whom_to_call_are_those_late_with_their_numbers_and_the_last_reminder(session: Any) -> None:
    late, _ = answered("Alpha", 1, QUARTERS[:-1], cible=1)
    silent, _ = answered("Béta", 1, QUARTERS[:-2], cible=1)
    answered("Gamma", 1, cible=1)
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        card = {"nom": "Odile", "courriel": "", "telephone": "02 54 00 00 01", "created_at": NOW}
        writing.add(ContactSignataire(signataire_id=late, **card))
    given = {"courriel": "b@val.test", "nom": "Bruno", "signataires": [silent]}
    invite_user(actor=CAMILLE, role=ENTREPRISE, base_url="https://paqte.test", now=NOW, **given)
    remind_company(actor=CAMILLE, signataire_id=silent, now=NOW, base_url="https://paqte.test")
    calls = read_calls(actor=CAMILLE, departement="41", now=NOW)
    assert [(c.nom, [tuple(x) for x in c.contacts], c.relance) for c in calls] == [
        ("Béta", [], date(2026, 8, 2)),
        ("Alpha", [("Odile", "02 54 00 00 01")], None),
    ]
    with pytest.raises(NotFound):
        read_calls(actor=ZOE, departement="41", now=NOW)


def test_the_last_declaration_of_a_convention_is_late_after_its_end(session: Any) -> None:
    """Due on 20 July, it is asked of whoever ended or renewed on 30 June: nobody was to be called."""
    end = date(2026, 6, 30)
    ended, renewed, gone = (a_signataire(nom) for nom in ("Alpha", "Béta", "Gamma"))
    a_convention(ended, "S2", debut=date(2026, 4, 1), fin=end)
    first = a_convention(renewed, "S2", debut=date(2026, 4, 1), fin=end)
    a_convention(renewed, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30), precedente_id=first)
    sent = a_convention(gone, "S2", debut=date(2026, 4, 1), fin=end)
    opened = open_declaration(actor=CAMILLE, now=NOW, convention_id=sent, periode=Periode.from_code("2026-T2"))
    submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=opened, version=1, saisie=one_answer(sent))
    found = read_verdicts(actor=CAMILLE, departement="41", now=NOW)
    told = {key: (one.code, [e.periode.code for e in one.en_retard]) for key, one in found.items()}
    assert told == {ended: (RETARD, ["2026-T2"]), renewed: (RETARD, ["2026-T2"])}
    assert [one.id for one in read_calls(actor=CAMILLE, departement="41", now=NOW)] == [ended, renewed]
