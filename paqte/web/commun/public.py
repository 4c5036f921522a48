"""What anybody may open: the front page, and the state of the service for monitoring."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.config import Settings
from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.ops import clock
from paqte.ops.health import check_base
from paqte.queries.planificateur.restaurations import pending_restoration
from paqte.services.declarations.preuves.attestations import is_authentic
from paqte.services.planificateur.disque import is_disk_low
from paqte.services.planificateur.verification import is_scheduler_silent
from paqte.web.commun.compte import ConnexionForm, outbox_hint
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import TextField
from paqte.web.socle.acces import current_actor, home_endpoint

blueprint = Blueprint("public", __name__)


def public_address() -> str:
    """The address that mails lead to: the configured one, whatever Host was sent."""
    settings: Settings = current_app.extensions["paqte"]
    return settings.base_url


def antivirus_address() -> str:
    """Where the antivirus listens, "" for none: what is handed in is shown to it first."""
    settings: Settings = current_app.extensions["paqte"]
    return settings.antivirus_url


def search_address() -> str:
    """Where companies are looked up, "" for nowhere."""
    settings: Settings = current_app.extensions["paqte"]
    return settings.entreprises_url


def search_proxy() -> str:
    """The proxy by which that address is reached, "" for none."""
    settings: Settings = current_app.extensions["paqte"]
    return settings.entreprises_proxy


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


class VerifyAttestationForm(FilterForm):
    code = TextField(
        "Code de l’attestation", limite=60, description="Il est écrit en bas de la page : XXXX-XXXX-XXXX-XXXX."
    )


@blueprint.get("/attestations/verifier")
@open_to(PUBLIC)
def attestation_verifier() -> ResponseReturnValue:
    """Whether an attestation was made here: yes or no, and nothing else."""
    form = VerifyAttestationForm(request.args)
    asked = form.code.data if form.validate() else ""
    verdict = is_authentic(asked) if asked else None
    return render_template("attestation_verifier.html", form=form, verdict=verdict)


@blueprint.get("/sante")
@open_to(PUBLIC)
def sante() -> ResponseReturnValue:
    """200 when the base answers at a version of the schema this program knows and the scheduler passes, else 503."""
    found = check_base()
    passes = found.is_good and not is_scheduler_silent(current_app.extensions["paqte"], now=clock.now())
    told = {
        "etat": "ok" if passes else "en panne",
        "base": found.answers,
        "schema": found.is_known,
        "planificateur": passes,
        "disque": not (found.is_good and is_disk_low(current_app.extensions["paqte"])),
        "reprise": not (found.is_good and pending_restoration()),
    }
    return jsonify(told), 200 if passes else 503
