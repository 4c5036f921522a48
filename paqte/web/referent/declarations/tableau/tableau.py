"""Many declarations of a period typed as one table, kept as drafts through the use case of the form (R13, R17, R18)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.champs import FieldAsked
from paqte.domain.declarations.tableau import (
    NOT_PROMISED,
    ColonneTyped,
    columns_of,
    place_block,
    read_block,
    typed_codes,
)
from paqte.domain.erreurs import Conflict, NotFound
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.saisie.nombres import is_one_of_groups
from paqte.domain.statuts.declarations import ETATS
from paqte.ops import clock
from paqte.queries.declarations.listes.tableau import PER_PAGE, LigneOwed, TableTyped, typing_rows, typing_table
from paqte.services.declarations.tableau import LigneTyped, save_rows, send_rows
from paqte.web.affichage.filters import plural
from paqte.web.commun.saisie import SEEN
from paqte.web.formulaires.base import FilterForm, OurForm
from paqte.web.formulaires.champs import BoxesField, ChoiceField, TextField
from paqte.web.referent import blueprint
from paqte.web.referent.declarations.tableau.lignes import (
    BETWEEN,
    SEND,
    LigneShown,
    field_in,
    row_labels,
    row_shown,
    show_refusal,
    show_typed,
)
from paqte.web.socle.lists import page_asked
from paqte.web.socle.session import actor
from paqte.web.socle.typed.ticked import whole

ALL = "tous"
ROW = "version_"
NOT_OURS = "Une ligne envoyée n’est pas de cette période ou de ce département : elle n’est pas enregistrée."
_CELL = re.compile(r"(?:valeur|date|numerateur|denominateur)_[0-9]{1,9}", re.ASCII)


class TableForm(OurForm):
    """The token of the table; its cells are read by row."""

    version = None


class TableFilter(FilterForm):
    """What the table is narrowed to."""

    q = TextField("Signataire ou convention")
    axe = ChoiceField("Axe")
    indicateur = BoxesField("Colonnes", choices=[], validate_choice=False)


class TableAsked(NamedTuple):
    """What the address asks for, the columns it shows, and the rows of its page."""

    periode: Periode
    filtre: TableFilter
    colonnes: tuple[ColonneTyped, ...]
    table: TableTyped


@blueprint.route("/declarations/tableau/<periode>", methods=["GET", "POST"])
@open_to(REFERENT)
def declarations_tableau(periode: str) -> ResponseReturnValue:
    """The table; sent, each declaration is kept whole or shown again with what is wrong in it."""
    window, form = _period(periode), TableForm()
    if form.validate_on_submit():
        return _typed(form, window)
    shown = _table(window)
    rows = [row_shown(row, shown.colonnes) for row in shown.table.lignes]
    if form.is_submitted():  # an expired token: what was typed is shown again
        show_typed(rows, _touched(rows))
    return _page(form, shown, rows)


@blueprint.post("/declarations/tableau/<periode>/collage")
@open_to(REFERENT)
def declarations_tableau_coller(periode: str) -> ResponseReturnValue:
    """Where each cell of a pasted block goes, and what is refused there, by the rules of the typing; keeps nothing."""
    window, form = _period(periode), TableForm()
    if not form.validate_on_submit():
        return jsonify(message="Rechargez la page."), 422
    asked = [key for text in request.form.get("lignes", "").split(",")[:PER_PAGE] if (key := whole(text))]
    rows = typing_rows(actor=actor(), periode=window, now=clock.now(), conventions=asked)
    columns = columns_of(_codes_named(request.form.get("colonnes", "").split(",")), catalogue())
    try:
        block = read_block(request.form.get("bloc", ""))
    except ValueError as error:
        return jsonify(message=str(error)), 422
    at = whole(request.form.get("rang")) or 0, whole(request.form.get("colonne")) or 0
    cells = [[_cell_asked(row, column) for column in columns] for row in rows]
    names = [[asked.nom for asked in row.page.all_fields()] for row in rows]
    return jsonify(cases=[_told(one, cells, rows, columns) for one in place_block(block, cells, names, at)])


@blueprint.post("/declarations/tableau/<periode>/brouillon")
@open_to(REFERENT)
def declarations_tableau_brouillon(periode: str) -> ResponseReturnValue:
    """Keep the draft of each row sent, as its cells are left: what the page now has of it, or why nothing is kept."""
    window, form = _period(periode), TableForm()
    if not form.validate_on_submit():
        return jsonify(message="Pas encore enregistré : rechargez la page."), 422
    columns = columns_of(_codes_named(request.form.get("colonnes", "").split(",")), catalogue())
    told: dict[str, Any] = {"actor": actor(), "periode": window, "now": clock.now()}
    shown = [row_shown(row, columns) for row in typing_rows(**told, conventions=_rows_sent())]
    typed = {key: LigneTyped(_version_sent(key), texts) for key, texts in _touched(shown).items() if texts}
    kept = save_rows(**told, rows=typed)
    lines: dict[int, dict[str, object]] = {
        key: {"refus": str(one), "champs": list(one.errors), "conflit": isinstance(one, Conflict)}
        for key, one in kept.refusees.items()
    }
    for row in typing_rows(**told, conventions=list(kept.gardees)):
        line = row_shown(row, columns)
        # The version that was written: whoever wrote since then is met as a conflict, never hidden.
        texts = line.lues.split(BETWEEN)[1:]
        lines[line.cle] = {
            "lues": BETWEEN.join([str(kept.gardees[line.cle][1]), *texts]),
            **_standing(line),
        }
    return jsonify(lignes=lines)


def _standing(line: LigneShown) -> dict[str, object]:
    """Where the declaration of the row stands once its draft is kept."""
    page = line.row.page
    return {
        "etat": page.etat,
        "adresse": url_for("referent.declaration_saisir", declaration_id=page.id),
        "donnees": f"{page.dus - len(page.manquantes)} sur {page.dus}",
        "complete": line.row.is_complete,
    }


def _typed(form: TableForm, window: Periode) -> ResponseReturnValue:
    """Keep what was touched, send what was ticked; back to the table when nothing of it is refused."""
    rows = typing_rows(actor=actor(), periode=window, now=clock.now(), conventions=_rows_sent())
    asked = _table(window)
    shown = [row_shown(row, asked.colonnes) for row in rows]
    touched = _touched(shown)
    told: dict[str, Any] = {"actor": actor(), "now": clock.now()}
    typed = {key: LigneTyped(_version_sent(key), texts) for key, texts in touched.items() if texts}
    kept = save_rows(**told, periode=window, rows=typed)
    versions = {row.cle: (row.row.page.id, _version_sent(row.cle)) for row in shown if row.row.page.id} | kept.gardees
    ticked = [key for key in map(whole, request.form.getlist(SEND)) if key in versions and key not in kept.refusees]
    sent = send_rows(**told, versions=versions, among=[key for key in ticked if key])
    typed_here = {key: touched[key] for key in kept.gardees}
    _tell_joined(typed_here)
    done = _told_done(typed_here, len(sent.gardees))
    refused = {**sent.refusees, **kept.refusees}
    lost = _lost_cells(shown)
    if not refused and not lost:
        for sentence in done or ["Tout ce qui est saisi est enregistré en brouillon."]:
            flash(sentence, "succes")
        return redirect(request.full_path.rstrip("?"))
    again = typing_rows(actor=actor(), periode=window, now=clock.now(), conventions=_rows_sent())
    shown = [row_shown(row, asked.colonnes) for row in again]
    show_typed(shown, {key: touched[key] for key in kept.refusees if key in touched})
    for row in shown:
        if row.cle in refused:
            show_refusal(row, refused[row.cle])
    form.form_errors = [*lost, *(str(refusal) for refusal in refused.values())]
    form.is_conflict = any(isinstance(one, Conflict) for one in refused.values())
    return _page(form, asked, shown, lost, done)


def _page(
    form: TableForm, asked: TableAsked, rows: Sequence[LigneShown], lost: Sequence[str] = (), done: Sequence[str] = ()
) -> ResponseReturnValue:
    window, columns, table = asked.periode, asked.colonnes, asked.table
    grid = catalogue()
    return render_template(
        "referent/saisie_tableau.html",
        form=form,
        filtre=asked.filtre,
        periode=window,
        periodes=(window, *(window.parts("T") if window.genre == "S" else ())),
        axes=[axe for axe in grid.axes.values() if any(grid.indicateurs[code].axe == axe.code for code in table.codes)],
        groupes=_groups(columns),
        colonnes=columns,
        lignes=rows,
        table=table,
        par_page=PER_PAGE,
        ETATS_DECLARATION=ETATS,
        perdues=lost,
        faites=done,
        doubles={name for name, n in Counter(row.row.owed.signataire for row in rows).items() if n > 1},
        libelles=row_labels(rows),
        actifs=bool(request.args.get("q") or request.args.getlist("indicateur")),
    ), form.http_status


def _table(window: Periode) -> TableAsked:
    """What is asked for: the first axis that somebody promised, when nothing is said."""
    grid, asked = catalogue(), TableFilter(request.args)
    named, axe = _codes_named(request.args.getlist("indicateur")), request.args.get("axe", "")
    told: dict[str, Any] = {"actor": actor(), "periode": window, "now": clock.now(), "q": request.args.get("q", "")}
    table = typing_table(**told, codes=named or _codes_of(axe), page=page_asked())
    if not named and axe != ALL and axe not in grid.axes:
        axe = next((grid.indicateurs[code].axe for code in table.codes), ALL)
        table = typing_table(**told, codes=_codes_of(axe), page=page_asked())
    asked.axe.choices = {"": "", ALL: "Tous les axes"} | {code: one.libelle for code, one in grid.axes.items()}
    asked.axe.data = "" if named else axe
    asked.indicateur.choices = {code: f"{code} {grid.indicateurs[code].libelle}" for code in table.codes}
    asked.indicateur.data = list(named)
    wanted = named or _codes_of(axe)
    shown = [code for code in table.codes if not wanted or code in wanted]
    return TableAsked(window, asked, columns_of(shown, grid), table)


def _codes_of(axe: str) -> tuple[str, ...]:
    grid = catalogue()
    return tuple(code for code in typed_codes(grid) if grid.indicateurs[code].axe == axe)


def _codes_named(names: Iterable[str]) -> tuple[str, ...]:
    """Those that the grid knows, each once, in its order."""
    asked = frozenset(names)
    return tuple(code for code in typed_codes(catalogue()) if code in asked)


def _groups(columns: Sequence[ColonneTyped]) -> list[tuple[ColonneTyped, int]]:
    """The first column of each indicator, with how many it has."""
    first: dict[str, ColonneTyped] = {}
    for column in columns:
        first.setdefault(column.code, column)
    return [(one, sum(c.code == code for c in columns)) for code, one in first.items()]


def _cell_asked(row: LigneOwed, column: ColonneTyped) -> FieldAsked | str:
    """The field of a cell, or why nothing is typed there."""
    asked = field_in(row, column)
    return NOT_PROMISED if asked is None else (row.verrou or asked)


def _told(one: Any, cells: Any, rows: Sequence[LigneOwed], columns: Sequence[ColonneTyped]) -> dict[str, str]:
    """A cell of a block as the page's script shows it."""
    inside = one.ligne < len(rows) and one.colonne < len(columns)
    asked = cells[one.ligne][one.colonne] if inside else None
    return {
        "champ": asked.nom if isinstance(asked, FieldAsked) and not one.refus else "",
        "signataire": rows[one.ligne].owed.signataire if one.ligne < len(rows) else "après la dernière ligne",
        "colonne": columns[one.colonne].titre if one.colonne < len(columns) else "après la dernière colonne",
        "texte": one.texte,
        "refus": one.refus,
    }


