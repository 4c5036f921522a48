"""What anybody may open: the front page; and the state of the service, for monitoring."""

from __future__ import annotations

from datetime import UTC, timedelta

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from paqte.config import Settings
from paqte.domain.calendrier.flux import DateTold
from paqte.domain.calendrier.periodes import time_zone
from paqte.domain.personnes.entree.violations import LARGEST, MEDIA, OTHER_PAGE, read_reports
from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.ops import clock
from paqte.ops.health import check_base
from paqte.ops.mesures.page import TYPE, may_read, metrics_page
from paqte.queries.planificateur.restaurations import pending_restoration
from paqte.reporting.agenda import agenda_file
from paqte.services.comptes.entree.violations import TooManyReports, record_violations
from paqte.services.declarations.preuves.attestations import is_authentic
from paqte.services.planificateur.disque import is_disk_low
from paqte.services.planificateur.verification import is_scheduler_silent
from paqte.services.reglages.flux import TooManyReads, read_feed
from paqte.web.commun.compte import ConnexionForm, outbox_hint
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import TextField
from paqte.web.socle.acces import current_actor, home_endpoint
from paqte.web.socle.http.headers import REPORTS

blueprint = Blueprint("public", __name__)
# Whoever reads it later asks again: less than a year, as its standard says.
CONTACT_LIFE = timedelta(days=180)


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


@blueprint.get("/agenda/<secret>.ics")
@open_to(PUBLIC)
def agenda(secret: str) -> ResponseReturnValue:
    """The dates of a département, for the programs of the référent whose secret this is; 404 for any other."""
    try:
        read = read_feed(secret=secret, origine=request.remote_addr or "", now=clock.now())
    except TooManyReads as refused:
        return Response(str(refused), 429, {"Retry-After": "900"}, mimetype="text/plain")
    octets = agenda_file(
        read.dates,
        titre=f"PAQTE, {read.nom} ({read.departement})",
        departement=read.departement,
        fuseau=time_zone(read.departement).key,
        base_url=public_address(),
        address=lambda one: public_address() + _page_about(one, read.departement),
    )
    return Response(octets, mimetype="text/calendar", headers={"Content-Disposition": 'inline; filename="paqte.ics"'})


def _page_about(one: DateTold, departement: str) -> str:
    """The page of a date, in its département: opened from elsewhere, it asks to sign in first."""
    key = {} if one.numero is None else {f"{one.objet}_id": one.numero}
    return url_for(f"referent.{one.objet}", departement=departement, **key)


@blueprint.get("/.well-known/security.txt")
@open_to(PUBLIC)
def securite() -> ResponseReturnValue:
    """Whom to tell of a weakness (RFC 9116); a page that does not exist where nobody is named."""
    settings: Settings = current_app.extensions["paqte"]
    if not settings.securite_contact:
        abort(404)
    until = (clock.now() + CONTACT_LIFE).astimezone(UTC)
    told = {
        "Contact": settings.securite_contact,
        "Expires": f"{until:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages": "fr, en",
        "Canonical": settings.base_url + request.path,
    }
    return Response("".join(f"{name}: {value}\n" for name, value in told.items()), mimetype="text/plain")


@blueprint.post(REPORTS)
@open_to(PUBLIC)
def violations() -> ResponseReturnValue:
    """Count what a browser reports of the policy of our pages; no session is read, and no token asked for.

    415 for what is no report, 413 for one too large, 400 for one that cannot be read, 429 beyond the limits.
    """
    if request.mimetype not in MEDIA:
        abort(415)
    request.max_content_length = LARGEST
    settings: Settings = current_app.extensions["paqte"]
    try:
        found = read_reports(request.get_data(), request.mimetype, host=settings.public_host, page_of=_rule_of)
    except ValueError:
        abort(400)
    try:
        record_violations(violations=found, origine=request.remote_addr or "", now=clock.now())
    except TooManyReports as refused:
        return Response(str(refused), 429, {"Retry-After": "900"}, mimetype="text/plain")
    return Response(status=204)


def _rule_of(path: str) -> str:
    """The page of this path as the table of routes writes it: no number, no name and no secret is left of it."""
    try:
        rule, _ = current_app.create_url_adapter(request).match(path, method="GET", return_rule=True)  # type: ignore[union-attr]
    except HTTPException:
        return OTHER_PAGE
    return str(rule.rule)


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


@blueprint.get("/vivant")
@open_to(PUBLIC)
def vivant() -> ResponseReturnValue:
    """200 as long as this process answers, whatever becomes of the base: to start it anew would mend nothing else."""
    return jsonify({"etat": "ok"})


@blueprint.get("/pret")
@open_to(PUBLIC)
def pret() -> ResponseReturnValue:
    """200 when this web server may be sent requests: its base answers at a version it knows. Else 503."""
    is_ready = check_base().is_good
    return jsonify({"etat": "ok" if is_ready else "en panne"}), 200 if is_ready else 503


@blueprint.get("/metriques")
@open_to(PUBLIC)
def metriques() -> ResponseReturnValue:
    """Figures for Prometheus, to who the settings name; to anybody else there is no such page."""
    settings: Settings = current_app.extensions["paqte"]
    if not may_read(settings, request.headers.get("Authorization", ""), request.remote_addr or ""):
        abort(404)
    return Response(metrics_page(settings, clock.now()), content_type=TYPE)
