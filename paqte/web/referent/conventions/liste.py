"""The list of signatories: search, filters, what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.conventions.avancement import AVANCEMENTS, RETARD, SILENCE, ProgressVerdict
from paqte.domain.conventions.propres import choices_of, told_own
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import CATEGORIES, DISPOSITIFS, ETATS, NATURES
from paqte.ops import clock
from paqte.queries.conventions.propres import ColonneKept, own_columns, own_values, signatories_with
from paqte.queries.conventions.signataires import (
    ETATS_FILTRES,
    PER_PAGE,
    TRIS,
    SignatairesFound,
    SignatairesSought,
    list_keys,
    list_signataires,
)
from paqte.queries.perimetre import own_departement
from paqte.queries.suivi.avancements import read_verdicts
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import BoxField, ChoiceField, ColonnesField, TextField
from paqte.web.referent import blueprint
from paqte.web.socle.lists import as_left, page_asked
from paqte.web.socle.session import actor
from paqte.web.socle.typed.ticked import EVERYTHING, MOST, ticks_asked

SIZES = {code: label for code, label in CATEGORIES.items() if code}
AVANCEMENT = "avancement"
# All those to be seen to, the silent ones too: nobody who looks for who is late means to leave them out.
TARD = "tard"
STANDINGS = {TARD: (RETARD, SILENCE)} | {code: (code,) for code in AVANCEMENTS}
# What the list may show after the name, and the sort that the heading of some of them gives.
COLUMNS = {
    "commune": "Commune",
    "nature": "Nature",
    "convention": "Convention",
    "axes": "Axes",
    AVANCEMENT: "Avancement",
}
SORTED_BY = {"convention": "fin", AVANCEMENT: AVANCEMENT}
AXES = {axe.code: axe.libelle for axe in catalogue().axes.values()}


def own_code(colonne: ColonneKept) -> str:
    """What an address calls a column of the préfecture's own."""
    return f"propre-{colonne.id}"


class SearchForm(FilterForm):
    """What the list is narrowed to; an answer that is not in a list narrows nothing."""

    q = TextField("Nom, SIRET ou commune", render_kw={"type": "search"})
    etat = ChoiceField("Convention", choices={"": "Toutes", **ETATS_FILTRES}, default="")
    nature = ChoiceField("Nature", choices={"": "Toutes", **NATURES}, default="")
    taille = ChoiceField("Catégorie", choices={"": "Toutes", **SIZES}, default="")
    axe = ChoiceField("Engagé sur l’axe", choices={"": "Tous", **AXES}, default="")
    avancement = ChoiceField(
        "Avancement", choices={"": "Tous", TARD: "En retard ou sans réponse récente", **AVANCEMENTS}, default=""
    )
    plan = BoxField("Plan « 10 000 entreprises »")
    sans_contact = BoxField("Sans contact")
    propre = ChoiceField("Colonne gardée", choices={"": "Toutes"}, default="")
    cherche = TextField("Ce qu’elle contient", description="Un mot, un nombre ou une date")
    montre = ColonnesField(choices=COLUMNS)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.colonnes = own_columns(actor=actor(), departement=own_departement(actor()))
        narrowings = ((c, code, label) for c in self.colonnes for code, label in choices_of(c.genre).items())
        own = {f"{c.id}-{code}": f"{c.titre} : {label}" for c, code, label in narrowings}
        self.propre.choices = {"": "Toutes", **own}
        self.montre.choices = {**COLUMNS, **{own_code(c): c.titre for c in self.colonnes}}

    def criteres(self) -> SignatairesSought:
        """The criteria asked for; the sort is in the headings of the table."""
        self.validate()
        asked = {
            name: "" if self[name].errors else self[name].data or ""
            for name in ("q", "etat", "nature", "taille", "axe")
        }
        tri = request.args.get("tri", "")
        standing = self.verdicts()
        wanted = "" if self.avancement.errors else self.avancement.data
        among = [frozenset(key for key, one in standing.items() if one.code in STANDINGS[wanted])] if wanted else []
        among += self._among_own()
        return SignatairesSought(
            **asked,
            plan=self.plan.data,
            sans_contact=self.sans_contact.data,
            tri=tri if tri in TRIS else "nom",
            parmi=frozenset.intersection(*among) if among else None,
            rangs={key: list(AVANCEMENTS).index(one.code) for key, one in standing.items()},
        )

    def _among_own(self) -> list[frozenset[int]]:
        """Those whose own column says what is asked; nothing when none is asked."""
        key, _, choix = (self.propre.data or "").partition("-")
        cherche = "" if self.cherche.errors else self.cherche.data or ""
        return [
            signatories_with(actor=actor(), colonne=c, choix=choix, cherche=cherche)
            for c in self.colonnes
            if str(c.id) == key
        ]

    def shown(self) -> list[ColonneKept]:
        """The own columns that the list shows: those kept in it, and the one it is narrowed by."""
        if chosen := self.montre.chosen:
            return [c for c in self.colonnes if own_code(c) in chosen]
        key = (self.propre.data or "").partition("-")[0]
        return [c for c in self.colonnes if c.is_listed or str(c.id) == key]

    def columns(self) -> tuple[str, ...]:
        """The columns that the list shows after the name, own ones apart: those chosen, else its usual ones."""
        usual = ("commune", "nature", "convention", AVANCEMENT if self.verdicts() else "axes")
        chosen = self.montre.chosen
        return tuple(code for code in COLUMNS if code in chosen) if chosen else usual

    def verdicts(self) -> Mapping[int, ProgressVerdict]:
        """Where each stands, when the list is narrowed to it or sorted by it."""
        is_sorted = request.args.get("tri", "").endswith(AVANCEMENT)
        if not (self.avancement.data or is_sorted or AVANCEMENT in self.montre.chosen):
            return {}
        return read_verdicts(actor=actor(), departement=own_departement(actor()), now=clock.now())


