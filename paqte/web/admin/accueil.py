"""The administrator's home: what does not go by itself, and what to do about it."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from paqte.domain.editions.editions import EN_VIGUEUR
from paqte.domain.personnes.acteurs import ADMIN
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.courriels import REFUSE
from paqte.ops import clock
from paqte.queries.comptes.entree.violations import violations_lately
from paqte.queries.comptes.utilisateurs import list_users
from paqte.queries.courriels.courriels import follow_mails
from paqte.queries.gabarits.gabarits import list_templates
from paqte.queries.planificateur.taches import count_failed
from paqte.services.planificateur.verification import SCHEDULER, check_installation
from paqte.web.admin import blueprint
from paqte.web.socle.session import actor

NAMES = {
    "base": "Base de données",
    "clé secrète": "Clé secrète",
    SCHEDULER: "Planificateur",
    "reprise": "Reprise après une sauvegarde",
    "travaux": "Tâches du planificateur",
    "gabarit": "Modèles qui servent",
    "dossier des bilans": "Dossier des bilans",
    "dossier de l’instance": "Dossier de l’instance",
    "courriel": "Serveur de courriel",
    "comptes": "Comptes de démonstration",
    "disque": "Place sur le disque",
    "fichier de la base": "Droits du fichier de la base",
    "fichiers publiés": "Droits des fichiers publiés",
    "antivirus": "Antivirus",
    "journal": "Journal",
}


@blueprint.get("/")
@open_to(ADMIN)
def accueil() -> ResponseReturnValue:
    """What to do next, which template is in force, and whether the installation is sound."""
    now = clock.now()
    # The mail server is asked on its own page: one that hangs would make every visit here wait.
    found = check_installation(current_app.extensions["paqte"], now=now, is_thorough=False)
    refused = follow_mails(actor=actor(), etat=REFUSE)
    return render_template(
        "admin/accueil.html",
        echecs=count_failed(actor=actor()),
        is_silent=any(c.sujet == SCHEDULER and not c.is_good for c in found),
        refuses=refused.courriels[:10],
        nombre_refuses=refused.total,
        gabarits=[g for g in list_templates(actor=actor(), now=now) if g.etat == EN_VIGUEUR],
        jamais_venus=[c for c in list_users(actor=actor()) if c.is_active and c.connexion is None],
        constats=found,
        noms=NAMES,
        violations=violations_lately(actor=actor(), now=now),
    )


@blueprint.get("/verification")
@open_to(ADMIN)
def verification() -> ResponseReturnValue:
    """Everything `paqte verifier` looks at, the mail server too."""
    found = check_installation(current_app.extensions["paqte"], now=clock.now())
    return render_template("admin/verification.html", constats=found, noms=NAMES)
