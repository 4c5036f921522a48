"""One of everything in the 41, everybody who might ask for it, and the base as texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import product
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import Versions
from paqte.domain.editions.editions import FORMATS
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.secret import DIFFUSIONS
from paqte.domain.statuts.taches import ECHOUEE
from paqte.models import (
    Action,
    Base,
    BilanRecu,
    ColonnePropre,
    ContactSignataire,
    Convention,
    Courriel,
    Declaration,
    Departement,
    Edition,
    EditionFichier,
    EditionTerritoire,
    Entreprise,
    Fichier,
    Gabarit,
    Importation,
    Justificatif,
    NamedView,
    Partenaire,
    PasskeyKept,
    Rattachement,
    Region,
    Rencontre,
    RencontreSignataire,
    SessionOuverte,
    Signalement,
    Signataire,
    Tache,
    Utilisateur,
    Veille,
    db,
)
from paqte.ops.clock import now
from paqte.services.comptes.comptes import invite_user
from paqte.services.declarations.declarations import open_declaration, submit_declaration
from paqte.services.transaction import transaction
from tests import factories
from tests.fixtures_acteurs import BRUNO, CAMILLE, NADIA
from tests.reporting.mondes.bilans import read_template

if TYPE_CHECKING:
    from flask import Flask

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FROZEN = Bilan(
    "41", "Loir-et-Cher", "Blois", "2025-S2", "2e semestre 2025", 1, NOW.isoformat(), Versions("1", "gabarit")
).as_json()
SITE = "http://localhost"
# Lines that may appear although nothing was changed: who was refused what, who was seen when, who downloaded (R30).
TRACES = frozenset({"envoi", "tentative_connexion", "journal", "journal_auteur", "journal_personne", "session_ouverte"})


def two_regions(app: Flask) -> None:
    """Départements 41 and 37 are of one région, 972 of another."""
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        session.add_all([Region(code="24", nom="Centre-Val de Loire"), Region(code="02", nom="Martinique")])
        session.flush()
        session.add(Departement(code="37", nom="Indre-et-Loire", region_code="24"))
        session.get_one(Departement, "41").region_code = "24"
        session.get_one(Departement, "972").region_code = "02"


def furnish(app: Flask) -> dict[str, int]:
    """Give Bruno's company one of everything; the key of each, by name of parameter of an address."""
    with app.app_context():
        signataire = db.session.scalars(select(Signataire.id).where(Signataire.departement_code == "41")).one()
        convention = factories.a_convention(signataire, "S2", "R3")
        engagement = factories.engagement_of(convention, "S2")
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T2")
        )
        saisie = Saisie({engagement: AnswerTyped(valeur=4)}, "Bon trimestre.")
        submit_declaration(actor=factories.bruno(signataire), now=NOW, declaration_id=key, version=1, saisie=saisie)
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            keys = _add_things(session, signataire, convention, key, engagement)
        user = db.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == BRUNO.courriel)).one()
        other = db.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == NADIA.courriel)).one()
        access = db.session.scalars(select(Rattachement.id).where(Rattachement.utilisateur_id == user)).first()
        assert access is not None
        return {
            **keys,
            "numero": access,
            "signataire_id": signataire,
            "convention_id": convention,
            "declaration_id": key,
            "engagement_id": engagement,
            "utilisateur_id": user,
            "compte_id": other,
        }