@blueprint.get("/signataires")
@open_to(*TERRITORIAL)
@as_left(
    "q", "etat", "nature", "taille", "axe", "avancement", "plan", "sans_contact", "propre", "cherche", "montre", "tri"
)
def signataires() -> ResponseReturnValue:
    """The signatories of the département, fifty a page."""
    form = SearchForm(request.args)
    criteres = form.criteres()
    names = ("q", "etat", "nature", "axe", "taille", "plan", "sans_contact")
    asked = {name: value for name in names if (value := getattr(criteres, name))}
    asked |= {name: form[name].data for name in ("avancement", "propre", "cherche", "montre") if form[name].data}
    page, ticks = (
        list_signataires(actor=actor(), criteres=criteres, page=page_asked(), now=clock.now()),
        ticks_asked(),
    )
    return render_template(
        "referent/signataires.html",
        form=form,
        page=page,
        coches=bool(ticks),
        hors=_ticked_elsewhere(criteres, page) if ticks == EVERYTHING else [],
        par_page=PER_PAGE,
        tri=criteres.tri,
        actifs=len(asked),
        verdicts=form.verdicts(),
        avancements=AVANCEMENTS,
        colonnes=form.columns(),
        titres_colonnes=[{"titre": COLUMNS[code], "tri": SORTED_BY.get(code, "")} for code in form.columns()],
        propres=form.shown(),
        valeurs=own_told(form.shown(), [ligne.id for ligne in page.lignes]),
        etats=ETATS,
        natures=NATURES,
        categories=CATEGORIES,
        dispositifs=DISPOSITIFS,
        axes=catalogue().axes,
    )


def _ticked_elsewhere(criteres: SignatairesSought, page: SignatairesFound) -> list[int]:
    """The keys of the list that stand on its other pages, as many as one gesture takes."""
    here = {ligne.id for ligne in page.lignes}
    keys = list_keys(actor=actor(), criteres=criteres, now=clock.now())
    return [key for key in keys if key not in here][: MOST - len(here)]


def own_told(columns: Sequence[ColonneKept], signataires: Sequence[int]) -> dict[int, dict[int, str]]:
    """What people read of these columns, by signatory then column."""
    if not columns:
        return {}
    kinds = {c.id: c.genre for c in columns}
    held = own_values(actor=actor(), signataires=signataires)
    return {key: {c: told_own(kinds[c], v) for c, v in one.items() if c in kinds} for key, one in held.items()}
