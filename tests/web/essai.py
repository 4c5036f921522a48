"""Views for tests alone: a room for référents, and one that fails in each way."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, render_template_string, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import PUBLIC, open_to

PAGE = """{% extends "base.html" %}{% block titre %}Essai{% endblock %}{% block contenu %}<h1>Essai</h1>
<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}"></form>{% endblock %}"""
FAULTS = {
    "refus": Refused("Cette convention est échue."),
    "conflit": Conflict("Zoé a enregistré entre-temps.", {}),
    "introuvable": NotFound("Cette convention"),
    "panne": ValueError("secret=/var/lib/paqte"),
    "base": OperationalError("SELECT secret", {}, Exception("database is locked")),
}


def register(app: Flask) -> None:
    """Add the views to an application that has not served anything yet."""
    essai = Blueprint("essai", __name__, url_prefix="/essai")

    @essai.route("/salle", methods=["GET", "POST"])
    @open_to(REFERENT)
    def salle() -> ResponseReturnValue:
        return request.form.get("texte") or render_template_string(PAGE)

    @essai.route("/chose/<int:key>", methods=["GET", "POST"])
    @open_to(REFERENT)
    def chose(key: int) -> ResponseReturnValue:
        raise NotFound("Cette convention")

    @essai.route("/sans-marque")
    def sans_marque() -> ResponseReturnValue:
        return "ouvert à tous par oubli"

    @essai.route("/faute/<name>", methods=["GET", "POST"])
    @open_to(PUBLIC)
    def faute(name: str) -> ResponseReturnValue:
        if request.method == "GET":
            return render_template_string(PAGE)
        if name.isdigit():
            abort(int(name))
        raise FAULTS[name]

    app.register_blueprint(essai)
