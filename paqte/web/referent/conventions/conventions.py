"""A convention: typed in, read, corrected, deleted while it is a projet."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import (
    CHARTE,
    DISPOSITIFS,
    ETATS,
    PARTIAL_SIZES,
    PROJET,
    RYTHMES,
    SIGNEE,
    is_to_complete,
)
from paqte.domain.statuts.declarations import ETATS as ETATS_DECLARATION
from paqte.ops import clock
from paqte.queries.conventions.conventions import ConventionPage, read_convention
from paqte.queries.suivi.fiche_signataire import read_signataire
from paqte.services.conventions.anteriorites import ConventionTerms, former_periods
from paqte.services.conventions.conventions import change_convention, create_convention
from paqte.services.conventions.retraits import delete_convention
from paqte.web.formulaires.base import OurForm
from paqte.web.referent import blueprint
from paqte.web.referent.conventions.conventions_formulaires import (
    ConventionForm,
    EarlyEndForm,
    RemovalForm,
    SignatureForm,
    SignedTextForm,
)
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once


@blueprint.route("/signataires/<int:signataire_id>/conventions/nouvelle", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def convention_nouvelle(signataire_id: int) -> ResponseReturnValue:
    """Type in a convention of this signatory, then go on to its promises."""
    fiche = read_signataire(actor=actor(), signataire_id=signataire_id, now=clock.now())
    form = ConventionForm()
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            saved = create_convention(
                actor=actor(),
                signataire_id=signataire_id,
                termes=form.termes(None),
                now=clock.now(),
                anterieures=form.anterieures_said(),
            )
            flash("La convention est enregistrée. Choisissez maintenant ses engagements.", "succes")
            _warn(saved.avertissements)
            return redirect(url_for("referent.engagements", convention_id=saved.convention_id))
    return (
        render_template(
            "referent/convention_formulaire.html",
            form=form,
            fiche=None,
            signataire_id=signataire_id,
            signataire=fiche.nom,
            dispositifs=DISPOSITIFS,
        ),
        form.http_status,
    )


@blueprint.get("/conventions/<int:convention_id>")
@open_to(*TERRITORIAL)
def convention(convention_id: int) -> ResponseReturnValue:
    """One convention: terms, signed text, promises, declarations, what may be done next."""
    return convention_page(convention_id)


@blueprint.route("/conventions/<int:convention_id>/modifier", methods=["GET", "POST"])
@open_to(REFERENT)
def convention_modifier(convention_id: int) -> ResponseReturnValue:
    """Correct the terms; warnings come after, and block nothing (R1)."""
    fiche = read_convention(actor=actor(), convention_id=convention_id, now=clock.now())
    form = _form_of(fiche)
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            saved = change_convention(
                actor=actor(),
                convention_id=convention_id,
                version=form.version.data,
                termes=form.termes(fiche),
                now=clock.now(),
                anterieures=form.anterieures_said(),
            )
            flash("La convention est enregistrée.", "succes")
            _warn(saved.avertissements)
            return redirect(url_for("referent.convention", convention_id=convention_id))
    return (
        render_template(
            "referent/convention_formulaire.html",
            form=form,
            fiche=fiche,
            signataire_id=fiche.signataire_id,
            signataire=fiche.signataire,
            dispositifs=DISPOSITIFS,
        ),
        form.http_status,
    )


@blueprint.post("/conventions/<int:convention_id>/supprimer")
@open_to(REFERENT)
def convention_supprimer(convention_id: int) -> ResponseReturnValue:
    """Remove a convention typed by mistake, on which nothing hangs."""
    form = RemovalForm()
    if form.validate_on_submit():
        with form.refusals():
            key = delete_convention(
                actor=actor(),
                convention_id=convention_id,
                version=form.version.data,
                motif=form.motif_retrait.data or "",
                now=clock.now(),
            )
            flash("La convention est supprimée. Son numéro ne sera pas donné de nouveau.", "succes")
            return redirect(url_for("referent.signataire", signataire_id=key))
    return convention_page(convention_id, form)


def convention_page(convention_id: int, refused: OurForm | None = None) -> ResponseReturnValue:
    """The page as it stands; `refused` is the form of the act that was just refused, shown open."""
    fiche = read_convention(actor=actor(), convention_id=convention_id, now=clock.now())
    shown = {
        "fiche": fiche,
        "form": refused,
        "signature": refused if isinstance(refused, SignatureForm) else SignatureForm(formdata=None),
        "fin_anticipee": refused if isinstance(refused, EarlyEndForm) else EarlyEndForm(formdata=None),
        "retrait": refused if isinstance(refused, RemovalForm) else RemovalForm(formdata=None),
        "texte": refused if isinstance(refused, SignedTextForm) else SignedTextForm(formdata=None),
    }
    shown["signature"].offer(signature_periods(fiche))
    page = render_template("referent/convention.html", **shown, **_labels(fiche))
    return page, refused.http_status if refused else 200


def signature_periods(fiche: ConventionPage) -> tuple[Periode, ...]:
    """The periods already over that a projet would cover once signed (R42)."""
    if fiche.statut != PROJET:
        return ()
    duree = ConventionTerms(fiche.dispositif, fiche.rythme, fiche.debut, fiche.fin, is_signed=True)
    return former_periods(
        actor=actor(), departement=fiche.departement, duree=duree, now=clock.now(), convention_id=fiche.id
    )


def _labels(fiche: ConventionPage) -> dict[str, Any]:
    return {
        "etats": ETATS,
        "dispositifs": DISPOSITIFS,
        "rythmes": RYTHMES,
        "etats_declaration": ETATS_DECLARATION,
        "indicateurs": catalogue().indicateurs,
        "thematiques": catalogue().thematiques,
        "is_charte": fiche.dispositif == CHARTE,
        "is_projet": fiche.statut == PROJET,
        "is_signee": fiche.statut == SIGNEE,
        "is_to_complete": is_to_complete(fiche.dispositif, fiche.etat, has_engagement=bool(fiche.engagements)),
        "may_keep_some_axes": fiche.categorie in PARTIAL_SIZES,
    }


def _form_of(fiche: ConventionPage) -> ConventionForm:
    """The form of a known convention; once signed, its dispositif is no longer asked."""
    form = ConventionForm(obj=fiche)
    if fiche.statut != PROJET:
        del form.dispositif
    return form


def _warn(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        flash(sentence, "attention")
