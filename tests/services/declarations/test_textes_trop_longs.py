"""Each text of a declaration that is too long is refused beside its own field, and the limit itself is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.models import Signalement
from paqte.services.declarations.declarations import (
    reopen_declaration,
    save_draft,
    send_back,
    submit_and_validate,
    submit_declaration,
)
from paqte.services.declarations.reponses import AnswerTyped
from paqte.services.declarations.signalements import answer_report, report_error
from paqte.services.declarations.validations import ask_declarations
from tests.factories import CAMILLE, bruno
from tests.services.maison import Maison
from tests.services.refus import refusals

# What is said, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True
NNBSP = "\u202f"
SITE = "https://paqte.exemple.fr"


@pytest.fixture
def maison(session: Any, now: datetime) -> Maison:
    return Maison(now, "S2", "S3")


def one_over(limit: int) -> str:
    thousands = f"{limit // 1_000}{NNBSP}00"
    return f"Ce texte compte {thousands}1 caractères : raccourcissez-le à {thousands}0 au plus."


def test_what_is_typed_in_the_form_is_refused_beside_its_field(maison: Maison) -> None:
    def typed(length: int, **more: Any) -> dict[str, str]:
        answer = AnswerTyped(valeur=4, commentaire="é" * length)
        return refusals(lambda: maison.call(save_draft, saisie=maison.saisie(**{"S2": answer, **more})))

    assert typed(2_001) == {f"precision_{maison.keys['S2']}": one_over(2_000)}
    maison.call(save_draft, saisie=maison.saisie(S2=AnswerTyped(valeur=4, commentaire="é" * 2_000)))
    assert refusals(lambda: maison.call(save_draft, saisie=maison.saisie("é" * 8_001, S2=4))) == {
        "texte_libre": one_over(8_000)
    }
    maison.call(save_draft, saisie=maison.saisie("é" * 8_000, S2=4))


def test_what_is_asked_of_a_declaration_is_refused_beside_what_it_is_about(maison: Maison) -> None:
    maison.call(submit_declaration, actor=bruno(maison.signataire), saisie=maison.saisie(S2=4, S3=2))
    long = "é" * 1_001
    for key, field in ((None, "retour_0"), (maison.keys["S2"], f"retour_{maison.keys['S2']}")):
        asked = {key: long}
        told = refusals(lambda asked=asked: maison.call(send_back, commentaires=asked))
        assert told == {field: one_over(1_000)}
    given = {"actor": CAMILLE, "now": maison.now, "base_url": SITE}
    assert refusals(lambda: ask_declarations(versions={maison.id: 2}, question=long, **given)) == {
        "question": one_over(1_000)
    }
    maison.call(send_back, commentaires={None: "é" * 1_000})


def test_why_a_declaration_is_opened_again_or_found_wrong_is_refused_beside_its_field(
    maison: Maison, session: Any
) -> None:
    maison.call(submit_and_validate, saisie=maison.saisie(S2=4, S3=2))
    long = "é" * 1_001
    assert refusals(lambda: maison.call(reopen_declaration, motif=long)) == {"motif": one_over(1_000)}
    given = {"base_url": SITE, "now": maison.now}
    hers = {"actor": bruno(maison.signataire), "declaration_id": maison.id, **given}
    assert refusals(lambda: report_error(motif=long, **hers)) == {"motif": one_over(1_000)}
    report_error(motif="é" * 1_000, **hers)
    key = session.scalar(select(Signalement.id))
    session.rollback()
    mine = {"actor": CAMILLE, "signalement_id": key, "version": 1, **given}
    assert refusals(lambda: answer_report(reponse=long, **mine)) == {"reponse": one_over(1_000)}
    maison.call(reopen_declaration, motif="é" * 1_000)
