"""Before a convention: how far each company is, a refusal that ends every mail, nothing typed twice at signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.conventions.demarches import ACTES, ETATS, TRANSITIONS
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, PLANIFICATEUR, REGION, Acteur
from paqte.domain.statuts.courriels import Message
from paqte.models import ContactSignataire, Demarche, JournalPersonne, Rattachement
from paqte.queries.comptes.effacements import preview_contact
from paqte.queries.conventions.prospects import ProspectsSought, list_prospects, read_prospect
from paqte.queries.suivi.acces_prevus import MOTIFS, forecast_invitations
from paqte.services.comptes.acces import disable_account, enable_account
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.invitations import invite_contacts
from paqte.services.comptes.personnes import erase_contact
from paqte.services.conventions.conventions import create_convention
from paqte.services.conventions.entreprises.demarches import move_prospect
from paqte.services.conventions.rencontres import RencontreTyped, record_meeting
from paqte.services.conventions.retraits import delete_signataire
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, some_termes

NOW = datetime(2026, 8, 31, 9, tzinfo=UTC)
BASE = "http://localhost"
REASON = "Le siège décide, et ne signe rien cette année."


def moved(signataire: int, acte: str, motif: str = "", actor: Acteur = CAMILLE, **more: Any) -> str:
    read = read_prospect(actor=CAMILLE, signataire_id=signataire)
    version = more.get("version", read.version if read else None)
    return move_prospect(actor=actor, now=NOW, signataire_id=signataire, version=version, acte=acte, motif=motif)


def listed(actor: Acteur = CAMILLE, **asked: str) -> list[int]:
    found = list_prospects(actor=actor, departement="41", now=NOW, filtre=ProspectsSought(**asked))
    return [one.id for one in found]


def a_contact(signataire: int, courriel: str = "odile@val.test", nom: str = "Odile Marchand") -> int:
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        card = ContactSignataire(
            signataire_id=signataire, nom=nom, courriel=courriel, telephone="02 54 00 00 00", created_at=NOW
        )
        session.add(card)
        session.flush()
        return card.id


def an_access(signataire: int, courriel: str = "odile@val.test") -> None:
    invite_user(
        actor=CAMILLE, now=NOW, role=ENTREPRISE, courriel=courriel, nom="Odile Marchand",
        signataires=[signataire], base_url=BASE,
    )  # fmt: skip


def left() -> list[str]:
    """Addresses of the mails that leave now."""
    sent: list[Message] = []
    send_due(transport=sent.append, now=NOW)
    return [mail.destinataire for mail in sent]


def walks() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The shortest way to each state, from the one that nobody said, through the table as the document shows it."""
    ways: dict[str, tuple[str, ...]] = {"a_contacter": ()}
    while len(ways) < len(ETATS):
        for (etat, acte), following in TRANSITIONS.items():
            if etat in ways:
                ways.setdefault(following, (*ways[etat], acte))
    yield from ways.items()


@pytest.mark.parametrize(("etat", "way"), list(walks()))
def test_each_act_leads_where_the_table_says_and_any_other_is_refused_and_writes_nothing(
    session: Any, etat: str, way: tuple[str, ...]
) -> None:
    for acte in ACTES:
        key = a_signataire(f"Société {acte} (fictif)")
        for step in way:
            moved(key, step, REASON)
        before = read_prospect(actor=CAMILLE, signataire_id=key)
        assert before is not None and before.etat == etat and set(before.actes) == {
            a for e, a in product([etat], ACTES) if (e, a) in TRANSITIONS
        }  # fmt: skip
        if (etat, acte) in TRANSITIONS:
            assert moved(key, acte, REASON) == TRANSITIONS[etat, acte]
            continue
        with pytest.raises(Refused) as refused:
            moved(key, acte, REASON)
        assert list(refused.value.errors) == ["acte"]
        assert read_prospect(actor=CAMILLE, signataire_id=key) == before