def _add_things(session: Any, signataire: int, convention: int, declaration: int, engagement: int) -> dict[str, int]:
    things: dict[str, Any] = {
        "action_id": _an_action(signataire),
        "ligne_id": Partenaire(departement_code="41", nom="Mission locale"),
        "courriel_id": _a_refused_mail(),
        "session_id": _a_session(session),
        "cle_id": _a_passkey(session),
        "importation_id": _an_import(session),
        "recu_id": _a_bilan_received(),
        "somme_id": _a_somme_issued(),
        "signalement_id": Signalement(declaration_id=declaration, departement_code="41", etat="repondu", motif="12",
                                      par="Bruno", created_at=NOW),
        "rencontre_id": Rencontre(departement_code="41", date=date(2026, 3, 1), genre="visite",
                                  decisions="Deux stages.", created_at=NOW),
        "veille_id": Veille(signataire_id=signataire, departement_code="41", identifiant=BRUNO.siret, constat="renomme",
                            etat="ouvert", nom_lu="Lenoir SAS", vu_le=NOW, constate_le=NOW),
        "tache_id": Tache(travail="bilan", departement_code="41", periode="2025-S2", etat=ECHOUEE, due_le=NOW,
                          prise_le=NOW, essais=1),
        "gabarit_id": Gabarit(nom="essai", sha256="1" * 64, octets=read_template(), en_vigueur_le=date(2020, 1, 1),
                              created_at=NOW),
    }  # fmt: skip
    things["colonne_id"] = ColonnePropre(
        departement_code="41", titre="Couleur", cle="couleur", genre="texte", created_at=NOW
    )
    camille = session.scalar(select(Utilisateur.id).where(Utilisateur.courriel == CAMILLE.courriel))
    things["vue_id"] = NamedView(
        utilisateur_id=camille, departement_code="41", liste="referent.signataires", nom="PME", filtres="taille=PME",
        gardee_le=NOW,
    )  # fmt: skip
    things["prospect_id"] = _a_prospect()
    things["contact_id"] = ContactSignataire(
        signataire_id=signataire, nom="Odile Marchand", courriel="odile@lenoir.test", created_at=NOW
    )
    signed, proof = _a_file("convention.pdf"), _a_file("preuve.pdf")
    session.add_all([signed, proof, *things.values()])
    session.flush()
    session.get_one(Convention, convention).texte_signe_id = signed.id
    met = {"rencontre_id": things["rencontre_id"].id, "signataire_id": signataire}
    session.add(RencontreSignataire(promesses="Deux stages.", **met))
    things["justificatif_id"] = Justificatif(
        declaration_id=declaration, engagement_id=engagement, fichier_id=proof.id, par="Bruno", created_at=NOW
    )
    things["edition_id"] = _an_edition(things["gabarit_id"].id)
    session.add_all(things.values())
    session.flush()
    for diffusion, format in product(DIFFUSIONS, FORMATS):
        name = f"{diffusion}.{format}"
        given = {"diffusion": diffusion, "format": format, "nom": name, "sha256": "4" * 64, "octets": b"x"}
        session.add(EditionFichier(edition_id=things["edition_id"].id, **given))
    return {name: thing.id for name, thing in things.items()}


def _a_prospect() -> Signataire:
    return Signataire(
        entreprise=Entreprise(siren="552100554", created_at=NOW), departement_code="41", identifiant="552100554",
        nom="Prospect (fictif)", nature="entreprise", created_at=NOW,
    )  # fmt: skip


def _a_file(nom: str) -> Fichier:
    return Fichier(
        departement_code="41", nom=nom, media_type="application/pdf", taille=8, sha256="0" * 64, octets=b"%PDF-1.7",
        created_at=NOW,
    )  # fmt: skip


def _an_action(signataire: int) -> Action:
    return Action(
        departement_code="41", signataire_id=signataire, date=date(2026, 3, 1), axe="RECRUTER", titre="Forum",
        texte="Un forum.", created_at=NOW,
    )  # fmt: skip


def _a_session(session: Any) -> SessionOuverte:
    """One of Bruno's, which no browser here holds."""
    owner = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == BRUNO.courriel)).one()
    return SessionOuverte(utilisateur_id=owner, empreinte="5" * 64, ouverte_le=NOW, vue_le=NOW)


def _a_passkey(session: Any) -> PasskeyKept:
    """One of Bruno's, whom no browser here is signed in as."""
    owner = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == BRUNO.courriel)).one()
    given = {"identifiant": "AAAA", "cle_publique": "AAAA", "compteur": 0, "cree_le": NOW}
    return PasskeyKept(utilisateur_id=owner, nom="Téléphone", **given)


def _an_import(session: Any) -> Importation:
    """A file of Camille's, whose columns wait to be matched."""
    owner = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == CAMILLE.courriel)).one()
    return Importation(
        departement_code="41", utilisateur_id=owner, nom="suivi.csv", etat="depose", octets=b"SIRET;Nom\r\n",
        correspondance=(
            '[{"titre": "", "ligne": 1, "prise": true, "periode": "", "colonnes": '
            '[{"place": 0, "titre": "SIRET", "cible": "identifiant", "exemples": []}]}]'
        ), created_at=NOW,
    )  # fmt: skip


