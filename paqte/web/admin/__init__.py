"""The administrator's pages. A page module defines its views on `blueprint` and is named in PAGES."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask

from paqte.domain.personnes.acteurs import ADMIN
from paqte.web.socle.acces import add_menu

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

PAGES: tuple[str, ...] = ("accueil", "comptes", "personnes", "gabarits", "gabarit", "reglages", "journal")

# Label and endpoint; the first is the home.
MENU: tuple[tuple[str, str], ...] = (
    ("Accueil", "admin.accueil"),
    ("Comptes", "admin.comptes"),
    ("Modèles", "admin.gabarits"),
    ("Réglages", "admin.reglages"),
    ("Tâches", "taches.liste"),
    ("Journal", "admin.journal"),
)


def register(app: Flask) -> None:
    for name in PAGES:
        import_module(f"{__name__}.{name}")
    app.register_blueprint(blueprint)
    add_menu(app, ADMIN, MENU)
