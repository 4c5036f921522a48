"""What the scheduler does, did and will do: the référent sees her département, the administrator everything."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.calendrier.travaux import TACHES, TRAVAUX, frequency
from paqte.domain.documents.reglages import travail_libelle
from paqte.domain.personnes.acteurs import ADMIN, REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.taches import ETATS
from paqte.ops import clock
from paqte.queries.planificateur.taches import TacheLue, TourLu, coming_tasks, list_tasks, list_tours
from paqte.services.planificateur.taches import retry_task
from paqte.services.planificateur.verification import is_scheduler_silent
from paqte.web.socle.session import actor
from paqte.web.socle.typed.refusals import refusals_told

blueprint = Blueprint("taches", __name__, url_prefix="/taches")


class LigneTravail(NamedTuple):
    """A job of the scheduler; `tour` None when it never ran."""

    libelle: str
    frequence: str
    pourquoi: str
    tour: TourLu | None


class LigneTache(NamedTuple):
    """A task with what people read of it."""

    tache: TacheLue
    libelle: str
    periode: str
    etat: str
    jour: date


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/")
@open_to(REFERENT, ADMIN)
def liste() -> ResponseReturnValue:
    """Failures first, then what was done, what comes, and whether the scheduler lives."""
    tours = {tour.travail: tour for tour in list_tours()}
    return render_template(
        "taches.html",
        travaux=[
            LigneTravail(t.libelle, frequency(t.secondes), t.pourquoi, tours.get(code)) for code, t in TRAVAUX.items()
        ],
        is_silent=is_scheduler_silent(current_app.extensions["paqte"], now=clock.now()),
        dernier=tours.get(TACHES),
        faites=[_tache_line(t) for t in list_tasks(actor=actor())],
        prochaines=[_tache_line(t) for t in coming_tasks(actor=actor())],
        is_one=actor().role == REFERENT,
    )


@blueprint.post("/<int:tache_id>/relancer")
@open_to(REFERENT, ADMIN)
def relancer(tache_id: int) -> ResponseReturnValue:
    """Have a failed task taken up at the next tick."""
    with refusals_told():
        name = retry_task(actor=actor(), tache_id=tache_id, now=clock.now())
        flash(f"{name} : la tâche sera reprise dans la minute.", "succes")
    return redirect(url_for("taches.liste"))


def _tache_line(tache: TacheLue) -> LigneTache:
    periode = Periode.from_code(tache.periode).libelle
    jour = local_date(tache.due_le, tache.departement)
    return LigneTache(tache, travail_libelle(tache.travail), periode, ETATS[tache.etat], jour)
