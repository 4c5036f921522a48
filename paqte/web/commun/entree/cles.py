"""Passkeys: added, named and taken away on the page of the second factor; given in place of a code."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, current_app, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from paqte.config import Settings
from paqte.domain.personnes.acteurs import OF_STATE
from paqte.domain.personnes.entree.cles import NAME, PasskeyHolder, passkey_holder
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.comptes.entree.facteurs import own_passkeys
from paqte.services.comptes.entree.cles import (
    add_passkey,
    ask_new_passkey,
    ask_passkey,
    prove_passkey,
    remove_passkey,
)
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import Required, TextField
from paqte.web.socle import session
from paqte.web.socle.typed.refusals import refusals_told
from paqte.web.socle.way_back import safe_path

blueprint = Blueprint("cles", __name__)
CARE = "Saisissez ce qui vous la fera reconnaître : « Téléphone », « Clé bleue »."


class PasskeyForm(OurForm):
    """A name for a new key; the script of the page adds what the browser made."""

    nom = TextField("Nom de la clé", [Required("Saisissez un nom pour cette clé.")], limite=NAME, description=CARE)
    reponse = HiddenField()
    version = None


class PasskeyAnswerForm(OurForm):
    """What a key signed, put there by the script of the page."""

    reponse = HiddenField()
    next = HiddenField()
    version = None


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(cles_acces=_keys_shown, a_des_cles=_has_some)


@blueprint.post("/compte/cles/defi")
@open_to(*sorted(OF_STATE))
def defi_ajouter() -> ResponseReturnValue:
    """What the browser is asked to make a key of."""
    holder = _holder()
    return jsonify(
        ask_new_passkey(
            actor=session.actor(), session_secret=session.own_secret(), now=clock.now(), holder=holder
        )
    )  # fmt: skip


@blueprint.post("/compte/cles/ajouter")
@open_to(*sorted(OF_STATE))
def ajouter() -> ResponseReturnValue:
    """Keep the key that the browser made."""
    form, holder = PasskeyForm(), _holder()
    if form.validate_on_submit():
        with form.refusals():
            add_passkey(
                actor=session.actor(),
                nom=form.nom.data,
                reponse=form.reponse.data or "",
                session_secret=session.own_secret(),
                now=clock.now(),
                holder=holder,
                base_url=_settings().base_url,
            )
            flash("Votre clé d’accès est ajoutée.", "succes")
            return redirect(url_for("facteurs.facteur"))
    return render_template("compte/cle.html", form=form), form.http_status


@blueprint.post("/compte/cles/<int:cle_id>/retirer")
@open_to(*sorted(OF_STATE))
def retirer(cle_id: int) -> ResponseReturnValue:
    """Take one's own key away."""
    with refusals_told():
        remove_passkey(
            actor=session.actor(),
            cle_id=cle_id,
            session_secret=session.own_secret(),
            now=clock.now(),
            base_url=_settings().base_url,
        )
        flash("Votre clé d’accès est retirée.", "succes")
    return redirect(url_for("facteurs.facteur"))


@blueprint.post("/connexion/cle/defi")
@open_to(*sorted(OF_STATE))
def defi_donner() -> ResponseReturnValue:
    """What the browser is asked to have signed."""
    holder = _holder()
    return jsonify(
        ask_passkey(actor=session.actor(), session_secret=session.own_secret(), now=clock.now(), holder=holder)
    )


@blueprint.post("/connexion/cle")
@open_to(*sorted(OF_STATE))
def donner() -> ResponseReturnValue:
    """Take what a key signed, in place of a code."""
    form, holder = PasskeyAnswerForm(), _holder()
    page = safe_path(form.next.data)
    if form.validate_on_submit():
        with refusals_told():
            proved = prove_passkey(
                actor=session.actor(),
                reponse=form.reponse.data or "",
                session_secret=session.own_secret(),
                now=clock.now(),
                holder=holder,
                depuis=session.provenance(),
            )
            session.go_on(proved.secret)
            return redirect(page or url_for("facteurs.facteur"))
    return redirect(url_for("facteurs.code", next=page or None))


def _keys_shown() -> dict[str, object] | None:
    """For the page of the second factor: the keys, and the form of a new one; None where browsers make none."""
    if passkey_holder(_settings().base_url) is None:
        return None
    return {"liste": own_passkeys(actor=session.actor()), "form": PasskeyForm(formdata=None)}


def _has_some() -> bool:
    return passkey_holder(_settings().base_url) is not None and bool(own_passkeys(actor=session.actor()))


def _holder() -> PasskeyHolder:
    return passkey_holder(_settings().base_url) or abort(404)


def _settings() -> Settings:
    found: Settings = current_app.extensions["paqte"]
    return found