def _a_somme_issued() -> EditionTerritoire:
    return EditionTerritoire(
        territoire="R24", genre_document="somme_bilans", periode="2020-S1", numero=1, contenu="{}", sha256="7" * 64,
        fichier=b"x", fichier_sha256="8" * 64, fichier_nom="somme.xlsx", publiable="{}", publiable_fichier=b"x",
        publiable_sha256="9" * 64, publiable_nom="publiable.xlsx", produite_par="Nadia", created_at=NOW,
    )  # fmt: skip


def _a_bilan_received() -> BilanRecu:
    """A workbook of the 41 that somebody filled by hand, and that counts."""
    return BilanRecu(
        departement_code="41", periode="2020-S1", numero=0, sha256="", nom="recu.xlsx", octets=b"x",
        fichier_sha256="6" * 64, etat="retenu", marque="rempli", raison="Au téléphone.", constats="", recu_par="Nadia",
        contenu='{"numero": 0, "sha256": "", "entreprises": 1, "autres": 0, "dus": 0, "repondus": 0, "sommes": '
        '[["S2", "entreprise", "3", null, null, 1, 1, 0]]}', created_at=NOW,
    )  # fmt: skip


def _a_refused_mail() -> Courriel:
    return Courriel(
        destinataire=BRUNO.courriel, sujet="S", texte="T", motif="renvoi", departement_code="41", etat="refuse",
        cree_le=NOW, prochain_essai=NOW,
    )  # fmt: skip


def _an_edition(gabarit: int) -> Edition:
    return Edition(
        departement_code="41", genre_document="bilan", periode="2025-S2", numero=1, contenu=FROZEN, faits="[]",
        sha256="2" * 64, fichier=b"x", fichier_sha256="3" * 64, fichier_nom="b.xlsx", gabarit_id=gabarit, catalogue="1",
        produite_par="Camille", created_at=NOW,
    )  # fmt: skip


def a_sister(app: Flask, signataire: int) -> int:
    """Another convention of the same company, with a declaration of its own."""
    with app.app_context():
        convention = factories.a_convention(signataire, "S2")
        open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T2")
        )
        return convention


def invite(
    app: Flask,
    role: str,
    courriel: str,
    *signataires: int,
    departement: str | None = None,
    region: str | None = None,
    convention: int = 0,
) -> str:
    """The path of a sign-in link for somebody of this role."""
    with app.app_context():
        link = invite_user(
            actor=PLANIFICATEUR,
            role=role,
            courriel=courriel,
            nom=courriel,
            base_url=SITE,
            now=now(),
            departement=departement,
            region=region,
            signataires=signataires,
            conventions=[convention] if convention else (),
            by_mail=False,
        )
    return link.removeprefix(SITE)


def dump(app: Flask, *, without: frozenset[str] = TRACES) -> dict[str, list[str]]:
    """Every row of every table, as texts."""
    with app.app_context():
        names = [t.name for t in Base.metadata.sorted_tables if t.name not in without]
        rows = {name: sorted(map(str, db.session.execute(text(f'SELECT * FROM "{name}"')))) for name in names}
        db.session.rollback()
    return rows


def state_of(app: Flask, declaration: int) -> str:
    with app.app_context():
        return db.session.get_one(Declaration, declaration).etat


@dataclass
class Page(HTMLParser):
    """The forms of a page that post: where to, and what they would send as they stand; and where its links lead."""

    html: str
    forms: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._fields: dict[str, list[str]] | None = None
        self._select = self._area = ""
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form" and given.get("method") == "post":
            self._fields = {}
            self.forms.append((given.get("action", ""), self._fields))
        elif self._fields is not None:
            self._take(tag, given)

    def _take(self, tag: str, given: Mapping[str, str]) -> None:
        assert self._fields is not None
        name = given.get("name", "")
        is_chosen = given.get("type") not in ("checkbox", "radio", "file", "submit") or "checked" in given
        if tag == "input" and name:
            self._fields.setdefault(name, [])
            if is_chosen:
                self._fields[name].append(given.get("value", ""))
        elif tag == "select":
            self._select = name
            self._fields.setdefault(name, [])
        elif tag == "option" and "selected" in given:
            self._fields[self._select] = [given.get("value", "")]
        elif tag == "textarea":
            self._area = name
            self._fields[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._area and self._fields is not None:
            self._fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "textarea":
            self._area = ""


def bare(html: str) -> str:
    """A page without what differs at each request: references, tokens, numbers."""
    return re.sub(r"[0-9a-f]{12}|\d+|value=\"[^\"]*\"", "", html)
