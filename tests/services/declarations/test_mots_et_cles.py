"""The words an answer is told in, what a conflict shows, and what each mail about a declaration is kept with."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.declarations.reponses import AnswerTyped
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, REFERENT, Acteur
from paqte.models import Avertissement, ContactSignataire, Convention, Courriel, Declaration, Realisation, Signalement
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.declarations.lecture.declaration_lue import ReponseLue
from paqte.services.comptes.comptes import invite_user
from paqte.services.declarations.courriers.accuses import answer_in_words
from paqte.services.declarations.declarations import (
    reopen_declaration,
    save_draft,
    send_back,
    submit_and_validate,
    submit_declaration,
    validate_declaration,
)
from paqte.services.declarations.etat import _as_typed, require_state
from paqte.services.declarations.formulaires.envois_formulaires import send_form
from paqte.services.declarations.preuves import attestations
from paqte.services.declarations.preuves.attestations import long_date, make_attestation, new_code
from paqte.services.declarations.reponses import as_typed
from paqte.services.declarations.signalements import answer_report, report_error
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_departement
from tests.services.journal.test_journal_des_comptes import account, last, written
from tests.services.maison import JULIEN, Maison

# What is said and read, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True

SITE = "https://paqte.exemple.fr"
# Ten in the morning in Blois.
NOW = datetime(2026, 10, 16, 8, 5, tzinfo=UTC)
NBSP, NNBSP = "\u00a0", "\u202f"


@pytest.fixture
def maison(session: Any) -> Maison:
    return Maison(NOW, "S2", "S2p", "S7", "R1", "R3", debut=date(2026, 7, 1), fin=date(2029, 6, 30))


def lue(**given: Any) -> ReponseLue:
    values: dict[str, Any] = {
        "reponse": "nombre", "valeur": None, "numerateur": None, "denominateur": None, "datee_du": None,
        "commentaire": "", "saisie_le": NOW, "saisie_par": "Bruno", "is_on_behalf": False, "origine": "saisie",
    }  # fmt: skip
    return ReponseLue(**{**values, **given})


WORDS: list[tuple[str, dict[str, Any] | None, str]] = [
    ("S2", None, "sans réponse"),
    ("S2", {"reponse": "manquante", "commentaire": "x"}, "sans réponse"),
    ("S2", {"valeur": Decimal(1_500)}, f"1{NNBSP}500{NBSP}personnes"),
    ("S2", {"valeur": Decimal(0)}, f"0{NBSP}personnes"),
    ("S2", {"reponse": "neant", "valeur": Decimal(0)}, "zéro confirmé"),
    ("S2", {}, "zéro confirmé"),
    ("S2p", {"numerateur": Decimal(3), "denominateur": Decimal(1_200)}, f"3 sur 1{NNBSP}200"),
    ("S2p", {"reponse": "neant", "numerateur": Decimal(0)}, "zéro confirmé"),
    ("R1", {"valeur": Decimal(1)}, "oui"),
    ("R1", {"valeur": Decimal(1), "datee_du": date(2026, 9, 12)}, "oui, le 12/09/2026"),
    ("R1", {"valeur": Decimal(0)}, "non"),
]


@pytest.mark.parametrize(("code", "given", "told"), WORDS)
def test_R13_an_answer_is_told_in_these_words(maison: Maison, code: str, given: Any, told: str) -> None:
    ligne = maison.read().ligne(maison.keys[code])
    assert answer_in_words(replace(ligne, actuelle=None if given is None else lue(**given))) == told


def test_a_conflict_shows_each_answer_as_it_would_be_typed(maison: Maison) -> None:
    def shown(code: str, **given: Any) -> list[str]:
        ligne = maison.read().ligne(maison.keys[code])
        found = _as_typed(replace(ligne, actuelle=lue(**given) if given else None))
        key = maison.keys[code]
        parts = ("valeur", "numerateur", "denominateur", "date", "precision")
        assert list(found) == [f"{part}_{key}" for part in parts]
        return list(found.values())

    assert shown("S2") == [""] * 5
    assert shown("S2", reponse="manquante", commentaire="c") == ["", "", "", "", "c"]
    assert shown("S2", valeur=Decimal(1_500), commentaire="c") == [f"1{NNBSP}500", "", "", "", "c"]
    neant = {"reponse": "neant", "valeur": Decimal(0)}
    assert shown("S2", **neant) == ["zéro confirmé", "zéro confirmé", "", "", ""]
    pair = {"reponse": "neant", "numerateur": Decimal(0), "denominateur": Decimal(7)}
    assert shown("S2p", **pair) == ["zéro confirmé", "zéro confirmé", "7", "", ""]
    chosen = {"reponse": "neant", "valeur": Decimal(0), "datee_du": date(2026, 9, 2)}
    assert shown("R1", **chosen) == ["0", "", "", "02/09/2026", ""]


def test_R18_what_cannot_be_done_any_more_says_who_did_it_and_when(maison: Maison, session: Any) -> None:
    page = maison.read()
    with pytest.raises(Conflict) as moved:
        require_state(replace(page, version=9), 1, "transmettre")
    after = "après que vous l’avez ouverte : comparez les deux versions, puis enregistrez de nouveau."
    when = f"le 16/10/2026 à 10{NBSP}h{NBSP}05"
    assert str(moved.value) == f"Camille Perrin a enregistré cette déclaration {when}, {after}"
    assert (moved.value.current["version"], moved.value.current["texte_libre"]) == ("9", "")
    with pytest.raises(Conflict) as unknown:
        require_state(replace(page, id=99, version=9), 1, "transmettre")
    assert str(unknown.value) == f"Elle a changé, {after}"
    done = {
        "transmise": (f"Cette déclaration a déjà été transmise par Bruno {when}.", "transmise"),
        "validee": (f"Cette déclaration a déjà été validée par Camille {when}.", "validee"),
    }
    for etat, (sentence, _) in done.items():
        given = {"transmise_par": "Bruno", "transmise_le": NOW, "validee_par": "Camille", "validee_le": NOW}
        passed = replace(page, etat=etat, **given)
        with pytest.raises(Refused) as refused:
            require_state(passed, page.version, "transmettre")
        assert str(refused.value) == sentence
        with pytest.raises(Conflict) as meanwhile:
            require_state(passed, page.version + 1, "transmettre")
        assert str(meanwhile.value) == sentence
    with pytest.raises(Refused) as bare:
        require_state(replace(page, etat="a_saisir"), page.version, "valider")
    assert str(bare.value)


# --- mails -------------------------------------------------------------------------------------------------


def mails(session: Any, motif: str) -> list[tuple[Any, ...]]:
    session.rollback()
    c = Courriel
    columns = (c.destinataire, c.departement_code, c.utilisateur_id, c.appui, c.nomme)
    rows = session.execute(select(*columns).where(c.motif == motif).order_by(c.id)).all()
    session.rollback()
    return [(*row[:3], json.loads(row[3]), row[4]) for row in rows]


@pytest.fixture
def bruno(maison: Maison, session: Any) -> Acteur:
    """Bruno has an account, Camille too; and one of the State stands for another contact."""
    a_departement("972")
    for role, courriel, place in ((REFERENT, "camille@pref.test", "41"), (REFERENT, "zoe@pref.test", "972")):
        given = {"nom": courriel[:3], "departement": place, "base_url": SITE, "now": NOW, "by_mail": False}
        invite_user(actor=PLANIFICATEUR, role=role, courriel=courriel, **given)
    for courriel in ("bruno@val.test", "zoe@pref.test"):
        whom = {"nom": courriel[:5].title(), "signataires": [maison.signataire], "base_url": SITE, "now": NOW}
        invite_user(actor=CAMILLE, role=ENTREPRISE, courriel=courriel, **whom)
    from paqte.models import Utilisateur

    found = actor_of(session.get_one(Utilisateur, account(session, "bruno@val.test")))
    session.rollback()
    return found


def test_each_mail_about_a_declaration_is_of_its_departement_its_account_and_rests_on_it(
    maison: Maison, bruno: Acteur, session: Any
) -> None:
    who = bruno.utilisateur_id
    rests = {"declaration": maison.id, "signataire": maison.signataire}
    maison.call(submit_declaration, actor=bruno, saisie=maison.saisie(S2=4, S2p=(4, 9)), base_url=SITE)
    assert mails(session, "transmission") == [("bruno@val.test", "41", who, rests, f" utilisateur/{who} ")]
    maison.call(send_back, commentaires={maison.keys["S2"]: "Combien ?", None: "Et le reste ?"}, base_url=SITE)
    maison.call(submit_declaration, actor=bruno, saisie=maison.saisie(S2=5), base_url=SITE)
    maison.call(validate_declaration, base_url=SITE)
    maison.call(reopen_declaration, motif="Une erreur de saisie.", base_url=SITE)
    shadow = who + 1 if who is not None else 0
    of_two = [("bruno@val.test", "41", who, rests, " utilisateur/1 "),
              ("zoe@pref.test", "41", shadow, rests, " utilisateur/1 ")]  # fmt: skip
    for motif in ("renvoi", "validation", "reouverture"):
        assert mails(session, motif) == of_two, motif
    session.rollback()
    c = Courriel
    first, second = session.scalars(select(c.texte).where(c.motif == "renvoi").order_by(c.id)).all()
    assert first.index("Combien\u00a0?") < first.index("Sur l’ensemble") < first.index("Et le reste\u00a0?")
    assert "Menuiserie" not in second and "Combien" not in second and "préfecture de Loir-et-Cher" in second
    assert f"{SITE}/connexion/[lien-personnel]?next=/entreprise/declarations/{maison.id}" in first
    assert "Camille Perrin" in first and "3e trimestre 2026" in first
    (reason, _) = session.scalars(select(c.texte).where(c.motif == "reouverture").order_by(c.id)).all()
    assert "Une erreur de saisie." in reason


def test_R18_an_error_told_and_its_answer_are_mails_of_the_declaration_and_kept_with_who_wrote_them(
    maison: Maison, bruno: Acteur, session: Any
) -> None:
    who, camille, c = bruno.utilisateur_id, account(session, "camille@pref.test"), Courriel
    rests = {"declaration": maison.id, "signataire": maison.signataire}
    maison.call(submit_and_validate, saisie=maison.saisie(S2=5, S2p=(5, 9)), base_url=SITE)
    report_error(actor=bruno, declaration_id=maison.id, motif="J’ai compté deux fois.", base_url=SITE, now=NOW)
    told = session.scalars(select(Signalement)).one()
    number, version = told.id, told.version
    assert (told.etat, told.par, told.created_at, told.departement_code) == ("ouvert", "Bruno", NOW, "41")
    assert mails(session, "signalement") == [
        ("camille@pref.test", "41", camille, {"signalement": number}, f" utilisateur/{who} ")
    ]
    text = session.scalars(select(c.texte).where(c.motif == "signalement")).one()
    assert "J’ai compté deux fois." in text and "Bruno" in text
    assert f"?next=/referent/declarations/{maison.id}" in text
    given = {"actor": CAMILLE, "signalement_id": number, "base_url": SITE, "now": NOW}
    with pytest.raises(Conflict, match="Quelqu’un d’autre vient de s’en occuper : rouvrez la page"):
        answer_report(**given, version=version + 1, reponse="Non.")
    assert answer_report(**given, version=version, reponse="Le compte est bon.") == maison.id
    assert mails(session, "signalement_reponse")[0] == ("bruno@val.test", "41", who, rests, " utilisateur/1 ")
    answers = session.scalars(select(c.texte).where(c.motif == "signalement_reponse").order_by(c.id)).all()
    assert "Le compte est bon." in answers[0] and "Le compte est bon." not in answers[1]
    session.rollback()
    told = session.scalars(select(Signalement)).one()
    assert (told.etat, told.reponse, told.traite_par, told.traite_le) == (
        "repondu", "Le compte est bon.", "Camille Perrin", NOW,
    )  # fmt: skip
    session.rollback()
    with pytest.raises(Refused, match="Ce signalement est déjà traité"):
        answer_report(**given, version=version + 1, reponse="Non.")


def test_R13_a_form_is_sent_to_each_address_of_the_card(maison: Maison, session: Any) -> None:
    nobody = "Aucun contact de cette entreprise n’a d’adresse : complétez sa fiche, ou envoyez-lui le formulaire "
    given = {"actor": CAMILLE, "now": NOW, "declaration_id": maison.id}
    with pytest.raises(Refused) as refused:
        send_form(**given)
    assert str(refused.value) == f"{nobody}vous-même."
    with transaction(actor=CAMILLE, now=NOW) as writing:
        for nom, courriel in (("Anne", "anne@val.test"), ("Accueil", ""), ("Zac", "zac@val.test")):
            card = {"signataire_id": maison.signataire, "nom": nom, "courriel": courriel, "created_at": NOW}
            writing.add(ContactSignataire(**card))
    start = last(session)
    assert send_form(**given) == 2
    assert written(session, start) == [("envoyer_formulaire", "declaration", str(maison.id), "41", {})]
    found = mails(session, "formulaire")
    cards = [row[3].pop("contact") for row in found]
    assert found == [
        (f"{who}@val.test", "41", None, {"declaration": maison.id}, f" contact_signataire/{card} utilisateur/1 ")
        for who, card in zip(("anne", "zac"), cards, strict=True)
    ]
    text = session.scalars(select(Courriel.texte).where(Courriel.motif == "formulaire").order_by(Courriel.id)).first()
    session.rollback()
    assert "20/10/2026" in text and "Camille Perrin" in text and "3e trimestre 2026" in text and "Anne" in text
    maison.call(submit_declaration, saisie=maison.saisie(S2=4))
    with pytest.raises(Refused) as sent:
        send_form(**given)
    assert str(sent.value) == "Cette déclaration est transmise : son formulaire ne servirait plus."


# --- answers -----------------------------------------------------------------------------------------------


def test_R13_an_answer_keeps_its_day_where_it_has_one_its_words_and_whoever_typed_it(
    maison: Maison, session: Any
) -> None:
    day = date(2026, 9, 12)
    with_day = {code: AnswerTyped(valeur=Decimal(1), datee_du=day, commentaire="c") for code in ("S2", "R1")}
    maison.call(save_draft, saisie=maison.saisie("Un texte.", **with_day, S2p=(3, 9)))
    r = Realisation
    rows = session.execute(
        select(r.indicateur, r.valeur, r.numerateur, r.denominateur, r.datee_du, r.commentaire, r.saisie_par)
        .where(r.indicateur.in_(("S2", "S2p", "R1")))
        .order_by(r.indicateur)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("R1", 1, None, None, day, "c", "Camille Perrin"), ("S2", 1, None, None, None, "c", "Camille Perrin"),
        ("S2p", None, 3, 9, None, "", "Camille Perrin"),
    ]  # fmt: skip
    row = session.get_one(Declaration, maison.id)
    page = as_typed(replace(maison.read(), lignes=maison.read().lignes[:1]), row)
    assert page.texte_libre == "Un texte." and page.lignes[0].actuelle is not None
    assert page.lignes[0].actuelle.origine == "formulaire" and page.lignes[0].actuelle.is_on_behalf
    session.rollback()
    # Julien changes one of the three: he signs that one alone; an emptied one stays a row while it has words.
    changed = {"S2": AnswerTyped(commentaire="c"), "R1": with_day["R1"]}
    maison.call(save_draft, actor=JULIEN, saisie=maison.saisie(**changed))
    signed = dict(session.execute(select(r.indicateur, r.saisie_par).where(r.indicateur.in_(("S2", "R1")))).all())
    assert signed == {"S2": "Julien Besnard", "R1": "Camille Perrin"}
    session.rollback()
    with pytest.raises(Refused, match="Une réponse vise un engagement qui n’est pas de cette convention"):
        from paqte.domain.declarations.reponses import Saisie

        maison.call(save_draft, saisie=Saisie({99: AnswerTyped(valeur=Decimal(1))}))


def test_R17_faults_of_one_field_are_told_together_and_a_sentence_kept_goes_with_its_warning(
    maison: Maison, session: Any
) -> None:
    with pytest.raises(Refused) as refused:
        maison.call(submit_declaration, saisie=maison.saisie(S2p=(12, 9)))
    assert list(refused.value.errors.values()) == ["La partie dépasse le total. Vérifiez les deux nombres."]
    with pytest.raises(Refused) as nothing:
        maison.call(submit_declaration, saisie=maison.saisie())
    assert str(nothing.value) == "Aucune réponse : répondez au moins à un engagement, par un nombre, même zéro."
    key = maison.keys["S2p"]
    warned = {"S2": 40, "S2p": (4, 9)}
    with pytest.raises(Refused) as silent:
        maison.call(submit_declaration, saisie=maison.saisie(**warned))
    asked = set(silent.value.errors.values())
    assert asked == {"Expliquez ce nombre en une phrase, ou corrigez-le."} and key
    (name,) = silent.value.errors
    code = name.rpartition("_")[0]
    assert code
    session.rollback()
    assert session.scalars(select(Avertissement.id)).all() == []


# --- attestations ------------------------------------------------------------------------------------------


def test_a_day_is_written_at_length() -> None:
    months = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
              "novembre", "décembre")  # fmt: skip
    assert [long_date(date(2026, rank, 2)) for rank in range(1, 13)] == [f"2 {month} 2026" for month in months]
    assert long_date(date(2026, 1, 1)) == "1er janvier 2026" and long_date(date(2026, 1, 11)) == "11 janvier 2026"


def test_a_code_is_of_sixteen_letters_that_nobody_takes_for_another() -> None:
    assert attestations.LETTERS == "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    groups = new_code().split("-")
    assert [len(group) for group in groups] == [4] * 4 and set("".join(groups)) <= set(attestations.LETTERS)
    assert new_code() != new_code()


def test_R20_an_attestation_is_a_line_of_its_convention_and_one_of_its_code(maison: Maison, session: Any) -> None:
    start = last(session)
    made = make_attestation(actor=CAMILLE, now=NOW, convention_id=maison.convention, base_url=SITE)
    assert (made.nom, made.media_type) == ("Attestation PAQTE 41-2025-001.pdf", "application/pdf")
    first, second = written(session, start)
    assert first == ("attester", "convention", str(maison.convention), "41", {})
    assert (second[:2], second[3:]) == (("emettre", "attestation"), ("41", {"convention": maison.convention}))
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.execute(update(Convention).values(statut="projet", signee_le=None))
    with pytest.raises(Refused, match="L’attestation s’obtient une fois la convention signée"):
        make_attestation(actor=CAMILLE, now=NOW, convention_id=maison.convention)
