"""Templates of the workbooks: which serves and since when, a new one sent in, files to download."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.documents.registre import genres_gabarit
from paqte.domain.editions.editions import EN_VIGUEUR, ETATS_GABARIT
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import ADMIN
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.gabarits.gabarits import list_templates, read_template_file
from paqte.services.editions.gabarit import FORMATS, read_template
from paqte.services.gabarits.installes import propose_template
from paqte.web.admin import blueprint
from paqte.web.commun.bilans import XLSX
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import FichierField, RadiosField, Required
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once


class UploadForm(OurForm):
    fichier = FichierField(
        "Classeur modèle (.xlsx)",
        [Required("Choisissez le classeur à essayer.")],
        description="Il est essayé d’abord : rien ne change tant que vous ne le mettez pas en vigueur.",
        render_kw={"accept": ".xlsx"},
    )
    genre = RadiosField("Ce qu’il présente", default=next(iter(FORMATS)))
    version = None


@blueprint.route("/gabarits", methods=["GET", "POST"])
@open_to(ADMIN)
@once
def gabarits() -> ResponseReturnValue:
    """Every template with its state, and sending a new one in for trial."""
    form = UploadForm()
    form.genre.choices = genres_gabarit()
    if form.validate_on_submit():
        with form.refusals():
            key = propose_template(
                actor=actor(),
                nom=form.fichier.data.filename or "",
                octets=form.fichier.data.read(),
                genre=form.genre.data or next(iter(FORMATS)),
                now=clock.now(),
            )
            flash("Ce classeur est bon. Comparez-le, puis choisissez à partir de quand il sert.", "succes")
            return redirect(url_for("admin.gabarit", gabarit_id=key))
    kept = list_templates(actor=actor(), now=clock.now())
    return render_template(
        "admin/gabarits.html",
        form=form,
        gabarits=kept,
        du_produit=[genre for genre in FORMATS if not any(g.etat == EN_VIGUEUR and g.genre == genre for g in kept)],
        etats=ETATS_GABARIT,
        genres=genres_gabarit(),
    ), form.http_status


@blueprint.get("/gabarits/livre/<genre>/fichier")
@open_to(ADMIN)
def gabarit_livre_fichier(genre: str) -> ResponseReturnValue:
    """The product's own template, to be restyled."""
    if genre not in FORMATS:
        raise NotFound("Ce modèle")
    return workbook(read_template(genre).octets, FORMATS[genre].gabarit.name)


@blueprint.get("/gabarits/<int:gabarit_id>/fichier")
@open_to(ADMIN)
def gabarit_fichier(gabarit_id: int) -> ResponseReturnValue:
    """A template as it was sent in, to be restyled."""
    kept = read_template_file(actor=actor(), gabarit_id=gabarit_id)
    return workbook(kept.octets, f"gabarit-{kept.id}.xlsx")


def workbook(octets: bytes, name: str) -> ResponseReturnValue:
    """A workbook to download."""
    return send_file(BytesIO(octets), mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)
