"""Bruno, everywhere a company's contact leaves his name: what tests of erasure start from, and the base as texts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import escape
from sqlalchemy import LargeBinary, select, text, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.signataires import SignataireTyped
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.personnes.sessions import LINK_LIFE
from paqte.domain.secret import INTERNE
from paqte.domain.statuts.courriels import ENVOYE, REFUSE
from paqte.models import Base, ContactSignataire, Convention, Courriel, Signataire, Utilisateur, db
from paqte.queries.comptes.comptes import actor_of
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import open_session, request_link
from paqte.services.conventions.signataires import ContactTyped, change_signataire
from paqte.services.courriels.liens import new_link
from paqte.services.courriels.relances import remind_company
from paqte.services.declarations.declarations import (
    reopen_declaration,
    send_back,
    submit_declaration,
    validate_declaration,
)
from paqte.services.declarations.preuves.attestations import make_attestation
from paqte.services.declarations.preuves.justificatifs import add_evidence
from paqte.services.declarations.signalements import report_error
from paqte.services.editions.transmissions import note_transmission
from paqte.services.pieces import FichierReceived
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan
from tests.factories import A_PDF, CAMILLE, ZOE, a_departement
from tests.services.maison import T2, Maison

SITE = "https://paqte.exemple.fr"
NOM, COURRIEL, TELEPHONE = 'Bruno "Nono" O\'Lenoir-Ébène', "bruno.olenoir@val.test", "02 54 11 22 33"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PDF = A_PDF
S1 = Periode.from_code("2026-S1")


@dataclass(frozen=True, slots=True)
class Vie:
    """The keys of what Bruno lives among."""

    maison: Maison
    utilisateur: int
    contact: int
    edition: int
    acteur: Acteur

    @property
    def signataire(self) -> int:
        return self.maison.signataire


def live(*, is_issued: bool = False) -> Vie:
    """Invite him, let him sign in, answer, be asked again, be reminded; validate, reopen, issue a bilan if asked."""
    maison = Maison(NOW, "S2", "R3")
    a_departement("972")
    for rank, person in enumerate((CAMILLE, ZOE), 1):
        assert (
            an_account(courriel=f"{rank}@41.test", nom=person.nom, role=REFERENT, departement=person.departement)
            == rank
        )
    user = an_account(maison.signataire)
    _sign_in()
    with db.session() as session:
        actor = actor_of(session.get_one(Utilisateur, user))
    contact = _card(maison.signataire)
    first = maison.opened(T2)
    _answer(maison, actor, first)
    maison.call(validate_declaration, key=first, base_url=SITE)
    edition = freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=NOW).id if is_issued else 0
    if is_issued:
        sent = {"edition_id": edition, "adresses": COURRIEL, "diffusion": INTERNE, "le": NOW.date()}
        note_transmission(actor=CAMILLE, now=NOW, **sent)
    _answer(maison, actor, maison.id)
    maison.call(reopen_declaration, key=first, motif="À revoir", base_url=SITE)
    maison.call(submit_declaration, key=first, saisie=maison.saisie(S2=5, R3=2))  # Camille writes over his figure
    maison.call(validate_declaration, key=first, base_url=SITE)
    remind_company(actor=CAMILLE, signataire_id=maison.signataire, now=NOW, base_url=SITE)
    make_attestation(actor=actor, now=NOW, convention_id=maison.convention)
    _last_words(maison, user)
    report_error(actor=actor, declaration_id=maison.id, motif="Il en manque un.", base_url=SITE, now=NOW)
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        session.execute(update(Courriel).where(Courriel.motif == "signalement").values(etat=ENVOYE))
    request_link(courriel=COURRIEL, origine="203.0.113.9", base_url=SITE, now=NOW)
    return Vie(maison, user, contact, edition, actor)


def an_account(*signataires: int, courriel: str = COURRIEL, nom: str = NOM, role: str = ENTREPRISE, **more: Any) -> int:
    """An account on these signatories, invited by mail."""
    given = {"role": role, "courriel": courriel, "nom": nom, "signataires": signataires, **more}
    invite_user(actor=PLANIFICATEUR, base_url=SITE, now=NOW, **given)
    return db.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()


def _sign_in() -> None:
    request_link(courriel=COURRIEL, origine="203.0.113.9", base_url=SITE, now=NOW)
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        user = session.scalars(select(Utilisateur).where(Utilisateur.courriel == COURRIEL)).one()
        link = new_link(session, user, SITE, NOW, LINK_LIFE)
    open_session(secret=link.partition("/connexion/")[2], now=NOW)


def _card(signataire: int) -> int:
    """His card is typed in, corrected, taken away, and typed in again; the notes speak of him."""
    card = ContactTyped(nom=NOM, fonction="Gérant", courriel=COURRIEL.title(), telephone=TELEPHONE)
    for contacts in ([card], [], [card, ContactTyped(nom="Accueil")]):
        row = db.session.get_one(Signataire, signataire)
        given = {"identifiant": "732829320", "nom": row.nom, "nature": row.nature}
        identite = SignataireTyped(**given, notes=f"Appeler {NOM} au {TELEPHONE}, ou {COURRIEL}.")
        change_signataire(
            actor=CAMILLE, signataire_id=signataire, version=row.version, identite=identite, contacts=contacts, now=NOW
        )
    return db.session.scalars(select(ContactSignataire.id).where(ContactSignataire.nom == NOM)).one()


def _answer(maison: Maison, actor: Acteur, key: int) -> None:
    """He sends, with a piece of evidence; Camille asks, by name, and he sends again."""
    maison.call(submit_declaration, actor=actor, key=key, saisie=maison.saisie(S2=3, R3=2), base_url=SITE)
    maison.call(send_back, key=key, commentaires={None: "Est-ce tout ?"}, base_url=SITE)
    piece = FichierReceived("preuve.pdf", PDF)
    add_evidence(actor=actor, now=NOW, declaration_id=key, engagement_id=maison.keys["S2"], piece=piece)
    maison.call(submit_declaration, actor=actor, key=key, saisie=maison.saisie(S2=4, R3=2), base_url=SITE)


def _last_words(maison: Maison, user: int) -> None:
    """A mail about him to somebody else, one of his that was refused, a note on the convention."""
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        convention = session.get_one(Convention, maison.convention)
        convention.notes = f"Signée avec {NOM}."
        given = {"motif": "accuse", "cree_le": NOW, "prochain_essai": NOW, "departement_code": "41"}
        given |= {"etat": ENVOYE, "nomme": f" utilisateur/{user} "}
        told = f"{NOM} ({COURRIEL}) a répondu."
        session.add(
            Courriel(destinataire="camille@41.test", sujet=told, texte=told, html=f"<p>{escape(told)}</p>", **given)
        )
        session.flush()
        last = select(Courriel.id).where(Courriel.destinataire == COURRIEL).order_by(Courriel.id).limit(1)
        refused = {"etat": REFUSE, "erreur": f"550 {COURRIEL} inconnu"}
        session.execute(update(Courriel).where(Courriel.id.in_(last.scalar_subquery())).values(**refused))


def correct_notes(vie: Vie) -> None:
    """Camille reads what the page told her names him still, and writes it without him."""
    with transaction(actor=CAMILLE, now=NOW) as session:
        session.get_one(Signataire, vie.signataire).notes = "Appeler l’accueil."
        session.get_one(Convention, vie.maison.convention).notes = "Signée."


def end_conventions(now: datetime) -> None:
    """Every convention ended so long before that its contacts are due."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        session.execute(update(Convention).values(fin=now.date().replace(year=now.year - 3)))


