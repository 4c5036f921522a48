"""The préfecture's own columns: those it keeps of its tracker, and what they say of a signatory."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from paqte.domain.conventions.propres import GENRES, JOUR, LONGEST, NOMBRE, NON, OUI, OUINON, TITLE, told_own
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.conventions.propres import ColonneKept, own_column_content, own_columns, own_values
from paqte.queries.perimetre import own_departement
from paqte.queries.reglages.reglages import read_limits
from paqte.queries.suivi.fiche_signataire import read_signataire
from paqte.services.conventions.propres import change_column, keep_column, keep_own_values, remove_column
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import BoxField, ChoiceField, Required, TextField
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once

_HELP = {NOMBRE: "Par exemple 1 234,5", JOUR: "Par exemple 31/12/2026"}


class ColonneForm(OurForm):
    """A column to add."""

    titre = TextField("Titre de la colonne", [Required("Donnez un titre à cette colonne.")], limite=TITLE)
    genre = ChoiceField("Ce qu’elle contient", choices=GENRES)
    version = None


class ColonneNamedForm(OurForm):
    """What may change of a column: what it contains does not."""

    titre = TextField("Titre de la colonne", [Required("Donnez un titre à cette colonne.")], limite=TITLE)
    is_listed = BoxField("La montrer dans la liste des signataires")
    version = None


@blueprint.route("/colonnes", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def colonnes() -> ResponseReturnValue:
    """The columns kept, and the form to add one by hand."""
    departement = own_departement(actor())
    form = ColonneForm()
    if form.validate_on_submit():
        with form.refusals():
            keep_column(
                actor=actor(),
                departement=departement,
                titre=form.titre.data or "",
                genre=form.genre.data or "",
                now=clock.now(),
            )
            flash(f"La colonne « {form.titre.data} » est gardée.", "succes")
            return redirect(url_for("referent.colonnes"))
    page = render_template(
        "referent/colonnes.html",
        form=form,
        colonnes=own_columns(actor=actor(), departement=departement),
        genres=GENRES,
        limite=read_limits()["colonnes_propres"],
    )
    return page, form.http_status


@blueprint.route("/colonnes/<int:colonne_id>", methods=["GET", "POST"])
@open_to(REFERENT)
def colonne(colonne_id: int) -> ResponseReturnValue:
    """Its title, and whether the list of signatories shows it."""
    content = own_column_content(actor=actor(), colonne_id=colonne_id)
    form = ColonneNamedForm(data={"titre": content.colonne.titre, "is_listed": content.colonne.is_listed})
    if form.validate_on_submit():
        with form.refusals():
            change_column(
                actor=actor(),
                colonne_id=colonne_id,
                titre=form.titre.data or "",
                is_listed=bool(form.is_listed.data),
                now=clock.now(),
            )
            flash("La colonne est enregistrée.", "succes")
            return redirect(url_for("referent.colonnes"))
    page = render_template("referent/colonne.html", form=form, lue=content, genres=GENRES)
    return page, form.http_status


@blueprint.route("/colonnes/<int:colonne_id>/supprimer", methods=["GET", "POST"])
@open_to(REFERENT)
def colonne_supprimer(colonne_id: int) -> ResponseReturnValue:
    """Show what goes, then take it out."""
    content = own_column_content(actor=actor(), colonne_id=colonne_id)
    form = OurForm()
    if form.validate_on_submit():
        titre = remove_column(actor=actor(), colonne_id=colonne_id, now=clock.now())
        flash(f"La colonne « {titre} » est supprimée.", "succes")
        return redirect(url_for("referent.colonnes"))
    return render_template("referent/colonne_supprimer.html", form=form, lue=content), form.http_status


@blueprint.route("/signataires/<int:signataire_id>/colonnes", methods=["GET", "POST"])
@open_to(REFERENT)
def signataire_colonnes(signataire_id: int) -> ResponseReturnValue:
    """What the columns say of one signatory, typed by hand."""
    fiche = read_signataire(actor=actor(), signataire_id=signataire_id, now=clock.now())
    columns = own_columns(actor=actor(), departement=fiche.departement)
    held = own_values(actor=actor(), signataires=[signataire_id]).get(signataire_id, {})
    form = _values_form(columns, {c.id: told_own(c.genre, held.get(c.id, "")) for c in columns}, fiche.version)
    if form.validate_on_submit():
        with form.refusals():
            keep_own_values(
                actor=actor(),
                signataire_id=signataire_id,
                version=form.version.data,
                typed={c.id: form[f"propre_{c.id}"].data or "" for c in columns},
                now=clock.now(),
            )
            flash("Les valeurs sont enregistrées.", "succes")
            return redirect(url_for("referent.signataire", signataire_id=signataire_id, _anchor="colonnes"))
    fields = [form[f"propre_{c.id}"] for c in columns]
    return render_template("referent/signataire_colonnes.html", form=form, fiche=fiche, champs=fields), form.http_status


def _values_form(columns: Sequence[ColonneKept], data: dict[int, str], version: int) -> OurForm:
    """A form with a field a column; what is typed is read by the use case, as that of a file is."""
    fields = {f"propre_{c.id}": _field_of(c) for c in columns}
    form: OurForm = type("ValeursForm", (OurForm,), fields)(data={f"propre_{key}": text for key, text in data.items()})
    if not form.is_submitted():
        form.version.data = version
    return form


def _field_of(colonne: ColonneKept) -> Field:
    if colonne.genre == OUINON:
        return ChoiceField(colonne.titre, choices={"": "Non renseigné", OUI: "Oui", NON: "Non"}, default="")
    return TextField(
        colonne.titre, limite=LONGEST, description=_HELP.get(colonne.genre, ""), render_kw={"autocomplete": "off"}
    )
