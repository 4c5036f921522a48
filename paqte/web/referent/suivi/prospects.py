"""Companies before their convention: the list, how far each is, and what comes next."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.conventions.demarches import ACTES, ETATS, REFUSER
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.conventions.prospects import (
    ProspectListed,
    ProspectsSought,
    list_prospects,
    read_prospect,
)
from paqte.queries.conventions.signataires import names_of
from paqte.queries.perimetre import own_departement
from paqte.services.conventions.entreprises.demarches import REASON, move_prospect
from paqte.web.formulaires.base import FilterForm, OurForm
from paqte.web.formulaires.champs import ChoiceField, LongTextField, RadiosField, Required, TextField
from paqte.web.referent import blueprint
from paqte.web.socle.lists import as_left, page_within
from paqte.web.socle.session import actor

PER_PAGE = 50


class ProspectsForm(FilterForm):
    etat = ChoiceField("État", choices={"": "Tous", **ETATS}, default="")
    q = TextField("Nom, commune, SIRET ou contact", render_kw={"type": "search"})


class DemarcheForm(OurForm):
    acte = RadiosField("Ce qui s’est passé", [Required("Choisissez ce qui s’est passé.")])
    motif = LongTextField(
        "Motif du refus",
        limite=REASON,
        description="Seulement pour un refus : ce que l’entreprise a répondu. Ni nom ni opinion d’une personne.",
        render_kw={"rows": 3},
    )


@blueprint.get("/prospects")
@open_to(REFERENT)
@as_left("etat", "q")
def prospects() -> ResponseReturnValue:
    """Companies that signed nothing yet, those to be contacted first."""
    form, filtre, found = prospects_found()
    page = page_within(len(found), PER_PAGE)
    return render_template(
        "referent/prospects.html",
        form=form,
        prospects=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        par_page=PER_PAGE,
        actifs=sum(map(bool, (filtre.etat, filtre.q))),
    )


def prospects_found() -> tuple[ProspectsForm, ProspectsSought, list[ProspectListed]]:
    """What the address asks for, as a form and as it is read, and the companies kept."""
    asked = {name: request.args.get(name, "") for name in ("etat", "q")}
    filtre = ProspectsSought(asked["etat"] if asked["etat"] in ETATS else "", asked["q"])
    departement = own_departement(actor())
    found = list_prospects(actor=actor(), departement=departement, now=clock.now(), filtre=filtre)
    return ProspectsForm(request.args), filtre, found


@blueprint.route("/prospects/<int:prospect_id>", methods=["GET", "POST"])
@open_to(REFERENT)
def demarche(prospect_id: int) -> ResponseReturnValue:
    """Take a company one step on."""
    read = read_prospect(actor=actor(), signataire_id=prospect_id)
    names = names_of(actor=actor(), signataires=[prospect_id])
    if read is None or prospect_id not in names:
        raise NotFound("Ce prospect")
    form = DemarcheForm()
    form.acte.choices = list((read.actes if not form.is_submitted() else ACTES).items())
    if form.validate_on_submit():
        with form.refusals():
            following = move_prospect(
                actor=actor(),
                now=clock.now(),
                signataire_id=prospect_id,
                version=form.version.data,
                acte=form.acte.data,
                motif=form.motif.data or "",
            )
            flash(f"{names[prospect_id]} : « {ETATS[following]} ».", "succes")
            return redirect(url_for("referent.signataire", signataire_id=prospect_id))
    if not form.is_submitted():
        form.version.data = read.version
    form.acte.choices = list(read.actes.items())
    page = render_template(
        "referent/demarche.html",
        form=form,
        demarche=read,
        nom=names[prospect_id],
        signataire_id=prospect_id,
        refuser=REFUSER in read.actes,
    )
    return page, form.http_status