def found_in_base(*marks: str) -> list[str]:
    """« table.column » of every text of the base that holds one of these, whatever the case, once decoded as JSON."""
    found = []
    wanted = [
        _plain(mark) for given in marks for mark in (given, given.replace('"', '\\"'), given.replace('"', "&#34;"))
    ]
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, LargeBinary):
                values = db.session.scalars(text(f'SELECT DISTINCT CAST("{column.name}" AS TEXT) FROM "{table.name}"'))
                if any(mark in _plain(value or "") for value in values for mark in wanted):
                    found.append(f"{table.name}.{column.name}")
    db.session.rollback()
    return found


def _plain(value: str) -> str:
    return unicodedata.normalize("NFC", value).casefold()


def figures() -> dict[str, Any]:
    """What must not move: answers, states, seals, promises, editions and their files, octet for octet."""
    columns = {
        "realisation": "id, indicateur, reponse, valeur, numerateur, denominateur, saisie_le, is_on_behalf",
        "declaration": "id, periode, etat, transmise_le, validee_le, sceau, texte_libre",
        "edition": "id, numero, contenu, faits, publiable, sha256, fichier, fichier_sha256, produite_par",
        "edition_fichier": "edition_id, format, sha256, octets",
        "fichier": "id, sha256, octets",
        "convention": "id, numero, statut, debut, fin, signee_le",
        "engagement": "id, indicateur, reference",
        "relance": "utilisateur_id, jour, etape",
    }
    queries = {name: f"SELECT {listed} FROM {name}" for name, listed in columns.items()}
    gestures = "SELECT id, quand, acte, objet FROM journal WHERE acte NOT IN ('effacer', 'effacer_contact', 'vider')"
    queries["journal"] = gestures
    read = {name: sorted(map(str, db.session.execute(text(query)))) for name, query in queries.items()}
    db.session.rollback()
    return read
