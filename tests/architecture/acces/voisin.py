"""A neighbour: the same things and people once more, in another département or beside Bruno in his own.

Rows are copied as they stand, whatever the table, under keys that nothing else has: a table that comes is copied too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Table, insert, select, text

from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, PLANIFICATEUR, REFERENT
from paqte.models import (
    Anteriorite,
    Avertissement,
    AvisEcheance,
    Base,
    CampagneScellee,
    ChiffreContexte,
    College,
    Demarche,
    EngagementProtocole,
    FeedKept,
    ListKept,
    MappingKept,
    NumeroEdition,
    Objectif,
    Presence,
    Qpv,
    Referent,
    Reglage,
    Relance,
    RelanceLigne,
    Retour,
    Rubrique,
    Transmission,
    ValeurPropre,
    db,
)
from paqte.services.transaction import transaction
from tests.architecture.acces.monde import NOW

if TYPE_CHECKING:
    from flask import Flask

AILLEURS, A_COTE = "37", "41"
# What is nobody's, or everybody's; the journal, whose lines are sealed one by one; what the base marks by itself.
SHARED = frozenset({
    "region", "departement", "gabarit", "edition_territoire", "etablissement", "cle_secrete", "restauration", "tour",
    "violation_csp", "envoi", "tentative_connexion", "journal", "journal_auteur", "journal_personne",
    "mouvement", "part_edition", "somme",
})  # fmt: skip
# What a company has in its own département; the rest is the préfecture's, and there once.
OF_A_COMPANY = frozenset({
    "entreprise", "signataire", "utilisateur", "contact_signataire", "demarche", "convention", "veille", "action",
    "anteriorite", "avis_echeance", "declaration", "engagement", "rattachement", "avertissement", "objectif",
    "realisation", "retour", "signalement",
})  # fmt: skip
# Texts that say which company, convention or person it is, as those do that stand once in a table.
TELLING = frozenset({"identifiant", "numero", "courriel", "destinataire"})
# Made at a sign-in or by an act of one's own, and read by whoever holds it alone.
OF_ONE_PERSON = frozenset(
    {"affectation", "code_secours", "defi_cle", "flux_date", "identite_fournie", "second_facteur"}
)
# The neighbour's come last: what is asked of everybody's, the highest or the latest, would be hers.
LATER = 5
_WHOSE = ((ENTREPRISE, ANIMATEUR, REFERENT), (ENTREPRISE, ANIMATEUR))
SECRET = re.compile(r"[\w-]{30,}")
Row = Mapping[str, Any]
Rows = dict[tuple[str, tuple[Any, ...]], str]


def what_a_departement_keeps(app: Flask, keys: Mapping[str, int]) -> None:
    """Beside the one of everything of the 41, what no address leads to: texts, figures, settings, dates, traces."""
    here, made = {"departement_code": "41"}, {"created_at": NOW}
    convention, declaration, engagement = (keys[f"{name}_id"] for name in ("convention", "declaration", "engagement"))
    person, first, soon = {"utilisateur_id": keys["utilisateur_id"]}, date(2025, 1, 1), date(2027, 1, 31)
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        relance = Relance(**person, **here, jour=date(2026, 10, 5), etape="ouverture", courriel_id=keys["courriel_id"],
                          **made)  # fmt: skip
        flux = FeedKept(**person, **here, empreinte="e" * 64, cree_le=NOW)
        session.add_all([
            relance, flux,
            Rubrique(**here, code="strategie", periode="2026-S1", texte="Deux filières."),
            Referent(**here, nom="Camille Aubry", fonction="Référente", courriel="camille@prefecture41.test"),
            ChiffreContexte(**here, code="population_qpv", valeur=330_000, date=first, **made),
            EngagementProtocole(**here, enjeu="Emploi", levier="Stages", libelle="Dix stages", cible=10, realise=4),
            Reglage(**here, cle="delai_declaration_jours", valeur="30"),
            Qpv(**here, code="QN04101M", nom="Quartier Nord", generation=2024, du=date(2024, 1, 1)),
            College(**here, code="0410001A", nom="Collège Nord", classement="REP"),
            MappingKept(**here, nom="suivi", contenu="[]", **made),
            CampagneScellee(**here, periode="2026-T1", ouverture=date(2026, 4, 1), echeance=date(2026, 4, 30),
                            fermeture=None, publications="{}", is_over=False),
            NumeroEdition(**here, genre_document="bilan", periode="2025-S2", numero=2),
            Objectif(engagement_id=engagement, annee=0, cible=12),
            Anteriorite(convention_id=convention, periode="2025-T1", is_owed=True, depuis=first),
            AvisEcheance(convention_id=convention, seuil=90, fin=soon, **made),
            Avertissement(declaration_id=declaration, engagement_id=engagement, code="chute", message="Moins."),
            Retour(declaration_id=declaration, commentaire="Vérifiez.", par="Camille", **made),
            Demarche(signataire_id=keys["prospect_id"], depuis=first, **made),
            ValeurPropre(colonne_id=keys["colonne_id"], signataire_id=keys["signataire_id"], valeur="bleu"),
            Presence(rencontre_id=keys["rencontre_id"], contact_id=keys["contact_id"], nom="Odile Marchand"),
            Transmission(edition_id=keys["edition_id"], **here, destinataire="cget@etat.test", diffusion="interne",
                         moyen="courriel", par="Camille", transmise_le=NOW, **made),
            ListKept(**person, liste="entreprise.accueil", filtres="", gardee_le=NOW),
        ])  # fmt: skip
        session.flush()
        session.add(RelanceLigne(relance_id=relance.id, convention_id=convention, periode="2026-T3", etat="a_saisir"))


def add_neighbour(app: Flask, departement: str) -> None:
    """Copy the 41 into `departement`: into the 41 itself, the companies alone and whoever is theirs."""
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        if departement != "41":
            _as_far_as_the_41(connection, departement)
        copied: dict[str, set[Any]] = {}
        for table in Base.metadata.sorted_tables:
            is_taken = table.name in OF_A_COMPANY if departement == "41" else table.name not in SHARED
            rows = [dict(row) for row in connection.execute(select(table)).mappings()] if is_taken else []
            if table.name == "utilisateur":
                rows = [row for row in rows if row["role"] in _WHOSE[departement == "41"]]
            mine = [row for row in rows if _is_of_the_41(table, row, copied)]
            copied[table.name] = {row[next(iter(table.primary_key)).name] for row in mine}
            for row in mine:
                connection.execute(insert(table).values(_moved(table, row, departement)))
        connection.commit()
        db.session.remove()


def own_rows(app: Flask) -> Rows:
    """Every row that is no neighbour's, as a text without what is drawn at random, by table and key."""
    return {key: SECRET.sub("…", said) for key, said in _rows(app, is_neighbour=False)}


