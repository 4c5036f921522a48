"""What anybody may open: the front page, and the state of the service for monitoring."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.auth.roles import PUBLIC, open_to
from paqte.config import Settings
from paqte.ops.health import check_base
from paqte.web.acces import current_actor, home_endpoint
from paqte.web.compte import ConnexionForm, outbox_hint

blueprint = Blueprint("public", __name__)


def public_address() -> str:
    """The address that mails lead to: the configured one, whatever Host was sent."""
    settings: Settings = current_app.extensions["paqte"]
    return settings.base_url


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/")
@open_to(PUBLIC)
def accueil() -> ResponseReturnValue:
    """The home of whoever is signed in; else what PAQTE is, and how to sign in."""
    asking = current_actor()
    if asking is None:
        return render_template("accueil.html", form=ConnexionForm(), is_outbox_only=outbox_hint())
    return redirect(url_for(home_endpoint(asking.role)))


@blueprint.get("/sante")
@open_to(PUBLIC)
def sante() -> ResponseReturnValue:
    """200 when the base answers at a version of the schema this program knows, else 503."""
    found = check_base()
    told = {"etat": "ok" if found.is_good else "en panne", "base": found.answers, "schema": found.is_known}
    return jsonify(told), 200 if found.is_good else 503
