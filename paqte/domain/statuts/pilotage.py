"""Headings, context figures and settings of a département's steering (bilan_cget.md, R12, R26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from paqte.domain.saisie.nombres import written

ORGANISATION = "organisation"
RUBRIQUES: dict[str, str] = {
    ORGANISATION: "Organisation retenue de suivi et d’animation du PAQTE",
    "strategie": "Stratégie définie",
    "obstacles": "Obstacles rencontrés",
}
# Asked every quarter by the plan « 10 000 entreprises » (bilan_cget.md, part B); they do not stand in the bilan.
RUBRIQUES_PLAN: dict[str, str] = {
    "efficacite": "Analyse de l’efficacité des actions",
    "propositions": "Propositions",
}
# Everything a référent writes.
TEXTES: dict[str, str] = RUBRIQUES | RUBRIQUES_PLAN


@dataclass(frozen=True, slots=True)
class GenreChiffre:
    """A context figure: label, unit, how it is typed."""

    libelle: str
    unite: str
    nombre: str = "compte"
    aide: str = ""


CHIFFRES: dict[str, GenreChiffre] = {
    "qpv": GenreChiffre(
        "Nombre de quartiers prioritaires (QPV)", "quartiers", aide="Précisez la génération, 2015 ou 2024."
    ),
    "pru": GenreChiffre("Nombre de projets de renouvellement urbain d’intérêt national", "projets"),
    "population_qpv": GenreChiffre("Population des QPV", "habitants"),
    "defm_qpv": GenreChiffre(
        "Demandeurs d’emploi en fin de mois (DEFM) dans les QPV",
        "personnes",
        aide="Catégories ABC sauf mention contraire.",
    ),
    "defm": GenreChiffre("Demandeurs d’emploi en fin de mois (DEFM) dans le département", "personnes"),
}

RUPTURE_DEFM = date(2025, 1, 1)
NOTE_RUPTURE = "Rupture de série en janvier 2025 (catégories F et G) : ne pas comparer avec les mois antérieurs."


def note_of(code: str, day: date) -> str:
    """The note a context figure bears in a bilan (R26)."""
    return NOTE_RUPTURE if code.startswith("defm") and day >= RUPTURE_DEFM else ""


OUI, NON = "oui", "non"
# Those of documents stand between the two: documents.reglages gives them all.
REGLAGES_SAISIE: dict[str, tuple[str, str]] = {
    "declaration_ouverture_jours": ("0", "Jours entre la fin de la période et l’ouverture de la saisie"),
    "declaration_delai_jours": ("20", "Jours laissés aux entreprises après la fin de la période"),
    "relances_jours": ("-15, -3, 3, 10", "Relances, en jours avant (−) ou après l’échéance, séparées par des virgules"),
    "relances_animateurs": (
        "oui",
        "Rappels aussi à l’animateur, pour les conventions qui lui sont confiées : oui ou non",
    ),
    "fermeture_delai_jours": (
        "",
        "Jours après la fin de la période où la saisie se ferme à l’entreprise, ou « jamais »",
    ),
    "lecture_jours": ("7", "Jours réservés à votre lecture avant le bilan ou l’export"),
    "courriels_heures": ("8-18", "Heures de départ des rappels, les jours ouvrés, à l’heure du département"),
}
REGLAGES_SUITES: dict[str, tuple[str, str]] = {
    "preavis_jours": ("180, 90, 30", "Rappels de la fin d’une convention, en jours avant, séparés par des virgules"),
    "rencontre_mois": ("6", "Mois sans rencontre ni appel après lesquels la page d’un signataire le signale"),
    "conservation_annees": ("2", "Années pendant lesquelles un contact est gardé après la fin de sa convention"),
    "courriels_texte_jours": ("180", "Jours pendant lesquels le texte d’un courriel envoyé est gardé"),
}
SUJET_MENTIONS = "Mentions légales"
# What the legal notice says of who answers for the application there: texts, on one line each.
REGLAGES_MENTIONS: dict[str, tuple[str, str]] = {
    "mentions_editeur": ("", "Éditeur : service, adresse postale et téléphone de la préfecture"),
    "mentions_directeur": ("", "Direction de la publication : fonction et nom"),
    "mentions_hebergeur": ("", "Hébergeur : nom, adresse et téléphone"),
    "mentions_donnees": ("", "Données personnelles : à qui écrire pour exercer ses droits"),
}


# How long a session stays open, by role: minutes without a request, hours in all (domain/personnes/sessions.py).
SESSION_INACTIVE, SESSION_TOTALE = "session_inactive_", "session_totale_"
_SESSIONS_OF = {
    "referent": ("d’un référent", "30"),
    "region": ("d’une préfecture de région", "720"),
    "entreprise": ("d’un contact d’entreprise", "720"),
    "animateur": ("d’un animateur", "720"),
    "national": ("de l’équipe nationale", "720"),
    "admin": ("d’un administrateur", "30"),
}
REGLAGES_SESSIONS: dict[str, tuple[str, str]] = {
    **{
        SESSION_INACTIVE + role: (minutes, f"Minutes sans rien faire après lesquelles la session {whose} se ferme")
        for role, (whose, minutes) in _SESSIONS_OF.items()
    },
    **{
        SESSION_TOTALE + role: ("12", f"Heures après lesquelles la session {whose} se ferme, prolongeable une fois")
        for role, (whose, _) in _SESSIONS_OF.items()
    },
}
# Of the whole installation, by heading of the page: an administrator alone sets them (docs/securite.md).
LIMITES_PAR_SUJET: dict[str, dict[str, tuple[str, str]]] = {
    "Durée des sessions": REGLAGES_SESSIONS,
    "Pièces jointes et saisie": {
        "quota_signataire_mo": ("200", "Mo de pièces gardées par signataire, au plus"),
        "quota_signataire_fichiers": ("500", "Pièces gardées par signataire, au plus"),
        "quota_entreprise_mo": ("500", "Mo de pièces gardées par entreprise, tous départements réunis, au plus"),
        "quota_entreprise_fichiers": ("2000", "Pièces gardées par entreprise, tous départements réunis, au plus"),
        "quota_jour_mo": (
            "100",
            "Mo de pièces jointes par une entreprise ou une personne en vingt-quatre heures, au plus",
        ),
        "quota_jour_fichiers": (
            "100",
            "Pièces jointes par une entreprise ou une personne en vingt-quatre heures, au plus",
        ),
        "quota_jour_actions": (
            "20",
            "Actions racontées par une entreprise ou une personne en vingt-quatre heures, au plus",
        ),
        "quota_jour_refus": (
            "200",
            "Lectures refusées à une personne et notées au journal en vingt-quatre heures, au plus",
        ),
    },
    "Tableaux importés": {
        "import_jour_fichiers": ("30", "Tableaux déposés par un département en vingt-quatre heures, au plus"),
        "import_lignes": (
            "20000",
            "Lignes d’un tableau importé, toutes feuilles réunies, au plus (20 000 à la lecture)",
        ),
        "import_colonnes": ("400", "Colonnes d’un tableau importé, au plus (400 à la lecture)"),
        "colonnes_propres": ("6", "Colonnes de son propre tableau qu’un département garde, au plus"),
    },
    "Répertoire Sirene": {
        "annuaire_jours": ("7", "Jours pendant lesquels une entreprise lue au répertoire Sirene n’y est pas relue"),
        "veille_jours": ("7", "Jours entre deux relectures de l’établissement d’un signataire au répertoire Sirene"),
        "veille_par_nuit": (
            "2000",
            "Établissements relus au répertoire Sirene en une nuit, au plus (0 : la veille est coupée)",
        ),
        "veille_debut": ("22", "Heure où la veille du répertoire Sirene commence, de 0 à 23 (heure de Paris)"),
        "veille_fin": ("6", "Heure où la veille du répertoire Sirene finit, de 0 à 23 (la même : toute la journée)"),
    },
    "Sommes des régions et de la nation": {
        "somme_bilans_jours": (
            "45",
            "Jours entre la fin d’un semestre et la somme des bilans des régions et de la nation",
        ),
        "somme_exports_jours": ("45", "Jours entre la fin d’un trimestre et la somme des exports trimestriels"),
        "somme_reprise_jours": (
            "30",
            "Jours entre deux reprises d’une somme : l’édition suivante, si un département a changé (0 : aucune)",
        ),
        "somme_reprise_duree": ("120", "Jours pendant lesquels une somme est reprise après son jour"),
        "rappels_referents_jours": (
            "3, 10",
            "Rappels aux référents dont le bilan est attendu, en jours avant (−) ou après son jour, ou « aucune »",
        ),
        "somme_avis_region": (
            "oui",
            "Courriel à la préfecture de région quand une édition de sa somme est produite : oui ou non",
        ),
        "somme_avis_nation": (
            "oui",
            "Courriel à l’équipe nationale quand une édition de la somme nationale est produite : oui ou non",
        ),
    },
    "Alertes à l’administrateur": {
        "alerte_refus": ("20", "Accès refusés à une personne en une heure, qui préviennent l’administrateur"),
        "alerte_codes": (
            "5",
            "Codes du second facteur refusés à une personne en une heure, qui préviennent l’administrateur",
        ),
        "alerte_connexions": (
            "60",
            "Demandes de lien et connexions refusées en une heure, qui préviennent l’administrateur",
        ),
        "alerte_violations": (
            "50",
            "Violations de la politique des pages signalées en une heure, qui préviennent l’administrateur",
        ),
        "alerte_lieu_jours": (
            "90",
            "Jours au bout desquels un endroit d’où un compte de l’État se connecte est oublié",
        ),
        "disque_alerte_mo": ("1024", "Mo libres sur le disque au-dessous desquels l’alerte est donnée"),
    },
}
LIMITES: dict[str, tuple[str, str]] = {
    cle: limite for limites in LIMITES_PAR_SUJET.values() for cle, limite in limites.items()
}


# Those that do not count: days, separated by commas.
LISTES = frozenset({"rappels_referents_jours"})
# Those that are answered by yes or no, of a département or of the whole installation.
OUI_OU_NON = frozenset({"relances_animateurs", "somme_avis_region", "somme_avis_nation"})
# When the sums of territories are made, in days after the period, then made again.
SOMMES_JOURS = ("somme_bilans_jours", "somme_exports_jours")
SOMMES_REPRISES = ("somme_reprise_jours", "somme_reprise_duree")


def setting_shown(cle: str, valeur: str) -> str:
    """A setting as people read it: nothing has its word too, and thousands are set apart."""
    if cle in LIMITES and valeur.isdigit():
        return written(int(valeur))
    absent = "à compléter" if cle in REGLAGES_MENTIONS else "aucune"
    return valeur or ("jamais" if cle == "fermeture_delai_jours" else absent)


# What stands after the number that is typed; the labels of limits say theirs.
UNITES: dict[str, str] = {
    **dict.fromkeys(
        (
            "declaration_ouverture_jours",
            "declaration_delai_jours",
            "fermeture_delai_jours",
            "lecture_jours",
            "courriels_texte_jours",
        ),
        "jours",
    ),
    "rencontre_mois": "mois",
    "conservation_annees": "ans",
}
# Those whose answer is one number or one word.
COURTS = (LIMITES.keys() - LISTES) | UNITES.keys() | OUI_OU_NON
AIDES_SUJETS: dict[str, str] = {
    SUJET_MENTIONS: "Elles s’affichent en bas de chaque page, sous « Mentions légales ».",
}
AIDES: dict[str, str] = {
    "courriels_heures": (
        "Deux heures entières, par exemple 8-18. Aucun rappel ne part un samedi, un dimanche ou un jour férié :"
        " il part le jour ouvré suivant."
    ),
}


def setting_help(cle: str, whose: str, valeur: str) -> str:
    """What stands beside the field of a setting: how it is written, and the value (« nationale ») that blank gives."""
    return " ".join(
        filter(None, (AIDES.get(cle), f"Laissez vide pour la valeur {whose} : {setting_shown(cle, valeur)}."))
    )
