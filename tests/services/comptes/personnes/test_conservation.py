"""The daily job: who goes and who stays, in both bases, and what of the mails (R30)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.conventions.signataires import SignataireTyped
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, PLANIFICATEUR
from paqte.domain.personnes.effacement import ADRESSE_EFFACEE, NOM_EFFACE
from paqte.domain.statuts.conventions import PROJET, RESILIEE
from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE, REFUSE
from paqte.models import ContactSignataire, Courriel, Journal, Rattachement, Reglage, Utilisateur
from paqte.queries.comptes.conservation import soon_erased
from paqte.services.comptes import conservation
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import open_session
from paqte.services.comptes.conservation import erase_expired
from paqte.services.conventions.signataires import ContactTyped, change_signataire
from paqte.services.courriels.courriels import send_again
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, LONG_AGO, ZOE, a_convention, a_signataire
from tests.services.vie_de_bruno import found_in_base

FIN = date(2024, 11, 21)
DUE = datetime(2026, 11, 22, 9, tzinfo=UTC)
EVE = DUE - timedelta(days=1)
OLD = datetime(2020, 1, 2, 9, tzinfo=UTC)
Card = Callable[..., int]


@pytest.fixture
def card(session: Any) -> Card:
    """A contact of a signatory, known for long."""

    def add(signataire: int, nom: str = "Marie Petit", since: datetime = OLD) -> int:
        with transaction(actor=PLANIFICATEUR, now=since) as writing:
            row = ContactSignataire(signataire_id=signataire, nom=nom, courriel="m@val.test", created_at=since)
            writing.add(row)
            writing.flush()
            return row.id

    return add


def an_account(*signataires: int, courriel: str = "b@val.test", role: str = ENTREPRISE, **given: Any) -> str:
    asked = {"nom": "Bruno Lenoir", "signataires": signataires, "by_mail": False, **given}
    return invite_user(actor=PLANIFICATEUR, role=role, courriel=courriel, base_url="https://x.fr", now=OLD, **asked)


def ended(signataire: int, fin: date = FIN, **more: Any) -> int:
    return a_convention(signataire, debut=fin - timedelta(days=1_000), fin=fin, **more)


def setting(departement: str | None, years: str, cle: str = "conservation_annees") -> None:
    with transaction(actor=PLANIFICATEUR, now=OLD) as session:
        session.add(Reglage(departement_code=departement, cle=cle, valeur=years))


def names(session: Any) -> tuple[list[str], list[str]]:
    """Contacts, and open or closed accounts of companies."""
    session.rollback()
    users = select(Utilisateur.nom).where(Utilisateur.role.in_((ENTREPRISE, ANIMATEUR))).order_by(Utilisateur.id)
    contacts = select(ContactSignataire.nom).order_by(ContactSignataire.id)
    return list(session.scalars(contacts)), list(session.scalars(users))


def test_R30_a_contact_and_an_account_go_two_years_after_the_end_and_not_the_day_before(
    session: Any, card: Card
) -> None:
    val = a_signataire()
    ended(val)
    card(val)
    an_account(val)
    erase_expired(now=EVE)
    assert names(session) == (["Marie Petit"], ["Bruno Lenoir"])
    assert erase_expired(now=DUE) >= 2
    assert names(session) == ([], [NOM_EFFACE])
    assert found_in_base("Marie Petit", "m@val.test", "Lenoir", "b@val.test") == []
    erase_expired(now=DUE)
    acts = session.scalars(select(Journal.acte).where(Journal.qui == "Planificateur", Journal.acte.startswith("eff")))
    assert sorted(acts) == ["effacer", "effacer_contact"], "once each"


NEVER_SIGNED = {"statut": PROJET, "signee_le": None}
BROKEN = {"fin": date(2026, 12, 31), "statut": RESILIEE, "motif_resiliation": "x"}
OTHERS: dict[str, tuple[dict[str, Any], bool]] = {
    "en cours": ({"fin": date(2029, 12, 31)}, True),
    "finie depuis peu": ({"fin": date(2025, 1, 31)}, True),
    "projet à venir": ({"fin": date(2029, 12, 31), **NEVER_SIGNED}, True),
    "plus ancienne": ({"fin": date(2021, 1, 1)}, False),
    "projet jamais signé": ({"fin": date(2026, 12, 31), **NEVER_SIGNED}, False),
    "résiliée tôt": ({**BROKEN, "resiliee_le": date(2024, 6, 1)}, False),
    "résiliée tard": ({**BROKEN, "resiliee_le": date(2025, 6, 1)}, True),
}


def test_R30_the_last_of_all_her_conventions_counts(session: Any, card: Card) -> None:
    for rank, (name, (second, _)) in enumerate(OTHERS.items()):
        signataire = a_signataire(f"Val {rank} (fictif)")
        ended(signataire)
        ended(signataire, **second)
        card(signataire, name)
        an_account(signataire, courriel=f"{rank}@val.test", nom=name)
    erase_expired(now=DUE)
    stay = {name for name, (_, stays) in OTHERS.items() if stays}
    cards, accounts = names(session)
    assert (set(cards), set(accounts)) == (stay, {*stay, NOM_EFFACE})


def test_R30_an_account_stays_as_long_as_one_of_its_signatories_needs_it(session: Any, card: Card) -> None:
    val, loir = a_signataire("Val (fictif)"), a_signataire("Loir (fictif)", "972")
    ended(val)
    ended(loir, date(2027, 1, 1))
    an_account(val, loir)
    an_account(val, courriel="i@face.test", role=ANIMATEUR)
    erase_expired(now=DUE)
    assert sorted(names(session)[1]) == ["Bruno Lenoir", NOM_EFFACE]


def test_R30_without_a_convention_the_last_activity_counts(session: Any, card: Card) -> None:
    val = a_signataire()
    card(val, since=LONG_AGO)
    secret = an_account(val).rpartition("/")[2]
    open_session(secret=secret, now=OLD + timedelta(minutes=59))
    erase_expired(now=LONG_AGO.replace(year=2027))
    assert names(session) == (["Marie Petit"], [NOM_EFFACE])
    erase_expired(now=LONG_AGO.replace(year=2027) + timedelta(days=1))
    assert names(session) == ([], [NOM_EFFACE])


def test_R30_an_account_of_no_signatory_any_more_goes_too(session: Any) -> None:
    val = a_signataire()
    convention = a_convention(val)
    an_account(courriel="i@face.test", role=ANIMATEUR, conventions=[convention])
    with transaction(actor=PLANIFICATEUR, now=OLD) as writing:
        writing.delete(writing.scalars(select(Rattachement)).one())
    erase_expired(now=DUE)
    assert names(session)[1] == [NOM_EFFACE]


def test_R30_a_contact_typed_in_after_the_end_does_not_go_the_same_night(session: Any, card: Card) -> None:
    val = a_signataire()
    ended(val)
    card(val, since=EVE)
    erase_expired(now=DUE)
    assert names(session)[0] == ["Marie Petit"]


def test_R30_each_departement_has_its_own_time_and_an_account_of_two_the_longest(session: Any, card: Card) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    setting("972", "4")
    setting(None, "1")
    for signataire in (val, rhum):
        ended(signataire)
        card(signataire, nom=f"Contact {signataire}")
    an_account(val, rhum)
    erase_expired(now=DUE.replace(year=2025))
    assert names(session) == ([f"Contact {rhum}"], ["Bruno Lenoir"])
    erase_expired(now=DUE.replace(year=2028))
    assert names(session) == ([], [NOM_EFFACE])


def test_R30_a_referent_is_told_three_months_before_of_her_own_and_a_renewal_keeps_them(
    session: Any, card: Card
) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    for signataire in (val, rhum):
        ended(signataire)
    card(val)
    an_account(val, rhum)
    told = soon_erased(actor=CAMILLE, now=DUE - timedelta(days=90))
    assert [(g.nom, g.signataire, g.efface_le) for g in told] == [
        ("Bruno Lenoir", "Val (fictif)", date(2026, 11, 22)),
        ("Marie Petit", "Val (fictif)", date(2026, 11, 22)),
    ]
    assert [g.signataire for g in soon_erased(actor=ZOE, now=DUE)] == ["Rhum (fictif)"]
    assert soon_erased(actor=CAMILLE, now=DUE - timedelta(days=91)) == []
    a_convention(val)
    assert soon_erased(actor=CAMILLE, now=DUE) == []


def test_R30_texts_of_old_mails_are_emptied_and_their_addresses_go_later(session: Any) -> None:
    a_signataire()
    given = {"destinataire": "m@val.test", "sujet": "S", "html": "H", "motif": "relance", "prochain_essai": OLD}
    given |= {"erreur": "550 m@val.test inconnue"}
    with transaction(actor=PLANIFICATEUR, now=OLD) as writing:
        for place, age, etat in (
            ("41", 181, ENVOYE), ("41", 179, ENVOYE), ("41", 800, REFUSE), ("41", 800, EN_ATTENTE), (None, 800, ENVOYE),
        ):  # fmt: skip
            when = DUE - timedelta(days=age)
            writing.add(Courriel(departement_code=place, cree_le=when, etat=etat, texte=f"T{age}", **given))
    assert erase_expired(now=DUE) == 3
    session.rollback()
    c, said = Courriel, "550 m@val.test inconnue"
    rows = session.execute(select(c.texte, c.html, c.destinataire, c.erreur).order_by(c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("", "", "m@val.test", said),
        ("T179", "H", "m@val.test", said),
        ("", "", ADRESSE_EFFACEE, ""),
        ("T800", "H", "m@val.test", said),
        ("", "", ADRESSE_EFFACEE, ""),
    ]
    with pytest.raises(Refused, match="n’est plus gardé"):
        send_again(actor=CAMILLE, courriel_id=3, now=DUE)
    assert erase_expired(now=DUE) == 0


@pytest.mark.parametrize(("texte", "html"), [("T", ""), ("", "H")])
def test_R30_a_mail_that_has_one_of_its_two_texts_is_emptied_too(session: Any, texte: str, html: str) -> None:
    given = {"destinataire": "m@val.test", "sujet": "S", "motif": "relance", "prochain_essai": OLD, "etat": ENVOYE}
    with transaction(actor=PLANIFICATEUR, now=OLD) as writing:
        writing.add(Courriel(cree_le=OLD, texte=texte, html=html, **given))
    assert erase_expired(now=DUE) == 1
    session.rollback()
    assert session.execute(select(Courriel.texte, Courriel.html)).one() == ("", "")


def test_R30_each_departement_keeps_the_texts_of_its_mails_as_long_as_it_says(session: Any) -> None:
    a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    setting("972", "30", "courriels_texte_jours"), setting("972", "1"), setting(None, "2")
    given = {"sujet": "S", "html": "H", "motif": "relance", "prochain_essai": OLD, "etat": ENVOYE}
    with transaction(actor=PLANIFICATEUR, now=OLD) as writing:
        for place in ("41", "972", None):
            for age in (31, 30, 400):
                when, to = DUE - timedelta(days=age), f"{place}-{age}@val.test"
                writing.add(Courriel(departement_code=place, cree_le=when, texte="T", destinataire=to, **given))
    erase_expired(now=DUE)
    session.rollback()
    c = Courriel
    emptied = set(session.scalars(select(c.destinataire).where(c.texte == "")))
    erased = set(session.scalars(select(c.departement_code).where(c.destinataire == ADRESSE_EFFACEE)))
    assert (emptied, erased) == ({"41-400@val.test", "None-400@val.test", "972-31@val.test", ADRESSE_EFFACEE}, {"972"})


def test_R30_a_contact_taken_away_leaves_the_journal_too(session: Any, card: Card) -> None:
    val = a_signataire(siren="732829320")
    a_convention(val, fin=date(2040, 1, 1))
    card(val)
    row = {"identifiant": "732829320", "nom": "Menuiserie Val (fictif)", "nature": "entreprise"}
    given = {"identite": SignataireTyped(**row), "contacts": [ContactTyped(nom="Anne Val")]}
    change_signataire(actor=CAMILLE, signataire_id=val, version=1, now=OLD, **given)
    assert found_in_base("Marie Petit") == ["journal_personne.valeur"]
    erase_expired(now=DUE)
    assert found_in_base("Marie Petit", "m@val.test") == []
    assert found_in_base("Anne Val") != []


@pytest.mark.parametrize("has_account", [False, True])
def test_R30_a_convention_signed_after_the_list_was_made_keeps_her_and_nobody_is_counted(
    session: Any, card: Card, monkeypatch: pytest.MonkeyPatch, has_account: bool
) -> None:
    """Each is judged again in the transaction that would erase her: the list of before may be some minutes old."""
    val = a_signataire()
    ended(val)
    an_account(val) if has_account else card(val)
    left = names(session)

    def signed_meanwhile(one: Any, now: datetime) -> bool:
        a_convention(val, fin=date(2029, 12, 31))
        return erase_one(one, now)

    erase_one = conservation._erase_one
    monkeypatch.setattr(conservation, "_erase_one", signed_meanwhile)
    assert erase_expired(now=DUE) == 0
    assert names(session) == left
