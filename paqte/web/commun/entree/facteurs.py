"""The second factor: one's own page of it, and the code asked at sign-in and before grave acts."""

from __future__ import annotations

import io

import segno
from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import HiddenField

from paqte.config import Settings
from paqte.domain.personnes.acteurs import OF_STATE
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.comptes.comptes import own_address
from paqte.queries.comptes.entree.facteurs import own_factor
from paqte.services.comptes.entree.facteurs import (
    activate_factor,
    offered_factor,
    prepare_factor,
    prove_factor,
    remove_own_factor,
    renew_codes,
)
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import Required, TextField
from paqte.web.socle import session
from paqte.web.socle.typed.refusals import refusals_told
from paqte.web.socle.way_back import safe_path

blueprint = Blueprint("facteurs", __name__)
OF_CODE = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}


class CodeForm(OurForm):
    """A code of six digits, or a recovery code."""

    code = TextField("Code", [Required("Saisissez le code.")], limite=40, render_kw=OF_CODE)
    next = HiddenField()
    version = None


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/compte/facteur")
@open_to(*sorted(OF_STATE))
def facteur() -> ResponseReturnValue:
    """What there is of it, and the next step."""
    return _own_page(CodeForm(formdata=None))


@blueprint.post("/compte/facteur/preparer")
@open_to(*sorted(OF_STATE))
def preparer() -> ResponseReturnValue:
    """Draw a secret for one's telephone."""
    with refusals_told():
        prepare_factor(actor=session.actor(), now=clock.now(), cles=_keys())
    return redirect(url_for("facteurs.facteur"))


@blueprint.post("/compte/facteur/activer")
@open_to(*sorted(OF_STATE))
def activer() -> ResponseReturnValue:
    """Put it in force by its first code; the recovery codes are shown this once."""
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            codes = activate_factor(
                actor=session.actor(),
                code=form.code.data,
                session_secret=session.own_secret(),
                now=clock.now(),
                cles=_keys(),
            )
            return render_template("compte/codes_secours.html", codes=codes)
    return _own_page(form)


@blueprint.post("/compte/facteur/codes")
@open_to(*sorted(OF_STATE))
def codes() -> ResponseReturnValue:
    """New recovery codes, shown this once."""
    made = renew_codes(actor=session.actor(), session_secret=session.own_secret(), now=clock.now())
    return render_template("compte/codes_secours.html", codes=made)


@blueprint.post("/compte/facteur/retirer")
@open_to(*sorted(OF_STATE))
def retirer() -> ResponseReturnValue:
    """Take one's own factor away."""
    with refusals_told():
        remove_own_factor(
            actor=session.actor(),
            session_secret=session.own_secret(),
            now=clock.now(),
            is_required=_settings().facteur.is_required,
        )
        flash("Votre second facteur est retiré.", "succes")
    return redirect(url_for("facteurs.facteur"))


@blueprint.route("/connexion/code", methods=["GET", "POST"])
@open_to(*sorted(OF_STATE))
def code() -> ResponseReturnValue:
    """Ask for a code: at sign-in, or because what was asked for is grave."""
    identity = session.current_identity()
    if identity is None or not identity.has_factor:
        return redirect(url_for("facteurs.facteur"))
    form = CodeForm(next=safe_path(request.args.get("next")))
    if form.validate_on_submit():
        with form.refusals():
            proved = prove_factor(
                actor=session.actor(),
                code=form.code.data,
                session_secret=session.own_secret(),
                now=clock.now(),
                cles=_keys(),
                depuis=session.provenance(),
            )
            session.go_on(proved.secret)
            if proved.by_recovery:
                flash(
                    "Ce code de secours ne servira plus. Vérifiez combien il en reste dans « Mon compte ».", "attention"
                )
            return redirect(safe_path(form.next.data) or url_for("facteurs.facteur"))
    return render_template("compte/code.html", form=form), form.http_status


def _own_page(form: CodeForm) -> ResponseReturnValue:
    asking = session.actor()
    offered = offered_factor(actor=asking, courriel=own_address(actor=asking), cles=_keys())
    shown = render_template(
        "compte/facteur.html",
        form=form,
        facteur=own_factor(actor=asking),
        offert=offered,
        image=_picture(offered.uri) if offered else "",
        is_exige=_settings().facteur.is_required,
    )
    return shown, form.http_status


def _picture(uri: str) -> Markup:
    """The address as a QR code, drawn here: it holds the secret, which goes nowhere else."""
    out = io.BytesIO()
    kept = {"xmldecl": False, "svgns": False, "svgclass": "qr", "lineclass": None, "light": "#fff", "nl": False}
    segno.make(uri, error="m", micro=False).save(out, kind="svg", scale=5, border=4, **kept)
    return Markup(out.getvalue().decode())


def _keys() -> list[str]:
    settings = _settings()
    return [settings.secret_key, *settings.anciennes_cles]


def _settings() -> Settings:
    found: Settings = current_app.extensions["paqte"]
    return found
