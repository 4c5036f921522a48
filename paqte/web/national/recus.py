"""Bilans received as workbooks: handed in, looked at one by one, kept with a mark, given up or withdrawn."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.domain.statuts.recus import ETATS, RETENU
from paqte.ops import clock
from paqte.queries.editions.recus import RecuLu, list_received, read_received
from paqte.services.editions.depots import (
    DepositOutcome,
    deposit_bilans,
    discard_received,
    keep_received,
    lines_received,
    withdraw_received,
)
from paqte.services.editions.recus_lus import WorkbookReceived
from paqte.web.affichage.adresses import period_of
from paqte.web.affichage.filters import plural
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import FichiersField, LongTextField
from paqte.web.national import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once

MOST = 101
MOST_OCTETS = 10 * 1024 * 1024
WHY_KEEP = "Pourquoi garder ces chiffres"
WHY_WITHDRAW = "Pourquoi ne plus l’additionner"


class DepositBilansForm(OurForm):
    fichiers = FichiersField(
        "Bilans reçus",
        description=f"Classeurs .xlsx, un par département : {MOST} au plus à la fois, 12 Mo en tout.",
        render_kw={"accept": ".xlsx,.ods"},
    )
    version = None


class RaisonForm(OurForm):
    raison = LongTextField(WHY_KEEP, limite=500, render_kw={"rows": 3})


@blueprint.route("/bilans/<periode>/recus", methods=["GET", "POST"])
@open_to(NATIONAL, ADMIN)
@once
def recus(periode: str) -> ResponseReturnValue:
    """What was received for a semester, and the form to hand more in; each file refused is told here."""
    window = period_of(periode, SEMESTRE)
    form = DepositBilansForm()
    dealt: list[DepositOutcome] = []
    if form.validate_on_submit() and (files := _files_of(form)):
        with form.refusals():
            dealt = deposit_bilans(
                actor=actor(),
                fichiers=files,
                periode=window,
                now=clock.now(),
                antivirus=current_app.extensions["paqte"].antivirus_url,
            )
            if all(one.is_counted for one in dealt):
                one, many = "bilan reçu : ses chiffres comptent", "bilans reçus : leurs chiffres comptent"
                flash(f"{plural(len(dealt), one, many)}.", "succes")
                return redirect(url_for("national.recus", periode=window.code))
    page = render_template(
        "national/recus.html",
        form=form,
        periode=window,
        depot=dealt,
        recus=list_received(actor=actor(), periode=window),
        etats=ETATS,
    )
    return page, form.http_status


@blueprint.route("/recus/<int:recu_id>", methods=["GET", "POST"])
@open_to(NATIONAL, ADMIN)
def recu(recu_id: int) -> ResponseReturnValue:
    """One of them: what was read of it, what was found, and what may be done."""
    page = read_received(actor=actor(), recu_id=recu_id)
    form = RaisonForm()
    form.raison.label.text = WHY_WITHDRAW if page.etat == RETENU else WHY_KEEP
    if form.validate_on_submit():
        with form.refusals():
            flash(_decided_of(page, form), "succes")
            return redirect(url_for("national.recus", periode=page.periode))
    if not form.is_submitted():
        form.version.data = page.version
    lines = lines_received(page)
    return render_template(
        "national/recu.html",
        r=page,
        form=form,
        etat=ETATS[page.etat],
        lignes=lines,
        periode=Periode.from_code(page.periode),
    ), form.http_status


def _files_of(form: DepositBilansForm) -> list[WorkbookReceived]:
    given: list[FileStorage] = [one for one in request.files.getlist("fichiers") if one.filename]
    if not given:
        form.fichiers.errors = ["Choisissez au moins un fichier."]
    elif len(given) > MOST:
        form.fichiers.errors = [f"{len(given)} fichiers : déposez-en {MOST} au plus à la fois."]
        return []
    return [WorkbookReceived(one.filename or "", one.stream.read(MOST_OCTETS + 1)) for one in given]


def _decided_of(page: RecuLu, form: RaisonForm) -> str:
    """Do what the button says; what is told of it."""
    asked = {"actor": actor(), "recu_id": page.id, "version": form.version.data, "now": clock.now()}
    if request.form.get("ecarter"):
        discard_received(**asked)
        return f"{page.fichier} est écarté : ses chiffres ne comptent pas."
    if page.etat == RETENU:
        withdraw_received(**asked, motif=form.raison.data)
        return f"{page.fichier} est retiré : ses chiffres ne comptent plus."
    keep_received(**asked, raison=form.raison.data)
    return f"{page.fichier} est gardé : ses chiffres comptent."
