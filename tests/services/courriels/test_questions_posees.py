"""What each kind of mail, link and task asks again as it acts: one small world, and the sentence each answer gets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import (
    ContactSignataire,
    Courriel,
    Declaration,
    Departement,
    Edition,
    Gabarit,
    JetonConnexion,
    Rattachement,
    Reglage,
    Signalement,
    Utilisateur,
)
from paqte.services.courriels import raisons
from paqte.services.courriels.raisons import MAILS, TACHES, CourrielReady, JetonReady, TacheReady, opens, proves
from paqte.services.transaction import transaction
from tests.factories import a_departement, a_signataire
from tests.services.maison import Maison

NOW = datetime(2026, 10, 16, 8, 0, tzinfo=UTC)
BRUNO, ANNE, CAMILLE, ZOE, GONE, SHADOW = range(1, 7)
SHADOW_ADDRESS = "invitation+6@invitation.invalid"


@pytest.fixture
def monde(session: Any) -> Any:
    """Bruno has the first company, Anne's right is suspended; Camille in the 41, Zoé in the 972; one who left."""
    first = Maison(NOW, "S2")
    a_signataire("Seconde (fictif)")
    a_departement("972")
    people = [
        ("bruno@val.test", "entreprise", None, True), ("anne@val.test", "entreprise", None, True),
        ("camille@pref.test", "referent", "41", True), ("zoe@pref.test", "referent", "972", True),
        ("parti@val.test", "entreprise", None, False), (SHADOW_ADDRESS, "entreprise", None, False),
    ]  # fmt: skip
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        for courriel, role, departement, is_active in people:
            given = {"courriel": courriel, "role": role, "departement_code": departement, "is_active": is_active}
            writing.add(Utilisateur(nom=courriel[:5], created_at=NOW, **given))
            writing.flush()
        for key, is_suspendu in ((BRUNO, False), (ANNE, True), (GONE, False)):
            right = {"utilisateur_id": key, "signataire_id": first.signataire, "is_suspendu": is_suspendu}
            writing.add(Rattachement(**right))
    return session


def asked(session: Any, motif: str, to: int | None, appui: dict[str, Any] | None = None, address: str = "") -> str:
    mail = Courriel(motif=motif, utilisateur_id=to, destinataire=address, departement_code="41", appui="{}")
    return MAILS[motif].ask(CourrielReady(session, mail, NOW, appui or {})).reason


def written(*statements: Any) -> None:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        for statement in statements:
            if hasattr(statement, "__table__"):
                writing.add(statement)
                writing.flush()
            else:
                writing.execute(statement.execution_options(synchronize_session=False))


def test_a_link_to_sign_in_leaves_to_an_open_account_and_to_no_other(monde: Any) -> None:
    given = [(BRUNO, ""), (GONE, raisons.CLOSED), (99, raisons.CLOSED), (None, "")]
    assert [(key, asked(monde, "connexion", key)) for key, _ in given] == given


def test_an_invitation_leaves_while_something_is_still_open_to_whoever_it_invites(monde: Any) -> None:
    given = [(BRUNO, ""), (ANNE, raisons.NO_ACCESS), (CAMILLE, ""), (GONE, raisons.CLOSED), (None, "")]
    assert [(key, asked(monde, "invitation", key)) for key, _ in given] == given
    shadows = [(BRUNO, ""), (ANNE, raisons.NO_ACCESS)]
    assert [(key, asked(monde, "invitation", CAMILLE, {"compte": key})) for key, _ in shadows] == shadows
    assert asked(monde, "invitation", BRUNO, {"signataire": 2}) == raisons.NO_ACCESS
    assert asked(monde, "invitation", BRUNO, {"signataire": 1}) == ""


def test_a_new_address_is_proved_while_nobody_else_has_it(monde: Any) -> None:
    assert asked(monde, "nouvelle_adresse", BRUNO, address="zoe@pref.test") == raisons.TAKEN
    assert asked(monde, "nouvelle_adresse", BRUNO, address="nouvelle@val.test") == ""
    assert asked(monde, "nouvelle_adresse", GONE, address="nouvelle@val.test") == raisons.CLOSED
    for told in ("adresse_changee", "facteur_retire", "cle_acces"):
        assert asked(monde, told, GONE, address="zoe@pref.test") == ""


