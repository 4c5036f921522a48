"""Synthetic volume, to measure: invented enterprises written in bulk, under every constraint of the base."""

from __future__ import annotations

import random
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain, count, islice
from typing import Any, cast

from sqlalchemy import Table, insert, select, text
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import Periode, last_closed, local_date, time_zone
from paqte.domain.declarations.hors_sceau import AnswerKept, put_apart
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import Indicateur, catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import ENTREPRISE, PAQTE, SIGNEE, fin_triennale
from paqte.domain.statuts.declarations import TRANSMISE, VALIDEE
from paqte.jeux.fictif import CAPACITY, fictitious_siren, fictitious_siret, is_fictitious
from paqte.jeux.valeurs_inventees import answers, promise
from paqte.models import (
    Convention,
    Declaration,
    Departement,
    Engagement,
    Entreprise,
    Objectif,
    Realisation,
    Signataire,
    db,
)
from paqte.services.reglages.territoire import shipped_territories
from paqte.services.transaction import note, transaction

# The demonstration's own identifiers come before.
FIRST_RANK = 100
# Enterprises written together: enough to be quick, few enough for a small machine.
AT_ONCE = 100
SECTEURS = (("25.62B", "Mécanique industrielle"), ("47.11F", "Grande distribution"), ("62.01Z", "Informatique"))
TABLES = (Entreprise, Signataire, Convention, Engagement, Objectif, Declaration, Realisation)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Volume:
    """What is asked: how many enterprises and closed quarters in each département, and the seed."""

    entreprises: int
    periodes: int
    graine: int


def populate(
    *, actor: Acteur, departements: int, entreprises: int, periodes: int, graine: int, now: datetime
) -> Iterator[tuple[str, int]]:
    """Fill départements that have no signatory, in order of code; yields each with its number of values.

    The same seed in an empty base gives the same rows. One département is whole or absent. Refused when there are
    not that many empty départements, or not that many invented SIREN.
    """
    volume = Volume(entreprises, periodes, graine)
    free, held = _empty_departements(), _invented_sirens()
    left = CAPACITY - FIRST_RANK - len(held - {fictitious_siren(rank) for rank in range(FIRST_RANK)})
    if departements > len(free):
        raise Refused(f"Il ne reste que {len(free)} départements sans signataire : demandez-en moins.")
    if departements * entreprises > left:
        raise Refused(f"Il ne reste que {left} SIREN inventés : demandez moins d’entreprises.")
    starts = _first_ranks()
    for code in free[:departements]:
        ranks = list(islice(_free_ranks(starts.get(code, FIRST_RANK), held), entreprises))
        held.update(map(fictitious_siren, ranks))
        yield code, _fill_departement(actor, code, ranks, volume, now)


def _empty_departements() -> list[str]:
    taken = select(Signataire.departement_code)
    codes = list(db.session.scalars(select(Departement.code).where(Departement.code.not_in(taken))))
    db.session.rollback()
    return sorted(codes)


def _invented_sirens() -> set[str]:
    """The invented SIREN that somebody bears."""
    held = {siren for siren in db.session.scalars(select(Entreprise.siren)) if is_fictitious(siren)}
    db.session.rollback()
    return held


def _first_ranks() -> dict[str, int]:
    """Where the SIREN of each département begin: two bases that fill two of them invent no company in common."""
    codes = sorted(shipped_territories().departements)
    each = (CAPACITY - FIRST_RANK) // len(codes)
    return {code: FIRST_RANK + place * each for place, code in enumerate(codes)}


def _free_ranks(first: int, held: Container[str]) -> Iterator[int]:
    """Ranks of the invented SIREN that nobody bears yet, from this one on, then from the beginning."""
    ranks = chain(range(first, CAPACITY), range(FIRST_RANK, first))
    return (rank for rank in ranks if fictitious_siren(rank) not in held)


def _fill_departement(actor: Acteur, code: str, ranks: list[int], volume: Volume, now: datetime) -> int:
    last = last_closed(local_date(now, code), "T")
    periodes = [last]
    while len(periodes) < volume.periodes:
        periodes.insert(0, periodes[0].precedente)
    with transaction(actor=actor, now=now) as session:
        batch = _Batch(session, code, periodes, random.Random(f"{volume.graine}-{code}"), now)
        values = 0
        for position, rank in enumerate(ranks, 1):
            batch.add_enterprise(position, rank)
            if position % AT_ONCE == 0:
                values += batch.write()
        values += batch.write()
        note(session, "peupler", "departement", code, departement=code, apres={"entreprises": len(ranks)})
    return values


