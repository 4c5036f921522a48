"""What is another département's is refused by the name of the thing, as is what does not exist (R20)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound
from paqte.models import EngagementProtocole, Partenaire, Referent
from paqte.services.comptes.acces import disable_account, enable_account, give_access, invite_again, withdraw_right
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.personnes import erase_account, export_account
from paqte.services.comptes.utilisateurs import disable_user, enable_user, invite_user_again
from paqte.services.conventions.conventions import change_convention, create_convention
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.retraits import delete_convention
from paqte.services.conventions.signataires import change_signataire
from paqte.services.conventions.suites import end_convention, renew_convention, sign_convention
from paqte.services.courriels.relances import pause_reminders, remind_company
from paqte.services.declarations.declarations import open_declaration, save_draft, validate_declaration
from paqte.services.declarations.preuves.actions import (
    ActionTyped,
    change_action,
    delete_action,
    propose_action,
    record_action,
)
from paqte.services.declarations.preuves.attestations import make_attestation
from paqte.services.declarations.preuves.justificatifs import add_evidence, remove_evidence
from paqte.services.gabarits.installes import discard_template, withdraw_template
from paqte.services.pieces import FichierReceived
from paqte.services.pilotage.contexte import ChiffreTyped, add_chiffre, change_chiffre, remove_chiffre
from paqte.services.pilotage.pilotage import (
    PartenaireTyped,
    ReferentTyped,
    add_partenaire,
    add_referent,
    change_partenaire,
    change_referent,
    remove_partenaire,
    remove_referent,
)
from paqte.services.pilotage.protocole import ProtocoleTyped, add_protocole, change_protocole, remove_protocole
from paqte.services.pilotage.rubriques import write_rubrique
from tests.factories import (
    A_PDF,
    CAMILLE,
    ZOE,
    a_convention,
    a_departement,
    a_signataire,
    an_identite,
    bruno,
    some_termes,
)
from tests.services.maison import T3, Maison

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SITE = "https://paqte.exemple.fr"
ACTION = ActionTyped(date(2026, 3, 12), "SENSIBILISER", "Forum", "Deux matinées.")
PDF = FichierReceived("a.pdf", A_PDF)
ENGAGEMENT = ProtocoleTyped("Recruter", "Emploi", "PAQTE")
CHIFFRE = ChiffreTyped("defm", Decimal(1), date(2026, 1, 31))
Done = Callable[..., object]


def told(use_case: Done, **given: Any) -> str:
    """What Zoé is answered, who has nothing in Loir-et-Cher."""
    with pytest.raises(NotFound) as refused:
        use_case(**{"actor": ZOE, "now": NOW, **given})
    return str(refused.value)


@pytest.fixture
def here(session: Any) -> Maison:
    a_departement("972")
    return Maison(NOW, "S2")


def masculine(what: str) -> str:
    return f"{what} n’existe pas ou ne vous est pas ouvert."


def feminine(what: str) -> str:
    return f"{what} n’existe pas ou ne vous est pas ouverte."


@pytest.mark.parametrize("is_known", [True, False])
def test_R20_a_convention_and_what_hangs_on_it_answer_as_what_does_not_exist(here: Maison, is_known: bool) -> None:
    signataire, convention, key = (here.signataire, here.convention, here.id) if is_known else (98, 98, 98)
    of_it: dict[str, Any] = {"convention_id": convention, "version": 1}
    ends = {"resiliee_le": None, "motif": ""}
    terms = some_termes()
    assert {
        told(change_convention, **of_it, termes=terms),
        told(delete_convention, **of_it),
        told(sign_convention, **of_it, signee_le=None),
        told(end_convention, **of_it, **ends),
        told(renew_convention, **of_it),
        told(set_engagements, **of_it, axe="SENSIBILISER", saisis=[]),
        told(open_declaration, convention_id=convention, periode=T3),
        told(make_attestation, convention_id=convention),
    } == {feminine("Cette convention")}
    assert {
        told(create_convention, signataire_id=signataire, termes=terms),
        told(change_signataire, signataire_id=signataire, version=1, identite=an_identite(), contacts=()),
        told(remind_company, signataire_id=signataire, base_url=SITE),
        told(pause_reminders, signataire_id=signataire, jusquau=None),
    } == {masculine("Ce signataire")}
    of_declaration: dict[str, Any] = {"declaration_id": key, "version": 1}
    assert {
        told(save_draft, **of_declaration, saisie=here.saisie()),
        told(validate_declaration, **of_declaration),
        told(add_evidence, declaration_id=key, engagement_id=here.keys["S2"], piece=PDF),
    } == {feminine("Cette déclaration")}
    assert told(propose_action, signataire_id=signataire, action=ACTION) == feminine("Cette entreprise")
    assert told(set_engagements, actor=CAMILLE, convention_id=here.convention, version=1, axe="P", saisis=[]) == (
        masculine("Cet axe")
    )


def test_R20_the_lines_of_a_department_are_its_own(here: Maison) -> None:
    mine: dict[str, Any] = {"actor": CAMILLE, "now": NOW, "departement": "41"}
    action = record_action(**mine, action=ACTION)
    referent = add_referent(**mine, referent=ReferentTyped("Camille"))
    partenaire = add_partenaire(**mine, partenaire=PartenaireTyped("CCI"))
    engagement = add_protocole(**mine, engagement=ENGAGEMENT)
    chiffre = add_chiffre(**mine, chiffre=CHIFFRE)
    assert {
        told(change_action, action_id=action, version=1, action=ACTION),
        told(delete_action, action_id=action, version=1),
    } == {feminine("Cette action")}
    assert {
        told(change_referent, referent_id=referent, version=1, referent=ReferentTyped("Z")),
        told(remove_referent, referent_id=referent, version=1),
        told(change_partenaire, partenaire_id=partenaire, version=1, partenaire=PartenaireTyped("Z")),
        told(remove_partenaire, partenaire_id=partenaire, version=1),
        told(change_protocole, engagement_id=engagement, version=1, engagement=ENGAGEMENT),
        told(remove_protocole, engagement_id=engagement, version=1),
        told(change_chiffre, chiffre_id=chiffre, version=1, chiffre=CHIFFRE),
        told(remove_chiffre, chiffre_id=chiffre, version=1),
    } == {feminine("Cette ligne")}
    for add, name, line in (
        (record_action, "action", ACTION),
        (add_referent, "referent", ReferentTyped("Z")),
        (add_partenaire, "partenaire", PartenaireTyped("Z")),
        (add_protocole, "engagement", ENGAGEMENT),
        (add_chiffre, "chiffre", CHIFFRE),
    ):
        told(add, departement="41", **{name: line})
    text: dict[str, Any] = {"departement": "41", "version": None, "texte": "x", "code": "obstacles"}
    told(write_rubrique, **text, periode=Periode.from_code("2026-S1"))
    quarter = {**text, "actor": CAMILLE, "periode": Periode.from_code("2026-T1")}
    assert told(write_rubrique, **quarter) == feminine("Cette rubrique")


def test_R20_an_account_is_her_referent_s_or_the_administrator_s(here: Maison, session: Any) -> None:
    invited: dict[str, Any] = {"courriel": "b@val.test", "nom": "B", "base_url": SITE}
    assert told(invite_user, role="referent", departement="972", **invited) == feminine("Cette invitation")
    assert told(invite_user, actor=bruno(here.signataire), role="entreprise", **invited) == (
        feminine("Cette invitation")
    )
    invite_user(actor=CAMILLE, now=NOW, role="entreprise", signataires=[here.signataire], **invited)
    key = 1
    for who in (key, 98):
        assert {
            told(disable_account, utilisateur_id=who),
            told(enable_account, utilisateur_id=who),
            told(invite_again, utilisateur_id=who, base_url=SITE),
            told(give_access, utilisateur_id=who, signataires=[]),
            told(disable_user, utilisateur_id=who),
            told(enable_user, utilisateur_id=who),
            told(invite_user_again, utilisateur_id=who, base_url=SITE),
        } == {masculine("Ce compte")}
        told(erase_account, utilisateur_id=who)
        told(export_account, utilisateur_id=who)
    for actor, signataire in ((ZOE, here.signataire), (CAMILLE, 98), (CAMILLE, a_signataire("Autre (fictif)"))):
        given = {"actor": actor, "utilisateur_id": key, "signataire_id": signataire}
        assert told(withdraw_right, **given) == masculine("Cet accès")
    assert {told(use, gabarit_id=1) for use in (withdraw_template, discard_template)} == {masculine("Ce modèle")}


def test_R20_a_piece_of_evidence_is_its_own_company_s(here: Maison) -> None:
    contact = bruno(here.signataire)
    key = add_evidence(actor=contact, now=NOW, declaration_id=here.id, engagement_id=here.keys["S2"], piece=PDF)
    neighbour = bruno(a_signataire("Voisine (fictif)"))
    for actor, piece in ((ZOE, key), (neighbour, key), (contact, 98)):
        assert told(remove_evidence, actor=actor, justificatif_id=piece) == masculine("Ce justificatif")
    a_convention(here.signataire)
    assert remove_evidence(actor=contact, now=NOW, justificatif_id=key) == here.id


def test_a_line_corrected_without_a_rank_keeps_its_place(session: Any) -> None:
    a_departement("41")
    mine: dict[str, Any] = {"actor": CAMILLE, "now": NOW}

    def place(add: Done, change: Done, name: str, key: str, line: Any, rang: int) -> tuple[int, ...]:
        model: Any = {"referent": Referent, "partenaire": Partenaire, "engagement": EngagementProtocole}[name]
        made = add(**mine, departement="41", **{name: replace(line, rang=rang)})
        found = []
        for asked in (None, rang + 3):
            session.rollback()
            version = session.get_one(model, made).version
            session.rollback()
            change(**mine, version=version, **{key: made, name: replace(line, rang=asked)})
            session.rollback()
            found.append(session.get_one(model, made).rang)
        return tuple(found)

    assert place(add_referent, change_referent, "referent", "referent_id", ReferentTyped("C"), 4) == (4, 7)
    assert place(add_partenaire, change_partenaire, "partenaire", "partenaire_id", PartenaireTyped("C"), 5) == (5, 8)
    assert place(add_protocole, change_protocole, "engagement", "engagement_id", ENGAGEMENT, 6) == (6, 9)
    added = add_referent(**mine, departement="41", referent=ReferentTyped("D"))
    session.rollback()
    assert session.get_one(Referent, added).rang == 8
    add_referent(**mine, departement="41", referent=ReferentTyped("E", rang=999))
    last = add_referent(**mine, departement="41", referent=ReferentTyped("F"))
    session.rollback()
    assert session.get_one(Referent, last).rang == 999
