"""A page that shows every component once, for tests and for the eye; never part of the product."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from paqte.domain.erreurs import Conflict
from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.domain.saisie.nombres import POURCENTAGE
from paqte.web.affichage.svg import Point
from paqte.web.formulaires.base import FilterForm, OurForm
from paqte.web.formulaires.champs import (
    BoxesField,
    BoxField,
    ChoiceField,
    CourrielField,
    DateField,
    FichierField,
    LongTextField,
    QuantiteField,
    RadiosField,
    Required,
    SiretField,
    TextField,
)

AXES = {"SENSIBILISER": "Sensibiliser", "FORMER": "Former", "RECRUTER": "Recruter"}


class FicheForm(OurForm):
    """One field of each kind."""

    siret = SiretField("SIRET", [Required()])
    debut = DateField("Date de début", [Required()])
    cible = QuantiteField("Cible", [Required()])
    part = QuantiteField("Part de jeunes des quartiers", genre=POURCENTAGE)
    nom = TextField("Nom du contact", limite=20)
    courriel = CourrielField("Courriel du contact")
    axe = ChoiceField("Axe principal", [Required()], choices={"": "Choisissez…"} | AXES)
    duree = RadiosField("Durée", [Required()], choices={"3": "Trois ans", "autre": "Autre durée"})
    axes = BoxesField("Axes", choices=AXES)
    neant = BoxField("Je confirme un résultat nul (néant)")
    texte = LongTextField("Description", limite=50)
    piece = FichierField("Convention signée (PDF)")


class ListeForm(FilterForm):
    """Filters of a list."""

    q = TextField("Nom ou SIRET")
    etat = ChoiceField("État", choices={"": "Tous", "en_cours": "En cours"})
    genre = ChoiceField("Axe", choices={"": "Tous"} | AXES)


def register(app: Flask) -> None:
    """Add the page to an application that has not served anything yet."""
    blueprint = Blueprint("catalogue", __name__, template_folder=str(Path(__file__).parent / "gabarits"))

    @blueprint.route("/catalogue", methods=["GET", "POST"])
    @open_to(PUBLIC)
    def catalogue() -> ResponseReturnValue:
        form = FicheForm()
        if form.is_submitted():
            form.validate()
            form.apply_warnings({"part": "À expliquer : c’est plus de 3 fois la période précédente, 4."})
            if form.nom.data == "conflit":
                form.apply_refusal(Conflict("Zoé a enregistré pendant votre saisie.", {"nom": "Zoé", "version": "7"}))
        return render_template("catalogue.html", form=form, filtre=ListeForm(), points=_points()), form.http_status

    app.register_blueprint(blueprint)


def _points() -> list[Point]:
    values = (3, 8, None, 12, 18, 24)
    names = ("S1 2024", "S2 2024", "S1 2025", "S2 2025", "S1 2026", "S2 2026")
    return [Point(n, None if v is None else Decimal(v)) for n, v in zip(names, values, strict=True)]