class _Batch:
    """The rows of one département, with keys of their own so that they point to one another before being written."""

    def __init__(
        self, session: Session, code: str, periodes: list[Periode], chance: random.Random, now: datetime
    ) -> None:
        self._session, self._code, self._periodes, self._chance, self._now = session, code, periodes, chance, now
        self._grid = catalogue()
        self._promised = [i for i in self._grid.of_dispositif(PAQTE) if not i.traits.is_free]
        self._keys = {model: count(self._last_key(model) + 1) for model in TABLES}
        self._rows: dict[type[Any], list[Row]] = {model: [] for model in TABLES}
        self._values = 0

    def add_enterprise(self, position: int, rank: int) -> None:
        """One enterprise, its convention on every indicator, and its declarations."""
        effectif = int(self._chance.lognormvariate(3.5, 1.2)) + 1
        naf, secteur = self._chance.choice(SECTEURS)
        entreprise = self._add(Entreprise, siren=fictitious_siren(rank), created_at=self._now)
        signataire = self._add(
            Signataire,
            entreprise_id=entreprise,
            departement_code=self._code,
            identifiant=fictitious_siret(rank),
            nom=f"Entreprise {self._code}-{position:05d} (fictif)",
            nature=ENTREPRISE,
            categorie="TPE" if effectif < 10 else "PME" if effectif < 250 else "ETI",
            naf=naf,
            secteur=secteur,
            effectif=effectif,
            commune=f"Commune {self._chance.randint(1, 60)}",
            created_at=self._now,
        )
        convention = self._add_convention(signataire, position)
        engagements = [(self._add_engagement(convention, i), i) for i in self._promised]
        for periode in self._periodes:
            self._add_declaration(convention, engagements, periode, effectif)

    def write(self) -> int:
        """Insert what was added since, those that others point to first; gives how many values."""
        values, self._values = self._values, 0
        for model in TABLES:
            if self._rows[model]:
                self._session.execute(insert(cast(Table, model.__table__)), self._rows[model])
                self._rows[model] = []
        self._move_sequences()
        return values

    def _add_convention(self, signataire: int, position: int) -> int:
        debut = self._periodes[0].debut
        return self._add(
            Convention,
            signataire_id=signataire,
            departement_code=self._code,
            numero=f"{self._code}-{debut.year}-{position:05d}",
            dispositif=PAQTE,
            statut=SIGNEE,
            signee_le=debut,
            debut=debut,
            fin=max(fin_triennale(debut), self._periodes[-1].dernier_jour + timedelta(days=365)),
            created_at=self._now,
        )

    def _add_engagement(self, convention: int, indicateur: Indicateur) -> int:
        reference, cible = promise(indicateur, self._chance)
        key = self._add(Engagement, convention_id=convention, indicateur=indicateur.code, reference=reference)
        if cible is not None:
            self._add(Objectif, engagement_id=key, annee=0, cible=cible)
        return key

    def _add_declaration(
        self, convention: int, engagements: list[tuple[int, Indicateur]], periode: Periode, effectif: int
    ) -> None:
        fate = self._chance.random()
        if fate < 0.04:
            return
        etat = TRANSMISE if fate < 0.08 else VALIDEE
        sent = datetime.combine(periode.fin + timedelta(days=10), time(10), time_zone(self._code))
        sent = min(sent, self._now)
        owed = [(key, i) for key, i in engagements if i.is_valid_during(periode.debut, periode.fin)]
        given = answers([i for _, i in owed], effectif, self._chance)
        kept = [
            AnswerKept(0, key, i.code, *given[i.code], None, "", sent, "Peuplement", False, "formulaire")
            for key, i in owed
        ]
        sceau, beside = put_apart(kept) if etat == VALIDEE else (None, None)
        declaration = self._add(
            Declaration,
            convention_id=convention,
            departement_code=self._code,
            periode=periode.code,
            etat=etat,
            transmise_le=sent,
            premier_envoi_le=sent,
            transmise_par="Peuplement",
            validee_le=sent if etat == VALIDEE else None,
            validee_par="Peuplement" if etat == VALIDEE else "",
            sceau=sceau,
            hors_sceau=beside,
            created_at=sent,
        )
        self._values += len(kept)
        for answer in kept if sceau is None else ():
            told = answer._asdict()
            del told["numero"]
            self._add(Realisation, declaration_id=declaration, engagement_id=told.pop("engagement"), **told)

    def _add(self, model: type[Any], **row: Any) -> int:
        key = next(self._keys[model])
        self._rows[model].append({"id": key, **row})
        return key

    def _last_key(self, model: type[Any]) -> int:
        """The last number the base gave: that of a row since deleted is not given again."""
        if self._session.get_bind().dialect.name == "sqlite":
            given = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        else:
            given = text(f"SELECT last_value FROM {_sequence(model)}")
        return self._session.scalar(given, {"name": model.__tablename__}) or 0

    def _move_sequences(self) -> None:
        """PostgreSQL draws keys from sequences, which do not see those given here."""
        if self._session.get_bind().dialect.name != "postgresql":
            return
        for model in TABLES:
            highest = f"GREATEST(last_value, (SELECT max(id) FROM {model.__tablename__}))"
            self._session.execute(text(f"SELECT setval('{_sequence(model)}', {highest}) FROM {_sequence(model)}"))


def _sequence(model: type[Any]) -> str:
    return f"{model.__tablename__}_id_seq"
