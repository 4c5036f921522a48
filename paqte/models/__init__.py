"""Tables, one file a noun. Importing this package maps them all."""

from paqte.models.base import Base, db
from paqte.models.comptes.agenda import FeedDate, FeedKept
from paqte.models.comptes.cle import PasskeyAsked, PasskeyKept
from paqte.models.comptes.facteur import RecoveryCode, SecondFactor
from paqte.models.comptes.fournisseur import ProviderIdentity
from paqte.models.comptes.habitude import ListKept, NamedView
from paqte.models.comptes.secret import SecretKnown
from paqte.models.comptes.utilisateur import (
    Affectation,
    JetonConnexion,
    Rattachement,
    SessionOuverte,
    TentativeConnexion,
    Utilisateur,
)
from paqte.models.comptes.violation import ViolationCounted
from paqte.models.conventions.action import Action
from paqte.models.conventions.convention import Anteriorite, Convention, Engagement, Objectif
from paqte.models.conventions.demarche import Demarche
from paqte.models.conventions.entreprise import ContactSignataire, Entreprise, Signataire
from paqte.models.conventions.etablissement import Etablissement, Veille
from paqte.models.conventions.propre import ColonnePropre, ValeurPropre
from paqte.models.conventions.rencontre import Presence, Rencontre, RencontreSignataire, told_by_cards
from paqte.models.declarations.campagne import CampagneScellee
from paqte.models.declarations.declaration import Avertissement, Declaration, Realisation, Retour
from paqte.models.declarations.justificatif import Justificatif
from paqte.models.declarations.relance import AvisEcheance, Relance, RelanceLigne
from paqte.models.declarations.signalement import Signalement
from paqte.models.editions.bilan import Edition, EditionFichier, Gabarit
from paqte.models.editions.recu import BilanRecu
from paqte.models.editions.restauration import NumeroEdition, Restauration
from paqte.models.editions.territoire import EditionTerritoire
from paqte.models.editions.transmission import Transmission
from paqte.models.envoi import Envoi
from paqte.models.fichier import Fichier
from paqte.models.journal import Journal, JournalAuteur, JournalPersonne
from paqte.models.mouvement import Mouvement
from paqte.models.pilotage.pilotage import ChiffreContexte, Partenaire, Referent, Reglage, Rubrique
from paqte.models.pilotage.protocole import EngagementProtocole
from paqte.models.pilotage.territoire import College, Departement, Qpv, Region
from paqte.models.planificateur.courriel import Courriel
from paqte.models.planificateur.importation import Importation, MappingKept
from paqte.models.planificateur.tache import Tache, Tour
from paqte.models.somme import KeptConsolidation, KeptPart

__all__ = [
    "Action",
    "Affectation",
    "Anteriorite",
    "Avertissement",
    "AvisEcheance",
    "Base",
    "BilanRecu",
    "CampagneScellee",
    "ChiffreContexte",
    "College",
    "ColonnePropre",
    "ContactSignataire",
    "Convention",
    "Courriel",
    "Declaration",
    "Demarche",
    "Departement",
    "Edition",
    "EditionFichier",
    "EditionTerritoire",
    "Engagement",
    "EngagementProtocole",
    "Entreprise",
    "Envoi",
    "Etablissement",
    "FeedDate",
    "FeedKept",
    "Fichier",
    "Gabarit",
    "Importation",
    "JetonConnexion",
    "Journal",
    "JournalAuteur",
    "JournalPersonne",
    "Justificatif",
    "KeptConsolidation",
    "KeptPart",
    "ListKept",
    "MappingKept",
    "Mouvement",
    "NamedView",
    "NumeroEdition",
    "Objectif",
    "Partenaire",
    "PasskeyAsked",
    "PasskeyKept",
    "Presence",
    "ProviderIdentity",
    "Qpv",
    "Rattachement",
    "Realisation",
    "RecoveryCode",
    "Referent",
    "Region",
    "Reglage",
    "Relance",
    "RelanceLigne",
    "Rencontre",
    "RencontreSignataire",
    "Restauration",
    "Retour",
    "Rubrique",
    "SecondFactor",
    "SecretKnown",
    "SessionOuverte",
    "Signalement",
    "Signataire",
    "Tache",
    "TentativeConnexion",
    "Tour",
    "Transmission",
    "Utilisateur",
    "ValeurPropre",
    "Veille",
    "ViolationCounted",
    "db",
    "told_by_cards",
]
