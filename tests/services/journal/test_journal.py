"""The journal can only grow, its lines hold together, and erasing somebody by key changes none of them (R30)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, text, update
from sqlalchemy.exc import DBAPIError

from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT, Acteur
from paqte.models import ContactSignataire, Departement, Journal, JournalAuteur, JournalPersonne, Signataire
from paqte.models.journal import triggers
from paqte.queries.journal import check_chain, latest_lines
from paqte.services.comptes.personnes import erase_contact
from paqte.services.declarations.declarations import submit_declaration
from paqte.services.transaction import _PUT_OFF, lines_put_off, note, transaction
from tests.factories import CAMILLE, ZOE, a_departement, a_signataire, bruno
from tests.services.maison import Maison

SENTENCE = "Visite de l’atelier faite avec la gérante"
REPLACES = "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE id = 1"


def a_card(signataire: int, now: datetime, nom: str = "Anne Val", courriel: str = "anne@val.test") -> int:
    with transaction(actor=CAMILLE, now=now) as session:
        card = ContactSignataire(signataire_id=signataire, nom=nom, courriel=courriel, created_at=now)
        session.add(card)
        session.flush()
        return card.id


@pytest.mark.parametrize("model", [Journal, JournalAuteur, JournalPersonne])
def test_R30_the_base_itself_refuses_to_change_or_delete_what_the_journal_holds(
    session: Any, now: datetime, model: Any
) -> None:
    a_card(a_signataire(), now)
    column = "acte" if model is Journal else "empreinte"
    for statement in (update(model).values({column: "x" * 6}), delete(model)):
        with pytest.raises(DBAPIError, match="le journal ne se modifie pas"):
            session.execute(statement)
        session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        with pytest.raises(DBAPIError, match="le journal ne se modifie pas"):
            session.execute(text(REPLACES))
        session.rollback()
    else:
        with pytest.raises(DBAPIError, match="le journal ne se modifie pas"):
            session.execute(text("TRUNCATE journal CASCADE"))
        session.rollback()
    assert check_chain().fautes == ()


def test_R30_a_word_beside_the_journal_can_be_emptied_and_never_replaced(session: Any, now: datetime) -> None:
    a_card(a_signataire(), now)
    p = JournalPersonne
    for values in (
        {"valeur": "Autre"},
        {"valeur": "Autre", "efface_le": now},
        {"sel": "", "sujet": "x", "efface_le": now},
    ):
        with pytest.raises(DBAPIError, match="le journal ne se modifie pas"):
            session.execute(update(p).values(values))
        session.rollback()
    session.execute(update(p).values(valeur="", sel="", efface_le=now))
    session.commit()
    assert [fault.partition(" : ")[2] for fault in check_chain().fautes] == [
        "apres.nom a été ôté sans acte d’effacement", "apres.courriel a été ôté sans acte d’effacement",
    ]  # fmt: skip


def unlocked(session: Any, *statements: str) -> None:
    """What somebody who holds the base may do: take the triggers away, then put them back."""
    if session.get_bind().dialect.name == "sqlite":
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in statements:
        session.execute(text(statement))
    if session.get_bind().dialect.name == "sqlite":
        for statement in triggers("sqlite"):
            session.execute(text(statement))
    session.commit()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE journal SET apres = '{\"x\": 1}' WHERE acte = 'trois'", "a été modifiée, ou une ligne a été ôtée"),
        ("DELETE FROM journal WHERE acte = 'trois'", "a été modifiée, ou une ligne a été ôtée"),
        ("UPDATE journal SET departement_code = '972' WHERE acte = 'trois'", "a été modifiée"),
        ("UPDATE journal_auteur SET nom = 'Zoé' WHERE nom = 'Camille Perrin'", "le nom d’auteur"),
        ("UPDATE journal_personne SET valeur = 'Zoé' WHERE valeur = 'Anne Val'", "apres.nom a été modifié"),
        ("DELETE FROM journal_personne WHERE valeur = 'Anne Val'", "a été modifiée"),
    ],
)
def test_R30_a_line_changed_or_taken_away_in_spite_of_the_base_is_found(
    session: Any, now: datetime, statement: str, told: str
) -> None:
    a_card(a_signataire(), now)
    for acte in ("un", "deux", "trois", "quatre"):
        with transaction(actor=CAMILLE, now=now) as writing:
            note(writing, acte, "essai", 1, departement="41")
    assert check_chain().fautes == ()
    unlocked(session, statement)
    faults = check_chain().fautes
    assert len(faults) == 1 and told in faults[0]


UNLOCKED = {
    "sqlite": [
        ("DROP TRIGGER journal_modifie", "le verrou journal_modifie de la base a été ôté"),
        (
            "CREATE TRIGGER vole AFTER INSERT ON utilisateur BEGIN DELETE FROM action; END",
            "le déclencheur vole n’est pas de PAQTE",
        ),
        (
            "CREATE TRIGGER journal_supprime BEFORE DELETE ON journal WHEN 0 BEGIN SELECT 1; END",
            "le verrou journal_supprime de la base a été modifié",
        ),
    ],
    "postgresql": [
        ("DROP TRIGGER journal_modifie ON journal", "le verrou journal_modifie de la base a été ôté"),
        ("ALTER TABLE journal DISABLE TRIGGER journal_modifie", "le verrou journal_modifie de la base a été ôté"),
        (
            "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN NEW; END $$",
            "le verrou journal_auteur_modifie de la base a été modifié",
        ),
    ],
}


@pytest.mark.parametrize("rank", range(3))
def test_R30_a_base_that_no_longer_refuses_to_change_its_journal_is_told(session: Any, rank: int) -> None:
    dialect = session.get_bind().dialect.name
    statement, told = UNLOCKED[dialect][rank]
    assert check_chain().fautes == ()
    if "TRIGGER journal_supprime BEFORE" in statement:
        session.execute(text("DROP TRIGGER journal_supprime"))
    session.execute(text(statement))
    assert any(fault.startswith(told) for fault in check_chain().fautes)
    session.rollback()


def test_R30_other_words_in_the_place_of_erased_ones_are_found(session: Any, now: datetime) -> None:
    """The base lets an erasure through: what is written then must be nothing."""
    signataire = a_signataire()
    a_card(signataire, now, "Luc Val", "luc@val.test")
    card = a_card(signataire, now)
    erase_contact(actor=CAMILLE, now=now, signataire_id=signataire, contact_id=card)
    assert check_chain().fautes == ()
    a, p = JournalAuteur, JournalPersonne
    session.execute(update(a).where(a.nom == "Camille Perrin").values(nom="Zoé", sel="", efface_le=now))
    session.execute(update(p).where(p.valeur == "Luc Val").values(valeur="Zoé Val", sel="", efface_le=now))
    author, word = check_chain().fautes
    assert author.startswith("le nom d’auteur") and author.endswith("a été modifié")
    assert word.endswith(" : apres.nom a été modifié")
    session.rollback()


def test_R30_erasing_a_contact_whose_name_is_a_sentence_changes_nobody_else_s_words(
    session: Any, now: datetime
) -> None:
    signataire = a_signataire()
    card = a_card(signataire, now, SENTENCE, "gerante@val.test")
    with transaction(actor=CAMILLE, now=now) as writing:
        writing.get_one(Signataire, signataire).notes = f"{SENTENCE}."
        note(writing, "demander", "signataire", signataire, departement="41", apres={"texte": SENTENCE})
    whole = select(Journal.id, Journal.avant, Journal.apres, Journal.empreinte).order_by(Journal.id)
    before = list(session.execute(whole).all())
    session.rollback()
    erase_contact(actor=CAMILLE, now=now, signataire_id=signataire, contact_id=card)
    after = list(session.execute(whole).all())
    assert after[: len(before)] == before
    assert session.get_one(Signataire, signataire).notes == f"{SENTENCE}."
    assert [line.apres for line in latest_lines(limit=50) if line.acte == "demander"] == [{"texte": SENTENCE}]
    (made,) = [line for line in latest_lines(limit=50) if (line.acte, line.objet) == ("creer", "contact_signataire")]
    assert (made.apres["nom"], made.apres["courriel"]) == ("Personne effacée", "adresse effacée")
    found = check_chain()
    assert (found.fautes, found.effacees > 0) == ((), True)


def test_R30_what_working_notes_said_before_stands_in_the_line_that_wrote_it_alone(session: Any, now: datetime) -> None:
    signataire = a_signataire()
    for words in ("À rappeler.", "Rappelée.", ""):
        with transaction(actor=CAMILLE, now=now) as writing:
            writing.get_one(Signataire, signataire).notes = words
    p = JournalPersonne
    kept = session.execute(select(p.champ, p.valeur).where(p.sujet == f"signataire/{signataire}").order_by(p.id)).all()
    assert [tuple(part) for part in kept] == [("apres.notes", "À rappeler."), ("apres.notes", "Rappelée.")]
    sides = [(line.avant, line.apres) for line in latest_lines(limit=3)]
    assert [side for avant, _ in sides for side in avant.items()] == []
    session.rollback()


def test_R30_an_erased_word_leaves_neither_itself_nor_what_it_could_be_guessed_from(
    session: Any, now: datetime
) -> None:
    signataire = a_signataire()
    card = a_card(signataire, now)
    erase_contact(actor=CAMILLE, now=now, signataire_id=signataire, contact_id=card)
    p = JournalPersonne
    rows = session.execute(select(p.valeur, p.sel, p.efface_le).where(p.sujet == f"contact_signataire/{card}")).all()
    assert set(map(tuple, rows)) == {("", "", now)} and len(rows) == 2


def test_lines_put_off_are_written_together_as_long_as_one_hand_writes_at_one_moment(
    session: Any, now: datetime
) -> None:
    key, later = a_signataire(), now + timedelta(seconds=1)

    def act(acte: str, actor: Acteur, moment: datetime) -> int:
        with transaction(actor=actor, now=moment) as writing:
            note(writing, acte, "signataire", key, departement="41")
        return len(session.info[_PUT_OFF])

    with lines_put_off():
        acts = [act("un", CAMILLE, now), act("deux", CAMILLE, now), act("trois", ZOE, now), act("quatre", ZOE, later)]
    assert acts == [1, 1, 2, 3]
    told = [(line.acte, line.qui, line.quand) for line in latest_lines(limit=4)]
    assert told == [
        ("un", CAMILLE.nom, now), ("deux", CAMILLE.nom, now), ("trois", ZOE.nom, now), ("quatre", ZOE.nom, later),
    ]  # fmt: skip
    assert check_chain().fautes == ()


def test_whoever_writes_many_lines_of_a_departement_is_looked_for_once(session: Any, now: datetime) -> None:
    keys = [a_signataire("Un (fictif)"), a_signataire("Deux (fictif)", "972")]
    asked: list[str] = []
    engine = session.get_bind()
    session.rollback()

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.extend(["auteur"] if "FROM journal_auteur" in statement else [])

    event.listen(engine, "before_cursor_execute", heard)
    try:
        with transaction(actor=PLANIFICATEUR, now=now) as writing:
            for _ in range(3):
                for key, place in zip(keys, ("41", "972"), strict=True):
                    note(writing, "voir", "signataire", key, departement=place)
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert len(asked) == 2, "once a département"


def test_lines_of_one_moment_are_read_in_the_order_they_were_written(session: Any, now: datetime) -> None:
    for code in ("41", "972"):
        a_departement(code)
    with transaction(actor=CAMILLE, now=now) as writing:
        things = [writing.get_one(Departement, code) for code in ("972", "41")]
        for rank, thing in enumerate(things):
            thing.prefecture = f"P{rank}"
        note(writing, "avant", "essai")
        writing.flush()
        note(writing, "apres", "essai")
    told = [(line.acte, line.objet_id) for line in latest_lines(limit=4)]
    assert told == [("avant", ""), ("modifier", "41"), ("modifier", "972"), ("apres", "")]


def test_two_who_write_at_once_leave_one_chain(app: Any, session: Any, now: datetime) -> None:
    a_departement("41")

    def write(rank: int) -> None:
        with app.app_context():
            for turn in range(5):
                snapshot = {"is_snapshot": rank % 2 == 0}
                with transaction(actor=CAMILLE, now=now + timedelta(seconds=turn), **snapshot) as writing:
                    writing.scalar(select(func.count()).select_from(Journal))
                    note(writing, f"acte {rank}", "essai", turn, departement="41")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    found = check_chain()
    assert found.fautes == ()
    lines = [line for line in latest_lines(limit=100) if line.objet == "essai"]
    assert len(lines) == 20
    for rank in range(4):
        assert [line.objet_id for line in lines if line.acte == f"acte {rank}"] == ["0", "1", "2", "3", "4"]


def test_nothing_of_a_transaction_given_up_stands_in_the_journal(session: Any, now: datetime) -> None:
    a_departement("41")
    before = check_chain()
    with pytest.raises(ZeroDivisionError), transaction(actor=CAMILLE, now=now) as writing:
        writing.get_one(Departement, "41").prefecture = "Autre"
        writing.flush()
        note(writing, "essai", "essai")
        raise ZeroDivisionError
    assert check_chain() == before


def test_R18_what_a_company_types_stands_in_the_journal_of_its_departement(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    actor = bruno(maison.signataire)
    maison.call(submit_declaration, actor=actor, saisie=maison.saisie(S2=3), base_url="https://x.fr")
    query = select(Journal.objet, Journal.departement_code).where(Journal.utilisateur_id == actor.utilisateur_id)
    lines = list(map(tuple, session.execute(query).all()))
    assert {objet for objet, _ in lines} == {"declaration", "realisation"}
    assert {place for _, place in lines} == {"41"}


def test_the_planner_and_an_operator_are_no_account(session: Any, now: datetime) -> None:
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        note(writing, "un", "essai", departement="41")
    with transaction(actor=ZOE, now=now) as writing:
        note(writing, "deux", "essai", departement="972")
    assert [(line.qui, line.departement) for line in latest_lines(limit=2)] == [
        ("Planificateur", "41"), ("Zoé Monplaisir", "972"),
    ]  # fmt: skip


def test_R30_two_people_of_one_name_are_two_authors(session: Any, now: datetime) -> None:
    """Erasing one must leave the other's name where she wrote."""
    a_departement()
    for key in (7, 8, None, 7):
        with transaction(actor=Acteur(key, "Anne Roux", REFERENT, "41"), now=now) as one:
            note(one, "essai", "departement", 41, departement="41")
    a = JournalAuteur
    named = session.execute(select(a.utilisateur_id).where(a.nom == "Anne Roux").order_by(a.id)).scalars()
    assert list(named) == [7, 8, None]
