"""The company's pages. A page module defines its views on `blueprint` and is named in PAGES."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask

from paqte.domain.personnes.acteurs import ANSWERING
from paqte.web.socle.acces import add_menu

blueprint = Blueprint("entreprise", __name__, url_prefix="/entreprise")

# Modules of this folder, imported in this order.
PAGES: tuple[str, ...] = ("accueil", "saisie", "declarations", "pieces", "formulaire", "actions", "attestation")


def register(app: Flask) -> None:
    for name in PAGES:
        import_module(f"{__name__}.{name}")
    app.register_blueprint(blueprint)
    for role in ANSWERING:
        add_menu(app, role, (("Accueil", "entreprise.accueil"),))
