"""Référents, partners, context figures and protocole lines: each added, corrected, taken away on the same pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import REFERENT, Acteur
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.perimetre import own_departement
from paqte.queries.pilotage import pilotage as lues
from paqte.services.pilotage import contexte, pilotage, protocole
from paqte.web.formulaires.base import OurForm
from paqte.web.referent import blueprint
from paqte.web.referent.pilotage.formulaires import ChiffreForm, PartenaireForm, ProtocoleForm, ReferentForm
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once


@dataclass(frozen=True, slots=True)
class EditableList:
    """A kind of line: its form, how it is read and written, where one goes back to."""

    form: type[Any]
    read: Callable[[Acteur, int], Any]
    add: Callable[..., int]
    change: Callable[..., None]
    remove: Callable[..., None]
    key: str
    value: str
    nouveau: str
    retour: str = "referent.pilotage"


LISTES: dict[str, EditableList] = {
    "referents": EditableList(
        ReferentForm,
        lues.read_referent,
        pilotage.add_referent,
        pilotage.change_referent,
        pilotage.remove_referent,
        "referent_id",
        "referent",
        "Ajouter un référent",
    ),
    "partenaires": EditableList(
        PartenaireForm,
        lues.read_partenaire,
        pilotage.add_partenaire,
        pilotage.change_partenaire,
        pilotage.remove_partenaire,
        "partenaire_id",
        "partenaire",
        "Ajouter un partenaire",
    ),
    "contexte": EditableList(
        ChiffreForm,
        lues.read_chiffre,
        contexte.add_chiffre,
        contexte.change_chiffre,
        contexte.remove_chiffre,
        "chiffre_id",
        "chiffre",
        "Ajouter un chiffre de contexte",
    ),
    "protocole": EditableList(
        ProtocoleForm,
        lues.read_protocole_line,
        protocole.add_protocole,
        protocole.change_protocole,
        protocole.remove_protocole,
        "engagement_id",
        "engagement",
        "Ajouter un engagement du protocole",
        "referent.pilotage_protocole",
    ),
}


@blueprint.route("/pilotage/<nom>/nouveau", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def pilotage_ajouter(nom: str) -> ResponseReturnValue:
    """Add a line."""
    liste = _liste(nom)
    form = liste.form()
    if form.validate_on_submit():
        with form.refusals():
            given = {liste.value: form.typed()}
            liste.add(actor=actor(), now=clock.now(), departement=own_departement(actor()), **given)
            return _back(liste, "La ligne est ajoutée.")
    return _line_page(nom, liste, form, None)


@blueprint.route("/pilotage/<nom>/<int:ligne_id>", methods=["GET", "POST"])
@open_to(REFERENT)
def pilotage_modifier(nom: str, ligne_id: int) -> ResponseReturnValue:
    """Correct a line."""
    liste = _liste(nom)
    read = liste.read(actor(), ligne_id)
    form = liste.form(data=read._asdict())
    if not form.is_submitted():
        form.version.data = read.version
    if form.validate_on_submit():
        with form.refusals():
            given = {liste.key: ligne_id, liste.value: form.typed()}
            liste.change(actor=actor(), now=clock.now(), version=form.version.data, **given)
            return _back(liste, "La ligne est enregistrée.")
    return _line_page(nom, liste, form, read)


@blueprint.route("/pilotage/<nom>/<int:ligne_id>/supprimer", methods=["GET", "POST"])
@open_to(REFERENT)
def pilotage_retirer(nom: str, ligne_id: int) -> ResponseReturnValue:
    """Ask, then take a line away."""
    liste = _liste(nom)
    read = liste.read(actor(), ligne_id)
    form = OurForm()
    if form.validate_on_submit():
        with form.refusals():
            liste.remove(actor=actor(), now=clock.now(), version=form.version.data, **{liste.key: ligne_id})
            return _back(liste, "La ligne est retirée.")
    form.version.data = read.version
    passed = {"form": form, "nom": nom, "ligne": read, "retour": url_for(liste.retour)}
    return render_template("referent/pilotage_retirer.html", **passed), form.http_status


def _liste(nom: str) -> EditableList:
    if nom not in LISTES:
        raise NotFound("Cette page")
    return LISTES[nom]


def _back(liste: EditableList, done: str) -> ResponseReturnValue:
    flash(done, "succes")
    return redirect(url_for(liste.retour))


def _line_page(nom: str, liste: EditableList, form: OurForm, read: Any) -> ResponseReturnValue:
    title = "Modifier" if read else liste.nouveau
    passed = {"form": form, "nom": nom, "ligne": read, "titre": title, "retour": url_for(liste.retour)}
    return render_template("referent/pilotage_ligne.html", **passed), form.http_status
