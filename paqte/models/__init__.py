"""Tables, one file a noun. Importing this package maps them all."""

from paqte.models.action import Action
from paqte.models.base import Base, db
from paqte.models.bilan import Edition, EditionFichier, Gabarit
from paqte.models.campagne import CampagneScellee
from paqte.models.convention import Anteriorite, Convention, Engagement, Objectif
from paqte.models.courriel import Courriel
from paqte.models.declaration import Avertissement, Declaration, Realisation, Retour
from paqte.models.entreprise import ContactSignataire, Entreprise, Signataire
from paqte.models.envoi import Envoi
from paqte.models.etablissement import Etablissement, Veille
from paqte.models.fichier import Fichier
from paqte.models.journal import Journal, JournalAuteur, JournalPersonne
from paqte.models.justificatif import Justificatif
from paqte.models.mouvement import Mouvement
from paqte.models.pilotage import ChiffreContexte, Partenaire, Referent, Reglage, Rubrique
from paqte.models.protocole import EngagementProtocole
from paqte.models.relance import AvisEcheance, Relance, RelanceLigne
from paqte.models.restauration import NumeroEdition, Restauration
from paqte.models.signalement import Signalement
from paqte.models.tache import Tache, Tour
from paqte.models.territoire import Departement, Qpv, Region
from paqte.models.utilisateur import JetonConnexion, Rattachement, SessionOuverte, TentativeConnexion, Utilisateur

__all__ = [
    "Action",
    "Anteriorite",
    "Avertissement",
    "AvisEcheance",
    "Base",
    "CampagneScellee",
    "ChiffreContexte",
    "ContactSignataire",
    "Convention",
    "Courriel",
    "Declaration",
    "Departement",
    "Edition",
    "EditionFichier",
    "Engagement",
    "EngagementProtocole",
    "Entreprise",
    "Envoi",
    "Etablissement",
    "Fichier",
    "Gabarit",
    "JetonConnexion",
    "Journal",
    "JournalAuteur",
    "JournalPersonne",
    "Justificatif",
    "Mouvement",
    "NumeroEdition",
    "Objectif",
    "Partenaire",
    "Qpv",
    "Rattachement",
    "Realisation",
    "Referent",
    "Region",
    "Reglage",
    "Relance",
    "RelanceLigne",
    "Restauration",
    "Retour",
    "Rubrique",
    "SessionOuverte",
    "Signalement",
    "Signataire",
    "Tache",
    "TentativeConnexion",
    "Tour",
    "Utilisateur",
    "Veille",
    "db",
]