def rows_of_the_neighbour(app: Flask) -> Rows:
    return dict(_rows(app, is_neighbour=True))


def _rows(app: Flask, *, is_neighbour: bool) -> Iterator[tuple[tuple[str, tuple[Any, ...]], str]]:
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(select(table)).mappings():
                if _is_copy(row) == is_neighbour:
                    key = tuple(row[column.name] for column in table.primary_key)
                    yield (table.name, key), str(dict(row))
        db.session.rollback()


def _is_copy(row: Row) -> bool:
    """Whether a row was copied, or is about the neighbour: what the scheduler makes for her is hers."""
    keys = [value for name, value in row.items() if name == "id" or name.endswith("_id")]
    return AILLEURS in (row.get("departement_code"), row.get("code")) or any(
        isinstance(key, int) and key < 0 for key in keys
    )


def _as_far_as_the_41(connection: Any, departement: str) -> None:
    """PAQTE serves there since the same day."""
    table = Base.metadata.tables["departement"]
    mine = connection.execute(select(table).where(table.c.code == "41")).mappings().one()
    values = {**mine, "code": departement, "nom": "Indre-et-Loire"}
    connection.execute(text("DELETE FROM departement WHERE code = :code"), {"code": departement})
    connection.execute(insert(table).values(values))


def _is_of_the_41(table: Table, row: Row, copied: Mapping[str, set[Any]]) -> bool:
    if row.get("departement_code") not in (None, "41"):
        return False
    parents = [(_parent(column), row[column.name]) for column in table.columns if _parent(column) not in ("", *SHARED)]
    return all(value is None or parent not in copied or value in copied[parent] for parent, value in parents)


def _parent(column: Column[Any]) -> str:
    return next((key.column.table.name for key in column.foreign_keys), "")


def _moved(table: Table, row: Row, departement: str) -> dict[str, Any]:
    """A row of the neighbour's: keys below zero, what stands once said otherwise, the rest word for word."""
    return {name: _value(table, name, value, departement) for name, value in row.items()}


def _value(table: Table, name: str, value: Any, departement: str) -> Any:
    column = table.columns[name]
    if value is None or _parent(column) in SHARED - {"departement"}:
        return value
    if name == "departement_code":
        return departement
    if isinstance(value, int) and (name == "id" or name.endswith("_id")):
        return -value
    if isinstance(value, int) and name in ("rang", "numero"):
        return value + LATER
    if name in ("siren", "identifiant") and value.isdigit():
        return "".join(str(9 - int(digit)) for digit in value)
    is_told = column.unique or name in TELLING
    return f"v{value}" if value and is_told and isinstance(value, str) else value


def what_is_known_of_the_41(app: Flask) -> list[str]:
    """Each row that says it is of the 41, without its keys, which follow whatever else was written meanwhile."""
    said = []
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            if "departement_code" in table.columns and table.name not in SHARED:
                asked = select(table).where(table.c.departement_code == "41")
                for row in db.session.execute(asked).mappings():
                    values = {name: value for name, value in row.items() if not (name == "id" or name.endswith("_id"))}
                    said.append(f"{table.name} {SECRET.sub('…', str(values))}")
        db.session.rollback()
    return sorted(said)
