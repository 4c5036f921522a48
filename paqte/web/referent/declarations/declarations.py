"""The declarations of a département: the list of what is owed, and each one with what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.declarations.reponses import Saisie
from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.saisie.textes import search_words, searchable
from paqte.domain.statuts.declarations import ETATS, ORIGINES, RENVOYER, ROUVRIR, SAISIR, TRANSMETTRE, VALIDER, may
from paqte.domain.statuts.signalements import ETATS as ETATS_SIGNALEMENT
from paqte.ops import clock
from paqte.queries.conventions.journaux.historique import declaration_history
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.declarations.listes.declarations import (
    A_RELANCER,
    A_VALIDER,
    GROUPES,
    INCOMPLETE,
    DeclarationOwed,
    DeclarationsOwed,
    first_listed_year,
    owed_declarations,
)
from paqte.queries.declarations.preuves.justificatifs import evidence_of
from paqte.queries.declarations.signalements import reports_of
from paqte.queries.perimetre import own_departement
from paqte.services.declarations.declarations import (
    reopen_declaration,
    send_back,
    submit_and_validate,
    validate_declaration,
)
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import FilterForm, OurForm
from paqte.web.formulaires.champs import ChoiceField, ColonnesField, LongTextField, Required, TextField
from paqte.web.referent import blueprint
from paqte.web.referent.declarations.incompletes import ask_first, is_to_confirm
from paqte.web.socle.lists import as_left, page_within
from paqte.web.socle.session import actor
from paqte.web.socle.typed.ticked import EVERYTHING, MOST, ticks_asked

PER_PAGE = 50
LATE = "en_retard"
ALL = "toutes"
TO_DO = {code: GROUPES[code] for code in (A_VALIDER, A_RELANCER, INCOMPLETE)}
YEARS_BACK = 3


# What the list may show after the name.
COLUMNS = {
    "periode": "Période",
    "etat": "État",
    "agir": "Qui doit agir",
    "reponses": "Réponses",
    "manquantes": "Sans réponse",
    "echeance": "Échéance",
    "transmise": "Transmise le",
}
USUAL = ("periode", "etat", "reponses", "echeance")


class DeclarationsForm(FilterForm):
    periode = ChoiceField("Période")
    etat = ChoiceField(
        "État", choices={"": "Tous", "Ce qui reste à faire": TO_DO, "État": {LATE: "En retard", **ETATS}}
    )
    q = TextField("Signataire ou convention")
    montre = ColonnesField(choices=COLUMNS)

    def columns(self) -> tuple[str, ...]:
        """The columns that the list shows after the name: those chosen, else its usual ones."""
        return self.montre.chosen or USUAL


class VersionForm(OurForm):
    """A button that acts on the declaration as it was seen."""


class ReopenForm(OurForm):
    motif = LongTextField(
        "Pourquoi la rouvrir ?",
        [Required("Expliquez pourquoi elle est rouverte, en une phrase.")],
        limite=1_000,
        description="Ce motif figurera dans l’historique et dans la feuille « Qualité » du prochain bilan.",
    )


@blueprint.get("/declarations")
@open_to(*TERRITORIAL)
@as_left("periode", "etat", "q", "montre")
def declarations() -> ResponseReturnValue:
    """What is owed, by whom, and what to do next."""
    form = DeclarationsForm(request.args)
    windows, owed, found = declarations_found(form)
    page = page_within(len(found), PER_PAGE)
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    ticks = ticks_asked()
    return render_template(
        "referent/declarations.html",
        form=form,
        owed=owed,
        periode_seule=windows[0].code if len(windows) == 1 and windows[0].genre in ("S", "T") else "",
        titre_periode="Toutes les périodes" if len(windows) > 1 else windows[0].libelle,
        lignes_par_groupe=[(code, list(theirs)) for code, theirs in groupby(shown, key=lambda one: one.groupe)],
        total=len(found),
        page=page,
        par_page=PER_PAGE,
        coches=bool(ticks),
        hors=_ticked_elsewhere(found, page) if ticks == EVERYTHING else [],
        ETATS=ETATS,
        GROUPES=GROUPES,
        colonnes=form.columns(),
        titres_colonnes=[{"titre": COLUMNS[code], "nombre": code == "reponses"} for code in form.columns()],
        a_faire=TO_DO,
        actifs=sum(bool(request.args.get(name)) for name in ("periode", "etat", "q", "montre")),
    )


def declarations_found(
    form: DeclarationsForm,
) -> tuple[Sequence[Periode], DeclarationsOwed, list[DeclarationOwed]]:
    """The periods asked for, all that is owed in them, and the lines kept, those to act on first."""
    now, departement = clock.now(), own_departement(actor())
    today = local_date(now, departement)
    windows = _windows(form, today, first_listed_year(departement, today))
    owed = owed_declarations(actor=actor(), departement=departement, periodes=windows, now=now)
    order = list(GROUPES)
    kept = (ligne for ligne in owed.lignes if _matches(ligne, form))
    return windows, owed, sorted(kept, key=lambda one: order.index(one.groupe))


@blueprint.get("/declarations/<int:declaration_id>")
@open_to(*TERRITORIAL)
def declaration(declaration_id: int) -> ResponseReturnValue:
    """One declaration: former and new side by side, what is missing, where each value comes from."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    return render_template("referent/declaration.html", **_page_variables(page, _version_form(page)))


