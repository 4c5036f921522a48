"""What an administrator hears of, what a line of the journal is made of, what a file handed in must be."""

from __future__ import annotations

import json
from collections import namedtuple
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import AlreadySent, Refused
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, REFERENT, Acteur
from paqte.models import (
    Envoi,
    Fichier,
    Journal,
    JournalAuteur,
    JournalPersonne,
    Justificatif,
    Reglage,
    Signataire,
    Utilisateur,
)
from paqte.ops.antivirus import AntivirusRefused
from paqte.services import alertes, pieces, quotas
from paqte.services.alertes import alarms, low_disk
from paqte.services.courriels.relances_choisies import remind_companies
from paqte.services.envois import expect_once, forget_expected, keep_outcome, one_by_one, open_batch, outcome_of
from paqte.services.journal import Pen, lines_of_flush
from paqte.services.pieces import FichierReady, FichierReceived, examine, keep_file
from paqte.services.textes import fitted, fitted_line, required
from paqte.services.transaction import author_of, moment_of, note, touch, transaction
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire
from tests.services.journal.test_journal_des_comptes import last, written
from tests.services.maison import Maison
from tests.services.refus import refusals

Usage = namedtuple("Usage", "total used free")
MO = 1024 * 1024
SECOND, DAY = timedelta(seconds=1), timedelta(hours=24)
NNBSP = "\u202f"


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """`free[folder]`: the megabytes left there."""
    left: dict[str, int] = {}
    monkeypatch.setattr(alertes.shutil, "disk_usage", lambda folder: Usage(1, 1, left.get(str(folder), 9_999) * MO))
    return left


def settings(now: datetime, **values: int) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add_all(Reglage(departement_code=None, cle=cle, valeur=str(value)) for cle, value in values.items())


# --- alarms ------------------------------------------------------------------------------------------------


def test_the_folder_where_least_is_left_is_the_one_told(
    session: Any, now: datetime, free: dict[str, int], tmp_path: Path
) -> None:
    base, reports = tmp_path / "base", tmp_path / "reports"
    base.mkdir()
    settings(now, disque_alerte_mo=500)
    free |= {str(base): 500, str(tmp_path): 700}
    assert low_disk((base, reports)) == ("", "500 Mo libres, seuil 500 Mo.")
    free[str(tmp_path)] = 499
    told = (
        f"il reste 499 Mo libres sur le disque de {tmp_path}, sous le seuil de 500 Mo : libérez de la place avant "
        "qu’il ne soit plein, ou changez le réglage « disque_alerte_mo »."
    )
    assert low_disk((base, reports)) == (told, "")
    assert alarms(session, (base, reports), now) == [f"I{told[1:]}"]


def test_a_disk_that_does_not_say_is_another_check_s_matter(
    session: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_folder: object) -> None:
        raise OSError

    monkeypatch.setattr(alertes.shutil, "disk_usage", refuse)
    assert alarms(session, (tmp_path,), now) == []


def test_quotas_nearly_reached_are_told_by_signatory_then_by_company_in_the_order_of_names(
    session: Any, now: datetime, free: dict[str, int], tmp_path: Path
) -> None:
    settings(now, quota_signataire_fichiers=10, quota_signataire_mo=10, quota_entreprise_fichiers=20,
             quota_entreprise_mo=100)  # fmt: skip
    maisons = [Maison(now, "S2"), Maison(now, "S2"), Maison(now, "S2")]
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        for rank, nom in enumerate(("Zinc (fictif)", "Écrou (fictif)", "Bois (fictif)")):
            writing.get_one(Signataire, maisons[rank].signataire).nom = nom
        # Nine of ten files; nine of ten megabytes; one byte less.
        for maison, count, size in ((maisons[0], 9, 8), (maisons[1], 1, 9 * MO), (maisons[2], 1, 9 * MO - 1)):
            for _ in range(count):
                row = Fichier(departement_code="41", nom="a.pdf", media_type="application/pdf", taille=size,
                              sha256="0" * 64, octets=b"x", created_at=now)  # fmt: skip
                writing.add(row)
                writing.flush()
                held = {"declaration_id": maison.id, "engagement_id": maison.keys["S2"], "par": "B"}
                writing.add(Justificatif(fichier_id=row.id, created_at=now, **held))
    ends = "Voyez avec son référent lesquelles retirer, ou changez les réglages « quota_signataire_fichiers » et " \
           "« quota_signataire_mo »."  # fmt: skip
    assert alarms(session, (tmp_path,), now) == [
        f"Pièces de Écrou (fictif) (signataire) : 1 sur 10, 9 Mo sur 10. {ends}",
        f"Pièces de Zinc (fictif) (signataire) : 9 sur 10, 0 Mo sur 10. {ends}",
    ]


