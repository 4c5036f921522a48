"""Concrete actions: list, read as the bilan will show it, type, correct, delete (R25, R29)."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.erreurs import Conflict
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.declarations.preuves.actions import (
    ActionShown,
    ActionsSought,
    QpvShown,
    count_actions,
    list_actions,
    list_places,
    list_qpv,
    read_action,
    signataire_choices,
)
from paqte.queries.declarations.preuves.justificatifs import evidence_of_action
from paqte.queries.perimetre import own_departement
from paqte.services.declarations.preuves.actions import ActionTyped, change_action, delete_action, record_action
from paqte.web.formulaires.base import FilterForm, OurForm
from paqte.web.formulaires.champs import (
    BoxField,
    ChoiceField,
    DateField,
    LongTextField,
    QuantiteField,
    Required,
    TextField,
)
from paqte.web.referent import blueprint
from paqte.web.socle.lists import as_left, page_within
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once

PER_PAGE = 30
YEARS_BACK = 3
PROOFREAD = {"a_relire": False, "relue": True}


class ActionsForm(FilterForm):
    periode = ChoiceField("Période")
    axe = ChoiceField("Axe")
    etat = ChoiceField("Relecture", choices={"": "Toutes", "a_relire": "À relire", "relue": "Relues"})
    q = TextField("Mot ou signataire")


class ActionForm(OurForm):
    titre = TextField("Titre", [Required("Donnez un titre à cette action.")], limite=200)
    date = DateField("Date de l’action", [Required("Indiquez la date, par exemple 31/12/2026.")])
    axe = ChoiceField("Axe", [Required()])
    signataire_id = ChoiceField("Signataire", default="", description="Laissez vide pour une action menée à plusieurs.")
    texte = LongTextField(
        "Ce qui a été fait",
        [Required("Racontez l’action en quelques lignes.")],
        limite=8_000,
        description="Ce texte figurera dans le bilan. Jamais le nom d’un jeune ou d’un bénéficiaire.",
    )
    lieu = TextField("Lieu", limite=200, render_kw={"list": "lieux"})
    qpv_id = ChoiceField(
        "Quartier prioritaire", default="", description="Celui de la génération en vigueur à la date de l’action."
    )
    is_quartier_confirmed = BoxField("Garder ce quartier bien qu’il ne soit pas en vigueur à cette date")
    beneficiaires = QuantiteField("Nombre de bénéficiaires", description="Laissez vide si vous ne le connaissez pas.")
    is_proofread = BoxField(
        "J’ai relu ce texte : il ne nomme aucun bénéficiaire",
        description="Une action entre dans le bilan une fois relue.",
    )

    def typed(self) -> ActionTyped:
        return ActionTyped(
            date=self.date.data,
            axe=self.axe.data,
            titre=self.titre.data,
            texte=self.texte.data,
            lieu=self.lieu.data,
            signataire_id=_key(self.signataire_id.data),
            qpv_id=_key(self.qpv_id.data),
            beneficiaires=None if self.beneficiaires.data is None else int(self.beneficiaires.data),
            is_proofread=self.is_proofread.data,
            is_quartier_confirmed=self.is_quartier_confirmed.data,
        )

    @property
    def asks_about_quartier(self) -> bool:
        """Whether the box that keeps a doubtful district is worth showing."""
        return bool(self.qpv_id.errors or self.is_quartier_confirmed.data)


@blueprint.get("/actions")
@open_to(*TERRITORIAL)
@as_left("periode", "axe", "etat", "q")
def actions() -> ResponseReturnValue:
    """Every action, latest first, those to proof-read marked."""
    departement = own_departement(actor())
    form, found = actions_found()
    page = page_within(len(found), PER_PAGE)
    return render_template(
        "referent/actions.html",
        form=form,
        actions=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        par_page=PER_PAGE,
        axes=_axes(),
        is_empty=not found and not count_actions(actor=actor(), departement=departement),
        actifs=sum(bool(request.args.get(name)) for name in ("periode", "axe", "etat", "q")),
    )


def actions_found() -> tuple[ActionsForm, list[ActionShown]]:
    """What the address asks for, and the actions kept."""
    departement = own_departement(actor())
    form = ActionsForm(request.args)
    years = _years(local_date(clock.now(), departement))
    form.periode.choices = {"": "Toutes", **{p.code: p.libelle.capitalize() for p in years}}
    form.axe.choices = {"": "Tous", **_axes()}
    return form, list_actions(actor=actor(), departement=departement, filtre=_filtre(form))


@blueprint.route("/actions/nouvelle", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def action_nouvelle() -> ResponseReturnValue:
    """Type an action."""
    departement = own_departement(actor())
    form = _action_form(departement)
    if form.validate_on_submit():
        with form.refusals():
            key = record_action(actor=actor(), now=clock.now(), departement=departement, action=form.typed())
            flash("L’action est enregistrée.", "succes")
            return redirect(url_for("referent.action", action_id=key))
    return _action_page(form, departement)


@blueprint.get("/actions/<int:action_id>")
@open_to(*TERRITORIAL)
def action(action_id: int) -> ResponseReturnValue:
    """An action as the bilan will tell it."""
    read = read_action(actor=actor(), action_id=action_id)
    pieces = evidence_of_action(actor=actor(), action_id=action_id)
    return render_template("referent/action.html", action=read, pieces=pieces, axes=_axes())


@blueprint.route("/actions/<int:action_id>/modifier", methods=["GET", "POST"])
@open_to(REFERENT)
def action_modifier(action_id: int) -> ResponseReturnValue:
    """Correct or proof-read an action."""
    read = read_action(actor=actor(), action_id=action_id)
    form = _action_form(own_departement(actor()), read)
    if form.validate_on_submit():
        with form.refusals():
            change_action(
                actor=actor(), now=clock.now(), action_id=action_id, version=form.version.data, action=form.typed()
            )
            flash("L’action est enregistrée.", "succes")
            return redirect(url_for("referent.action", action_id=action_id))
    return _action_page(form, own_departement(actor()), read)


@blueprint.route("/actions/<int:action_id>/supprimer", methods=["GET", "POST"])
@open_to(REFERENT)
def action_supprimer(action_id: int) -> ResponseReturnValue:
    """Ask, then delete."""
    read = read_action(actor=actor(), action_id=action_id)
    form = OurForm()
    if form.validate_on_submit():
        try:
            delete_action(actor=actor(), now=clock.now(), action_id=action_id, version=form.version.data)
        except Conflict as conflict:
            form.apply_refusal(conflict)
        else:
            flash("L’action est supprimée.", "succes")
            return redirect(url_for("referent.actions"))
    form.version.data = read.version
    return render_template("referent/action_supprimer.html", form=form, action=read), form.http_status


def _action_page(form: ActionForm, departement: str, read: ActionShown | None = None) -> ResponseReturnValue:
    lieux = list_places(departement)
    return render_template("referent/action_formulaire.html", form=form, action=read, lieux=lieux), form.http_status


def _action_form(departement: str, read: ActionShown | None = None) -> ActionForm:
    form = ActionForm(data=_stored(read) if read else None)
    form.axe.choices = {"": "Choisissez…", **_axes()}
    signatories = signataire_choices(actor=actor(), departement=departement)
    form.signataire_id.choices = {"": "Plusieurs, ou aucun", **{str(key): nom for key, nom in signatories.items()}}
    form.qpv_id.choices = {"": "Aucun en particulier", **_by_generation(list_qpv(departement))}
    if read is not None and not form.is_submitted():
        form.version.data = read.version
    return form


def _stored(read: ActionShown) -> dict[str, Any]:
    return {
        "titre": read.titre,
        "date": read.date,
        "axe": read.axe,
        "signataire_id": str(read.signataire_id or ""),
        "texte": read.texte,
        "lieu": read.lieu,
        "qpv_id": str(read.quartier.id) if read.quartier else "",
        "is_quartier_confirmed": read.is_quartier_doubtful,
        "beneficiaires": read.beneficiaires,
        "is_proofread": read.is_proofread,
    }


def _by_generation(found: list[QpvShown]) -> dict[str, dict[str, str]]:
    """Districts under the heading of their generation and its dates (R25)."""
    grouped: dict[str, dict[str, str]] = {}
    for quartier in found:
        until = f", jusqu’au {quartier.au:%d/%m/%Y}" if quartier.au else f", depuis le {quartier.du:%d/%m/%Y}"
        grouped.setdefault(f"Génération {quartier.generation}{until}", {})[str(quartier.id)] = quartier.libelle
    return grouped


def _axes() -> dict[str, str]:
    return {axe.code: axe.libelle for axe in catalogue().axes.values()}


def _filtre(form: ActionsForm) -> ActionsSought:
    try:
        periode = Periode.from_code(form.periode.data or "")
    except ValueError:
        periode = None
    return ActionsSought(periode, form.axe.data or "", PROOFREAD.get(form.etat.data or ""), form.q.data or "")


def _years(today: date) -> list[Periode]:
    years = [Periode(today.year - back, "A", 1) for back in range(YEARS_BACK + 1)]
    return [p for year in years for p in (year, *reversed(year.parts("S"))) if p.debut <= today]


def _key(text: str | None) -> int | None:
    return int(text) if text else None
