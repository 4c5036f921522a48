"""Before somebody is erased, every text that a person may have typed is looked at for her name (R30)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import String, Text

from paqte.models import (
    ChiffreContexte,
    ContactSignataire,
    Convention,
    Engagement,
    EngagementProtocole,
    Partenaire,
)
from paqte.models.base import Base
from paqte.queries.comptes.effacements import TEXTS, preview_contact
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, engagement_of

LONG = 100
GOES = "emptied with her account, her card or her mails"
SEALED = "stands in a document or under a seal, which nothing changes, or in the journal, which has its own way"
MACHINE = "written by the application or read from a register: nobody types it"
SHORT = "names a thing, not what somebody says: title of a column, of a file, of a place, of a body"
APART = {
    "bilan_recu.contenu": SEALED, "bilan_recu.constats": MACHINE, "bilan_recu.nom": SHORT,
    "bilan_recu.recu_par": GOES, "bilan_recu.decide_par": GOES,
    "campagne_scellee.publications": MACHINE, "chiffre_contexte.source": SHORT,
    "cle_acces.identifiant": GOES, "cle_acces.cle_publique": GOES,
    "college.nom": MACHINE, "college.commune": MACHINE, "colonne_propre.titre": SHORT, "colonne_propre.cle": SHORT,
    "contact_signataire.nom": GOES, "contact_signataire.fonction": GOES, "contact_signataire.courriel": GOES,
    "correspondance.contenu": SHORT, "importation.correspondance": SHORT, "importation.message": MACHINE,
    "courriel.destinataire": GOES, "courriel.sujet": GOES, "courriel.texte": GOES, "courriel.html": GOES,
    "courriel.appui": MACHINE, "courriel.nomme": GOES, "courriel.erreur": GOES,
    "declaration.transmise_par": GOES, "declaration.validee_par": GOES, "declaration.sceau": SEALED,
    "declaration.hors_sceau": "its names go, its comments are read with those of answers",
    "edition.contenu": SEALED, "edition.faits": SEALED, "edition.publiable": SEALED, "edition.fichier_nom": MACHINE,
    "edition.produite_par": GOES, "edition_fichier.nom": MACHINE, "edition_territoire.contenu": SEALED,
    "edition_territoire.publiable": SEALED, "edition_territoire.fichier_nom": MACHINE,
    "edition_territoire.publiable_nom": MACHINE, "edition_territoire.produite_par": GOES,
    "engagement_protocole.enjeu": SHORT, "engagement_protocole.axe_dijon": SHORT, "engagement_protocole.levier": SHORT,
    "envoi.suite": MACHINE, "etablissement.nom": MACHINE, "etablissement.enseigne": MACHINE,
    "etablissement.adresse": MACHINE, "etablissement.commune": MACHINE, "etablissement.recherche": MACHINE,
    "gabarit.nom": SHORT, "gabarit.installe_par": GOES, "habitude_liste.filtres": GOES, "vue_liste.filtres": GOES,
    "identite_fournie.emetteur": GOES, "identite_fournie.sub": GOES, "jeton_connexion.adresse": GOES,
    "journal.avant": SEALED, "journal.apres": SEALED, "journal_auteur.nom": GOES, "journal_personne.valeur": GOES,
    "justificatif.par": GOES, "part_edition.etat": MACHINE, "qpv.nom": MACHINE, "qpv.communes": MACHINE,
    "rattachement.nom": GOES, "rattachement.courriel": GOES, "realisation.saisie_par": GOES,
    "referent.fonction": SHORT, "referent.courriel": GOES, "restauration.sauvegarde": MACHINE,
    "restauration.precedente": MACHINE, "restauration.constat": MACHINE, "retour.par": GOES,
    "second_facteur.secret_chiffre": GOES, "session_ouverte.jeton_identite": GOES, "signalement.par": GOES,
    "signalement.traite_par": GOES, "signataire.anciens_identifiants": MACHINE, "signataire.secteur": SHORT,
    "signataire.adresse": "the address of the company", "signataire.commune": SHORT,
    "signataire.recherche": "made of its name, which is read", "somme.etat": MACHINE, "tache.message": MACHINE,
    "tour.message": MACHINE, "transmission.destinataire": GOES, "transmission.par": GOES, "utilisateur.courriel": GOES,
    "utilisateur.nom": GOES, "veille.nom_lu": MACHINE, "veille.traite_par": GOES, "violation_csp.page": MACHINE,
    "avertissement.message": MACHINE,
}  # fmt: skip


def test_R30_every_text_of_the_base_is_read_for_a_name_or_says_why_it_need_not() -> None:
    """A column of texts that somebody adds is in neither, and this fails."""
    read = {f"{column.class_.__tablename__}.{column.key}" for column, _, _ in TEXTS}
    held = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String | Text) and (column.type.length or LONG) >= LONG
    }
    assert held - read == APART.keys()


@pytest.mark.usefixtures("session")
def test_R30_what_promises_partners_and_files_say_of_somebody_is_told_and_nothing_of_elsewhere(now: datetime) -> None:
    a_departement("41")
    odile, named = "Odile Marchand", {}
    for code in ("41", "972"):
        signataire = a_signataire(departement=code) if code == "41" else a_signataire("Rhum (fictif)", code)
        convention = a_convention(signataire, "S2")
        promise = engagement_of(convention, "S2")
        with transaction(actor=CAMILLE, now=now) as session:
            session.get_one(Convention, convention).cosignataire = odile
            session.get_one(Engagement, promise).precision = f"À voir avec {odile}."
            card = ContactSignataire(signataire_id=signataire, nom=odile, courriel=f"o@{code}.test", created_at=now)
            session.add_all([card, *_said_of(odile, code, now)])
            session.flush()
            named[code] = (signataire, card.id)
    told = preview_contact(actor=CAMILLE, signataire_id=named["41"][0], contact_id=named["41"][1]).mentions
    assert [(m.nombre, m.singulier) for m in told] == [
        (1, "cosignataire de convention"),
        (1, "précision d’un engagement"),
        (1, "précision d’un chiffre de contexte"),
        (1, "rôle de partenaire"),
        (1, "engagement du protocole"),
    ]


def _said_of(nom: str, code: str, now: datetime) -> list[Any]:
    figure = {"code": "defm", "valeur": Decimal(1), "date": now.date(), "created_at": now}
    return [
        ChiffreContexte(departement_code=code, precision=f"selon {nom}", **figure),
        Partenaire(departement_code=code, nom="Mission locale", role=f"par {nom}", rang=1),
        EngagementProtocole(departement_code=code, libelle=f"Suivi par {nom}", enjeu="x", levier="y", rang=1),
    ]