def test_a_refusal_asks_for_its_reason_and_only_a_refusal_keeps_one(session: Any) -> None:
    key = a_signataire()
    with pytest.raises(Refused) as refused:
        moved(key, "refuser", "  ")
    assert list(refused.value.errors) == ["motif"] and session.scalars(select(Demarche)).all() == []
    moved(key, "inviter", "Ce motif n’est pas celui d’un refus.")
    shown = read_prospect(actor=CAMILLE, signataire_id=key)
    assert shown and (shown.etat, shown.motif, shown.depuis) == ("invite", "", date(2026, 8, 31))
    moved(key, "refuser", REASON)
    shown = read_prospect(actor=CAMILLE, signataire_id=key)
    assert shown and shown.motif == REASON
    moved(key, "reprendre")
    shown = read_prospect(actor=CAMILLE, signataire_id=key)
    assert shown and (shown.etat, shown.motif) == ("en_discussion", "")


def test_two_who_say_it_at_once_do_not_overwrite_each_other(session: Any) -> None:
    key = a_signataire()
    moved(key, "inviter")
    moved(key, "refuser", REASON)
    for stale in (None, 7):
        with pytest.raises(Conflict) as said:
            moved(key, "refuser", "Une autre raison", version=stale)
        assert said.value.current == {"version": "2", "motif": REASON}, "what the other said is shown"
    with pytest.raises(Conflict) as said:
        moved(a_signataire("Autre (fictif)"), "inviter", version=1)
    assert said.value.current == {}


def test_a_refusal_stops_what_waits_to_leave_and_lets_nobody_be_invited_by_any_door(session: Any) -> None:
    key = a_signataire()
    a_contact(key)
    an_access(key)
    numero = session.scalars(select(Rattachement.utilisateur_id)).one()
    moved(key, "refuser", REASON)
    assert left() == [], "the invitation queued before the refusal does not leave"
    for door in (
        lambda: an_access(key),
        lambda: an_access(key, "awa@val.test"),
        lambda: enable_account(actor=CAMILLE, now=NOW, utilisateur_id=numero),
    ):
        with pytest.raises(Refused, match="Menuiserie Val"):
            door()
    found = forecast_invitations(actor=CAMILLE, now=NOW, signataires=[key])
    assert found.a_inviter == () and [MOTIFS[one.motif] for one in found.ecartes] == ["L’entreprise a refusé"]
    cards = session.scalars(select(ContactSignataire.id)).all()
    assert invite_contacts(actor=CAMILLE, now=NOW, contacts=cards, base_url=BASE, signataires=[key]).faits == ()
    assert left() == []


def test_an_access_to_two_companies_of_which_one_refused_is_given_back_for_the_other_alone(session: Any) -> None:
    gone, stays = a_signataire("Refus (fictif)"), a_signataire("Reste (fictif)")
    for key in (gone, stays):
        an_access(key)
    numero = session.scalars(select(Rattachement.utilisateur_id).distinct()).one()
    moved(gone, "refuser", REASON)
    disable_account(actor=CAMILLE, now=NOW, utilisateur_id=numero)
    enable_account(actor=CAMILLE, now=NOW, utilisateur_id=numero)
    session.expire_all()
    given = dict(session.execute(select(Rattachement.signataire_id, Rattachement.is_suspendu)).all())
    assert given == {gone: True, stays: False}


def test_a_company_that_comes_back_may_be_invited_again_and_one_that_signed_after_its_refusal_too(session: Any) -> None:
    back, signed = a_signataire("Retour (fictif)"), a_signataire("Signe (fictif)")
    for key in (back, signed):
        moved(key, "refuser", REASON)
    moved(back, "reprendre")
    an_access(back)
    a_convention(signed, "S2")
    an_access(signed, "awa@signe.test")
    assert sorted(left()) == ["awa@signe.test", "odile@val.test"]


