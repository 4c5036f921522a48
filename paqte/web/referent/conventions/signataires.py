"""Signatories: one's page, adding and correcting."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.conventions.propres import told_own
from paqte.domain.conventions.signataires import COLONNES
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import CATEGORIES, DISPOSITIFS, ETATS, NATURES
from paqte.domain.statuts.declarations import ETATS as ETATS_DECLARATION
from paqte.ops import clock
from paqte.queries.conventions.entreprises.etablissements import list_communes
from paqte.queries.conventions.journaux.journal_signataire import signataire_history
from paqte.queries.conventions.propres import own_columns, own_values
from paqte.queries.conventions.prospects import read_prospect
from paqte.queries.conventions.rencontres import meetings_of_signatory
from paqte.queries.conventions.signataires import (
    SignataireKnown,
    find_known,
)
from paqte.queries.courriels.relances_prevues import read_ledger, step_label
from paqte.queries.perimetre import own_departement
from paqte.queries.suivi.fiche_signataire import SignatairePage, read_signataire
from paqte.services.conventions.entreprises.annuaire import AnnuaireAnswer, told_of
from paqte.services.conventions.retraits import delete_signataire
from paqte.services.conventions.signataires import add_signataire, change_signataire
from paqte.web.affichage.filters import plural
from paqte.web.formulaires.base import FilterForm, OurForm
from paqte.web.formulaires.champs import DateField, Required, SiretOrSirenField
from paqte.web.referent import blueprint
from paqte.web.referent.conventions.annuaire import COMPLETE, AnnuaireForm, complete, found_for, sought
from paqte.web.referent.conventions.conventions_formulaires import RemovalForm
from paqte.web.referent.conventions.signataire_formulaire import IDENTIFIER_HELP, SignataireForm, form_data
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once

ADD_CONTACT = "ajouter_contact"
CONVENTION = "convention"
SENT_SHOWN = 3


class PauseForm(OurForm):
    """Until when no reminder is sent to a signatory."""

    jusquau = DateField(
        "Ne plus relancer jusqu’au",
        [Required("Indiquez le dernier jour de la pause, par exemple 31/12/2026.")],
        description="Ce jour compris, par exemple 31/12/2026. Ensuite, les relances reprennent automatiquement.",
    )


class StructureForm(FilterForm):
    """The first step of an addition: which structure is it?"""

    identifiant = SiretOrSirenField(
        "SIRET ou SIREN", [Required("Écrivez le SIRET, ou le SIREN.")], description=IDENTIFIER_HELP
    )


@blueprint.route("/signataires/nouveau", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def signataire_nouveau() -> ResponseReturnValue:
    """First the identifier, then the form filled with what the département and the register know (R3, R24)."""
    if request.method == "POST":
        return _add()
    step = StructureForm(request.args)
    if "identifiant" not in request.args or not step.validate():
        return _ask_number(step)
    known = find_known(actor=actor(), identifiant=step.identifiant.data)
    if known and known[0].bore(step.identifiant.data) and not request.args.get("suite"):
        return _ask_number(step, known[0])
    found = found_for(step.identifiant.data)
    shared = {name: value for name, value in known[0]._asdict().items() if value} if known else {}
    form = SignataireForm(data={**told_of(found.etablissement), **shared, "identifiant": step.identifiant.data})
    form.add_blank_contact()
    return _sheet_page(form, autres=known, trouve=found)


def _ask_number(step: StructureForm, known: SignataireKnown | None = None) -> ResponseReturnValue:
    """The page that asks for the number, or for a name when it is not at hand."""
    nom = AnnuaireForm(request.args)
    found = sought(nom)
    page = render_template("referent/signataire_identifiant.html", form=step, connu=known, nom=nom, trouves=found)
    return page, 422 if nom.points_to_correct() else step.http_status


@blueprint.get("/signataires/<int:signataire_id>")
@open_to(*TERRITORIAL)
def signataire(signataire_id: int) -> ResponseReturnValue:
    """One signatory: who, whom to call, conventions, what is owed, reminders, what changed."""
    return signataire_page(signataire_id, PauseForm(formdata=None))


def signataire_page(signataire_id: int, pause: PauseForm, retrait: RemovalForm | None = None) -> ResponseReturnValue:
    """The page as it stands, with the form that was just refused as it was typed."""
    fiche = read_signataire(actor=actor(), signataire_id=signataire_id, now=clock.now())
    page = render_template(
        "referent/signataire.html",
        fiche=fiche,
        identite=_told_identity(fiche),
        propres=_told_own_columns(fiche),
        envois=read_ledger(actor=actor(), signataire_id=signataire_id).envois[:SENT_SHOWN],
        etapes=step_label,
        rencontres=meetings_of_signatory(actor=actor(), signataire_id=signataire_id, now=clock.now()),
        demarche=read_prospect(actor=actor(), signataire_id=signataire_id),
        pause=pause,
        form=retrait or (pause if pause.points_to_correct() else None),
        retrait=retrait or RemovalForm(formdata=None),
        historique=signataire_history(actor=actor(), signataire_id=signataire_id),
        etats=ETATS,
        etats_declaration=ETATS_DECLARATION,
        natures=NATURES,
        categories=CATEGORIES,
        dispositifs=DISPOSITIFS,
        axes=catalogue().axes,
    )
    return page, retrait.http_status if retrait else pause.http_status


@blueprint.post("/signataires/<int:signataire_id>/supprimer")
@open_to(REFERENT)
def signataire_supprimer(signataire_id: int) -> ResponseReturnValue:
    """Remove a signatory typed by mistake, on which nothing hangs."""
    form = RemovalForm()
    if form.validate_on_submit():
        with form.refusals():
            nom = delete_signataire(
                actor=actor(),
                signataire_id=signataire_id,
                version=form.version.data,
                motif=form.motif_retrait.data or "",
                now=clock.now(),
            )
            flash(f"« {nom} » est supprimé de votre liste.", "succes")
            return redirect(url_for("referent.signataires"))
    return signataire_page(signataire_id, PauseForm(formdata=None), form)


@blueprint.route("/signataires/<int:signataire_id>/modifier", methods=["GET", "POST"])
@open_to(REFERENT)
def signataire_modifier(signataire_id: int) -> ResponseReturnValue:
    """Correct a signatory and its contacts."""
    fiche = read_signataire(actor=actor(), signataire_id=signataire_id, now=clock.now())
    form = SignataireForm(data=form_data(fiche))
    if COMPLETE in request.form:
        return _completed(form, fiche)
    if not form.is_submitted() or ADD_CONTACT in request.form:
        form.add_blank_contact()
    elif form.validate():
        with form.refusals():
            change_signataire(
                actor=actor(),
                signataire_id=signataire_id,
                version=form.version.data,
                identite=form.identite(),
                contacts=form.contacts_typed(),
                now=clock.now(),
            )
            flash("La fiche est enregistrée.", "succes")
            _say_nature(signataire_id, form.nature.data, was=fiche.nature)
            return redirect(url_for("referent.signataire", signataire_id=signataire_id))
    return _sheet_page(form, fiche)


def _add() -> ResponseReturnValue:
    form = SignataireForm()
    if COMPLETE in request.form:
        return _completed(form)
    if ADD_CONTACT in request.form:
        form.add_blank_contact()
    elif form.validate():
        with form.refusals():
            key = add_signataire(
                actor=actor(),
                departement=own_departement(actor()),
                identite=form.identite(),
                contacts=form.contacts_typed(),
                now=clock.now(),
            )
            flash(f"{form.nom.data} est enregistré. Il reste à saisir sa convention.", "succes")
            _say_nature(key, form.nature.data)
            following = "convention_nouvelle" if CONVENTION in request.form else "signataire"
            return redirect(url_for(f"referent.{following}", signataire_id=key))
    return _sheet_page(form)


def _sheet_page(
    form: SignataireForm,
    fiche: SignatairePage | None = None,
    *,
    autres: Sequence[SignataireKnown] = (),
    trouve: AnnuaireAnswer | None = None,
    ecarts: Sequence[tuple[str, str]] = (),
) -> ResponseReturnValue:
    """The form, with what the département (`autres`) and the register (`trouve`) know; `ecarts` say it otherwise."""
    page = render_template(
        "referent/signataire_formulaire.html",
        form=form,
        fiche=fiche,
        autres=autres,
        trouve=trouve,
        ecarts=ecarts,
        communes=list_communes(own_departement(actor())),
    )
    return page, form.http_status


def _completed(form: SignataireForm, fiche: SignatairePage | None = None) -> ResponseReturnValue:
    """The form again, its empty fields filled from the register; nothing is saved, nothing typed is lost."""
    found, told = complete(form)
    return _sheet_page(form, fiche, trouve=found, ecarts=told)


def _say_nature(signataire_id: int, typed: str, was: str = "") -> None:
    """Say which nature was taken when it is not the one typed, and for whom when it changed for others too (R35)."""
    saved = read_signataire(actor=actor(), signataire_id=signataire_id, now=clock.now())
    taken = NATURES[saved.nature]
    if saved.nature != typed:
        flash(
            f"La nature retenue est « {taken} », celle de ses autres fiches dans le département : un SIREN n’y a "
            "qu’une nature. Pour la changer, modifiez-la dans cette fiche : toutes la prendront.",
            "attention",
        )
    elif was and was != saved.nature and len(find_known(actor=actor(), identifiant=saved.identifiant)) > 1:
        flash(f"La nature « {taken} » vaut aussi pour ses autres fiches dans le département.", "info")


def _told_identity(fiche: SignatairePage) -> list[tuple[str, str]]:
    """The lines of its identity, '' when nothing is known; a few tell another column with them.

    Of yes and no, only yes is told.
    """
    together = {
        "effectif": "" if fiche.effectif is None else plural(fiche.effectif, "personne"),
        "secteur": ", code NAF ".join(filter(None, (fiche.secteur, fiche.naf))),
        "adresse": ", ".join(filter(None, (fiche.adresse, f"{fiche.code_postal} {fiche.commune}".strip()))),
        "is_partial_diffusion": "oui : l’adresse ne sort pas de la préfecture",
    }
    shown = [c for c in COLONNES if c.fiche and getattr(fiche, c.champ) is not False]
    return [(c.titre, together.get(c.champ, c.told(fiche) if getattr(fiche, c.champ) else "")) for c in shown]


def _told_own_columns(fiche: SignatairePage) -> list[tuple[str, str]]:
    """What the préfecture's own columns say of it, '' where nothing does; none for whoever is not its référent."""
    columns = own_columns(actor=actor(), departement=fiche.departement)
    held = own_values(actor=actor(), signataires=[fiche.id]).get(fiche.id, {}) if columns else {}
    return [(c.titre, told_own(c.genre, held.get(c.id, ""))) for c in columns]