def test_an_answer_about_a_company_leaves_to_whoever_still_has_it(monde: Any) -> None:
    given = [
        (BRUNO, ""), (ANNE, raisons.NO_ACCESS), (GONE, raisons.CLOSED), (CAMILLE, ""), (99, raisons.NO_ACCESS),
        (SHADOW, raisons.NO_ACCESS),
    ]  # fmt: skip
    assert [(key, asked(monde, "signalement_reponse", key)) for key, _ in given] == given
    written(Rattachement(utilisateur_id=SHADOW, signataire_id=1), Rattachement(utilisateur_id=ANNE, signataire_id=2))
    assert asked(monde, "signalement_reponse", SHADOW) == ""
    assert [asked(monde, "signalement_reponse", ANNE, {"signataire": n}) for n in (1, 2)] == [raisons.NO_ACCESS, ""]
    written(update(Utilisateur).where(Utilisateur.id == CAMILLE).values(is_active=False))
    assert asked(monde, "signalement_reponse", CAMILLE) == raisons.CLOSED


@pytest.mark.parametrize(
    ("motif", "states"),
    [("transmission", {"transmise", "validee"}), ("renvoi", {"a_completer"}), ("validation", {"validee"}),
     ("reouverture", {"a_saisir", "a_completer"})],
)  # fmt: skip
def test_what_is_said_of_a_declaration_leaves_in_the_states_where_it_is_true(
    monde: Any, motif: str, states: set[str]
) -> None:
    d = Declaration
    found = {}
    for etat in ("a_saisir", "transmise", "a_completer", "validee"):
        values = {"etat": etat, "transmise_le": None if etat == "a_saisir" else NOW}
        seal = {"validee_le": NOW, "sceau": "[]"} if etat == "validee" else {"validee_le": None, "sceau": None}
        written(update(d).values(**values, **seal))
        found[etat] = asked(monde, motif, BRUNO, {"declaration": 1})
        monde.rollback()
    wanted = {"transmission": "transmise", "renvoi": "a_completer", "reouverture": "rouverte", "validation": "validee"}
    expected = raisons.STATES[wanted[motif]]
    assert found == {etat: "" if etat in states else expected for etat in found}
    assert asked(monde, motif, BRUNO, {"declaration": 99}) == expected
    assert asked(monde, motif, ANNE, {"declaration": 1}) == raisons.NO_ACCESS
    assert asked(monde, motif, BRUNO) == ""


def test_an_error_told_leaves_to_the_referent_of_its_departement_while_it_waits(monde: Any) -> None:
    told = {"declaration_id": 1, "departement_code": "41", "motif": "erreur", "par": "Bruno", "created_at": NOW}
    written(Signalement(etat="ouvert", **told))
    given = [(CAMILLE, ""), (ZOE, raisons.CLOSED), (BRUNO, raisons.CLOSED), (99, raisons.CLOSED)]
    assert [(key, asked(monde, "signalement", key, {"signalement": 1})) for key, _ in given] == given
    assert asked(monde, "signalement", CAMILLE, {"signalement": 2}) == raisons.DEALT_WITH
    assert asked(monde, "signalement", CAMILLE) == raisons.DEALT_WITH
    written(update(Signalement).values(etat="repondu", traite_par="Camille", traite_le=NOW))
    monde.rollback()
    assert asked(monde, "signalement", CAMILLE, {"signalement": 1}) == raisons.DEALT_WITH


def an_edition(numero: int, periode: str, genre: str, departement: str = "41", **more: Any) -> Edition:
    given: dict[str, Any] = {
        "contenu": "{}", "faits": "[]", "sha256": "2" * 64, "fichier": b"x", "fichier_sha256": "3" * 64,
        "fichier_nom": "b.xlsx", "gabarit_id": 1, "catalogue": "1", "produite_par": "Camille", "created_at": NOW,
    } | more  # fmt: skip
    return Edition(departement_code=departement, genre_document=genre, periode=periode, numero=numero, **given)


@pytest.fixture
def editions(monde: Any) -> Any:
    model = Gabarit(nom="m", sha256="1" * 64, octets=b"x", en_vigueur_le=date(2020, 1, 1), created_at=NOW)
    written(model, an_edition(1, "2026-S1", "bilan"), an_edition(2, "2026-S1", "export"),
            an_edition(3, "2025-S2", "bilan"), an_edition(4, "2026-S1", "bilan", "972"))  # fmt: skip
    return monde


