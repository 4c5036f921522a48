"""Accounts of the State: who they are, inviting one more, disabling."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ADMIN, REFERENT, TABLE
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.comptes.entree.facteurs import factor_since
from paqte.queries.comptes.utilisateurs import ROLES_ETAT, list_departements, list_regions, list_users, read_user
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.entree.facteurs import remove_factor
from paqte.services.comptes.utilisateurs import (
    disable_user,
    enable_user,
    end_all_sessions,
    end_user_sessions,
    invite_user_again,
    withdraw_departement,
)
from paqte.web.admin import blueprint
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import ChoiceField, CourrielField, RadiosField, Required, TextField
from paqte.web.socle.session import actor, own_secret
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.refusals import refusals_told


class UtilisateurForm(OurForm):
    nom = TextField("Prénom et nom", [Required("Écrivez le nom de la personne.")], limite=120)
    courriel = CourrielField(
        "Adresse électronique professionnelle",
        [Required("Écrivez l’adresse où envoyer l’invitation.")],
        render_kw={"autocomplete": "off", "inputmode": "email", "autocapitalize": "none"},
    )
    role = RadiosField("Ce que cette personne pourra faire", [Required()], choices=ROLES_ETAT, default=REFERENT)
    departement = ChoiceField(
        "Département", description="Pour un référent seulement ; un de plus, s’il a déjà un compte."
    )
    region = ChoiceField("Région", description="Pour une préfecture de région seulement.")
    version = None


@blueprint.get("/comptes")
@open_to(ADMIN)
def comptes() -> ResponseReturnValue:
    """Everybody of the State who may come in."""
    return render_template("admin/comptes.html", comptes=list_users(actor=actor()), roles=ROLES_ETAT)


@blueprint.route("/comptes/nouveau", methods=["GET", "POST"])
@open_to(ADMIN)
@once
def compte_nouveau() -> ResponseReturnValue:
    """Invite a référent, a préfecture de région, somebody of the national team, another administrator."""
    form = UtilisateurForm()
    form.departement.choices = {"": "Aucun", **list_departements()}
    form.region.choices = {"": "Aucune", **list_regions()}
    form.region.data = form.region.data or ""  # a page opened before this field was there does not send it
    if form.validate_on_submit() and _invited(form):
        return redirect(url_for("admin.comptes"))
    return render_template("admin/compte_formulaire.html", form=form), form.http_status


@blueprint.get("/comptes/<int:compte_id>")
@open_to(ADMIN)
def compte(compte_id: int) -> ResponseReturnValue:
    """One account, and what may be done of it."""
    return render_template(
        "admin/compte.html",
        compte=read_user(actor=actor(), utilisateur_id=compte_id),
        roles=ROLES_ETAT,
        facteur_le=factor_since(actor=actor(), utilisateur_id=compte_id),
    )


@blueprint.post("/comptes/<int:compte_id>/desactiver")
@open_to(ADMIN)
def compte_desactiver(compte_id: int) -> ResponseReturnValue:
    """Close an account."""
    return _done(compte_id, disable_user, "Le compte est désactivé : ses sessions ouvertes sont fermées.")


@blueprint.post("/comptes/<int:compte_id>/reactiver")
@open_to(ADMIN)
def compte_reactiver(compte_id: int) -> ResponseReturnValue:
    """Open it again."""
    return _done(compte_id, enable_user, "Le compte est réactivé.")


@blueprint.post("/comptes/<int:compte_id>/inviter")
@open_to(ADMIN)
@once
def compte_inviter(compte_id: int) -> ResponseReturnValue:
    """Mail a fresh invitation."""

    def again(**given: object) -> None:
        invite_user_again(**given, base_url=public_address())  # type: ignore[arg-type]

    return _done(compte_id, again, "Une nouvelle invitation part dans la minute ; l’ancien lien ne fonctionne plus.")


@blueprint.post("/comptes/<int:compte_id>/departements/<departement>/retirer")
@open_to(ADMIN)
def compte_departement_retirer(compte_id: int, departement: str) -> ResponseReturnValue:
    """Take one of several départements away from a référent."""
    withdraw = partial(withdraw_departement, departement=departement)
    return _done(compte_id, withdraw, "Ce département n’est plus confié à ce compte.")


@blueprint.post("/comptes/<int:compte_id>/sessions/fermer")
@open_to(ADMIN)
def compte_sessions_fermer(compte_id: int) -> ResponseReturnValue:
    """End every session of an account."""
    return _done(compte_id, end_user_sessions, "Les sessions de ce compte sont fermées.")


@blueprint.post("/comptes/sessions/fermer")
@open_to(ADMIN)
def sessions_fermer() -> ResponseReturnValue:
    """End every session of everybody, but this one."""
    ended = end_all_sessions(actor=actor(), kept=own_secret(), now=clock.now())
    flash(f"Sessions fermées : {ended}. La vôtre reste ouverte.", "succes")
    return redirect(url_for("admin.comptes"))


@blueprint.post("/comptes/<int:compte_id>/facteur/retirer")
@open_to(ADMIN)
def compte_facteur_retirer(compte_id: int) -> ResponseReturnValue:
    """Take the second factor away from somebody who lost it."""
    remove = partial(remove_factor, base_url=public_address())
    return _done(compte_id, remove, "Le second facteur est retiré ; un courriel le dit à la personne.")


def _done(compte_id: int, use_case: Callable[..., None], said: str) -> ResponseReturnValue:
    """Call a use case on the account, then say what became of it on its page."""
    with refusals_told():
        use_case(actor=actor(), utilisateur_id=compte_id, now=clock.now())
        flash(said, "succes")
    return redirect(url_for("admin.compte", compte_id=compte_id))


def _invited(form: UtilisateurForm) -> bool:
    """Whether the invitation left; otherwise the form bears the reasons."""
    asks = TABLE[form.role.data].territory
    with form.refusals():
        invite_user(
            actor=actor(),
            role=form.role.data,
            courriel=form.courriel.data,
            nom=form.nom.data,
            departement=(form.departement.data or None) if asks == "departement" else None,
            region=(form.region.data or None) if asks == "region" else None,
            base_url=public_address(),
            now=clock.now(),
        )
        flash(f"L’invitation part dans la minute à {form.courriel.data}.", "succes")
        return True
    return False
