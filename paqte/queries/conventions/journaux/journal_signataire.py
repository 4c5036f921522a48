"""What happened to a signatory and its conventions, in plain French: who, when, what, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Select, String, and_, cast, or_, select

from paqte.domain.conventions.signataires import COLONNES, JOUR
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.identifiants import grouped
from paqte.domain.statuts.conventions import DISPOSITIFS, RESILIEE, RYTHMES, SIGNEE, STATUTS
from paqte.domain.statuts.veilles import CONSTATS
from paqte.models import ColonnePropre, ContactSignataire, Convention, Journal, Signataire, ValeurPropre, db
from paqte.queries.conventions.journaux.historique import Gesture
from paqte.queries.journal import LigneJournal, lines_where
from paqte.queries.perimetre import readable

LONGEST = 300
OWN = "valeur_propre"
# What notes said before is in the line that wrote it.
NOTES = "notes"
# Columns people read about; the others are keys and marks of the machine.
LABELS: dict[str, str] = {
    **{colonne.champ: colonne.dans_une_phrase for colonne in COLONNES},
    "relances_suspendues_jusquau": "relances suspendues jusqu’au",
    "fonction": "fonction",
    "courriel": "courriel",
    "telephone": "téléphone",
    "dispositif": "dispositif",
    "statut": "statut",
    "rythme": "rythme des déclarations",
    "signee_le": "date de signature",
    "debut": "début",
    "fin": "fin",
    "resiliee_le": "fin anticipée",
    "motif_resiliation": "motif",
    "cosignataire": "cosignataire",
    "is_in_plan_10000": "plan « 10 000 entreprises »",
}
CODES: dict[str, dict[str, str]] = {
    **{colonne.champ: dict(colonne.choix) for colonne in COLONNES if colonne.choix is not None},
    "dispositif": DISPOSITIFS,
    "rythme": RYTHMES,
    "statut": STATUTS,
}
_OF_THE_REGISTER = {
    "constater": "Répertoire Sirene relu",
    "accepter": "Constat du répertoire Sirene repris dans la fiche",
    "ignorer": "Constat du répertoire Sirene laissé tel quel",
}
DATES = frozenset({"signee_le", "debut", "fin", "resiliee_le", "relances_suspendues_jusquau"}) | {
    colonne.champ for colonne in COLONNES if colonne.genre == JOUR
}


def signataire_history(*, actor: Acteur, signataire_id: int) -> list[Gesture]:
    """Every gesture on the signatory, its contacts, conventions and promises, latest first.

    Three statements, four when columns of the préfecture's own were typed.
    """
    mine = select(Signataire.id).where(Signataire.id == signataire_id, readable(Signataire, actor))
    conventions = select(Convention.id).where(Convention.signataire_id.in_(mine))
    about: dict[str, Select[int]] = {
        "signataire": mine,
        "contact_signataire": select(ContactSignataire.id).where(ContactSignataire.signataire_id.in_(mine)),
        "convention": conventions,
        OWN: select(ValeurPropre.id).where(ValeurPropre.signataire_id.in_(mine)),
    }
    j = Journal
    lines = [and_(j.objet == objet, j.objet_id.in_(_as_text(keys))) for objet, keys in about.items()]
    place = mine.with_only_columns(Signataire.departement_code).scalar_subquery()
    read = lines_where(or_(*lines), j.departement_code == place, limit=LONGEST, is_latest_first=True)
    return list(_gathered(read, _numbers(conventions) | _own_titles(mine, read)))


def _as_text(keys: Select[int]) -> Select[str]:
    (column,) = keys.selected_columns
    return keys.with_only_columns(cast(column, String))


def _numbers(conventions: Select[int]) -> dict[str, str]:
    query = select(Convention.id, Convention.numero).where(Convention.id.in_(conventions))
    return {str(key): numero for key, numero in db.session.execute(query)}


def _own_titles(mine: Select[int], lines: list[LigneJournal]) -> dict[str, str]:
    """Title of the column of each value of its own that the lines tell, by what the lines call it."""
    if not any(line.objet == OWN for line in lines):
        return {}
    c, v = ColonnePropre, ValeurPropre
    query = select(v.id, c.titre).join(c, c.id == v.colonne_id).where(v.signataire_id.in_(mine))
    return {f"{OWN}/{key}": titre for key, titre in db.session.execute(query)}


def _gathered(lines: list[LigneJournal], numbers: dict[str, str]) -> Iterator[Gesture]:
    """One event a gesture and a thing; its details in the order they were done."""
    told = [(line, *_title_and_details(line, numbers)) for line in lines]
    for (quand, qui, title), group in groupby(told, key=lambda t: (t[0].quand, t[0].qui, t[1])):
        details = [detail for _, _, found in reversed(list(group)) for detail in found]
        yield Gesture(quand, qui, title, tuple(details))


def _title_and_details(line: LigneJournal, numbers: dict[str, str]) -> tuple[str, list[str]]:
    """Title and details of one line."""
    if line.objet == "convention":
        return _about_convention(line, numbers[line.objet_id])
    if line.objet == "signataire":
        return _about_signataire(line)
    if line.objet == OWN:
        return "Colonnes gardées modifiées", [_own_change(line, numbers[f"{OWN}/{line.objet_id}"])]
    if line.acte == "exporter_donnees":
        return "Données d’un contact remises", []
    is_new = line.acte == "creer"
    return ("Contact ajouté", [str(line.apres.get("nom", ""))]) if is_new else ("Contact modifié", _changes(line))


def _own_change(line: LigneJournal, titre: str) -> str:
    before, after = (side.get("valeur") or "vide" for side in (line.avant, line.apres))
    return f"{titre} : {before} → {after}"


def _about_signataire(line: LigneJournal) -> tuple[str, list[str]]:
    if line.acte == "retirer_contact":
        return "Contact retiré", [str(line.avant.get("nom", ""))]
    if line.acte == "effacer_contact":
        return "Contact effacé", []
    if line.acte in _OF_THE_REGISTER:
        return _OF_THE_REGISTER[line.acte], [CONSTATS.get(line.apres.get("constat", ""), "")]
    if line.acte == "relancer":
        return "Relance envoyée", []
    if line.acte == "supprimer_convention":
        numero, motif = line.avant.get("numero", ""), line.apres.get("motif", "")
        return (f"Convention {numero} supprimée", [motif]) if motif else (f"Projet de convention {numero} supprimé", [])
    return ("Fiche créée", []) if line.acte == "creer" else ("Fiche modifiée", _changes(line))


def _about_convention(line: LigneJournal, numero: str) -> tuple[str, list[str]]:
    if line.acte == "engager":
        return f"Engagements de la convention {numero}", _promises(line.avant, line.apres)
    if line.acte == "creer":
        return f"Convention {numero} ajoutée", []
    if line.acte == "attester":
        return f"Attestation de la convention {numero} remise", []
    statut = line.apres.get("statut")
    if "texte_signe_id" in line.apres and len(line.apres) == 1:
        return f"Texte signé de la convention {numero} joint", []
    acts = {SIGNEE: "signée", RESILIEE: "terminée avant son échéance"}
    return f"Convention {numero} {acts.get(str(statut), 'modifiée')}", _changes(line)


def _promises(avant: dict[str, Any], apres: dict[str, Any]) -> list[str]:
    """What became of each promise, those still there first."""
    taken = [
        f"{name} : {avant[name]} → {told}" if name in avant else f"{name} : engagement pris, {told}"
        for name, told in apres.items()
    ]
    return taken + [f"{name} : engagement retiré ({told})" for name, told in avant.items() if name not in apres]


def _changes(line: LigneJournal) -> list[str]:
    """« commune : Blois → Vendôme » for each column people read about, in the order of LABELS."""
    return [
        f"{label} : {_value_in_words(name, line.avant.get(name))} → {_value_in_words(name, line.apres[name])}"
        if name in line.avant or name != NOTES
        else f"{label} : {_value_in_words(name, line.apres[name])}"
        for name, label in LABELS.items()
        if name in line.apres
    ]


def _value_in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if value is None or value == "":
        return "vide"
    if name in CODES:
        return CODES[name].get(str(value), str(value))
    if name in DATES:
        return f"{read_date(value):%d/%m/%Y}"
    if name == "identifiant":
        return grouped(value)
    return str(value)