def test_an_edition_is_told_while_none_of_its_kind_period_and_departement_is_newer(editions: Any) -> None:
    assert asked(editions, "bilan", CAMILLE, {"edition": 1}) == ""
    assert asked(editions, "edition_transmise", None, {"edition": 1, "auteur": CAMILLE}) == ""
    assert asked(editions, "edition_transmise", None, {"edition": 1, "auteur": ZOE}) == raisons.NOT_HERS
    assert asked(editions, "edition_transmise", None, {"edition": 1, "auteur": 99}) == raisons.NOT_HERS
    assert asked(editions, "edition_transmise", None, {"edition": 1}) == ""
    assert asked(editions, "bilan", ZOE, {"edition": 1}) == raisons.CLOSED
    written(an_edition(2, "2026-S1", "bilan"))
    assert asked(editions, "bilan", CAMILLE, {"edition": 1}) == raisons.NEWER
    assert asked(editions, "edition_transmise", None, {"edition": 1, "auteur": CAMILLE}) == raisons.NEWER
    assert asked(editions, "bilan", CAMILLE, {"edition": 5}) == ""
    assert asked(editions, "bilan", CAMILLE, {}) == ""
    assert asked(editions, "bilan", None, {"edition": 1}) == ""


def test_the_reading_leaves_on_its_day_to_the_referent_of_a_document_not_made(editions: Any) -> None:
    base = {"base_url": "https://p.test"}
    assert asked(editions, "lecture", CAMILLE, {"periode": "2026-S1"} | base) == raisons.PRODUCED
    assert asked(editions, "lecture", CAMILLE, {"periode": "2026-S2"} | base) == raisons.MOVED
    assert asked(editions, "lecture", CAMILLE, {"periode": "2025-S1"} | base) == ""
    assert asked(editions, "lecture", ZOE, {"periode": "2025-S1"} | base) == raisons.CLOSED
    assert asked(editions, "lecture", CAMILLE, base) == ""
    assert asked(editions, "lecture", None, {"periode": "2026-S1"} | base) == ""


def test_a_bilan_that_is_awaited_is_recalled_to_its_referent_alone_and_no_more_once_it_came(editions: Any) -> None:
    base, s1 = {"base_url": "https://p.test"}, "2026-S1"
    written(update(Departement).where(Departement.code == "41").values(premier_semestre=s1))
    written(Reglage(departement_code=None, cle="rappels_referents_jours", valeur="78"))  # 16 October
    assert asked(editions, "rappel_bilan", CAMILLE, {"periode": s1} | base) == raisons.SENT, "it came"
    written(delete(Edition).where(Edition.departement_code == "41"))
    assert asked(editions, "rappel_bilan", CAMILLE, {"periode": s1} | base) == ""
    assert asked(editions, "rappel_bilan", CAMILLE, {"periode": "2026-S2"} | base) == raisons.SENT
    given = (ZOE, BRUNO, GONE, 99)
    assert {asked(editions, "rappel_bilan", key, {"periode": s1} | base) for key in given} == {raisons.SENT}
    written(update(Reglage).values(valeur="aucune"))
    assert asked(editions, "rappel_bilan", CAMILLE, {"periode": s1} | base) == raisons.SENT


def test_a_form_leaves_to_the_address_of_the_card_while_it_may_be_typed(monde: Any) -> None:
    written(ContactSignataire(signataire_id=1, nom="Bruno", courriel="bruno@val.test", created_at=NOW))
    given = {"declaration": 1, "contact": 1}
    assert asked(monde, "formulaire", None, given, "bruno@val.test") == ""
    assert asked(monde, "formulaire", None, given, "autre@val.test") == raisons.NOT_ON_CARD
    assert asked(monde, "formulaire", None, given | {"contact": 2}, "bruno@val.test") == raisons.NOT_ON_CARD
    assert asked(monde, "formulaire", None, given | {"declaration": 2}, "bruno@val.test") == raisons.ANSWERED
    written(update(Declaration).values(etat="validee", transmise_le=NOW, validee_le=NOW, sceau="[]"))
    monde.rollback()
    assert asked(monde, "formulaire", None, given, "bruno@val.test") == raisons.ANSWERED


def task(session: Any, travail: str, periode: str, now: datetime = NOW, departement: str = "41") -> tuple[str, Any]:
    asking = TacheReady(session, travail, departement, Periode.from_code(periode), now)
    said = TACHES["relance" if travail.startswith("relance") else travail].ask(asking)
    return said.reason, said.until


