"""Who may open what, written a second time: the routes must agree with this table, line by line.

A route that is missing here fails the tests: whoever adds one says, here, to whom it is open.
"""

from __future__ import annotations

from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, REFERENT, REGION
from paqte.domain.personnes.roles import PUBLIC

TABLE: dict[frozenset[str], str] = {
    frozenset({PUBLIC}): """
        public.accueil public.agenda public.attestation_verifier public.sante public.securite
        public.vivant public.pret public.metriques public.violations
        aide.accessibilite aide.contact aide.guides aide.image aide.mentions aide.plan
        compte.connexion compte.lien compte.ouvrir compte.lien_envoye compte.deconnexion
        fournisseur.partir fournisseur.retour fournisseur.sorti
        static bootstrap.static
    """,
    frozenset({REFERENT}): """
        referent.abonnement referent.abonnement_retirer
        referent.vue referent.vue_garder referent.vue_renommer referent.vue_retirer
        referent.appels referent.calendrier referent.appels_telecharger referent.rencontres_telecharger
        referent.rencontres referent.rencontre referent.rencontre_nouvelle referent.rencontre_modifier
        referent.rencontre_supprimer referent.rencontre_signataire
        referent.prospects referent.prospects_telecharger referent.demarche
        referent.club referent.club_telecharger referent.repartition_telecharger
        referent.colonnes referent.colonne referent.colonne_supprimer referent.signataire_colonnes
        referent.relances
        referent.relances_selection referent.declarations_questionner
        referent.acces_inviter_tous referent.acces_animateur
        referent.signataire_relancer referent.signataire_suspendre referent.signataire_reprendre
        referent.acces referent.acces_compte referent.acces_desactiver referent.acces_inviter referent.acces_reactiver
        referent.acces_retirer referent.courriels referent.courriel_renvoyer
        referent.action_modifier referent.action_supprimer referent.action_nouvelle
        referent.bilan_produire
        referent.document_produire
        referent.trimestre_produire
        referent.convention_modifier referent.convention_nouvelle referent.convention_renouveler
        referent.convention_resilier referent.convention_signer referent.convention_supprimer
        referent.convention_joindre referent.engagements
        referent.declaration_ouvrir referent.declaration_renvoyer
        referent.declaration_rouvrir referent.declaration_saisir referent.declaration_valider
        referent.declarations_tableau referent.declarations_tableau_coller referent.declarations_tableau_brouillon
        referent.declaration_brouillon
        referent.declarations_recues referent.declarations_valider
        referent.formulaires referent.formulaire_telecharger referent.formulaire_envoyer
        referent.edition_transmettre referent.edition_transmise
        referent.importation referent.importation_copie referent.imports
        referent.pilotage referent.pilotage_ajouter referent.pilotage_debut referent.pilotage_modifier
        referent.pilotage_retirer referent.pilotage_protocole referent.pilotage_reglages referent.pilotage_texte
        referent.pilotage_confirmer
        referent.conservation referent.contact_donnees referent.contact_effacer
        referent.acces_donnees referent.acces_effacer
        referent.signataire_acces
        referent.signataire_modifier referent.signataire_supprimer referent.signataire_nouveau
        referent.signalements referent.signalement_repondre
        referent.etablissements referent.etablissement referent.etablissements_completer
    """,
    frozenset({REFERENT, REGION}): """
        referent.accueil referent.signataires referent.signataire referent.convention
        referent.convention_texte referent.declarations referent.declaration referent.actions referent.action
        referent.bilans referent.bilan referent.bilan_chiffre referent.annee_chiffre referent.bilans_comparer
        referent.documents referent.document referent.trimestres referent.trimestre referent.trimestre_chiffre
        referent.completude referent.signataire_avancement referent.recherche referent.signataires_telecharger
        referent.declarations_telecharger referent.actions_telecharger
    """,
    frozenset({REGION}): "region.accueil",
    frozenset({ENTREPRISE, ANIMATEUR}): """
        entreprise.accueil entreprise.signataire entreprise.declaration_ouvrir entreprise.declaration
        entreprise.declaration_brouillon entreprise.declaration_relire entreprise.declaration_saisir
        entreprise.declaration_signaler
        entreprise.pieces entreprise.piece_retirer entreprise.action_proposer
        entreprise.attestation entreprise.attestation_page entreprise.formulaire entreprise.formulaire_telecharger
    """,
    frozenset({ADMIN}): """
        admin.accueil admin.verification admin.reglages
        admin.comptes admin.compte admin.compte_nouveau admin.compte_desactiver admin.compte_inviter
        admin.compte_reactiver admin.compte_departement_retirer admin.compte_facteur_retirer
        admin.compte_sessions_fermer admin.sessions_fermer
        admin.compte_donnees admin.compte_effacer
        admin.gabarits admin.gabarit admin.gabarit_fichier admin.gabarit_livre_fichier admin.gabarit_essai_fichier
        admin.gabarit_retirer admin.gabarit_abandonner admin.journal admin.journal_telecharger
    """,
    frozenset({REFERENT, REGION, NATIONAL, ADMIN}): """
        facteurs.facteur facteurs.preparer facteurs.activer facteurs.codes facteurs.retirer facteurs.code
        cles.defi_ajouter cles.ajouter cles.retirer cles.defi_donner cles.donner
        bilans.telecharger bilans.telecharger_publiable bilans.donnees bilans.donnees_publiables
        bilans.verifier bilans.verifier_fichier
    """,
    frozenset({NATIONAL}): "national.region_inviter",
    frozenset({NATIONAL, ADMIN}): "national.accueil national.recus national.recu",
    frozenset({REGION, NATIONAL, ADMIN}): """
        bilans.recu bilans.somme bilans.somme_publiable
        national.somme_produire national.bilan national.trimestre national.chiffre national.thematique
        national.evolution national.classeur_telecharger
        national.textes national.textes_telecharger
    """,
    frozenset({REFERENT, REGION, NATIONAL, ADMIN, ENTREPRISE, ANIMATEUR}): """
        compte.mes_donnees compte.mon_compte compte.mon_adresse compte.session_fermer compte.session_prolonger
        compte.sessions_fermer
        fournisseur.detacher
    """,
    frozenset({REFERENT, ADMIN}): "taches.liste taches.relancer",
    frozenset({REFERENT, REGION, ENTREPRISE, ANIMATEUR}): "justificatifs.telecharger",
}
ROLES_BY_ENDPOINT: dict[str, frozenset[str]] = {
    endpoint: roles for roles, names in TABLE.items() for endpoint in names.split()
}
# Open to roles, and the same for all of them: nothing of anybody's hangs on these words of an address.
WORDS = {
    "departement": "41",
    "genre_document": "bilan",
    "annee": "2026",
    "periode": "2026-S1",
    "trimestre": "2026-T2",
    "format": "csv",
    "indicateur": "S2",
    "thematique": "T01",
    "nom": "partenaires",
    "code": "strategie",
    "axe": "RECRUTER",
    "genre": "bilan",
    "cote": "nouveau",
}
