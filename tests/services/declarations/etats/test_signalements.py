"""An error seen after sending: told to the référent, and no figure moves before she acts (R18)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.statuts.courriels import Message
from paqte.models import ContactSignataire, Convention, Declaration, Journal, Signalement, db
from paqte.queries.comptes.effacements import preview_contact
from paqte.queries.conventions.journaux.historique import declaration_history
from paqte.queries.declarations.signalements import reports_of, reports_waiting
from paqte.queries.reponses import read_kept
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.courriels import send_due
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    send_back,
    submit_declaration,
    validate_declaration,
)
from paqte.services.declarations.signalements import answer_report, report_error
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, bruno, engagement_of

SITE, WRONG = "https://paqte.exemple.fr", "12 stagiaires et non 4 au total."


@pytest.fixture
def sent(session: Any, now: datetime) -> int:
    """A declaration that Bruno has sent."""
    owner = a_signataire()
    for role, mail, given in (
        (REFERENT, "camille@prefecture41.test", {"departement": "41"}),
        (ENTREPRISE, "bruno@val.test", {"signataires": [owner]}),
    ):
        invite_user(actor=PLANIFICATEUR, role=role, courriel=mail, nom=mail, base_url=SITE, now=now, by_mail=False,
                    **given)  # fmt: skip
    convention = a_convention(owner, "S2")
    promise = engagement_of(convention, "S2")
    key = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=Periode.from_code("2026-T2"))
    saisie = Saisie({promise: AnswerTyped(valeur=4)}, "")
    submit_declaration(actor=bruno(owner), now=now, declaration_id=key, version=1, saisie=saisie)
    return key


def him() -> Acteur:
    return bruno(1)


def tell(key: int, now: datetime, motif: str = WRONG, actor: Acteur | None = None) -> None:
    report_error(actor=actor or him(), declaration_id=key, motif=motif, base_url=SITE, now=now)


def validate(key: int, now: datetime) -> None:
    validate_declaration(actor=CAMILLE, now=now, declaration_id=key, version=version(key))


def version(key: int) -> int:
    db.session.rollback()
    found = db.session.scalars(select(Declaration.version).where(Declaration.id == key)).one()
    db.session.rollback()
    return found


def figures(key: int) -> tuple[Any, ...]:
    """All that a declaration says, and where it stands."""
    db.session.rollback()
    d = db.session.get_one(Declaration, key)
    kept = read_kept(db.session(), Declaration.id == key).values()
    answers = sorted(answer for one in kept for answer in one)
    found = (d.etat, d.sceau, d.transmise_le, d.validee_le, d.version, tuple(answers))
    db.session.rollback()
    return found


def mails(now: datetime) -> list[Message]:
    gone: list[Message] = []
    send_due(transport=gone.append, now=now)
    return gone


@pytest.mark.parametrize("is_validated", [False, True])
def test_a_company_tells_an_error_and_nothing_changes_but_the_list_and_the_mail_of_its_referent(
    is_validated: bool, sent: int, now: datetime
) -> None:
    if is_validated:
        validate(sent, now)
    before = figures(sent)
    tell(sent, now)
    assert figures(sent) == before
    (waiting,) = reports_waiting(actor=CAMILLE)
    assert (waiting.declaration_id, waiting.motif, waiting.par, waiting.etat) == (
        sent,
        WRONG,
        "Bruno Garnier",
        "ouvert",
    )
    assert reports_waiting(actor=ZOE) == []
    db.session.rollback()
    (mail,) = mails(now)
    assert mail.destinataire == "camille@prefecture41.test"
    assert WRONG in mail.texte and f"?next=/referent/declarations/{sent}" in mail.texte
    assert ("déjà validée" in mail.texte) is is_validated


def test_what_is_told_twice_without_a_word_or_too_early_is_refused(sent: int, now: datetime) -> None:
    with pytest.raises(Refused, match="à corriger"):
        tell(sent, now, "  ")
    tell(sent, now)
    with pytest.raises(Refused, match="déjà signalée"):
        tell(sent, now)
    with pytest.raises(NotFound):
        tell(sent, now, actor=bruno(99))
    send_back(actor=CAMILLE, now=now, declaration_id=sent, version=version(sent), commentaires={None: "Corrigez."})
    with pytest.raises(Refused, match="encore ouverte"):
        tell(sent, now)


def test_what_its_company_says_is_wrong_is_not_validated_over_her_head(sent: int, now: datetime) -> None:
    tell(sent, now)
    with pytest.raises(Refused, match="signale une erreur"):
        validate(sent, now)
    answer(now)
    validate(sent, now)
    assert figures(sent)[0] == "validee"


def test_R45_what_its_convention_no_longer_covers_is_not_validated(sent: int, now: datetime) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        declaration = writing.get_one(Declaration, sent)
        writing.get_one(Convention, declaration.convention_id).fin = date(2026, 3, 31)
    with pytest.raises(Refused, match="ne couvre plus la période"):
        validate(sent, now)
    assert figures(sent)[0] == "transmise"


def answer(now: datetime, reponse: str = "Le total est juste.", actor: Acteur = CAMILLE) -> int:
    db.session.rollback()
    told = db.session.execute(select(Signalement.id, Signalement.version).order_by(Signalement.id.desc())).first()
    db.session.rollback()
    assert told
    return answer_report(
        actor=actor, signalement_id=told.id, version=told.version, reponse=reponse, base_url=SITE, now=now
    )


def test_an_answer_leaves_the_declaration_as_it_is_and_goes_to_the_company(sent: int, now: datetime) -> None:
    tell(sent, now)
    mails(now)
    before = figures(sent)
    with pytest.raises(NotFound):
        answer(now, actor=ZOE)
    with pytest.raises(Refused, match="votre réponse"):
        answer(now, " ")
    assert answer(now) == sent
    assert figures(sent) == before
    (mail,) = mails(now)
    assert mail.destinataire == "bruno@val.test" and "Le total est juste." in mail.texte
    with pytest.raises(Refused, match="déjà traité"):
        answer(now)
    assert [r.etat for r in reports_of(actor=him(), declaration_id=sent)] == ["repondu"]
    assert reports_waiting(actor=CAMILLE) == []
    db.session.rollback()
    tell(sent, now)  # another one may follow


@pytest.mark.parametrize("is_validated", [False, True])
def test_giving_it_back_deals_with_it_and_its_company_corrects(is_validated: bool, sent: int, now: datetime) -> None:
    if is_validated:
        validate(sent, now)
    tell(sent, now)
    told = {"actor": CAMILLE, "now": now, "declaration_id": sent, "version": version(sent)}
    if is_validated:
        reopen_declaration(**told, motif="Erreur signalée.")
    else:
        send_back(**told, commentaires={None: "Corrigez le total."})
    assert figures(sent)[0] == "a_completer"
    (done,) = reports_of(actor=CAMILLE, declaration_id=sent)
    assert (done.etat, done.traite_par, done.traite_le) == ("rendu", CAMILLE.nom, now)
    assert done.reponse == ("Erreur signalée." if is_validated else "Corrigez le total.")
    acts = db.session.scalars(select(Journal.acte).where(Journal.objet == "signalement").order_by(Journal.id)).all()
    assert acts == ["creer", "modifier"]


def test_of_two_answers_one_wins(sent: int, now: datetime) -> None:
    tell(sent, now)
    with pytest.raises(Conflict):
        answer_report(actor=CAMILLE, signalement_id=1, version=7, reponse="Non.", base_url=SITE, now=now)


def test_R18_the_history_of_a_declaration_tells_its_reports_and_what_became_of_them(sent: int, now: datetime) -> None:
    tell(sent, now)
    db.session.rollback()
    (told,) = reports_of(actor=CAMILLE, declaration_id=sent)
    answer_report(
        actor=CAMILLE, signalement_id=told.id, version=told.version, reponse="4 est juste.", base_url=SITE, now=now
    )
    tell(sent, now, motif="Je maintiens : 12.")
    send_back(
        actor=CAMILLE,
        now=now,
        declaration_id=sent,
        version=version(sent),
        commentaires={None: "À vous."},
        base_url=SITE,
    )
    for reader in (CAMILLE, him()):
        history = declaration_history(actor=reader, declaration_id=sent)
        found = [(one.qui, one.titre, one.details) for one in reversed(history) if "signalée" in one.titre]
        assert found[0] == (him().nom, "Erreur signalée", (f"À corriger : {WRONG}",))
        assert found[1] == (CAMILLE.nom, "Erreur signalée : répondu sans rendre", ("Réponse : 4 est juste.",))
        assert found[2] == (him().nom, "Erreur signalée", ("À corriger : Je maintiens : 12.",))
        assert found[3][:2] == (CAMILLE.nom, "Erreur signalée : déclaration rendue")
    assert declaration_history(actor=ZOE, declaration_id=sent) == []


def test_R30_an_error_told_and_its_answer_that_name_somebody_are_told_when_she_is_erased(
    sent: int, now: datetime
) -> None:
    """« Aucun texte » was said, while both texts named her and stayed on the page of the declaration."""
    with transaction(actor=CAMILLE, now=now) as session:
        card = ContactSignataire(signataire_id=1, nom="Odile Marchand", courriel="o@val.test", created_at=now)
        session.add(card)
        session.flush()
        odile = card.id
    tell(sent, now, "Odile Marchand a compté 12 stagiaires.")
    (waiting,) = reports_waiting(actor=CAMILLE)
    db.session.rollback()
    answered = {"signalement_id": waiting.id, "version": waiting.version, "reponse": "Vu avec Odile Marchand."}
    answer_report(actor=CAMILLE, base_url=SITE, now=now, **answered)
    told = preview_contact(actor=CAMILLE, signataire_id=1, contact_id=odile).mentions
    assert [(m.nombre, m.singulier) for m in told] == [
        (1, "erreur signalée"),
        (1, "réponse à une erreur signalée"),
    ]
