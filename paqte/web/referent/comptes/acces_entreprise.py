"""Who may come in from outside the préfecture: contacts of companies, animateurs."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.courriels import ETATS
from paqte.ops import clock
from paqte.queries.comptes.invitations import (
    AccessGiven,
    access_of_signatory,
    account_given,
    conventions_to_give,
    list_access,
    read_access,
    signatories_to_give,
)
from paqte.queries.perimetre import own_departement
from paqte.queries.suivi.fiche_signataire import SignatairePage, read_signataire
from paqte.services.comptes.acces import disable_account, enable_account, give_access, invite_again, withdraw_right
from paqte.services.comptes.comptes import invite_user
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import BoxesField, CourrielField, RadiosField, Required, TextField
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once

ROLES_INVITES = {
    ENTREPRISE: "Contact de l’entreprise",
    ANIMATEUR: "Animateur (FACE, CREPI, club…), pour les conventions cochées ci-dessous",
}


class InvitationForm(OurForm):
    nom = TextField("Prénom et nom", [Required()], limite=120)
    courriel = CourrielField(
        "Adresse électronique professionnelle",
        [Required("Écrivez l’adresse où envoyer l’invitation.")],
        render_kw={"autocomplete": "off", "inputmode": "email", "autocapitalize": "none"},
    )
    role = RadiosField("Qui est-ce ?", [Required()], choices=ROLES_INVITES, default=ENTREPRISE)
    conventions = BoxesField("Conventions confiées à l’animateur", coerce=int)
    version = None


class AccessForm(OurForm):
    """A contact is given signatories; an animateur conventions, and the signatories he already has whole."""

    signataires = BoxesField("Signataires que ce compte peut voir", coerce=int)
    conventions = BoxesField("Conventions que ce compte peut voir", coerce=int)
    version = None


@blueprint.get("/acces")
@open_to(REFERENT)
def acces() -> ResponseReturnValue:
    """Everybody outside the préfecture who may come in."""
    return render_template(
        "referent/acces.html",
        comptes=list_access(actor=actor()),
        departement=own_departement(actor()),
        etats=ETATS,
        roles=ROLES_INVITES,
    )


@blueprint.route("/signataires/<int:signataire_id>/acces", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def signataire_acces(signataire_id: int) -> ResponseReturnValue:
    """Who sees this signatory, and inviting one more."""
    fiche = read_signataire(actor=actor(), signataire_id=signataire_id, now=clock.now())
    form = InvitationForm(data=_known_contact(fiche))
    form.conventions.choices = {c.id: c.numero for c in conventions_to_give(actor=actor(), signataire_id=signataire_id)}
    if form.validate_on_submit() and _invited(form, signataire_id):
        return redirect(url_for("referent.signataire_acces", signataire_id=signataire_id))
    comptes = access_of_signatory(actor=actor(), signataire_id=signataire_id)
    known = {compte.courriel for compte in comptes}
    return render_template(
        "referent/acces_signataire.html",
        form=form,
        fiche=fiche,
        comptes=comptes,
        a_inviter=[c for c in fiche.contacts if c.courriel and c.courriel.lower() not in known],
        etats=ETATS,
        roles=ROLES_INVITES,
    ), form.http_status


@blueprint.route("/acces/<int:numero>", methods=["GET", "POST"])
@open_to(REFERENT)
def acces_compte(numero: int) -> ResponseReturnValue:
    """One account: what it sees, and what may be done of it."""
    account = account_given(actor=actor(), numero=numero)
    compte = read_access(actor=actor(), utilisateur_id=account)
    form = _access_form(compte)
    if form.validate_on_submit():
        with form.refusals():
            give_access(
                actor=actor(),
                now=clock.now(),
                utilisateur_id=account,
                signataires=set(form.signataires.data) if form.signataires else (),
                conventions=set(form.conventions.data) if form.conventions else (),
            )
            flash(f"{compte.nom} voit désormais ce qui est coché, et cela seul.", "succes")
            return redirect(url_for("referent.acces_compte", numero=numero))
    return render_template(
        "referent/acces_compte.html",
        form=form,
        compte=compte,
        departement=own_departement(actor()),
        etats=ETATS,
        roles=ROLES_INVITES,
    ), form.http_status


@blueprint.post("/acces/<int:numero>/inviter")
@open_to(REFERENT)
@once
def acces_inviter(numero: int) -> ResponseReturnValue:
    """Mail a fresh invitation."""
    account = account_given(actor=actor(), numero=numero)
    invite_again(actor=actor(), now=clock.now(), utilisateur_id=account, base_url=public_address())
    flash("Une nouvelle invitation part dans la minute ; l’ancien lien ne fonctionne plus.", "succes")
    return redirect(url_for("referent.acces_compte", numero=numero))


@blueprint.post("/acces/<int:numero>/desactiver")
@open_to(REFERENT)
def acces_desactiver(numero: int) -> ResponseReturnValue:
    """Close an account."""
    account = account_given(actor=actor(), numero=numero)
    disable_account(actor=actor(), now=clock.now(), utilisateur_id=account)
    flash("Le compte est désactivé : ses sessions ouvertes sont fermées.", "succes")
    return redirect(url_for("referent.acces_compte", numero=numero))


@blueprint.post("/acces/<int:numero>/reactiver")
@open_to(REFERENT)
def acces_reactiver(numero: int) -> ResponseReturnValue:
    """Open it again."""
    account = account_given(actor=actor(), numero=numero)
    enable_account(actor=actor(), now=clock.now(), utilisateur_id=account)
    flash("Le compte est réactivé.", "succes")
    return redirect(url_for("referent.acces_compte", numero=numero))


@blueprint.post("/signataires/<int:signataire_id>/acces/<int:numero>/retirer")
@open_to(REFERENT)
def acces_retirer(signataire_id: int, numero: int) -> ResponseReturnValue:
    """Take one signatory away from an account."""
    account = account_given(actor=actor(), numero=numero)
    withdraw_right(actor=actor(), now=clock.now(), utilisateur_id=account, signataire_id=signataire_id)
    flash("L’accès est retiré.", "succes")
    return redirect(url_for("referent.signataire_acces", signataire_id=signataire_id))


def _invited(form: InvitationForm, signataire_id: int) -> bool:
    """Whether the invitation left; otherwise the form bears the reasons."""
    with form.refusals():
        invite_user(
            actor=actor(),
            role=form.role.data,
            courriel=form.courriel.data,
            nom=form.nom.data,
            signataires=[signataire_id] if form.role.data == ENTREPRISE else (),
            conventions=set(form.conventions.data) if form.role.data == ANIMATEUR else (),
            base_url=public_address(),
            now=clock.now(),
        )
        flash(f"L’invitation part dans la minute à {form.courriel.data}.", "succes")
        return True
    return False


def _known_contact(fiche: SignatairePage) -> dict[str, str]:
    """The contact of the file whose « Inviter » was pressed."""
    asked = request.args.get("contact", "")
    found = next((c for c in fiche.contacts if str(c.id) == asked), None)
    return {"nom": found.nom, "courriel": found.courriel} if found else {}


def _access_form(compte: AccessGiven) -> AccessForm:
    whole = {s.id: s.nom for s in compte.signataires if not s.conventions}
    single = [c.id for s in compte.signataires for c in s.conventions]
    form = AccessForm(data={"signataires": list(whole), "conventions": single})
    if compte.is_company:
        del form.conventions
        form.signataires.choices = {s.id: s.nom for s in signatories_to_give(actor=actor())}
        return form
    form.conventions.choices = {c.id: c.libelle for c in conventions_to_give(actor=actor())}
    form.signataires.choices = whole
    form.signataires.label.text = "Signataires suivis en entier, conventions à venir comprises"
    if not whole:
        del form.signataires
    return form
