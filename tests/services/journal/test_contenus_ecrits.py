"""What a use case writes beside what it was asked: the words of a mail, the lines of the journal, what is copied."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.declarations.reponses import AnswerTyped
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, REFERENT
from paqte.domain.statuts.conventions import PROJET
from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE
from paqte.models import (
    ContactSignataire,
    Convention,
    Courriel,
    Engagement,
    Journal,
    JournalPersonne,
    Objectif,
    Realisation,
    Relance,
    Rubrique,
    Signataire,
    Utilisateur,
)
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.courriels.relances import DEJA, FERME, REPONDU, SANS_COMPTE, SUSPENDU, Prevision, SignataireSpared
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.conservation import erase_expired
from paqte.services.comptes.personnes import erase_contact
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.suites import renew_convention
from paqte.services.courriels.relances import _why_not, pause_reminders, remind, remind_company
from paqte.services.declarations.declarations import save_draft, submit_declaration
from paqte.services.declarations.preuves.attestations import OBJET, is_authentic
from paqte.services.declarations.reponses import FREE_TEXT, PRECISION, SENTENCE
from paqte.services.editions.editions import record_download
from paqte.services.pilotage.rubriques import confirm_rubrique, write_rubrique
from paqte.services.transaction import note, transaction
from tests.editions import freeze_bilan
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire
from tests.services.maison import T3, Maison

SITE = "https://paqte.exemple.fr"
DAY = datetime(2026, 10, 17, 6, tzinfo=UTC)


def refused(act: Any, **given: Any) -> dict[str, str]:
    with pytest.raises(Refused) as found:
        act(**given)
    return found.value.errors


def lines(session: Any, *actes: str) -> list[tuple[str, str, str, str | None, str, str]]:
    session.rollback()
    j = Journal
    columns = (j.acte, j.objet, j.objet_id, j.departement_code, j.avant, j.apres)
    return [tuple(row) for row in session.execute(select(*columns).where(j.acte.in_(actes)).order_by(j.id))]


# --- reminders ---------------------------------------------------------------------------------------------


def test_why_nobody_is_written_to_has_its_sentence() -> None:
    nothing = "Rien n’attend de réponse de cette entreprise : il n’y a rien à relancer."
    told = {
        REPONDU: nothing,
        SUSPENDU: "Ses relances sont suspendues jusqu’au 01/12/2026 : reprenez-les d’abord.",
        FERME: "La saisie s’est fermée le 01/12/2026 : saisissez la réponse à sa place.",
        SANS_COMPTE: "Personne n’y a de compte : appelez, ou invitez quelqu’un depuis la page « Accès ».",
        DEJA: "Un courriel est déjà parti aujourd’hui : un seul par jour et par personne.",
    }
    spared = {motif: SignataireSpared(1, "Val", motif, date(2026, 12, 1)) for motif in told}
    assert {motif: _why_not(Prevision((), (one,))) for motif, one in spared.items()} == told
    assert _why_not(Prevision((), ())) == nothing


@pytest.fixture
def maison(session: Any) -> Maison:
    made = Maison(DAY, "S2", "R3", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    given = {"courriel": "bruno@val.test", "nom": "Bruno", "base_url": SITE, "now": DAY}
    invite_user(actor=CAMILLE, role=ENTREPRISE, signataires=[made.signataire], **given)
    return made


def test_a_pause_goes_from_today_to_a_year_from_now(maison: Maison, session: Any) -> None:
    def pause(day: date | None) -> date | None:
        pause_reminders(actor=CAMILLE, signataire_id=maison.signataire, jusquau=day, now=DAY)
        session.rollback()
        kept: date | None = session.get_one(Signataire, maison.signataire).relances_suspendues_jusquau
        return kept

    assert [pause(day) for day in (date(2026, 10, 17), date(2027, 10, 18), None)] == [
        date(2026, 10, 17),
        date(2027, 10, 18),
        None,
    ]
    told = {"jusquau": "Choisissez un jour d’ici un an, par exemple la fin d’un congé."}
    for day in (date(2026, 10, 16), date(2027, 10, 19)):
        given = {"actor": CAMILLE, "signataire_id": maison.signataire, "jusquau": day, "now": DAY}
        assert refused(pause_reminders, **given) == told


def test_a_reminder_is_written_down_with_its_day_its_step_and_its_mail(maison: Maison, session: Any) -> None:
    assert remind_company(actor=CAMILLE, signataire_id=maison.signataire, now=DAY, base_url=SITE) == 1
    assert lines(session, "relancer") == [("relancer", "signataire", str(maison.signataire), "41", "{}", "{}")]
    row = session.scalars(select(Relance)).one()
    mail = session.get_one(Courriel, row.courriel_id)
    assert (row.jour, row.departement_code, row.created_at) == (date(2026, 10, 17), "41", DAY)
    assert (mail.motif, mail.departement_code, mail.cree_le) == ("relance", "41", DAY)
    assert f"?next=/entreprise/declarations/{maison.id}/saisir" in mail.texte
    assert remind(departement="41", periode=T3, etape="relance-3", now=DAY, base_url=SITE) == 0


def test_each_reader_of_a_period_is_told_once_with_what_is_left(maison: Maison, session: Any) -> None:
    for rank, place in enumerate(("41", "41", "972")):
        a_departement(place)
        given = {"courriel": f"{rank}@gouv.test", "nom": f"R{rank}", "departement": place, "by_mail": False}
        invite_user(actor=PLANIFICATEUR, role=REFERENT, base_url=SITE, now=DAY, **given)
    with transaction(actor=PLANIFICATEUR, now=DAY) as writing:
        writing.execute(update(Utilisateur).where(Utilisateur.courriel == "1@gouv.test").values(is_active=False))
    maison.call(submit_declaration, saisie=maison.saisie(S2=4))
    assert [remind(departement="41", periode=T3, etape="lecture", now=DAY, base_url=SITE) for _ in range(2)] == [1, 0]
    mail = session.scalars(select(Courriel).where(Courriel.motif == "lecture")).one()
    assert (mail.destinataire, mail.departement_code) == ("0@gouv.test", "41")
    # Whoever has several départements is led to the list of the one that the mail speaks of.
    assert "?next=/referent/declarations%3Fdepartement%3D41%26periode%3D2026-T3" in mail.texte
    assert "3e trimestre 2026" in mail.texte


# --- answers -----------------------------------------------------------------------------------------------


def test_texts_beside_answers_are_kept_to_their_very_limit(session: Any, now: datetime) -> None:
    assert (FREE_TEXT, PRECISION, SENTENCE) == (8_000, 2_000, 1_000)
    maison = Maison(now, "S2")
    key = maison.keys["S2"]

    def save(texte: str, commentaire: str) -> None:
        saisie = maison.saisie(texte, S2=AnswerTyped(valeur=Decimal(4), commentaire=commentaire))
        maison.call(save_draft, saisie=saisie)

    save("t" * 8_000, "c" * 2_000)
    page = maison.read()
    assert (page.texte_libre, page.ligne(key).actuelle.commentaire) == ("t" * 8_000, "c" * 2_000)
    assert list(refused(save, texte="t" * 8_001, commentaire="")) == ["texte_libre"]
    assert list(refused(save, texte="", commentaire="c" * 2_001)) == [f"precision_{key}"]


def test_R13_who_typed_an_answer_and_by_which_door_is_kept(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2", "S3")
    maison.call(save_draft, saisie=replace(maison.saisie(S2=4), origine="import"))
    row = session.scalars(select(Realisation)).one()
    assert (row.indicateur, row.reponse, row.valeur, row.origine) == ("S2", "nombre", 4, "import")
    assert (row.saisie_par, row.saisie_le, row.is_on_behalf) == ("Camille Perrin", now, True)
    session.rollback()
    later = replace(CAMILLE, nom="Autre")
    maison.call(save_draft, actor=later, saisie=maison.saisie(S2=4))
    assert session.scalars(select(Realisation.saisie_par)).all() == ["Camille Perrin"], "nothing of it changed"


# --- conventions -------------------------------------------------------------------------------------------


def test_R6_a_promise_is_told_in_words_before_and_after(session: Any, now: datetime) -> None:
    key = a_convention(a_signataire(), "X1", "S2", cibles={"S2": 30})

    def save(axe: str, saisi: EngagementSaisi) -> None:
        version = read_convention(actor=CAMILLE, convention_id=key, now=now).version
        set_engagements(actor=CAMILLE, convention_id=key, version=version, axe=axe, saisis=[saisi], now=now)

    targets = {1: Decimal(12), 2: Decimal(1_500)}
    save("SENSIBILISER", EngagementSaisi("S2", True, reference=Decimal(4), precision="Stages", annees=targets))
    save("SENSIBILISER", EngagementSaisi("S2", False))
    told = "référence 4, objectif 12 l’année 1, 1\u202f500 l’année 2, précision « Stages »"
    found = [(one[1:4], json.loads(one[4]), json.loads(one[5])) for one in lines(session, "engager")]
    thing = ("convention", str(key), "41")
    assert found == [(thing, {"S2": "objectif 30"}, {"S2": told}), (thing, {"S2": told}, {})]
    save("SENSIBILISER", EngagementSaisi("S2", False))
    assert len(lines(session, "engager")) == 2, "nothing changed, nothing told"


def test_R4_the_projet_that_follows_takes_over_what_still_has_a_meaning(session: Any, now: datetime) -> None:
    given = {"cosignataire": "Région", "is_in_plan_10000": True, "rythme": "S", "notes": "À revoir"}
    former = a_convention(a_signataire(), "X1", "S2", cibles={"S2": 30}, **given)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        row = writing.scalars(select(Engagement).where(Engagement.indicateur == "S2")).one()
        row.reference, row.precision = Decimal(7), "Stages"
        row.objectifs.append(Objectif(annee=3, cible=Decimal(9)))
    saved = renew_convention(actor=CAMILLE, convention_id=former, version=1, now=now)
    session.rollback()
    new = session.get_one(Convention, saved.convention_id)
    assert (new.debut, new.fin, new.numero) == (date(2028, 1, 1), date(2030, 12, 31), "41-2028-001")
    assert (new.statut, new.dispositif, new.rythme, new.signee_le) == (PROJET, "paqte", "S", None)
    assert (new.cosignataire, new.is_in_plan_10000, new.notes, new.precedente_id) == ("Région", True, "", former)
    copied = {e.indicateur: e for e in new.engagements}
    assert (copied["X1"].libelle, copied["X1"].unite, copied["X1"].rang) == ("Engagement libre 1", "arbres", 1)
    assert (copied["S2"].precision, {o.annee: o.cible for o in copied["S2"].objectifs}) == ("Stages", {0: 30, 3: 9})
    assert [one[:4] for one in lines(session, "engager")] == [("engager", "convention", str(new.id), "41")]
    told = f"La convention {new.numero} prend déjà la suite de celle-ci."
    again = {"actor": CAMILLE, "convention_id": former, "version": 1, "now": now}
    assert refused(renew_convention, **again) == {"": told}
    draft = {**again, "convention_id": saved.convention_id}
    assert refused(renew_convention, **draft) == {"": "Cette convention est encore un projet : modifiez-la plutôt."}


def test_an_attestation_is_known_by_its_own_line_alone(session: Any, now: datetime) -> None:
    code = "ABCD-EFGH-JKMN-PQRS"
    others = (("attester", OBJET), ("emettre", "convention"))
    with transaction(actor=CAMILLE, now=now) as writing:
        for acte, objet in others:
            note(writing, acte, objet, code)
    assert not is_authentic(code)
    with transaction(actor=CAMILLE, now=now) as writing:
        note(writing, "emettre", OBJET, code)
    assert [is_authentic(one) for one in (code, "abcd efgh jkmn pqrs", code[:-1])] == [True, True, False]


# --- texts of the bilan ------------------------------------------------------------------------------------


def test_R36_a_text_written_meanwhile_is_shown_to_whoever_writes_second(session: Any, now: datetime) -> None:
    a_departement("41")
    here = {"actor": CAMILLE, "now": now, "departement": "41", "periode": Periode.from_code("2026-S1")}
    of_it = {**here, "code": "obstacles"}
    write_rubrique(**of_it, version=None, texte="Premier")
    with pytest.raises(Conflict, match=r"a écrit ce texte pendant votre saisie") as conflict:
        write_rubrique(**of_it, version=None, texte="Second")
    assert conflict.value.current == {"texte": "Premier", "version": "1"}
    with pytest.raises(Conflict, match=r"a changé depuis l’affichage de la page") as moved:
        confirm_rubrique(**of_it, version=1, seen="autre")
    assert moved.value.current == {}
    write_rubrique(**of_it, version=1, texte="Second")
    row = session.scalars(select(Rubrique)).one()
    assert (row.texte, row.is_confirmed, row.repris_de, row.departement_code) == ("Second", True, "", "41")


def test_R30_a_download_says_the_format_and_the_version(session: Any) -> None:
    august = datetime(2026, 8, 2, 9, tzinfo=UTC)
    a_convention(a_signataire(), "S2")
    issued = freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-S1"), now=august)
    record_download(actor=CAMILLE, edition_id=issued.id, now=august)
    record_download(actor=CAMILLE, edition_id=issued.id, now=august, format="csv", diffusion="publiable")
    key = str(issued.id)
    made, *downloads = lines(session, "produire", "telecharger")
    assert made[:4] == ("produire", "edition", key, "41") and json.loads(made[5]) == {"sha256": issued.sha256}
    said = [(one[1:4], json.loads(one[5])) for one in downloads]
    assert said == [
        (("edition", key, "41"), {"format": "xlsx", "version": "interne"}),
        (("edition", key, "41"), {"format": "csv", "version": "publiable"}),
    ]


# --- erasing -----------------------------------------------------------------------------------------------


def a_card(signataire: int, now: datetime, courriel: str = "m@val.test") -> int:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        row = ContactSignataire(signataire_id=signataire, nom="Marie Petit", courriel=courriel, created_at=now)
        writing.add(row)
        writing.flush()
        return row.id


def test_R30_an_erased_contact_leaves_zeros_in_the_file_of_sqlite(session: Any, now: datetime) -> None:
    signataire = a_signataire()
    key = a_card(signataire, now)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    session.rollback()
    if is_sqlite:
        session.execute(text("PRAGMA secure_delete = OFF"))
    erase_contact(actor=CAMILLE, now=now, signataire_id=signataire, contact_id=key)
    if is_sqlite:
        assert session.execute(text("PRAGMA secure_delete")).scalar() == 1
    assert session.scalars(select(ContactSignataire.id)).all() == []


def test_R30_mails_to_an_erased_contact_keep_their_moment_alone_and_others_stay(session: Any, now: datetime) -> None:
    signataire = a_signataire()
    a_departement("972")
    key = a_card(signataire, now)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        for to, place, etat, named in (
            ("M@val.test", "41", ENVOYE, ""),
            ("m@val.test", "41", EN_ATTENTE, ""),
            ("m@val.test", "972", ENVOYE, ""),
            ("z@val.test", "41", ENVOYE, f" contact_signataire/{key} "),
            ("z@val.test", "41", EN_ATTENTE, f" contact_signataire/{key} "),
            ("z@val.test", "41", ENVOYE, f" contact_signataire/{key}9 "),
        ):
            given = {"destinataire": to, "departement_code": place, "etat": etat, "nomme": named, "erreur": "e"}
            texts = {"sujet": "s", "texte": "t", "html": "h", "motif": "relance"}
            writing.add(Courriel(**given, **texts, cree_le=now, prochain_essai=now))
            writing.flush()
    erase_contact(actor=CAMILLE, now=now, signataire_id=signataire, contact_id=key)
    session.rollback()
    c = Courriel
    columns = (c.destinataire, c.sujet, c.texte, c.html, c.erreur, c.etat)
    gone = ("", "", "")
    rows = [tuple(row) for row in session.execute(select(*columns).order_by(c.id))]
    kept = ("s", "t", "h", "e")
    erased = rows[0][0]
    assert erased != "M@val.test" and "@val" not in erased
    assert rows == [
        (erased, *gone, "", "envoye"),
        (erased, *gone, "Le destinataire a été effacé avant l’envoi.", "refuse"),
        ("m@val.test", *kept, "envoye"),
        ("z@val.test", *gone, "", "envoye"),
        ("z@val.test", *kept, "en_attente"),
        ("z@val.test", *kept, "envoye"),
    ]


def test_R30_what_time_takes_away_is_told_in_the_journal_by_number(session: Any, now: datetime) -> None:
    old = datetime(2020, 1, 2, 9, tzinfo=UTC)
    signataire = a_signataire()
    a_convention(signataire, fin=date(2040, 1, 1))
    card = a_card(signataire, old)
    with transaction(actor=CAMILLE, now=old) as writing:
        writing.delete(writing.get_one(ContactSignataire, card))
        for _ in range(2):
            given = {"destinataire": "x@val.test", "sujet": "s", "texte": "t", "html": "", "motif": "relance"}
            writing.add(
                Courriel(**given, departement_code="41", etat=ENVOYE, cree_le=old, prochain_essai=old, nomme="")
            )
    assert erase_expired(now=now) > 0
    emptied, forgotten = lines(session, "vider", "oublier")
    assert emptied == ("vider", "courriel", "", "41", "{}", '{"courriels": 2}')
    assert forgotten[:4] == ("oublier", "contact_signataire", "", "41")
    assert json.loads(forgotten[5])["mentions"] > 0
    assert erase_expired(now=now + timedelta(days=1)) == 0


@pytest.mark.parametrize("side", ["avant", "apres"])
def test_R30_a_card_taken_away_is_forgotten_by_either_of_the_addresses_it_bore(
    session: Any, now: datetime, side: str
) -> None:
    signataire = a_signataire()
    key = a_card(signataire, now)
    told: dict[str, Any] = {side: {"courriel": " M@val.test", "nom": "Marie"}}
    with transaction(actor=CAMILLE, now=now) as writing:
        for departement, card in (("41", key + 100), ("972", key + 200)):
            subject = {"sujet": f"contact_signataire/{card}", "departement": departement}
            note(writing, "retirer_contact", "signataire", signataire, **subject, **told)
        other = {"sujet": f"contact_signataire/{key + 300}", side: {"courriel": "z@val.test"}}
        note(writing, "retirer_contact", "signataire", signataire, departement="41", **other)
    erase_contact(actor=CAMILLE, now=now, signataire_id=signataire, contact_id=key)
    session.rollback()
    p = JournalPersonne
    kept = set(session.scalars(select(p.sujet).where(p.sujet.startswith("contact"), p.valeur != "")))
    assert kept == {f"contact_signataire/{key + more}" for more in (200, 300)}
