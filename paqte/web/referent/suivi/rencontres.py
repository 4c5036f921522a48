"""Meetings: the list, one of them, to record, to correct, to delete."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.erreurs import Conflict
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.rencontres import GENRES
from paqte.ops import clock
from paqte.queries.conventions.rencontres import (
    RencontreShown,
    RencontresSought,
    contacts_to_tick,
    list_meetings,
    read_meeting,
)
from paqte.queries.declarations.preuves.actions import signataire_choices
from paqte.queries.perimetre import own_departement
from paqte.services.conventions.rencontres import (
    SUBJECT,
    TEXT,
    RencontreTyped,
    change_meeting,
    delete_meeting,
    record_meeting,
)
from paqte.web.formulaires.base import FilterForm, OurForm
from paqte.web.formulaires.champs import (
    BoxesField,
    ChoiceField,
    DateField,
    LongTextField,
    Required,
    TextField,
)
from paqte.web.referent import blueprint
from paqte.web.socle.lists import as_left, page_within
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.ticked import whole

PER_PAGE = 30
TO_CALL = "appels"
NO_NAME = "Ni le nom d’un jeune, ni celui d’un bénéficiaire."


class RencontresForm(FilterForm):
    genre = ChoiceField("Sorte de rencontre", choices={"": "Toutes", **GENRES}, default="")
    q = TextField("Mot, personne ou signataire", render_kw={"type": "search"})


class RencontreForm(OurForm):
    genre = ChoiceField("Sorte de rencontre", [Required("Choisissez une sorte de rencontre dans la liste.")])
    date = DateField("Date", [Required("Saisissez la date, par exemple 31/12/2026.")])
    signataire_id = ChoiceField(
        "Signataire", default="", description="Laissez « Plusieurs, ou aucun » pour un comité de pilotage."
    )
    objet = TextField("Objet", limite=SUBJECT)
    contacts = BoxesField("Contacts présents", coerce=int)
    autres = LongTextField(
        "Autres personnes présentes",
        limite=TEXT,
        description="Une personne par ligne. " + NO_NAME,
        render_kw={"rows": 3},
    )
    decisions = LongTextField("Ce qui a été dit et décidé", limite=TEXT, description=NO_NAME, render_kw={"rows": 4})
    promesses = LongTextField(
        "Ce qui est promis", limite=TEXT, description="Qui fait quoi, et pour quand.", render_kw={"rows": 3}
    )
    prochaine_le = DateField("Prochaine date", description="Elle figurera au calendrier.")

    def typed(self) -> RencontreTyped:
        return RencontreTyped(
            date=self.date.data,
            genre=self.genre.data,
            signataire_id=int(self.signataire_id.data) if self.signataire_id.data else None,
            objet=self.objet.data or "",
            decisions=self.decisions.data or "",
            promesses=self.promesses.data or "",
            prochaine_le=self.prochaine_le.data,
            contacts=tuple(self.contacts.data or ()),
            autres=self.autres.data or "",
        )


@blueprint.get("/rencontres")
@open_to(REFERENT)
@as_left("genre", "q")
def rencontres() -> ResponseReturnValue:
    """Every meeting of the département, latest first."""
    departement = own_departement(actor())
    form, filtre, found = meetings_found()
    page = page_within(len(found), PER_PAGE)
    return render_template(
        "referent/rencontres.html",
        form=form,
        rencontres=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        par_page=PER_PAGE,
        actifs=sum(map(bool, (filtre.genre, filtre.q))),
        auj=local_date(clock.now(), departement),
    )


def meetings_found() -> tuple[RencontresForm, RencontresSought, list[RencontreShown]]:
    """What the address asks for, as a form and as it is read, and the meetings kept."""
    asked = {name: request.args.get(name, "") for name in ("genre", "q")}
    filtre = RencontresSought(asked["genre"] if asked["genre"] in GENRES else "", asked["q"])
    found = list_meetings(actor=actor(), departement=own_departement(actor()), filtre=filtre)
    return RencontresForm(request.args), filtre, found


@blueprint.route("/rencontres/nouvelle", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def rencontre_nouvelle() -> ResponseReturnValue:
    """Record a meeting; `signataire`, `genre` and `suite` of the address fill the form."""
    departement = own_departement(actor())
    form = _meeting_form(departement)
    if form.validate_on_submit():
        with form.refusals():
            key = record_meeting(actor=actor(), now=clock.now(), departement=departement, rencontre=form.typed())
            flash(f"{GENRES[form.genre.data]} du {form.date.data:%d/%m/%Y} : la rencontre est enregistrée.", "succes")
            if request.args.get("suite") == TO_CALL:
                return redirect(url_for("referent.appels"))
            return redirect(url_for("referent.rencontre", rencontre_id=key))
    return _meeting_page(form)


@blueprint.get("/rencontres/<int:rencontre_id>")
@open_to(REFERENT)
def rencontre(rencontre_id: int) -> ResponseReturnValue:
    """One meeting."""
    return render_template("referent/rencontre.html", r=read_meeting(actor=actor(), rencontre_id=rencontre_id))


@blueprint.route("/rencontres/<int:rencontre_id>/modifier", methods=["GET", "POST"])
@open_to(REFERENT)
def rencontre_modifier(rencontre_id: int) -> ResponseReturnValue:
    """Correct a meeting."""
    read = read_meeting(actor=actor(), rencontre_id=rencontre_id)
    form = _meeting_form(own_departement(actor()), read)
    if form.validate_on_submit():
        with form.refusals():
            change_meeting(
                actor=actor(),
                now=clock.now(),
                rencontre_id=rencontre_id,
                version=form.version.data,
                rencontre=form.typed(),
            )
            flash("La rencontre est enregistrée.", "succes")
            return redirect(url_for("referent.rencontre", rencontre_id=rencontre_id))
    return _meeting_page(form, read)


@blueprint.route("/rencontres/<int:rencontre_id>/supprimer", methods=["GET", "POST"])
@open_to(REFERENT)
def rencontre_supprimer(rencontre_id: int) -> ResponseReturnValue:
    """Ask, then delete."""
    read = read_meeting(actor=actor(), rencontre_id=rencontre_id)
    form = OurForm()
    if form.validate_on_submit():
        try:
            delete_meeting(actor=actor(), now=clock.now(), rencontre_id=rencontre_id, version=form.version.data)
        except Conflict as conflict:
            form.apply_refusal(conflict)
        else:
            flash("La rencontre est supprimée.", "succes")
            return redirect(url_for("referent.rencontres"))
    form.version.data = read.version
    return render_template("referent/rencontre_supprimer.html", form=form, r=read), form.http_status


def _meeting_page(form: RencontreForm, read: RencontreShown | None = None) -> ResponseReturnValue:
    if read is not None:
        back = url_for("referent.rencontre", rencontre_id=read.id)
    else:
        back = url_for("referent.appels" if request.args.get("suite") == TO_CALL else "referent.rencontres")
    page = render_template("referent/rencontre_formulaire.html", form=form, rencontre=read, annuler=back)
    return page, form.http_status


def _meeting_form(departement: str, read: RencontreShown | None = None) -> RencontreForm:
    signatories = signataire_choices(actor=actor(), departement=departement)
    asked = whole(request.args.get("signataire"))
    signataire = read.signataire_id if read else asked if asked in signatories else None
    there = [one.contact_id for one in read.presents if one.contact_id is not None] if read else []
    cards = contacts_to_tick(actor=actor(), signataire_id=signataire, others=there)
    form = RencontreForm(data=_meeting_data(read, {c.id for c in cards}) if read else _filled(departement, signataire))
    form.genre.choices = {"": "Choisissez…", **GENRES}
    form.signataire_id.choices = {"": "Plusieurs, ou aucun", **{str(key): nom for key, nom in signatories.items()}}
    form.contacts.choices = [(c.id, f"{c.nom}, {c.fonction}" if c.fonction else c.nom) for c in cards]
    if read is not None and not form.is_submitted():
        form.version.data = read.version
    return form


def _filled(departement: str, signataire: int | None) -> dict[str, Any]:
    genre = request.args.get("genre", "")
    return {
        "genre": genre if genre in GENRES else "",
        "date": local_date(clock.now(), departement),
        "signataire_id": str(signataire or ""),
    }


def _meeting_data(read: RencontreShown, cards: set[int]) -> dict[str, Any]:
    ticked = [one.contact_id for one in read.presents if one.contact_id in cards]
    return {
        "genre": read.genre,
        "date": read.date,
        "signataire_id": str(read.signataire_id or ""),
        "objet": read.objet,
        "contacts": ticked,
        "autres": "\n".join(one.nom for one in read.presents if one.contact_id not in cards),
        "decisions": read.decisions,
        "promesses": read.promesses,
        "prochaine_le": read.prochaine_le,
    }