@blueprint.post("/declarations/<int:declaration_id>/valider")
@open_to(REFERENT)
def declaration_valider(declaration_id: int) -> ResponseReturnValue:
    """Validate what was read; of an incomplete one, ask first."""
    form = VersionForm()
    if form.validate_on_submit():
        page = read_declaration(actor=actor(), declaration_id=declaration_id)
        versions = {declaration_id: form.version.data}
        if is_to_confirm([page], versions):
            return ask_first([page], versions)
        with form.refusals():
            _validate(page, form.version.data)
            flash("La déclaration est validée : elle compte désormais dans le bilan.", "succes")
            return redirect(url_for("referent.declaration", declaration_id=declaration_id))
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    form.version.data = page.version
    return render_template("referent/declaration.html", **_page_variables(page, form)), form.http_status


@blueprint.route("/declarations/<int:declaration_id>/renvoyer", methods=["GET", "POST"])
@open_to(REFERENT)
def declaration_renvoyer(declaration_id: int) -> ResponseReturnValue:
    """Ask back on the very answers."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    if not may(page.etat, RENVOYER) and request.method == "GET":
        return redirect(url_for("referent.declaration", declaration_id=declaration_id))
    form = _questions_form(page)
    if form.validate_on_submit():
        keys = [None, *(ligne.engagement_id for ligne in page.lignes)]
        with form.refusals():
            send_back(
                actor=actor(),
                now=clock.now(),
                declaration_id=declaration_id,
                version=form.version.data,
                commentaires={key: form[f"retour_{key or 0}"].data for key in keys},
                base_url=public_address(),
            )
            flash("Vos questions sont envoyées avec la déclaration.", "succes")
            return redirect(url_for("referent.declaration", declaration_id=declaration_id))
    return render_template("referent/declaration_renvoyer.html", form=form, page=page), form.http_status


@blueprint.route("/declarations/<int:declaration_id>/rouvrir", methods=["GET", "POST"])
@open_to(REFERENT)
def declaration_rouvrir(declaration_id: int) -> ResponseReturnValue:
    """Open a validated declaration again, for a reason."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    if not may(page.etat, ROUVRIR) and request.method == "GET":
        return redirect(url_for("referent.declaration", declaration_id=declaration_id))
    form = ReopenForm()
    if not form.is_submitted():
        form.version.data, form.motif.data = page.version, _reported(page)
    if form.validate_on_submit():
        with form.refusals():
            reopen_declaration(
                actor=actor(),
                now=clock.now(),
                declaration_id=declaration_id,
                version=form.version.data,
                motif=form.motif.data,
                base_url=public_address(),
            )
            flash("La déclaration est rouverte : corrigez-la, puis validez-la de nouveau.", "succes")
            return redirect(url_for("referent.declaration_saisir", declaration_id=declaration_id))
    return render_template("referent/declaration_rouvrir.html", form=form, page=page), form.http_status


