"""One template: tried beside the one that serves, put in force, withdrawn."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.documents.registre import genres_gabarit
from paqte.domain.editions.editions import ETATS_GABARIT
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.comptes.utilisateurs import list_departements
from paqte.queries.gabarits.gabarits import read_template_file, read_template_row
from paqte.services.gabarits.essai import Trial, examine_template
from paqte.services.gabarits.installes import discard_template, install_template, withdraw_template
from paqte.web.admin import blueprint
from paqte.web.admin.gabarits import workbook
from paqte.web.formulaires.base import FilterForm, OurForm
from paqte.web.formulaires.champs import ChoiceField, DateField, Required
from paqte.web.socle.session import actor
from paqte.web.socle.typed.refusals import refusals_told

COTES = ("nouveau", "ancien")


class WhereForm(FilterForm):
    departement = ChoiceField("Essayer sur un autre département")


class EffectiveDateForm(OurForm):
    en_vigueur_le = DateField(
        "Mettre en vigueur le",
        [Required("Indiquez à partir de quel jour il sert, par exemple 01/01/2027.")],
        description="Les éditions produites à partir de ce jour, heure de chaque département. Par exemple 01/01/2027",
    )
    version = None


@blueprint.route("/gabarits/<int:gabarit_id>", methods=["GET", "POST"])
@open_to(ADMIN)
def gabarit(gabarit_id: int) -> ResponseReturnValue:
    """What the template gives beside the one in force; from when it serves."""
    row = read_template_row(actor=actor(), gabarit_id=gabarit_id, now=clock.now())
    form = EffectiveDateForm()
    if form.validate_on_submit():
        kept = read_template_file(actor=actor(), gabarit_id=gabarit_id)
        with form.refusals():
            install_template(
                actor=actor(),
                nom=kept.nom,
                octets=kept.octets,
                genre=kept.genre,
                en_vigueur_le=form.en_vigueur_le.data,
                now=clock.now(),
            )
            flash(f"Ce modèle sert à partir du {form.en_vigueur_le.data:%d/%m/%Y}.", "succes")
            return redirect(url_for("admin.gabarits"))
    where = _where()
    essai, refus = _tried(gabarit_id, where.departement.data or None)
    return render_template(
        "admin/gabarit.html",
        form=form,
        ou=where,
        gabarit=row,
        essai=essai,
        refus=refus,
        departements=list_departements(),
        etats=ETATS_GABARIT,
        genres=genres_gabarit(),
    ), form.http_status


@blueprint.get("/gabarits/<int:gabarit_id>/essai/<cote>/fichier")
@open_to(ADMIN)
def gabarit_essai_fichier(gabarit_id: int, cote: str) -> ResponseReturnValue:
    """The same period filled with the new template, or with the one in force."""
    if cote not in COTES:
        raise NotFound("Cet essai")
    essai, _ = _tried(gabarit_id, _where().departement.data or None)
    octets = None if essai is None else (essai.ancien if cote == "ancien" else essai.nouveau)
    if essai is None or octets is None:
        raise NotFound("Cet essai")
    side = "en-vigueur" if cote == "ancien" else f"gabarit-{gabarit_id}"
    return workbook(octets, f"essai_{essai.departement}_{essai.periode.code}_{side}.xlsx")


@blueprint.post("/gabarits/<int:gabarit_id>/retirer")
@open_to(ADMIN)
def gabarit_retirer(gabarit_id: int) -> ResponseReturnValue:
    """Take it out of service: the one before serves again."""
    return _done(withdraw_template, gabarit_id, "Le modèle est retiré : celui d’avant sert à nouveau.")


@blueprint.post("/gabarits/<int:gabarit_id>/abandonner")
@open_to(ADMIN)
def gabarit_abandonner(gabarit_id: int) -> ResponseReturnValue:
    """Forget a template that never served."""
    return _done(discard_template, gabarit_id, "Le classeur à l’essai est abandonné.")


def _done(use_case: object, gabarit_id: int, said: str) -> ResponseReturnValue:
    with refusals_told():
        use_case(actor=actor(), gabarit_id=gabarit_id, now=clock.now())  # type: ignore[operator]
        flash(said, "succes")
    return redirect(url_for("admin.gabarits"))


def _where() -> WhereForm:
    """The département to try on, as the address says it."""
    form = WhereForm(request.args)
    form.departement.choices = {"": "Celui qui a le plus de conventions", **list_departements()}
    form.validate()
    return form


def _tried(gabarit_id: int, departement: str | None) -> tuple[Trial | None, str]:
    """The dry run, or why there is none."""
    kept = read_template_file(actor=actor(), gabarit_id=gabarit_id)
    try:
        return examine_template(
            actor=actor(),
            nom=kept.nom,
            octets=kept.octets,
            genre=kept.genre,
            now=clock.now(),
            departement=departement,
        ), ""
    except Refused as refused:
        return None, str(refused)