def test_accounts_refused_as_often_as_a_day_allows_are_told_by_name(
    session: Any, now: datetime, free: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(now, quota_jour_refus=3)
    people = [Acteur(7, "Zac", REFERENT, "41"), Acteur(8, "Éva", ENTREPRISE), Acteur(9, "Luc", ENTREPRISE)]
    moments = [(person, now - DAY + SECOND) for person in people[:2] for _ in range(3)]
    moments += [(people[2], now), (people[2], now), (people[2], now - DAY)]
    moments += [(PLANIFICATEUR, now)] * 3
    for actor, moment in moments:
        with transaction(actor=actor, now=moment) as writing:
            note(writing, "acces_refuse", "bilan", 1)
            note(writing, "connexion", "utilisateur", 1)
    told = (
        " accès refusés en vingt-quatre heures, le maximum noté. Appelez la personne, puis désactivez le compte si "
        "ce n’est pas elle."
    )
    assert alarms(session, (tmp_path,), now) == [f"Compte de {nom} : 3{told}" for nom in ("Éva", "Zac")]
    monkeypatch.setattr(alertes, "_near_quotas", lambda session, what, key: [f"{what} {n}" for n in range(9)])
    assert len(alarms(session, (tmp_path,), now)) == 20, "twenty are shown whole"
    sizes = {"signataire": 9, "entreprise": 10}
    monkeypatch.setattr(alertes, "_near_quotas", lambda session, what, key: [f"{what} {n}" for n in range(sizes[what])])
    assert alarms(session, (tmp_path,), now)[20:] == [f"Compte de Zac : 3{told}"], (
        "a twenty-first is told, rather than counted"
    )
    monkeypatch.setattr(alertes, "_near_quotas", lambda session, what, key: [f"{what} {n}" for n in range(10)])
    found = alarms(session, (tmp_path,), now)
    assert (len(found), found[-1]) == (21, "Et 2 autres quotas presque atteints.")


# --- lines of the journal ----------------------------------------------------------------------------------


def test_a_line_says_who_when_what_and_where_and_the_name_stands_apart_by_place(session: Any, now: datetime) -> None:
    key = a_signataire()
    start = last(session)
    with transaction(actor=CAMILLE, now=now) as writing:
        assert (author_of(writing), moment_of(writing)) == (CAMILLE, now)
        given = {"avant": {"é": 1}, "apres": {"b": now.date(), "a": None}}
        note(writing, "dire", "signataire", key, **given)
        note(writing, "dire", "chose", 4, departement="972")
        note(writing, "dire", "chose")
    with transaction(actor=replace(CAMILLE, nom="Camille Roux"), now=now) as writing:
        note(writing, "dire", "signataire", key)
    with transaction(actor=CAMILLE, now=now) as writing:
        note(writing, "dire", "signataire", key)
    session.rollback()
    rows = session.scalars(select(Journal).where(Journal.id > start).order_by(Journal.id)).all()
    assert [(r.acte, r.objet, r.objet_id, r.departement_code, r.utilisateur_id, r.quand) for r in rows] == [
        ("dire", thing, number, place, 1, now)
        for thing, number, place in (("signataire", str(key), "41"), ("chose", "4", "972"), ("chose", "", None),
                                     ("signataire", str(key), "41"), ("signataire", str(key), "41"))
    ]  # fmt: skip
    assert (rows[0].avant, rows[0].apres) == ('{"é": 1}', '{"a": null, "b": "2026-11-22"}')
    authors = {row.id: row for row in session.scalars(select(JournalAuteur))}
    names = [(authors[r.auteur_id].nom, authors[r.auteur_id].departement_code) for r in rows]
    assert names == [
        ("Camille Perrin", "41"), ("Camille Perrin", "972"), ("Camille Perrin", None), ("Camille Roux", "41"),
        ("Camille Perrin", "41"),
    ]  # fmt: skip
    assert rows[0].auteur_id == rows[4].auteur_id and {authors[r.auteur_id].utilisateur_id for r in rows} == {1}
    assert len({row.empreinte for row in rows}) == 5


def test_what_belongs_to_a_person_stands_apart_and_an_empty_value_does_not(session: Any, now: datetime) -> None:
    a_departement("41")
    start = last(session)
    with transaction(actor=CAMILLE, now=now) as writing:
        told = {"nom": "Marie", "courriel": "", "autre": "x"}
        note(writing, "dire", "chose", 1, avant={"nom": "M."}, apres=told, sujet="contact_signataire/7")
        note(writing, "dire", "chose", 2, apres=told)
    session.rollback()
    p = JournalPersonne
    rows = session.execute(select(p.champ, p.sujet, p.valeur).where(p.journal_id > start).order_by(p.id)).all()
    assert [tuple(row) for row in rows] == [
        ("avant.nom", "contact_signataire/7", "M."), ("apres.nom", "contact_signataire/7", "Marie"),
    ]  # fmt: skip
    j = Journal
    lines = session.execute(select(j.avant, j.apres).where(j.id > start).order_by(j.id)).all()
    assert [(line.avant, json.loads(line.apres)) for line in lines] == [
        ("{}", {"courriel": "", "autre": "x"}), ("{}", told),
    ]  # fmt: skip


def test_a_row_changed_is_told_by_what_changed_and_one_touched_alone_by_nothing(session: Any, now: datetime) -> None:
    keys = [a_signataire(), a_signataire("Rives (fictif)")]
    start = last(session)
    with transaction(actor=CAMILLE, now=now) as writing:
        rows = [writing.get_one(Signataire, key) for key in reversed(keys)]
        for row in rows:
            row.secteur = "Bois"
        rows[0].commune, rows[1].nom = "", rows[1].nom
        touch(rows[1])
    with transaction(actor=CAMILLE, now=now) as writing:
        touch(writing.get_one(Signataire, keys[0]))
    with transaction(actor=CAMILLE, now=now) as writing:
        writing.delete(writing.get_one(Signataire, keys[1]))
    session.rollback()
    j = Journal
    lines = session.execute(select(j.acte, j.objet_id, j.avant, j.apres).where(j.id > start).order_by(j.id)).all()
    assert [tuple(line) for line in lines[:2]] == [
        ("modifier", str(key), '{"secteur": ""}', '{"secteur": "Bois"}') for key in keys
    ]
    ((acte, number, avant, apres),) = lines[2:]
    gone = json.loads(avant)
    assert (acte, number, apres, gone["nom"], gone["secteur"], "id" in gone) == (
        "supprimer", str(keys[1]), "{}", "Rives (fictif)", "Bois", False,
    )  # fmt: skip
    assert list(lines_of_flush(session)) == [] and Pen(CAMILLE, now).lines == []


# --- many acts at once, and texts --------------------------------------------------------------------------


def test_many_acts_are_announced_by_their_number_and_what_one_is_refused_holds_no_other(
    session: Any, now: datetime
) -> None:
    a_departement("41")
    start = last(session)
    open_batch(actor=CAMILLE, now=now, geste="relancer", nombre=3)
    assert written(session, start) == [("relancer", "selection", "", "41", {"nombre": 3})]
    done: list[int] = []

    def act(key: int) -> None:
        if key == 2:
            raise Refused("Non.")
        done.append(key)

    found = one_by_one([1, 2, 3], act)
    assert (found.faits, found.refuses, done) == ((1, 3), {2: "Non."}, [1, 3])
    key = a_signataire()
    a_convention(key, "S2")
    start = last(session)
    told = remind_companies(actor=CAMILLE, signataires=[key], now=now, base_url="https://p.test")
    nobody = "Personne n’y a de compte : appelez, ou invitez quelqu’un depuis la page « Accès »."
    assert (told.faits, told.refuses) == ((), {key: nobody})
    assert written(session, start) == [("relancer", "selection", "", "41", {"nombre": 1})]


def test_where_a_form_led_is_kept_for_that_form_alone_and_a_form_refused_may_be_sent_again(
    session: Any, now: datetime
) -> None:
    for key in ("a" * 64, "b" * 64):
        expect_once(key)
        with transaction(actor=CAMILLE, now=now):
            pass
    keep_outcome(key="a" * 64, suite="/referent/conventions/7" + "x" * 2_000, now=now)
    assert outcome_of(key="a" * 64) == ("/referent/conventions/7" + "x" * 2_000)[:1_000]
    assert outcome_of(key="b" * 64) == outcome_of(key="c" * 64) == ""
    expect_once("b" * 64)
    with pytest.raises(AlreadySent), transaction(actor=CAMILLE, now=now):
        pass
    expect_once("c" * 64)
    forget_expected()
    with transaction(actor=CAMILLE, now=now):
        pass
    expect_once("c" * 64)
    with transaction(actor=CAMILLE, now=now):
        pass
    assert session.scalars(select(Envoi.cle).order_by(Envoi.cle)).all() == ["a" * 64, "b" * 64, "c" * 64]


def test_a_text_is_cleaned_and_kept_to_its_limit() -> None:
    assert (fitted(" a\nb ", 3, "f"), fitted_line(" a\nb ", 3, "f"), required("x", "f", "Dites.")) == (
        "a\nb",
        "a b",
        "x",
    )
    assert (
        list(refusals(lambda: fitted("abcd", 3, "f"))) == list(refusals(lambda: fitted_line("abcd", 3, "f"))) == ["f"]
    )
    assert refusals(lambda: required("", "f", "Dites.")) == {"f": "Dites."}


# --- files -------------------------------------------------------------------------------------------------

EXPECTED = "Joignez un PDF, une image (JPEG, PNG ou WebP) ou un classeur Excel (.xlsx)."
SIGNS = "Le nom de ce fichier contient des signes interdits (/, \\, retour à la ligne) : renommez-le."


@pytest.mark.parametrize(
    ("nom", "octets", "told"),
    [
        ("a.pdf", b"", f"Ce fichier est vide ou absent. {EXPECTED}"),
        ("a.pdf", b"%PDF-" + b"x" * (8 * MO - 4), "Ce fichier dépasse 8 Mo : réduisez-le, ou joignez seulement les "
                                                   "pages utiles."),
        ("a.pdf", b"hello", f"Ce fichier n’est pas ce que son nom dit, ou n’est pas accepté. {EXPECTED}"),
        ("a/b.pdf", b"%PDF-", SIGNS), ("a\\b.pdf", b"%PDF-", SIGNS), ("a\nb.pdf", b"%PDF-", SIGNS),
        ("a%2Fb.pdf", b"%PDF-", SIGNS), ("a%0Ab.pdf", b"%PDF-", SIGNS),
    ],
)  # fmt: skip
def test_what_is_no_evidence_is_refused_beside_its_field(nom: str, octets: bytes, told: str) -> None:
    assert refusals(lambda: examine(FichierReceived(nom, octets), field="piece", antivirus="")) == {"piece": told}


def test_a_file_is_named_after_what_it_is_and_kept_with_its_size_and_hash(
    session: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_departement("41")
    asked: list[tuple[bytes, str]] = []

    def apart(octets: bytes, accepted: str) -> tuple[bytes, str, str]:
        asked.append((octets, accepted))
        return b"%PDF-redrawn", "application/pdf", ".pdf"

    monkeypatch.setattr(pieces, "examine_apart", apart)

    def name(given: str) -> str:
        return examine(FichierReceived(given, b"%PDF-1"), field="piece", antivirus="").nom

    names = ["photo.JPEG", "", "a:b*c?.docx", "n" * 200, " .pdf", "archive.tar.gz"]
    assert [name(one) for one in names] == [
        "photo.pdf", "Justificatif.pdf", "a b c.pdf", f"{'n' * 120}.pdf", "Justificatif.pdf", "archive.tar.pdf",
    ]  # fmt: skip
    pieces.examine_pdf(b"%PDF-2", field="texte", antivirus="")
    assert asked[0] == (b"%PDF-1", "") and asked[-1] == (b"%PDF-2", "application/pdf")
    with transaction(actor=CAMILLE, now=now) as writing:
        key = keep_file(writing, "41", FichierReady("a.pdf", "application/pdf", b"abc"), now).id
    row = session.get_one(Fichier, key)
    assert (row.departement_code, row.nom, row.media_type, row.taille, row.octets, row.created_at) == (
        "41", "a.pdf", "application/pdf", 3, b"abc", now,
    )  # fmt: skip
    assert row.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    def infected(_url: str, _octets: bytes) -> None:
        raise AntivirusRefused("Ce fichier est infecté.", "eicar")

    monkeypatch.setattr(pieces, "scan", infected)
    told = refusals(lambda: examine(FichierReceived("a.pdf", b"%PDF-1"), field="piece", antivirus="x"))
    assert list(told) == ["piece"]


def test_each_quota_has_its_sentence() -> None:
    call = "Écrivez à votre référent si vous devez en joindre plus. Rien n’est enregistré."
    assert {what: quotas._quota_sentence(what, "3 pièces") for what in ("signataire", "entreprise", "jour")} == {
        "signataire": f"Ce signataire a atteint 3 pièces, le maximum : retirez des pièces qui ne servent plus. {call}",
        "entreprise": "Cette entreprise a atteint 3 pièces en tout, le maximum : retirez celles qui ne servent plus. "
        f"{call}",
        "jour": f"3 pièces ont déjà été jointes en vingt-quatre heures, le maximum : joignez la suite demain. {call}",
    }


def test_what_a_company_sent_in_a_day_is_counted_with_what_the_person_sent_elsewhere(
    session: Any, now: datetime
) -> None:
    maison = Maison(now, "S2")
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Utilisateur(courriel="b@val.test", nom="B", role=ENTREPRISE, created_at=now))
        writing.flush()
        for size, moment in ((5, now), (7, now - DAY + SECOND), (11, now - DAY)):
            row = Fichier(departement_code="41", nom="a.pdf", media_type="application/pdf", taille=size,
                          sha256="0" * 64, octets=b"x", created_at=moment)  # fmt: skip
            writing.add(row)
            writing.flush()
            held = {"declaration_id": maison.id, "engagement_id": maison.keys["S2"], "par": "B"}
            writing.add(Justificatif(fichier_id=row.id, created_at=moment, **held))
    with transaction(actor=Acteur(1, "B", ENTREPRISE), now=now) as writing:
        note(writing, "creer", "fichier", 90, apres={"taille": 100})
        note(writing, "creer", "fichier", 91)
        note(writing, "creer", "action", 92, apres={"taille": 100})
        note(writing, "modifier", "fichier", 93, apres={"taille": 100})
    entreprise = session.get_one(Signataire, maison.signataire).entreprise_id
    of_bruno, of_anne = Acteur(1, "B", ENTREPRISE), Acteur(2, "A", ENTREPRISE)
    assert quotas._sent(session, entreprise, of_anne, now) == (2, 12)
    assert quotas._sent(session, entreprise, of_bruno, now) == (2, 100)
    assert quotas._sent(session, entreprise + 1, of_bruno, now) == (2, 100)
    assert quotas._sent(session, entreprise + 1, of_bruno, now + DAY) == (0, 0)
    assert quotas._sent(session, entreprise + 1, replace(CAMILLE, utilisateur_id=1), now) == (0, 0)
    assert quotas._kept(session, Signataire.id == maison.signataire) == (3, 23)