def _validate(page: DeclarationShown, version: int | None) -> None:
    """What was sent is validated; what the référent has just typed is sent and validated in one gesture (R18)."""
    told: dict[str, Any] = {"actor": actor(), "now": clock.now(), "base_url": public_address()}
    if request.form.get("saisie") == "1" and may(page.etat, TRANSMETTRE):
        submit_and_validate(declaration_id=page.id, version=version, saisie=Saisie({}), **told)
    else:
        validate_declaration(declaration_id=page.id, version=version, **told)


def _version_form(page: DeclarationShown) -> VersionForm:
    form = VersionForm()
    form.version.data = page.version
    return form


def _page_variables(page: DeclarationShown, form: VersionForm) -> dict[str, Any]:
    acts = {"saisir": SAISIR, "valider": VALIDER, "renvoyer": RENVOYER, "rouvrir": ROUVRIR}
    reports = reports_of(actor=actor(), declaration_id=page.id)
    if any(one.is_open for one in reports):
        del acts["valider"]  # not over its company's head
    return {
        "page": page,
        "form": form,
        "etat": ETATS[page.etat],
        "origines": ORIGINES,
        "peut_faire": {name for name, act in acts.items() if may(page.etat, act)},
        "historique": declaration_history(actor=actor(), declaration_id=page.id),
        "justificatifs": evidence_of(actor=actor(), declaration_id=page.id),
        "signalements": reports,
        "etats_signalement": ETATS_SIGNALEMENT,
    }


def _questions_form(page: DeclarationShown) -> OurForm:
    """A comment for each engagement (retour_12) and one for the whole (retour_0)."""
    fields = {
        f"retour_{ligne.engagement_id}": LongTextField(
            f"Question sur « {ligne.libelle} »", limite=1_000, render_kw={"rows": 2, "data-limite": 1_000}
        )
        for ligne in page.lignes
    }
    fields["retour_0"] = LongTextField("Question ou remarque sur l’ensemble", limite=1_000)
    form = type("QuestionsForm", (OurForm,), fields)()
    if not form.is_submitted():
        form.version.data, form["retour_0"].data = page.version, _reported(page)
    return form


def _reported(page: DeclarationShown) -> str:
    """What its company says is wrong, so that giving it back takes one gesture."""
    waiting = [one.motif for one in reports_of(actor=actor(), declaration_id=page.id) if one.is_open]
    return f"Erreur signalée par l’entreprise : {waiting[0]}"[:1_000] if waiting else ""


def _windows(form: DeclarationsForm, today: date, first: int) -> Sequence[Periode]:
    """The period asked for; without one, the last closed semester, or every one when a state is asked for."""
    years = [Periode(year, "A", 1) for year in range(min(first, today.year - YEARS_BACK), today.year + 1)]
    semesters = [s for year in reversed(years) for s in reversed(year.parts("S")) if s.debut <= today]
    quarters = [t for year in reversed(years) for t in reversed(year.parts("T")) if t.debut <= today]
    form.periode.choices = {
        ALL: "Toutes les périodes",
        "Semestres": {s.code: s.libelle for s in semesters},
        "Trimestres": {t.code: t.libelle for t in quarters},
    }
    asked = form.periode.data or ""
    if asked == ALL or (not asked and form.etat.data):
        form.periode.data = ALL
        return years
    try:
        window = Periode.from_code(asked)
    except ValueError:
        window = last_closed(today, "S")
    form.periode.data = window.code
    if window.code not in {p.code for p in (*semesters, *quarters)}:
        form.periode.choices["Semestres"][window.code] = window.libelle
    return [window]


def _matches(ligne: DeclarationOwed, form: DeclarationsForm) -> bool:
    etat = form.etat.data or ""
    if etat == LATE and not ligne.is_late:
        return False
    if etat in ETATS and ligne.etat != etat:
        return False
    if etat in TO_DO and ligne.groupe != etat:
        return False
    told = searchable(f"{ligne.signataire} {ligne.convention}")
    return all(word in told for word in search_words(form.q.data or ""))


def _ticked_elsewhere(found: Sequence[DeclarationOwed], page: int) -> list[str]:
    """The lines of the list that stand on its other pages, as many as one gesture takes."""
    start = (page - 1) * PER_PAGE
    others = [*found[:start], *found[start + PER_PAGE :]]
    return [f"{ligne.signataire_id}.{ligne.declaration_id or 0}" for ligne in others[: MOST - PER_PAGE]]