def _rows_sent() -> list[int]:
    """The conventions whose rows came back, each once, as many as a page has."""
    found = (whole(name.removeprefix(ROW)) for name in request.form if name.startswith(ROW))
    return [key for key in dict.fromkeys(found) if key][:PER_PAGE]


def _read_before(key: int) -> list[str]:
    return request.form.get(f"{ROW}{key}", "").split(BETWEEN)


def _version_sent(key: int) -> int:
    return whole(_read_before(key)[0]) or 0


def _touched(rows: Iterable[LigneShown]) -> dict[int, dict[str, str]]:
    """By convention, the texts that differ from those that the page showed: what others wrote meanwhile is not hers."""
    found = {}
    for row in rows:
        names = [champ.nom for champ, _ in row.typed]
        before = _read_before(row.cle)[1:]
        if len(before) != len(names):  # its engagements changed: compare with what is kept
            before = [cell.garde for _, cell in row.typed]
        sent = [
            (name, request.form[name], text) for name, text in zip(names, before, strict=True) if name in request.form
        ]
        found[row.cle] = {name: now for name, now, text in sent if now.strip() != text}
    return found


def _lost_cells(rows: Iterable[LigneShown]) -> list[str]:
    """What was sent and has no place: a row of somebody else, a cell of no engagement of the rows."""
    known = list(rows)
    names = {asked.nom for row in known for asked in row.row.page.all_fields()}
    is_other = bool(set(_rows_sent()) - {row.cle for row in known})
    is_nowhere = any(
        _CELL.fullmatch(name) and text.strip() and name not in names for name, text in request.form.items()
    )
    return [NOT_OURS] if is_other or is_nowhere else []


def _told_done(kept: Mapping[int, Mapping[str, str]], sent: int) -> list[str]:
    """What was kept and sent, in a sentence each."""
    cells = sum(map(len, kept.values()))
    told = []
    if cells:
        kept_cells = plural(cells, "case enregistrée", "cases enregistrées")
        told.append(f"{kept_cells} dans {plural(len(kept), 'brouillon')}.")
    if sent:
        told.append(f"{plural(sent, 'déclaration transmise', 'déclarations transmises')} : il reste à valider.")
    return told


def _tell_joined(kept: Mapping[int, Mapping[str, str]]) -> None:
    """Without the page's script: figures apart by ordinary spaces, which cells pasted together look like too."""
    joined = [text for texts in kept.values() for text in texts.values() if is_one_of_groups(text)]
    if joined and request.form.get(SEEN) != "vu":
        told = " ; ".join(joined[:8])
        flash(f"Lu comme un seul nombre : {told}. Si vous avez collé plusieurs cellules, corrigez.", "attention")


def _period(code: str) -> Periode:
    try:
        window = Periode.from_code(code)
    except ValueError as error:
        raise NotFound("Cette période") from error
    if window.genre not in ("S", "T"):
        raise NotFound("Cette période")
    return window
