"""A declaration read whole: before it is sent, exactly as the référent will see it, and after (R18)."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.declarations.reponses import Saisie
from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.declarations import ETATS, ORIGINES, SAISIR, SENT, TRANSMETTRE, may
from paqte.domain.statuts.signalements import ETATS as ETATS_SIGNALEMENT
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.declarations.lecture.deja_dit import with_told_before
from paqte.queries.declarations.preuves.justificatifs import JustificatifShown, evidence_of
from paqte.queries.declarations.signalements import reports_of
from paqte.queries.editions.parts import PartsTold, parts_told
from paqte.services.declarations.declarations import submit_declaration
from paqte.services.declarations.signalements import LONGEST, report_error
from paqte.web.commun.saisie import doubts, opening_day
from paqte.web.entreprise import blueprint
from paqte.web.entreprise.fermeture import closed_day
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import LongTextField, Required
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once


class SubmitForm(OurForm):
    """The button that sends what was just read, in the version it was read in."""


@blueprint.get("/declarations/<int:declaration_id>")
@open_to(*ANSWERING)
def declaration(declaration_id: int) -> ResponseReturnValue:
    """What was answered, by whom, and where it stands."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    closed = closed_day(page)
    may_type = may(page.etat, SAISIR) and closed is None
    reports = reports_of(actor=actor(), declaration_id=declaration_id)
    is_sent = page.etat in SENT
    return render_template(
        "entreprise/declaration.html",
        **_page_variables(with_told_before(page) if is_sent else page),
        est_transmise=is_sent,
        parts=_parts_weighed(page) if is_sent else None,
        peut_saisir=may_type,
        fermee=closed,
        ouvre_le=opening_day(page),
        signalements=reports,
        peut_signaler=is_sent and not any(one.is_open for one in reports),
        etats_signalement=ETATS_SIGNALEMENT,
    )


def _parts_weighed(page: DeclarationShown) -> PartsTold | None:
    """What its convention weighs in the last bilan of the département, where it may be told."""
    return parts_told(
        actor=actor(),
        departement=page.departement,
        convention_id=page.convention_id,
        codes={ligne.indicateur.code for ligne in page.lignes},
    )


class SignalementForm(OurForm):
    """What is wrong in a declaration already sent."""

    motif = LongTextField(
        "Ce qui est à corriger",
        [Required("Écrivez ce qui est à corriger, en une phrase.")],
        limite=LONGEST,
        description="Donnez la ligne et le bon nombre si vous l’avez. Jamais le nom d’un bénéficiaire.",
        render_kw={"rows": 4, "data-limite": LONGEST},
    )
    version = None


@blueprint.route("/declarations/<int:declaration_id>/signaler", methods=["GET", "POST"])
@open_to(*ANSWERING)
@once
def declaration_signaler(declaration_id: int) -> ResponseReturnValue:
    """Tell the référent that something sent is wrong; nothing changes before she acts."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    if page.etat not in SENT:
        return redirect(url_for("entreprise.declaration", declaration_id=declaration_id))
    form = SignalementForm()
    if form.validate_on_submit():
        with form.refusals():
            report_error(
                actor=actor(),
                declaration_id=declaration_id,
                motif=form.motif.data,
                base_url=current_app.extensions["paqte"].base_url,
                now=clock.now(),
            )
            flash("Votre signalement part à la préfecture. Vos chiffres ne changent pas avant sa réponse.", "succes")
            return redirect(url_for("entreprise.declaration", declaration_id=declaration_id))
    return render_template("entreprise/signaler.html", form=form, page=page), form.http_status


@blueprint.route("/declarations/<int:declaration_id>/relire", methods=["GET", "POST"])
@open_to(*ANSWERING)
def declaration_relire(declaration_id: int) -> ResponseReturnValue:
    """Everything on one page, then one button."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    form = SubmitForm()
    if form.validate_on_submit():
        if _sent(form, declaration_id):
            flash(
                "C’est transmis, merci. Un accusé de réception part à votre adresse avec les mêmes chiffres.", "succes"
            )
            return redirect(url_for("entreprise.declaration", declaration_id=declaration_id))
        page = read_declaration(actor=actor(), declaration_id=declaration_id)
    elif not form.is_submitted():
        if not may(page.etat, TRANSMETTRE) or closed_day(page) or opening_day(page):
            return redirect(url_for("entreprise.declaration", declaration_id=declaration_id))
        if doubts(page):
            return redirect(url_for("entreprise.declaration_saisir", declaration_id=declaration_id, verifier=1))
        form.version.data = page.version
    return render_template("entreprise/relire.html", form=form, **_page_variables(page)), form.http_status


def _sent(form: SubmitForm, declaration_id: int) -> bool:
    """Whether it was sent; otherwise the form bears the reasons."""
    with form.refusals():
        submit_declaration(
            actor=actor(),
            now=clock.now(),
            declaration_id=declaration_id,
            version=form.version.data,
            saisie=Saisie({}),
            base_url=current_app.extensions["paqte"].base_url,
        )
        return True
    return False


def _page_variables(page: DeclarationShown) -> dict[str, object]:
    return {"page": page, "etat": ETATS[page.etat], "origines": ORIGINES, "justificatifs": _evidence(page)}


def _evidence(page: DeclarationShown) -> dict[int, tuple[JustificatifShown, ...]]:
    return evidence_of(actor=actor(), declaration_id=page.id)
