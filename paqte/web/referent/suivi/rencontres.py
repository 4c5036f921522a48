"""Meetings: the list, one of them, to record, to correct, to delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.erreurs import Conflict, NotFound
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.saisie.textes import search_words, searchable
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
    tell_of_signatory,
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
GESTURE = "geste"
FILTER, ALL, NONE, CARDS, ENTER = "filtrer", "tous", "aucun", "contacts", "entree"
NO_NAME = "Ni le nom d’un jeune, ni celui d’un bénéficiaire."


class RencontresForm(FilterForm):
    genre = ChoiceField("Sorte de rencontre", choices={"": "Toutes", **GENRES}, default="")
    q = TextField("Mot, personne ou signataire", render_kw={"type": "search"})


class RencontreForm(OurForm):
    genre = ChoiceField("Sorte de rencontre", [Required("Choisissez une sorte de rencontre dans la liste.")])
    date = DateField("Date", [Required("Saisissez la date, par exemple 31/12/2026.")])
    signataires = BoxesField("Signataires rencontrés", coerce=int, description="Un, plusieurs, ou aucun.")
    cherche = TextField("Chercher un signataire", render_kw={"type": "search"})
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
            signataires=tuple(self.signataires.data or ()),
            objet=self.objet.data or "",
            decisions=self.decisions.data or "",
            promesses=self.promesses.data or "",
            prochaine_le=self.prochaine_le.data,
            contacts=tuple(self.contacts.data or ()),
            autres=self.autres.data or "",
        )


class RencontreSignataireForm(OurForm):
    decisions = LongTextField("Ce qui a été dit et décidé avec lui", limite=TEXT, description=NO_NAME)
    promesses = LongTextField("Ce qu’il promet", limite=TEXT, description="Qui fait quoi, et pour quand.")


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
    if not form.is_again and form.validate_on_submit():
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
    if not form.is_again and form.validate_on_submit():
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


@blueprint.route("/rencontres/<int:rencontre_id>/signataires/<int:signataire_id>", methods=["GET", "POST"])
@open_to(REFERENT)
def rencontre_signataire(rencontre_id: int, signataire_id: int) -> ResponseReturnValue:
    """What was decided with one of those who were there, and what it promised."""
    read = read_meeting(actor=actor(), rencontre_id=rencontre_id)
    met = read.told_of(signataire_id)
    if met is None:
        raise NotFound("Ce signataire")
    form = RencontreSignataireForm(data={"decisions": met.decisions, "promesses": met.promesses})
    if form.validate_on_submit():
        with form.refusals():
            tell_of_signatory(
                actor=actor(),
                now=clock.now(),
                rencontre_id=rencontre_id,
                version=form.version.data,
                signataire_id=signataire_id,
                decisions=form.decisions.data or "",
                promesses=form.promesses.data or "",
            )
            flash(f"{met.nom} : ce qui est décidé et promis est enregistré.", "succes")
            return redirect(url_for("referent.rencontre", rencontre_id=rencontre_id))
    if not form.is_submitted():
        form.version.data = read.version
    return render_template("referent/rencontre_signataire.html", form=form, r=read, met=met), form.http_status


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
    shown = {key for key, _ in _in_sight(form)}
    page = render_template("referent/rencontre_formulaire.html", form=form, rencontre=read, annuler=back, montres=shown)
    return page, form.http_status


def _meeting_form(departement: str, read: RencontreShown | None = None) -> RencontreForm:
    """The form with what it offers: signatories of the place, cards of those ticked and of those who were there."""
    signatories = signataire_choices(actor=actor(), departement=departement)
    form = RencontreForm(data=_meeting_data(read) if read else _filled(departement, signatories))
    form.genre.choices = {"": "Choisissez…", **GENRES}
    form.signataires.choices = list(signatories.items())
    if form.is_submitted():
        _obey_gesture(form, request.form.get(GESTURE, ""))
    elif read is not None:
        form.version.data = read.version
    form.contacts.choices = _cards_offered(form, [*_carded(read), *(form.contacts.data or ())])
    return form


def _obey_gesture(form: RencontreForm, asked: str) -> None:
    """Do what a button of the list of signatories asks, after which the page comes again.

    The Enter key searches when something else is searched for than what the list shows, which its button says after
    « : »; otherwise it saves, as the last button does.
    """
    enter, _, shown = asked.partition(":")
    if enter == ENTER and (form.cherche.data or "") != shown:
        asked = FILTER
    if asked not in (FILTER, ALL, NONE, CARDS):
        return
    form.is_again = True
    if asked in (ALL, NONE):
        form.signataires.data = [key for key, _ in _in_sight(form)] if asked == ALL else []


def _in_sight(form: RencontreForm) -> list[tuple[int, str]]:
    """Signatories that the list shows: those ticked, and those that what was searched for keeps."""
    words, ticked = search_words(form.cherche.data or ""), set(form.signataires.data or ())
    return [
        (key, nom)
        for key, nom in form.signataires.choices
        if key in ticked or all(word in searchable(nom) for word in words)
    ]


def _cards_offered(form: RencontreForm, others: list[int]) -> list[tuple[int, str]]:
    """Cards to tick, as they are read: each says of which signatory it is."""
    cards = contacts_to_tick(actor=actor(), signataires=form.signataires.data or (), others=others)
    return [(c.id, f"{c.nom}, {f'{c.fonction}, ' if c.fonction else ''}{c.signataire}") for c in cards]


def _filled(departement: str, signatories: Mapping[int, str]) -> dict[str, Any]:
    genre = request.args.get("genre", "")
    asked = [whole(text) for text in request.args.getlist("signataire")]
    return {
        "genre": genre if genre in GENRES else "",
        "date": local_date(clock.now(), departement),
        "signataires": [key for key in asked if key in signatories],
    }


def _carded(read: RencontreShown | None) -> list[int]:
    """Keys of the cards that those who were there were taken from; a card may be gone since."""
    return [one.contact_id for one in read.presents if one.contact_id is not None] if read else []


def _meeting_data(read: RencontreShown) -> dict[str, Any]:
    cards = {c.id for c in contacts_to_tick(actor=actor(), signataires=(), others=_carded(read))}
    return {
        "genre": read.genre,
        "date": read.date,
        "signataires": [one.id for one in read.signataires],
        "objet": read.objet,
        "contacts": [one.contact_id for one in read.presents if one.contact_id in cards],
        "autres": "\n".join(one.nom for one in read.presents if one.contact_id not in cards),
        "decisions": read.decisions,
        "promesses": read.promesses,
        "prochaine_le": read.prochaine_le,
    }