def test_a_prospect_leaves_the_list_when_its_convention_is_signed_with_its_card_and_its_meetings(session: Any) -> None:
    key = a_signataire()
    a_contact(key)
    moved(key, "discuter")
    met = RencontreTyped(date=date(2026, 6, 4), genre="visite", signataires=(key,))
    record_meeting(actor=CAMILLE, now=NOW, departement="41", rencontre=met)
    (one,) = list_prospects(actor=CAMILLE, departement="41", now=NOW)
    assert (one.demarche.etat, one.rencontre) == ("en_discussion", date(2026, 6, 4))
    assert [(c.nom, c.telephone) for c in one.contacts] == [("Odile Marchand", "02 54 00 00 00")]
    create_convention(
        actor=CAMILLE, signataire_id=key, termes=some_termes(debut=date(2026, 1, 1), signee_le=None), now=NOW
    )  # fmt: skip
    assert listed() == [key], "a convention not signed yet changes nothing"
    a_convention(key, "S2", debut=date(2020, 1, 1), fin=date(2022, 12, 31))
    assert listed() == [] and read_prospect(actor=CAMILLE, signataire_id=key) is None
    with pytest.raises(Refused, match="a signé une convention"):
        moved(key, "refuser", REASON, version=1)


def test_the_list_is_in_the_order_of_what_is_to_be_done_then_of_names_and_narrows_by_state_and_word(
    session: Any,
) -> None:
    ways = {"Zinc": (), "Atelier": (), "Bois": ("refuser",), "Cuir": ("inviter",), "Drap": ("discuter", "inscrire")}
    keys = {nom: a_signataire(f"{nom} (fictif)") for nom in ways}
    for nom, way in ways.items():
        for acte in way:
            moved(keys[nom], acte, "Le siège décide.")
    a_convention(a_signataire("Signataire (fictif)"), "S2")
    assert listed() == [keys[nom] for nom in ("Atelier", "Zinc", "Cuir", "Drap", "Bois")]
    assert listed(etat="a_contacter") == [keys["Atelier"], keys["Zinc"]]
    assert listed(q="siège") == [keys["Bois"]]
    assert sum(len(listed(etat=etat)) for etat in ETATS) == len(listed())


def test_another_departement_a_company_an_animateur_and_the_nation_see_and_change_no_prospect(session: Any) -> None:
    a_departement("972")
    key = a_signataire()
    moved(key, "inviter")
    mine = {"signataires": frozenset({key})}
    strangers = [
        ZOE,
        Acteur(9, "X", ENTREPRISE, None, **mine),
        Acteur(9, "X", ANIMATEUR, None, **mine),
        Acteur(9, "X", REGION, None, departements=frozenset({"41"})),
        Acteur(9, "X", NATIONAL, None),
        Acteur(9, "X", ADMIN, None),
    ]
    for stranger in strangers:
        assert listed(stranger) == [] and read_prospect(actor=stranger, signataire_id=key) is None, stranger.role
        with pytest.raises(NotFound, match=r"^Ce prospect "):
            moved(key, "refuser", REASON, actor=stranger)


def test_R30_a_reason_that_names_somebody_is_told_when_she_is_erased_and_its_former_words_go(session: Any) -> None:
    key = a_signataire()
    odile = a_contact(key)
    moved(key, "refuser", "Odile Marchand ne veut pas.")
    preview = preview_contact(actor=CAMILLE, signataire_id=key, contact_id=odile)
    assert [(m.nombre, m.singulier) for m in preview.mentions] == [(1, "motif de refus d’un prospect")]
    moved(key, "reprendre")
    moved(key, "refuser", REASON)
    erase_contact(actor=CAMILLE, now=NOW, signataire_id=key, contact_id=odile)
    kept = session.scalars(select(JournalPersonne.valeur).where(JournalPersonne.sujet.startswith("demarche/")))
    assert not [words for words in kept if "Odile" in words]


def test_a_prospect_typed_by_mistake_is_deleted_with_what_was_said_of_it(session: Any) -> None:
    key = a_signataire()
    moved(key, "inviter")
    delete_signataire(actor=CAMILLE, now=NOW, signataire_id=key, version=1, motif="Doublon.")
    assert session.scalars(select(Demarche)).all() == []
