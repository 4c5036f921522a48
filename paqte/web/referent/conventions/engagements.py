"""The promises of a convention, an axis a page (R5, R6, R8b)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.conventions.engagements import offered
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import Axe, catalogue
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.conventions.conventions import ConventionPage, read_convention
from paqte.queries.conventions.promesses.promesses_doubles import double_promises
from paqte.services.conventions.engagements import set_engagements
from paqte.web.referent import blueprint
from paqte.web.referent.conventions.engagements_formulaire import IndicateurOffered, build_form, typed_promises
from paqte.web.socle.session import actor

ADD_FREE = "ajouter_libre"


@blueprint.route("/conventions/<int:convention_id>/engagements", methods=["GET", "POST"])
@blueprint.route("/conventions/<int:convention_id>/engagements/<axe>", methods=["GET", "POST"])
@open_to(REFERENT)
def engagements(convention_id: int, axe: str = "") -> ResponseReturnValue:
    """Choose what is promised on one axis; without one in the address, on the first."""
    fiche = read_convention(actor=actor(), convention_id=convention_id, now=clock.now())
    current = _axe(fiche, axe)
    lignes = _offered_lines(fiche, current)
    form = build_form(lignes, fiche.annees, fiche.version, one_more=ADD_FREE in request.form)
    if ADD_FREE not in request.form and form.validate_on_submit():
        with form.refusals():
            set_engagements(
                actor=actor(),
                convention_id=convention_id,
                version=form.version.data,
                axe=current.code,
                saisis=typed_promises(form),
                now=clock.now(),
                anterieures=form.anterieures_said(),
            )
            flash(f"Les engagements de l’axe « {current.libelle} » sont enregistrés.", "succes")
            _warn_of_doubles(convention_id, current)
            return redirect(_next_url(fiche, current))
    shown = {
        "fiche": fiche,
        "axe": current,
        "form": form,
        "etapes_axes": _steps(fiche, current),
        "suivant": _following(fiche, current),
        "thematiques": catalogue().thematiques,
        "doubles": double_promises(actor=actor(), convention_id=convention_id),
        "dernier_libre": max((p.form.rang for p in form.promesses if p.form.indicateur.traits.is_free), default=0),
    }
    return render_template("referent/engagements.html", **shown), form.http_status


def _warn_of_doubles(convention_id: int, axe: Axe) -> None:
    """Nothing is refused: both conventions may truly bear it, and the bilan then counts it once (R32)."""
    for double in double_promises(actor=actor(), convention_id=convention_id):
        if catalogue().indicateurs[double.code].axe == axe.code:
            flash(
                f"« {double.libelle} » est aussi un engagement de la convention {double.numero}, en vigueur en même "
                f"temps du {double.du:%d/%m/%Y} au {double.au:%d/%m/%Y}. Le bilan le compte une seule fois : la "
                "dernière réponse et, de deux réponses pour la même période, la plus grande. Gardez cet engagement "
                "dans une seule convention, ou expliquez pourquoi dans sa précision.",
                "attention",
            )


def _axe(fiche: ConventionPage, code: str) -> Axe:
    if not code:
        return fiche.axes[0]
    found = next((axe for axe in fiche.axes if axe.code == code), None)
    if found is None:
        raise NotFound("Cet axe")
    return found


def _offered_lines(fiche: ConventionPage, axe: Axe) -> list[IndicateurOffered]:
    """What may be promised on the axis in the term, and what is promised although its measure has ended."""
    promised = fiche.of_axe(axe.code)
    codes = {i.code for i in offered(catalogue(), axe.code, fiche.debut, fiche.fin)} | {e.indicateur for e in promised}
    found = [i for i in catalogue().of_axe(axe.code) if i.code in codes]
    return [
        IndicateurOffered(indicateur, tuple(e for e in promised if e.indicateur == indicateur.code))
        for indicateur in sorted(found, key=lambda i: i.traits.is_free)
    ]


def _steps(fiche: ConventionPage, current: Axe) -> list[dict[str, str]]:
    """The axes as steps: the one at hand, those with promises, the others."""
    return [
        {
            "libelle": axe.libelle,
            "etat": "courant" if axe == current else "fait" if fiche.of_axe(axe.code) else "a_venir",
            "url": "" if axe == current else url_for("referent.engagements", convention_id=fiche.id, axe=axe.code),
        }
        for axe in fiche.axes
    ]


def _following(fiche: ConventionPage, current: Axe) -> Axe | None:
    rank = fiche.axes.index(current)
    return fiche.axes[rank + 1] if rank + 1 < len(fiche.axes) else None


def _next_url(fiche: ConventionPage, current: Axe) -> str:
    following = _following(fiche, current)
    if following is None or "terminer" in request.form:
        return url_for("referent.convention", convention_id=fiche.id)
    return url_for("referent.engagements", convention_id=fiche.id, axe=following.code)
