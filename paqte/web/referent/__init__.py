"""The référent's pages. A page module defines its views on `blueprint` and is named in PAGES."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask

from paqte.domain.personnes.acteurs import REFERENT
from paqte.web.socle.acces import add_menu

blueprint = Blueprint("referent", __name__, url_prefix="/referent")

# Modules of this folder, imported in this order.
PAGES: tuple[str, ...] = (
    "suivi.accueil",
    "editions.bilans",
    "editions.comparaisons",
    "editions.trimestres",
    "editions.documents",
    "editions.transmissions",
    "editions.chiffres",
    "declarations.completude",
    "declarations.declarations",
    "declarations.saisie",
    "declarations.tableau.tableau",
    "declarations.formulaires",
    "declarations.signalements",
    "declarations.actions",
    "pilotage.pilotage",
    "pilotage.debut",
    "pilotage.lignes",
    "pilotage.textes",
    "conventions.liste",
    "conventions.signataires",
    "conventions.etablissements",
    "conventions.conventions",
    "conventions.suites",
    "conventions.engagements",
    "comptes.acces_entreprise",
    "comptes.invitations",
    "courriels.courriels",
    "declarations.recues",
    "declarations.questions",
    "suivi.appels",
    "suivi.avancement",
    "suivi.abonnement",
    "suivi.calendrier",
    "suivi.club",
    "suivi.prospects",
    "suivi.rencontres",
    "suivi.recherche",
    "suivi.listes",
    "courriels.relances",
    "courriels.selections",
    "comptes.personnes",
    "comptes.vues",
    "imports.imports",
    "imports.colonnes",
)

# Label and endpoint; those not built yet are left out, and the first is the home.
MENU: tuple[tuple[str, str], ...] = (
    ("Accueil", "referent.accueil"),
    ("Signataires", "referent.signataires"),
    ("Déclarations", "referent.declarations"),
    ("Calendrier", "referent.calendrier"),
    ("Actions", "referent.actions"),
    ("Pilotage", "referent.pilotage"),
    ("Bilans", "referent.bilans"),
    ("Accès", "referent.acces"),
)


def register(app: Flask) -> None:
    for name in PAGES:
        import_module(f"{__name__}.{name}")
    app.register_blueprint(blueprint)
    add_menu(app, REFERENT, MENU)
