"""What the columns of a tracker stand for, kept under a name in a département and used again for another file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from paqte.domain.conventions.propres import own_of
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import shown
from paqte.domain.saisie.textes import clean_line, others, searchable, too_long
from paqte.domain.statuts.imports import DEPOSE, ESSAYER, ETATS, TRANSITIONS
from paqte.importing.tracker.headings import lasting, of_period, plain
from paqte.importing.tracker.targets import MEASURES
from paqte.importing.tracker.units import never_counted_so
from paqte.models import Importation, MappingKept
from paqte.queries.perimetre import to_change
from paqte.services.imports.tracker import SheetMapping
from paqte.services.transaction import touch, transaction

WHAT = "Cette correspondance"
LONGEST = 80
MOST = 30
_NAMED = 8
# What a column of figures stands for, of one indicator or of that of its row.
FIGURES = frozenset({*MEASURES, "an1", "an2", "an3"})


def keep_mapping(
    *, actor: Acteur, importation_id: int, mapping: Sequence[SheetMapping], nom: str, now: datetime
) -> None:
    """Keep under a name what the page of a file says of its columns; the same name takes the place of the former."""
    with transaction(actor=actor, now=now) as session:
        row = _open(session, actor, importation_id)
        told = as_told(row.correspondance, mapping)
        _say_anew(row, told)
        contenu = json.dumps([_lasting_sheet(sheet) for sheet in told if sheet["prise"]])
        if contenu == "[]":
            raise Refused({"nom_correspondance": "Gardez au moins une feuille et une colonne."})
        name = _read_name(nom)
        known = kept_by_name(session, row.departement_code)
        if searchable(name) in known:
            known[searchable(name)].contenu = contenu
        elif len(known) >= MOST:
            expected = f"Votre département retient déjà {MOST} correspondances : supprimez-en une d’abord."
            raise Refused({"nom_correspondance": expected})
        else:
            session.add(MappingKept(departement_code=row.departement_code, nom=name, contenu=contenu, created_at=now))


def use_mapping(*, actor: Acteur, importation_id: int, mapping_id: int, now: datetime) -> str:
    """Say of the columns of a file what was kept of another's; gives what of it this file lacks, '' when nothing.

    Refused when no column of it stands in this file.
    """
    with transaction(actor=actor, now=now) as session:
        row = _open(session, actor, importation_id)
        kept = to_change(session, MappingKept, mapping_id, actor, WHAT)
        told, lacking = fitted_sheets(json.loads(row.correspondance), json.loads(kept.contenu))
        if not any(sheet["prise"] for sheet in told):
            raise Refused(f"« {kept.nom} » ne convient pas à ce fichier : aucune de ses colonnes n’y figure.")
        _say_anew(row, told)
        return lacking


def rename_mapping(*, actor: Acteur, mapping_id: int, nom: str, now: datetime) -> None:
    """Give it another name. Refused when another bears it."""
    with transaction(actor=actor, now=now) as session:
        kept = to_change(session, MappingKept, mapping_id, actor, WHAT)
        name = _read_name(nom)
        other = kept_by_name(session, kept.departement_code).get(searchable(name))
        if other is not None and other.id != kept.id:
            raise Refused(f"Une correspondance s’appelle déjà « {other.nom} » : choisissez un autre nom.")
        kept.nom = name


def remove_mapping(*, actor: Acteur, mapping_id: int, now: datetime) -> None:
    """Forget it; imports made with it stand."""
    with transaction(actor=actor, now=now) as session:
        session.delete(to_change(session, MappingKept, mapping_id, actor, WHAT))


def as_told(correspondance: str, mapping: Sequence[SheetMapping]) -> list[dict[str, Any]]:
    """What is kept of the columns of a file, once its page said this of them."""
    told: list[dict[str, Any]] = json.loads(correspondance)
    wanted = {one.sheet: one for one in mapping}
    for sheet in told:
        kept = wanted.get(sheet["titre"])
        sheet["prise"] = kept is not None
        if kept is not None:
            sheet["periode"] = kept.periode
            for column in sheet["colonnes"]:
                column["cible"] = kept.targets.get(column["place"], "")
    return told


def refuse_other_units(told: Sequence[Mapping[str, Any]]) -> None:
    """Refused when a column of figures says thousands, taxes or full-time equivalents: its numbers would be read as
    they stand.
    """
    for sheet in told:
        for column in sheet["colonnes"] if sheet["prise"] else ():
            (measure, _, rest), titre = column["cible"].partition(":"), clean_line(column["titre"])[0]
            indicateur = catalogue().indicateurs.get(rest.partition("@")[0])
            if measure in FIGURES and (how := never_counted_so(plain(titre), indicateur)):
                raise Refused(
                    f"La colonne « {shown(titre)} » est {how} : convertissez ses nombres, "
                    "renommez-la dans votre fichier, puis déposez-le de nouveau ; ou laissez-la de côté."
                )


def _open(session: Any, actor: Acteur, importation_id: int) -> Importation:
    row = to_change(session, Importation, importation_id, actor, "Cet import")
    if (row.etat, ESSAYER) not in TRANSITIONS:
        raise Refused(f"Cet import est « {ETATS[row.etat].lower()} » : ses colonnes ne changent plus.")
    return row


def _say_anew(row: Importation, told: list[dict[str, Any]]) -> None:
    """What was seen with other columns is no more to be kept: the file waits to be seen again."""
    if json.loads(row.correspondance) != told:
        row.correspondance, row.etat, row.lignes, row.message = json.dumps(told), DEPOSE, None, ""
    touch(row)


def _lasting_sheet(sheet: dict[str, Any]) -> dict[str, Any]:
    """Without the periods: the next file has others."""
    return {
        "feuille": sheet["titre"],
        "colonnes": {lasting(c["titre"]): _without_period(c["cible"]) for c in sheet["colonnes"]},
    }


def _without_period(target: str) -> str:
    return target if own_of(target) else target.partition("@")[0]


def fitted_sheets(told: list[dict[str, Any]], kept: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """The sheets with what was kept of each: by its title, else the one whose columns are most alike."""
    missing: list[str] = []
    for sheet in told:
        best = max(kept, key=lambda k: (k["feuille"] == sheet["titre"], _alike(sheet, k)))
        sheet["prise"] = bool(_alike(sheet, best))
        if not sheet["prise"]:
            continue
        for column in sheet["colonnes"]:
            said = best["colonnes"].get(lasting(column["titre"]))
            if said is not None:
                column["cible"] = of_period(said, column["titre"])
        present = {lasting(column["titre"]) for column in sheet["colonnes"]}
        where = f" de « {sheet['titre']} »" if sheet["titre"] else ""
        missing += [f"« {shown(n)} »{where}" for n, cible in best["colonnes"].items() if cible and n not in present]
    if not missing:
        return told, ""
    more = f" et {others(len(missing) - _NAMED)}" if len(missing) > _NAMED else ""
    return told, f"Colonnes absentes de ce fichier : {', '.join(missing[:_NAMED])}{more}."


def _alike(sheet: dict[str, Any], kept: dict[str, Any]) -> int:
    present = {lasting(column["titre"]) for column in sheet["colonnes"]}
    return sum(bool(cible) and name in present for name, cible in kept["colonnes"].items())


def kept_by_name(session: Any, departement: str) -> dict[str, MappingKept]:
    """The mappings of a département, by their name as a search compares it, in the order they were kept."""
    query = select(MappingKept).where(MappingKept.departement_code == departement).order_by(MappingKept.id)
    return {searchable(row.nom): row for row in session.scalars(query)}


def _read_name(nom: str) -> str:
    name = clean_line(nom)[0]
    if not name or (sentence := too_long(name, LONGEST)):
        raise Refused({"nom_correspondance": sentence if name else "Donnez un nom à cette correspondance."})
    return name