def test_a_task_is_done_on_its_day_of_a_period_that_is_followed(monde: Any) -> None:
    assert task(monde, "ouverture", "2026-T3") == ("", None)
    assert task(monde, "ouverture", "2024-T4") == ("Le département ne suit plus cette période.", None)
    assert task(monde, "ouverture", "2025-T1") == ("", None)
    assert task(monde, "relance+99", "2026-T3") == ("Les réglages ne prévoient plus cette tâche.", None)
    reason, until = task(monde, "ouverture", "2026-T4")
    assert (reason, until.date()) == ("La date de cette tâche a changé : elle attend la nouvelle.", date(2027, 1, 4))
    assert task(monde, "ouverture", "2026-T4", until) == ("", None)
    assert task(monde, "ouverture", "2026-T4", until - timedelta(seconds=1))[1] == until
    written(update(Departement).where(Departement.code == "41").values(premier_semestre=None))
    assert task(monde, "ouverture", "2026-T3")[0] == "Le département ne suit plus cette période."


def test_R43_a_document_is_made_once_and_left_to_the_referent_when_nothing_was_complete_in_time(monde: Any) -> None:
    made = "Le bilan ou l’export de cette période est déjà produit."
    assert task(monde, "bilan", "2026-S1") == ("", None)
    export = an_edition(2, "2026-S1", "export", publiee_le=NOW)
    model = Gabarit(nom="m", sha256="1" * 64, octets=b"x", en_vigueur_le=date(2020, 1, 1), created_at=NOW)
    written(model, export)
    assert task(monde, "bilan", "2026-S1") == ("", None), "another document is made"
    written(an_edition(1, "2026-S1", "bilan"))
    assert task(monde, "bilan", "2026-S1") == ("", None), "its files are not published yet"
    assert task(monde, "lecture", "2026-S1") == (made, None)
    written(update(Edition).values(publiee_le=NOW))
    monde.rollback()
    assert task(monde, "bilan", "2026-S1") == (made, None)
    assert task(monde, "bilan", "2025-S2") == ("", None)
    written(update(Edition).values(produite_par=PLANIFICATEUR.nom))
    assert task(monde, "bilan", "2026-S1") == ("", None), "it made it itself before it fell silent"
    left = "Aucune convention complète avant la fin de cette période : sa production est proposée au référent."
    written(update(Departement).where(Departement.code == "41").values(premiere_complete_le=date(2026, 7, 1)))
    assert task(monde, "bilan", "2026-S1") == (left, None)
    written(update(Departement).where(Departement.code == "41").values(premiere_complete_le=date(2026, 6, 30)))
    assert task(monde, "bilan", "2026-S1") == ("", None)


def test_a_link_opens_once_in_its_time_an_account_that_is_open(monde: Any) -> None:
    def link(**more: Any) -> JetonReady:
        given = {"utilisateur_id": BRUNO, "expire_le": NOW + timedelta(seconds=1), "adresse": "nouvelle@val.test"}
        return JetonReady(monde, JetonConnexion(**{**given, **more}), NOW)

    assert (opens(link()), proves(link())) == ("", "")
    for ask in (opens, proves):
        assert ask(link(utilise_le=NOW)) == "lien déjà utilisé"
        assert ask(link(expire_le=NOW)) == "lien périmé"
        assert ask(link(utilisateur_id=GONE)) == "compte désactivé"
    assert proves(link(adresse="zoe@pref.test")) == "adresse d’un autre compte"
    assert opens(link(adresse="zoe@pref.test")) == ""
    written(delete(Rattachement))
    assert opens(link()) == ""


def test_each_kind_of_mail_task_and_link_is_asked_its_own_question_before_it_leaves() -> None:
    assert set(raisons.MAILS) == {
        "connexion", "invitation", "nouvelle_adresse", "adresse_changee", "transmission", "renvoi", "signalement",
        "facteur_retire", "cle_acces", "surete", "rappel_bilan", "somme",
        "signalement_reponse", "reouverture", "validation", "alerte", "echeance", "ouverture", "relance", "lecture",
        "formulaire", "edition_transmise", "bilan", "export",
    }  # fmt: skip
    assert set(raisons.TACHES) == {"ouverture", "relance", "lecture", "bilan", "export"}
    assert set(raisons.LIENS) == {"connexion", "nouvelle_adresse"}
