"""What looks at the register found: closed, renamed, incomplete; the référent takes it into a sheet or leaves it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.saisie.identifiants import grouped
from paqte.domain.statuts.veilles import CONSTATS, FERME, INCOMPLET, OUVERT
from paqte.ops import clock
from paqte.queries.conventions.entreprises.veilles import VeilleShown, list_findings, read_finding
from paqte.services.conventions.entreprises.annuaire import told_of
from paqte.services.conventions.entreprises.veille import accept_finding, fill_all, ignore_finding
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import RadiosField
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor

IGNORE = "ignorer"


class VeilleForm(OurForm):
    """Which open establishment takes the place of a closed one."""

    siret = RadiosField("Établissement qui remplace celui qui est fermé")


@blueprint.get("/etablissements")
@open_to(REFERENT)
def etablissements() -> ResponseReturnValue:
    """What waits, closed establishments first."""
    found = list_findings(actor=actor())
    to_fill = sum(one.constat == INCOMPLET for one in found)
    return render_template("referent/etablissements.html", constats=found, libelles=CONSTATS, incompletes=to_fill)


@blueprint.post("/etablissements/completer")
@open_to(REFERENT)
def etablissements_completer() -> ResponseReturnValue:
    """Fill every sheet that lacks what the register says."""
    filled = fill_all(actor=actor(), now=clock.now())
    flash(f"{filled} fiches complétées." if filled > 1 else f"{filled} fiche complétée.", "succes")
    return redirect(url_for("referent.etablissements"))


@blueprint.route("/etablissements/<int:veille_id>", methods=["GET", "POST"])
@open_to(REFERENT)
def etablissement(veille_id: int) -> ResponseReturnValue:
    """One thing found: what the sheet says, what the register says, and what to do of it."""
    finding = read_finding(actor=actor(), veille_id=veille_id)
    form = VeilleForm()
    if finding.constat != FERME:
        del form.siret
    else:
        form.siret.choices = {one.siret: _told_establishment(one) for one in finding.ouverts}
    if not form.is_submitted():
        form.version.data = finding.version
    if form.validate_on_submit():
        with form.refusals():
            return _decided(form, finding)
    page = render_template(
        "referent/etablissement.html",
        form=form,
        c=finding,
        libelle=CONSTATS[finding.constat],
        is_ouvert=finding.etat == OUVERT,
        is_ferme=finding.constat == FERME,
        manque=told_of(finding.etablissement) if finding.constat == INCOMPLET else {},
    )
    return page, form.http_status


def _decided(form: VeilleForm, finding: VeilleShown) -> ResponseReturnValue:
    asked = {"actor": actor(), "veille_id": finding.id, "version": form.version.data, "now": clock.now()}
    if IGNORE in request.form:
        ignore_finding(**asked)
        flash(f"La fiche de {finding.signataire} reste comme elle est.", "succes")
    else:
        accept_finding(**asked, siret=(form.siret.data or "") if "siret" in form else "")
        flash(f"La fiche de {finding.signataire} est à jour.", "succes")
    return redirect(url_for("referent.etablissements"))


def _told_establishment(one: EtablissementLu) -> str:
    place = f"{one.code_postal} {one.commune}".strip()
    return f"{grouped(one.siret)} : {', '.join(filter(None, [one.enseigne, one.adresse, place]))}"
