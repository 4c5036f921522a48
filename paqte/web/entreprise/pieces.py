"""Evidence beside an answer: a page of its own, so that a refused file never takes typing away with it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.preuves.justificatifs import evidence_of
from paqte.services.declarations.preuves.justificatifs import add_evidence, remove_evidence
from paqte.services.pieces import EXPECTED, MAX_OCTETS, FichierReceived
from paqte.web.commun.public import antivirus_address
from paqte.web.entreprise import blueprint
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import FichierField
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once

ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.xlsx"


class JustificatifForm(OurForm):
    fichier = FichierField("Fichier à joindre", description=f"{EXPECTED} 8 Mo au plus.", render_kw={"accept": ACCEPT})


@blueprint.route("/declarations/<int:declaration_id>/engagements/<int:engagement_id>/pieces", methods=["GET", "POST"])
@open_to(*ANSWERING)
@once
def pieces(declaration_id: int, engagement_id: int) -> ResponseReturnValue:
    """What is joined to one answer, and one more."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    ligne = page.ligne(engagement_id)
    if ligne is None:
        raise NotFound("Cet engagement")
    form = JustificatifForm()
    if form.validate_on_submit() and _evidence_kept(form, declaration_id, engagement_id):
        flash("Le justificatif est joint.", "succes")
        return redirect(url_for("entreprise.pieces", declaration_id=declaration_id, engagement_id=engagement_id))
    joined = evidence_of(actor=actor(), declaration_id=declaration_id).get(engagement_id, ())
    return render_template("entreprise/pieces.html", form=form, page=page, ligne=ligne, pieces=joined), form.http_status


@blueprint.post(
    "/declarations/<int:declaration_id>/engagements/<int:engagement_id>/pieces/<int:justificatif_id>/retirer"
)
@open_to(*ANSWERING)
def piece_retirer(declaration_id: int, engagement_id: int, justificatif_id: int) -> ResponseReturnValue:
    """Take one away."""
    remove_evidence(actor=actor(), now=clock.now(), justificatif_id=justificatif_id)
    flash("Le justificatif est retiré.", "succes")
    return redirect(url_for("entreprise.pieces", declaration_id=declaration_id, engagement_id=engagement_id))


def received(field: FichierField) -> FichierReceived:
    """The file of a form, read one byte further than may be kept and no more."""
    given = field.data if isinstance(field.data, FileStorage) else None
    return FichierReceived((given.filename or "") if given else "", given.stream.read(MAX_OCTETS + 1) if given else b"")


def _evidence_kept(form: JustificatifForm, declaration_id: int, engagement_id: int) -> bool:
    with form.refusals():
        add_evidence(
            actor=actor(),
            now=clock.now(),
            declaration_id=declaration_id,
            engagement_id=engagement_id,
            piece=received(form.fichier),
            antivirus=antivirus_address(),
        )
        return True
    return False
