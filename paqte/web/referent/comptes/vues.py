"""Views: a list under a name of one's own, whose address opens it to the whole département."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.comptes.habitudes import ViewListed, own_views, read_view
from paqte.services.comptes.habitudes import LONGEST, NAME, keep_view, rename_view, withdraw_view
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import Required, TextField
from paqte.web.referent import blueprint
from paqte.web.socle.acces import may_write
from paqte.web.socle.lists import EVERYTHING, names_of
from paqte.web.socle.session import actor
from paqte.web.socle.typed.refusals import refusals_told

# What is typed to search may be somebody's name: it belongs to a visit, never to what others open.
SEARCHED = frozenset({"q", "cherche"})


class ViewForm(OurForm):
    """A name, of the list that the hidden fields say."""

    nom = TextField("Nom de la vue", [Required()], limite=NAME)
    liste = TextField("Liste", limite=NAME)
    filtres = TextField("Choix de la liste", limite=LONGEST)


@dataclass(frozen=True, slots=True)
class ViewsShown:
    """What the control « Vues » of a list shows: the list, what it would keep of it, the views there are."""

    liste: str
    filtres: str
    siennes: list[ViewListed]
    origine: str
    form: ViewForm


@blueprint.app_template_global("vues_de_la_liste")
def views_here() -> ViewsShown | None:
    """The views of the list that is open, for who may keep some; None on any other page."""
    liste = request.endpoint or ""
    if not names_of(liste) or not may_write() or not liste.startswith("referent."):
        return None
    there = own_views(actor=actor(), liste=liste)
    return ViewsShown(liste, _kept_of(liste, request.args), there, public_address(), ViewForm(formdata=None))


@blueprint.get("/vues/<int:vue_id>")
@open_to(REFERENT)
def vue(vue_id: int) -> ResponseReturnValue:
    """The list as the view keeps it: anybody of the département is led there by this address."""
    return redirect(_address(read_view(actor=actor(), vue_id=vue_id)))


@blueprint.post("/vues")
@open_to(REFERENT)
def vue_garder() -> ResponseReturnValue:
    """Keep a list as its page shows it."""
    liste = request.form.get("liste", "")
    if not names_of(liste):
        raise Refused("Ouvrez la liste à garder, puis recommencez.")
    filtres = _kept_of(liste, MultiDict(parse_qsl(request.form.get("filtres", ""))))
    nom = request.form.get("nom", "")
    with refusals_told():
        is_replaced = keep_view(actor=actor(), liste=liste, nom=nom, filtres=filtres, now=clock.now())
        done = "remplace celle qui portait ce nom" if is_replaced else "est gardée"
        flash(f"La vue « {nom.strip()} » {done}. Elle se retrouve sous « Vues ».", "succes")
    return redirect(_address(ViewListed(0, liste, nom, filtres)))


@blueprint.post("/vues/<int:vue_id>/renommer")
@open_to(REFERENT)
def vue_renommer(vue_id: int) -> ResponseReturnValue:
    """Another name; its address stays."""
    nom = request.form.get("nom", "")
    with refusals_told():
        rename_view(actor=actor(), vue_id=vue_id, nom=nom, now=clock.now())
        flash(f"La vue s’appelle maintenant « {nom.strip()} ». Son adresse ne change pas.", "succes")
    return redirect(_address(read_view(actor=actor(), vue_id=vue_id)))


@blueprint.post("/vues/<int:vue_id>/retirer")
@open_to(REFERENT)
def vue_retirer(vue_id: int) -> ResponseReturnValue:
    """The view goes; the list stays as it was opened."""
    view = read_view(actor=actor(), vue_id=vue_id)
    withdraw_view(actor=actor(), vue_id=vue_id, now=clock.now())
    flash(f"La vue « {view.nom} » est retirée : son adresse n’ouvre plus rien. La liste ne change pas.", "succes")
    return redirect(_address(view))


def _kept_of(liste: str, given: MultiDict[str, str]) -> str:
    names = [name for name in names_of(liste) if name not in SEARCHED]
    return urlencode([(name, text) for name in names for text in given.getlist(name) if text])


def _address(view: ViewListed) -> str:
    """The list with what the view keeps, or whole: what was left of it on another day adds nothing."""
    asked = MultiDict(parse_qsl(view.filtres)).to_dict(flat=False)
    return url_for(view.liste, **(asked or {EVERYTHING: ["1"]}))  # type: ignore[arg-type]
