"""A mistake of typing is undone while nothing hangs on it, and what hangs is named."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, PLANIFICATEUR
from paqte.models import (
    Action,
    AvisEcheance,
    ContactSignataire,
    Convention,
    Courriel,
    Declaration,
    Edition,
    Engagement,
    Gabarit,
    Journal,
    Relance,
    RelanceLigne,
    Signataire,
    Utilisateur,
    db,
)
from paqte.services.comptes.comptes import invite_user
from paqte.services.conventions.conventions import create_convention
from paqte.services.conventions.retraits import delete_convention, delete_signataire
from paqte.services.conventions.suites import renew_convention
from paqte.services.declarations.declarations import open_declaration, save_draft
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, engagement_of, some_termes

REASON = "Saisie sur la mauvaise entreprise."
T2 = Periode.from_code("2026-T2")


@pytest.fixture
def wrong(session: Any, now: datetime) -> int:
    """A signed convention, typed today on the wrong company, with an engagement."""
    key = create_convention(
        actor=CAMILLE, signataire_id=a_signataire(), termes=some_termes(debut=date(2026, 1, 1)), now=now
    ).convention_id
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Engagement(convention_id=key, indicateur="S2", rang=1))
    return key


def remove(key: int, now: datetime, motif: str = REASON, actor: Any = CAMILLE) -> int:
    db.session.rollback()
    version = db.session.scalar(select(Convention.version).where(Convention.id == key))
    db.session.rollback()
    return delete_convention(actor=actor, convention_id=key, version=version, motif=motif, now=now)


def numbers() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Convention.numero).order_by(Convention.id)))


def test_a_signed_convention_on_the_wrong_company_goes_with_a_reason_and_a_line(wrong: int, now: datetime) -> None:
    owner = remove(wrong, now)
    assert numbers() == []
    line = db.session.execute(
        select(Journal.objet_id, Journal.departement_code, Journal.avant, Journal.apres).where(
            Journal.acte == "supprimer_convention"
        )
    ).one()
    assert (line.objet_id, line.departement_code) == (str(owner), "41")
    assert json.loads(line.avant) == {"numero": "41-2026-001"}
    assert json.loads(line.apres) == {"motif": REASON}


def test_a_signed_one_asks_for_a_reason_and_a_stranger_finds_nothing(wrong: int, now: datetime) -> None:
    with pytest.raises(Refused, match="pourquoi") as refused:
        remove(wrong, now, "  ")
    assert list(refused.value.errors) == ["motif_retrait"]
    with pytest.raises(NotFound):
        remove(wrong, now, actor=ZOE)
    assert numbers() == ["41-2026-001"]


def test_a_number_is_never_given_again(wrong: int, now: datetime) -> None:
    owner = remove(wrong, now)
    create_convention(actor=CAMILLE, signataire_id=owner, termes=some_termes(debut=date(2026, 1, 1)), now=now)
    assert numbers() == ["41-2026-002"]


def test_a_declaration_begun_holds_it_and_one_merely_opened_goes_with_it(wrong: int, now: datetime) -> None:
    key = open_declaration(actor=CAMILLE, now=now, convention_id=wrong, periode=T2)
    promise = engagement_of(wrong, "S2")
    db.session.rollback()
    save_draft(
        actor=CAMILLE, now=now, declaration_id=key, version=1, saisie=Saisie({promise: AnswerTyped(valeur=4)}, "")
    )
    with pytest.raises(Refused, match="2e trimestre 2026 », commencée"):
        remove(wrong, now)
    other = a_convention(a_signataire("Autre (fictif)"), "S2")
    open_declaration(actor=CAMILLE, now=now, convention_id=other, periode=T2)
    remove(other, now)
    assert numbers() == ["41-2026-001"]
    assert len(db.session.scalars(select(Declaration.id)).all()) == 1


@pytest.mark.parametrize(
    ("periode", "days", "is_held"),
    [("2026-S1", 1, True), ("2026-S1", -1, False), ("2025-S2", 1, False)],
    ids=["made since, of its period", "made before it was typed", "of a period before it begins"],
)
def test_an_edition_that_counted_it_holds_it(periode: str, days: int, is_held: bool, wrong: int, now: datetime) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        model = Gabarit(nom="m", sha256="1" * 64, octets=b"x", en_vigueur_le=date(2020, 1, 1), created_at=now)
        writing.add(model)
        writing.flush()
        writing.add(
            Edition(
                departement_code="41", genre_document="bilan", periode=periode, numero=3, contenu="{}", faits="[]",
                sha256="2" * 64, fichier=b"x", fichier_sha256="3" * 64, fichier_nom="b.xlsx", gabarit_id=model.id,
                catalogue="1", produite_par="Camille", created_at=now + timedelta(days=days),
            )
        )  # fmt: skip
    if is_held:
        with pytest.raises(Refused, match=r"l’édition n° 3 \(bilan, 1er semestre 2026\), qui l’a comptée"):
            remove(wrong, now)
    else:
        remove(wrong, now)
    assert numbers() == (["41-2026-001"] if is_held else [])


def test_mails_already_sent_and_a_convention_that_follows_hold_it(wrong: int, session: Any, now: datetime) -> None:
    owner = session.scalar(select(Convention.signataire_id))
    session.rollback()
    given = {"courriel": "bruno@val.test", "nom": "Bruno", "signataires": [owner], "base_url": "https://p.test"}
    invite_user(actor=CAMILLE, role=ENTREPRISE, now=now, by_mail=False, **given)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        mail = Courriel(destinataire="b@val.test", sujet="S", texte="T", motif="relance", departement_code="41",
                        etat="envoye", cree_le=now, prochain_essai=now)  # fmt: skip
        writing.add_all([mail, AvisEcheance(convention_id=wrong, seuil=90, fin=date(2028, 12, 31), created_at=now)])
        writing.flush()
        user = writing.scalars(select(Utilisateur.id)).one()
        reminder = Relance(
            utilisateur_id=user,
            departement_code="41",
            jour=now.date(),
            etape="E-7",
            courriel_id=mail.id,
            created_at=now,
        )
        writing.add(reminder)
        writing.flush()
        writing.add(RelanceLigne(relance_id=reminder.id, convention_id=wrong, periode="2026-T2", etat="a_saisir"))
    version = session.scalar(select(Convention.version))
    session.rollback()
    renew_convention(actor=CAMILLE, convention_id=wrong, version=version, now=datetime(2028, 10, 1, tzinfo=now.tzinfo))
    with pytest.raises(Refused) as refused:
        remove(wrong, now)
    told = str(refused.value)
    for what in ("1 rappel déjà envoyé", "un avis de fin de convention", "41-2029-001, qui lui fait suite"):
        assert what in told


def test_an_animateur_of_a_removed_convention_keeps_nothing_of_it(wrong: int, session: Any, now: datetime) -> None:
    given = {"courriel": "ines@face.test", "nom": "Inès", "conventions": [wrong], "base_url": "https://p.test"}
    invite_user(actor=CAMILLE, role=ANIMATEUR, now=now, by_mail=False, **given)
    remove(wrong, now)
    assert numbers() == []


def test_a_company_typed_twice_goes_with_its_cards_and_a_reason(session: Any, now: datetime) -> None:
    key = a_signataire("Menuiserie Val bis (fictif)")
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(ContactSignataire(signataire_id=key, nom="Odile", created_at=now))
    with pytest.raises(Refused, match="pourquoi"):
        delete_signataire(actor=CAMILLE, signataire_id=key, version=1, motif="", now=now)
    with pytest.raises(Conflict) as moved:
        delete_signataire(actor=CAMILLE, signataire_id=key, version=2, motif=REASON, now=now)
    told = "Quelqu’un d’autre vient de modifier cette fiche : relisez-la avant de la supprimer."
    assert (str(moved.value), moved.value.current) == (told, {"version": "1"})
    with pytest.raises(NotFound):
        delete_signataire(actor=ZOE, signataire_id=key, version=1, motif=REASON, now=now)
    assert delete_signataire(actor=CAMILLE, signataire_id=key, version=1, motif=REASON, now=now) == (
        "Menuiserie Val bis (fictif)"
    )
    assert session.scalars(select(Signataire.id)).all() == []
    assert "supprimer_signataire" in session.scalars(select(Journal.acte)).all()


def test_what_hangs_on_a_company_is_named_and_it_stays(wrong: int, session: Any, now: datetime) -> None:
    owner = session.scalar(select(Convention.signataire_id))
    session.rollback()
    given = {"courriel": "bruno@val.test", "nom": "Bruno Lenoir", "signataires": [owner], "base_url": "https://p.test"}
    invite_user(actor=CAMILLE, role=ENTREPRISE, now=now, by_mail=False, **given)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Action(departement_code="41", signataire_id=owner, date=date(2026, 3, 1), axe="RECRUTER",
                           titre="Forum", texte="T", created_at=now))  # fmt: skip
    with pytest.raises(Refused) as refused:
        delete_signataire(actor=CAMILLE, signataire_id=owner, version=1, motif=REASON, now=now)
    assert str(refused.value) == (
        "Ce signataire ne peut pas être supprimé : en dépendent la convention 41-2026-001, l’action « Forum », "
        "l’accès de Bruno Lenoir."
    )
    assert session.scalars(select(Signataire.id)).all() == [owner]
