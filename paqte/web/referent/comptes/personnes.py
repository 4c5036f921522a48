"""What a person may ask of what is kept of her, through her référent; and who will soon be erased (R30)."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.comptes.conservation import soon_erased
from paqte.queries.comptes.effacements import EffacementPreview, preview_account, preview_contact
from paqte.queries.comptes.invitations import account_given
from paqte.queries.perimetre import own_departement
from paqte.queries.reglages.reglages import read_settings
from paqte.services.comptes.personnes import erase_account, erase_contact, export_account, export_contact
from paqte.web.commun.copies import handed
from paqte.web.commun.effacement import EffacementForm
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor

ERASED = "La personne est effacée. Les chiffres, les déclarations et les bilans n’ont pas changé."


@blueprint.get("/conservation")
@open_to(REFERENT)
def conservation() -> ResponseReturnValue:
    """Contacts and accounts that go within three months."""
    settings = read_settings(own_departement(actor()))
    return render_template(
        "referent/conservation.html",
        personnes=soon_erased(actor=actor(), now=clock.now()),
        annees=int(settings["conservation_annees"].valeur),
    )


@blueprint.get("/signataires/<int:signataire_id>/contacts/<int:contact_id>/donnees")
@open_to(REFERENT)
def contact_donnees(signataire_id: int, contact_id: int) -> ResponseReturnValue:
    """All that is kept of a contact."""
    return handed(export_contact(actor=actor(), now=clock.now(), signataire_id=signataire_id, contact_id=contact_id))


@blueprint.route("/signataires/<int:signataire_id>/contacts/<int:contact_id>/effacer", methods=["GET", "POST"])
@open_to(REFERENT)
def contact_effacer(signataire_id: int, contact_id: int) -> ResponseReturnValue:
    """Say what erasing a contact does, then do it."""
    given = {"signataire_id": signataire_id, "contact_id": contact_id}
    apercu = preview_contact(actor=actor(), **given)
    back = url_for("referent.signataire", signataire_id=signataire_id)
    donnees = url_for("referent.contact_donnees", **given)
    return _erasing(apercu, partial(erase_contact, **given), back=back, after=back, donnees=donnees)


@blueprint.get("/acces/<int:numero>/donnees")
@open_to(REFERENT)
def acces_donnees(numero: int) -> ResponseReturnValue:
    """All that is kept of whoever has an account."""
    account = account_given(actor=actor(), numero=numero)
    return handed(export_account(actor=actor(), now=clock.now(), utilisateur_id=account))


@blueprint.route("/acces/<int:numero>/effacer", methods=["GET", "POST"])
@open_to(REFERENT)
def acces_effacer(numero: int) -> ResponseReturnValue:
    """Say what erasing an account does, then do it."""
    account = account_given(actor=actor(), numero=numero)
    return _erasing(
        preview_account(actor=actor(), utilisateur_id=account),
        partial(erase_account, utilisateur_id=account),
        back=url_for("referent.acces_compte", numero=numero),
        after=url_for("referent.acces"),
        donnees=url_for("referent.acces_donnees", numero=numero),
    )


def _erasing(
    apercu: EffacementPreview, use_case: partial[None], *, back: str, after: str, donnees: str
) -> ResponseReturnValue:
    form = EffacementForm()
    if form.validate_on_submit():
        with form.refusals():
            use_case(actor=actor(), now=clock.now())
            flash(ERASED, "succes")
            return redirect(after)
    return render_template("referent/effacer.html", form=form, apercu=apercu, retour=back, donnees=donnees), (
        form.http_status
    )
