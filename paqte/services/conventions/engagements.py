"""The promises of a convention, one axis at a time (R5, R6, R8b)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.conventions.engagements import EngagementSaisi, axes_of, offered, target_years, typing_errors
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur, catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.saisies import as_typed
from paqte.domain.saisie.textes import clean_line, clean_lines
from paqte.models import Convention, Engagement, Justificatif, Objectif
from paqte.queries.perimetre import to_change
from paqte.queries.reponses import engagements_told
from paqte.services.conventions.anteriorites import NOT_ASKED, AnterioritesTyped, asking_now, keep_former
from paqte.services.conventions.conventions import MEANWHILE, WHAT
from paqte.services.conventions.debut import note_complete
from paqte.services.transaction import note, touch, transaction

MAX_FREE = 20
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Promisable:
    """What may be promised on the page at hand."""

    indicateurs: dict[str, Indicateur]
    years: int


def set_engagements(
    *,
    actor: Acteur,
    convention_id: int,
    version: int | None,
    axe: str,
    saisis: Sequence[EngagementSaisi],
    now: datetime,
    anterieures: AnterioritesTyped = NOT_ASKED,
) -> None:
    """Make the convention's promises on one axis those typed; what is not listed stays as it is.

    Of the followed periods whose due date is over and that asked nothing until now, it owes those that `anterieures`
    asks, from today (R41, R42).

    Errors bear the names "<indicateur>_<rang>-<champ>". Refused when a promise that already has results would go;
    NotFound for another département's convention or an axis it has not; Conflict when somebody saved since.
    """
    with transaction(actor=actor, now=now) as session:
        convention = to_change(session, Convention, convention_id, actor, WHAT)
        axis = _axis(catalogue(), convention, axe)
        rows = {(e.indicateur, e.rang): e for e in convention.engagements if e.indicateur in axis.indicateurs}
        if convention.version != version:
            raise Conflict(MEANWHILE, {**_promises_as_typed(rows.values()), "version": str(convention.version)})
        typed = {(s.indicateur, s.rang): _cleaned(s) for s in saisis}
        errors = _errors(typed, rows, axis) | _removal_errors(session, convention_id, typed, rows)
        if errors:
            raise Refused(errors)
        before, asking = tell_promises(convention), asking_now(convention)
        for key, saisi in typed.items():
            _apply(convention, rows.get(key), saisi)
        note_promises(session, convention, before)
        touch(convention)
        session.flush()
        keep_former(session, convention, asking, anterieures, now, is_promising=True)
        note_complete(session, convention, now)


def tell_promises(convention: Convention) -> dict[str, str]:
    """Each promise of the convention in words: its name, then its reference and targets (R6)."""
    return {_named(row): _promise_in_words(row) for row in convention.engagements}


def note_promises(session: Session, convention: Convention, before: dict[str, str]) -> None:
    """Leave one journal line about what changed since `before`.

    The lines of the rows themselves lead nowhere once a row is deleted: this one stays with the convention.
    """
    after = tell_promises(convention)
    avant = {name: told for name, told in before.items() if after.get(name) != told}
    apres = {name: told for name, told in after.items() if before.get(name) != told}
    if avant or apres:
        note(session, "engager", "convention", convention.id, avant=avant, apres=apres)


def _axis(grid: Catalogue, convention: Convention, axe: str) -> _Promisable:
    if axe not in {a.code for a in axes_of(grid, convention.dispositif, convention.is_in_plan_10000)}:
        raise NotFound("Cet axe")
    promised = {e.indicateur for e in convention.engagements}
    possible = {i.code for i in offered(grid, axe, convention.debut, convention.fin)} | promised
    found = {i.code: i for i in grid.of_axe(axe) if i.code in possible}
    return _Promisable(found, target_years(convention.debut, convention.fin))


def _cleaned(saisi: EngagementSaisi) -> EngagementSaisi:
    return replace(
        saisi,
        libelle=clean_line(saisi.libelle)[0],
        unite=clean_line(saisi.unite)[0],
        precision=clean_lines(saisi.precision)[0],
    )


def _errors(typed: dict[Key, EngagementSaisi], rows: dict[Key, Engagement], axis: _Promisable) -> dict[str, str]:
    errors: dict[str, str] = {}
    for key, saisi in typed.items():
        indicateur = axis.indicateurs.get(saisi.indicateur)
        if indicateur is None:
            raise Refused(f"L’indicateur « {saisi.indicateur} » n’appartient pas à cet axe.")
        if saisi.is_kept:
            errors |= {name_of(key, n): s for n, s in typing_errors(saisi, indicateur, axis.years).items()}
        elif key not in rows and not saisi.is_blank:
            errors[name_of(key, "retenu")] = "Cochez pour retenir cet engagement, ou videz ses champs."
        if not 1 <= saisi.rang <= (MAX_FREE if indicateur.traits.is_free else 1):
            raise Refused(f"Gardez {MAX_FREE} engagements libres au plus.")
    return errors


def _removal_errors(
    session: Session, convention_id: int, typed: dict[Key, EngagementSaisi], rows: dict[Key, Engagement]
) -> dict[str, str]:
    """A promise somebody already answered for is not taken away unseen."""
    going = {row.id: key for key, row in rows.items() if key in typed and not typed[key].is_kept}
    if not going:
        return {}
    proven = select(Justificatif.engagement_id).where(Justificatif.engagement_id.in_(going))
    told = engagements_told(session, convention_id) | set(session.scalars(proven))
    sentence = "Des résultats sont déjà déclarés pour cet engagement : il reste. Vous pouvez en vider les objectifs."
    return {name_of(going[key], "retenu"): sentence for key in going if key in told}


def _apply(convention: Convention, row: Engagement | None, saisi: EngagementSaisi) -> None:
    if not saisi.is_kept:
        if row is not None:
            convention.engagements.remove(row)
        return
    if row is None:
        row = Engagement(indicateur=saisi.indicateur, rang=saisi.rang)
        convention.engagements.append(row)
    row.libelle, row.unite, row.reference, row.precision = saisi.libelle, saisi.unite, saisi.reference, saisi.precision
    _set_targets(row, saisi.objectifs)


def _set_targets(row: Engagement, wanted: dict[int, Decimal]) -> None:
    """Keep the rows of the years that stay, so that the journal tells a change and not a death and a birth (R6)."""
    kept = {o.annee: o for o in row.objectifs}
    for annee, objectif in kept.items():
        if annee not in wanted:
            row.objectifs.remove(objectif)
    for annee, cible in wanted.items():
        if annee in kept:
            kept[annee].cible = cible
        else:
            row.objectifs.append(Objectif(annee=annee, cible=cible))


def name_of(key: Key, champ: str) -> str:
    """Name of a field of the page: "F1_1-reference"."""
    return f"{key[0]}_{key[1]}-{champ}"


def _named(row: Engagement) -> str:
    return f"{row.indicateur} {row.libelle} ({row.unite})" if row.libelle else row.indicateur


def _promise_in_words(row: Engagement) -> str:
    targets = [f"{written(o.cible)}{f' l’année {o.annee}' if o.annee else ''}" for o in row.objectifs]
    parts = [
        f"référence {written(row.reference)}" if row.reference is not None else "",
        f"objectif {', '.join(targets)}" if targets else "sans objectif",
        f"précision « {row.precision} »" if row.precision else "",
    ]
    return ", ".join(part for part in parts if part)


def _promises_as_typed(rows: Iterable[Engagement]) -> dict[str, str]:
    """The promises in the base as the form writes them, by field."""
    shown: dict[str, str] = {}
    for row in rows:
        key = (row.indicateur, row.rang)
        shown |= {name_of(key, n): getattr(row, n) for n in ("libelle", "unite", "precision")}
        shown |= {name_of(key, "retenu"): "oui", name_of(key, "reference"): as_typed(row.reference)}
        targets = {o.annee: o.cible for o in row.objectifs}
        shown[name_of(key, "duree")] = as_typed(targets.get(0))
        shown |= {name_of(key, f"an{year}"): as_typed(targets.get(year)) for year in range(1, 11)}
    return shown
