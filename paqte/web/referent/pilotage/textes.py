"""The texts of a period: written, confirmed when they are those of the period before (R36)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.rubriques import RYTHMES, RubriqueLue
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.domain.statuts.pilotage import ORGANISATION
from paqte.ops import clock
from paqte.queries.conventions.rencontres import propose_organisation
from paqte.queries.perimetre import own_departement
from paqte.queries.pilotage.rubriques import RubriquesPeriode, history_of, read_chosen, read_rubrique
from paqte.services.pilotage.rubriques import confirm_rubrique, write_rubrique
from paqte.web.affichage.adresses import period_of
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import ChoiceField
from paqte.web.referent import blueprint
from paqte.web.referent.pilotage.formulaires import ConfirmationForm, RubriqueForm
from paqte.web.socle.session import actor
from paqte.web.socle.typed.refusals import refusals_told

# The address bears one period for each rhythm.
CLES = {SEMESTRE: "semestre", TRIMESTRE: "trimestre"}


# Asks for the proposition in the field, where it is read and saved, or not.
PROPOSED = "proposition"


class PeriodesForm(FilterForm):
    semestre = ChoiceField("Semestre du bilan")
    trimestre = ChoiceField("Trimestre de l’export")


def chosen_texts(form: PeriodesForm) -> dict[str, RubriquesPeriode]:
    """The texts to show, by kind of period; fills the form with the periods offered."""
    found = {}
    for genre, cle in CLES.items():
        given = read_chosen(
            actor=actor(),
            departement=own_departement(actor()),
            genre=genre,
            asked=form[cle].data,
            now=clock.now(),
        )
        form[cle].choices = {p.code: _label(p.libelle, given.offertes[0].libelle) for p in given.offertes}
        form[cle].data = given.periode.code
        found[genre] = given
    return found


@blueprint.route("/pilotage/textes/<periode>/<code>", methods=["GET", "POST"])
@open_to(REFERENT)
def pilotage_texte(periode: str, code: str) -> ResponseReturnValue:
    """Write one text of a period."""
    departement, window = own_departement(actor()), period_of(periode, _rhythm(code))
    rubrique = read_rubrique(actor=actor(), departement=departement, periode=window, code=code)
    proposed = _proposition(code, window)
    form = RubriqueForm(data={"texte": _with_proposition(rubrique.texte, proposed)})
    if not form.is_submitted():
        form.version.data = rubrique.version
    if form.validate_on_submit():
        given = {"version": form.version.data, "texte": form.texte.data}
        with form.refusals():
            write_rubrique(actor=actor(), now=clock.now(), departement=departement, periode=window, code=code, **given)
            flash(f"Le texte du {window.libelle} est enregistré.", "succes")
            return redirect(_back(rubrique))
    history = history_of(actor=actor(), departement=departement, periode=window, code=code)
    passed = {"rubrique": rubrique, "periode": window, "anciens": history, "retour": _back(rubrique)}
    passed |= {"propose": proposed, "is_asked": PROPOSED in request.args}
    return render_template("referent/pilotage_texte.html", form=form, **passed), form.http_status


@blueprint.post("/pilotage/textes/<periode>/<code>/confirmer")
@open_to(REFERENT)
def pilotage_confirmer(periode: str, code: str) -> ResponseReturnValue:
    """Confirm a text of a former period as it is."""
    departement, window = own_departement(actor()), period_of(periode, _rhythm(code))
    rubrique = read_rubrique(actor=actor(), departement=departement, periode=window, code=code)
    form = ConfirmationForm()
    if form.validate_on_submit():
        given = {"version": form.version.data, "seen": form.vu.data}
        with refusals_told():
            confirm_rubrique(
                actor=actor(), now=clock.now(), departement=departement, periode=window, code=code, **given
            )
            flash(f"Le texte est confirmé pour le {window.libelle}.", "succes")
    return redirect(_back(rubrique))


def _proposition(code: str, periode: Periode) -> str | None:
    """What the meetings of the period let this text say; None for a text that they say nothing of."""
    if code != ORGANISATION:
        return None
    return propose_organisation(actor=actor(), departement=own_departement(actor()), periode=periode, now=clock.now())


def _with_proposition(texte: str, proposed: str | None) -> str:
    """The text of the field: with the proposition once it was asked for, never twice, and never before."""
    if not proposed or PROPOSED not in request.args or proposed in texte:
        return texte
    return f"{texte}\n\n{proposed}".strip()


def _rhythm(code: str) -> str:
    if code not in RYTHMES:
        raise NotFound("Cette rubrique")
    return RYTHMES[code]


def _back(rubrique: RubriqueLue) -> str:
    shown = {CLES[RYTHMES[rubrique.code]]: rubrique.periode}
    return url_for("referent.pilotage", _anchor=rubrique.code, **shown)


def _label(libelle: str, present: str) -> str:
    return f"{libelle} (en cours)" if libelle == present else libelle
