"""Once a declaration is validated its answers stand under its seal alone: nobody can tell, whatever is asked (R18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from paqte.domain.declarations.reponses import AnswerTyped
from paqte.models import Declaration, Journal, Mouvement, Realisation, db
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.conventions.journaux.historique import declaration_history
from paqte.queries.declarations.listes.declarations import owed_declarations
from paqte.queries.declarations.provenance import origins
from paqte.queries.reponses import count_naming, count_signed, read_kept, unlike_seals
from paqte.services.declarations import sceaux
from paqte.services.declarations.declarations import (
    reopen_declaration,
    save_draft,
    submit_and_validate,
    submit_declaration,
    validate_declaration,
)
from paqte.services.declarations.preuves.justificatifs import add_evidence
from paqte.services.pieces import FichierReceived
from tests.factories import A_PDF, CAMILLE, ZOE
from tests.services.maison import T3, Maison

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
JULIEN = replace(CAMILLE, nom='Julien "d’ici"')


@pytest.fixture
def sent(session: Any) -> Maison:
    """A declaration of each kind of answer, typed by two people, sent; a promise more has no answer."""
    maison = Maison(NOW, "S2", "S2p", "R1", "R3", "S3")
    told = {"S2": AnswerTyped(valeur=Decimal("4"), commentaire="dont Élodie \\ « 2 »"), "S2p": (4, 9), "R3": "néant"}
    maison.call(save_draft, saisie=maison.saisie(**told))
    piece = FichierReceived("preuve.pdf", A_PDF)
    add_evidence(actor=CAMILLE, now=NOW, declaration_id=maison.id, engagement_id=maison.keys["S2"], piece=piece)
    maison.now += timedelta(hours=1)
    dated = AnswerTyped(valeur=Decimal(1), datee_du=date(2026, 9, 12))
    maison.call(submit_declaration, actor=JULIEN, saisie=maison.saisie(R1=dated))
    return maison


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Realisation.id))) or 0


def everything(maison: Maison) -> dict[str, Any]:
    """All that anybody is told of the answers."""
    db.session.rollback()
    session, given = db.session(), {"actor": CAMILLE, "departement": "41", "periodes": [T3], "now": maison.now}
    promised = read_convention(actor=CAMILLE, convention_id=maison.convention, now=NOW)
    (line,) = owed_declarations(**given).lignes
    return {
        "page": [(e.indicateur.code, e.actuelle, e.explications) for e in maison.read().lignes],
        "liste": (line.dus, line.repondus, line.manquantes),
        "engagements": [e.has_results for e in promised.engagements],
        "gardees": {key: sorted(some) for key, some in read_kept(session).items()},
        "signees": [count_signed(session, nom) for nom in (CAMILLE.nom, JULIEN.nom, "Julien", "Zoé")],
        "nommees": [count_naming(session, [mark]) for mark in ("Élodie \\", "elodie", "Camille", "« 2 »")],
        "journal": [g.details for g in declaration_history(actor=CAMILLE, declaration_id=maison.id) if g.details],
    }


def test_R18_a_validated_declaration_has_no_row_and_tells_what_its_rows_told(sent: Maison) -> None:
    before, number = everything(sent), rows()
    assert (before["signees"], before["nommees"]) == ([3, 1, 0, 0], [1, 0, 0, 1])
    sent.call(validate_declaration)
    assert (rows(), number) == (0, 4)
    assert everything(sent) == before


def test_R18_reopened_its_rows_are_what_they_were_under_the_numbers_that_the_journal_knows(sent: Maison) -> None:
    before, number = everything(sent), rows()
    sent.call(validate_declaration)
    sent.call(reopen_declaration, motif="Un chiffre à revoir.")
    after = everything(sent)
    assert after.pop("journal")[1:] == before.pop("journal"), "the reopening on top"
    assert (rows(), after) == (number, before)
    sent.call(submit_and_validate, saisie=sent.saisie(S2=6, S3=2))
    assert rows() == 0
    assert (sent.answer("S2").valeur, sent.answer("S3").valeur) == (6, 2)
    assert sent.answer("R1").saisie_par == JULIEN.nom, "whoever did not change it is not its author"
    assert declaration_history(actor=CAMILLE, declaration_id=sent.id)[0].details
    assert declaration_history(actor=ZOE, declaration_id=sent.id) == []


def test_the_journal_has_no_line_of_rows_that_come_and_go(sent: Maison) -> None:
    def lines() -> list[tuple[str, str]]:
        db.session.rollback()
        told = db.session.execute(select(Journal.objet, Journal.apres).order_by(Journal.id))
        return [(objet, apres) for objet, apres in told]

    before = len(lines())
    sent.call(validate_declaration)
    sent.call(reopen_declaration, motif="Un chiffre à revoir.")
    since = lines()[before:]
    assert {objet for objet, _ in since} == {"declaration"}
    assert not any("hors_sceau" in apres for _, apres in since)
    assert ["sceau" in apres for _, apres in since] == [True, False], "as it always told it"


def test_R24_the_origins_of_values_are_counted_under_the_seals_with_their_evidence(sent: Maison) -> None:
    sent.call(validate_declaration)
    db.session.rollback()
    (told,) = origins(db.session(), "41", ["2026-T3"]).values()
    assert sorted((o.is_on_behalf, o.has_evidence, o.nombre) for o in told) == [(True, False, 3), (True, True, 1)]
    beside = db.session.get_one(Declaration, sent.id).hors_sceau
    assert beside is not None and beside.count(JULIEN.nom.replace('"', '\\"')) == 1


def test_a_row_that_goes_under_the_seal_moves_no_mark_but_that_of_its_period(sent: Maison) -> None:
    def number() -> dict[str, int]:
        db.session.rollback()
        told = db.session.execute(select(Mouvement.sujet, func.sum(Mouvement.jeton)).group_by(Mouvement.sujet))
        return {subject: int(total) for subject, total in told}

    before = number()
    sent.call(validate_declaration)
    sent.call(reopen_declaration, motif="Un chiffre à revoir.")
    after = number()
    assert {subject for subject in after if after[subject] != before.get(subject)} == {"2026-T3"}


def test_R18_stopped_between_the_seal_and_the_rows_nothing_is_done(
    sent: Maison, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, number = everything(sent), rows()

    def stopped(*_given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(sceaux, "delete", stopped)
        sent.call(validate_declaration)
    assert (rows(), everything(sent)) == (number, before)
    sent.call(validate_declaration)
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(sceaux, "insert", stopped)
        sent.call(reopen_declaration, motif="Un chiffre à revoir.")
    assert (rows(), everything(sent)) == (0, before)


@pytest.mark.parametrize("column", ["sceau", "hors_sceau"])
@pytest.mark.parametrize(
    "other", ["[]", "[[],[],[],[]]", '[[1,9],[["X","2026-01-01T00:00:00+00:00",0,"import"]],[0,9],[]]']
)
def test_R18_a_validated_declaration_of_which_one_half_was_changed_by_hand_is_told(
    sent: Maison, column: str, other: str
) -> None:
    sent.call(validate_declaration)
    db.session.rollback()
    assert unlike_seals(db.session()) == []
    db.session.execute(update(Declaration).where(Declaration.id == sent.id).values({column: other}))
    assert unlike_seals(db.session()) == [(sent.id, sent.convention, str(T3.code))]
    db.session.rollback()
