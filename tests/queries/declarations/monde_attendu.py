"""Small départements drawn at random, put in a base, and what the rules say they owe, counted by hand.

Conventions begun late, ended, without engagement, charters, projets, semester declarants, periods asked late or not at
all, dates of campaign kept, typing closed, declarations in each state; today moves. Nothing here reads `domain` but for
the seals that the base must hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from string import ascii_uppercase
from typing import Any

from hypothesis import strategies as st

from paqte.domain.declarations.sceau import Scelle, seal
from paqte.domain.personnes.acteurs import ENTREPRISE, REFERENT, Acteur
from paqte.models import (
    Anteriorite,
    CampagneScellee,
    Convention,
    Declaration,
    Departement,
    Engagement,
    Entreprise,
    Rattachement,
    Realisation,
    Reglage,
    Signataire,
    Utilisateur,
)
from paqte.services.transaction import transaction

LONG_AGO = datetime(2019, 1, 7, 9, tzinfo=UTC)
CLOSED = {"R3e": date(2024, 12, 31)}
SEMESTERS = ("2021-S1", "2024-S1", "2024-S2", "2025-S1", "2025-S2")
STATES = ("a_saisir", "brouillon", "transmise", "a_completer", "validee")
# One département a world, in one base.
CODES = ("".join(letters) for letters in product(ascii_uppercase, repeat=3))


@dataclass
class Typed:
    """A declaration: its state, and how many days after the end of its period it was first sent."""

    etat: str
    jours: int


@dataclass
class C:
    dispositif: str
    statut: str
    rythme: str
    debut: date
    fin: date
    resiliee_le: date | None
    promises: tuple[str, ...]
    anterieures: dict[str, date | None]
    declarations: dict[str, Typed]
    key: int = 0
    signataire: int = 0

    @property
    def end(self) -> date:
        return min(self.fin, self.resiliee_le) if self.resiliee_le else self.fin


@dataclass
class World:
    premier: str
    delai: int
    fermeture: int | None
    gardees: dict[str, int]
    signataires: list[list[C]]
    today: date
    code: str = ""

    @property
    def conventions(self) -> list[C]:
        return [c for theirs in self.signataires for c in theirs]


# --- the rules, counted by hand -------------------------------------------------------------------------------------


def bounds(code: str) -> tuple[date, date]:
    """First day and last day of 2026-T3 or 2026-S1."""
    year, kind, rank = int(code[:4]), code[5], int(code[6])
    months = 3 if kind == "T" else 6
    first = date(year, (rank - 1) * months + 1, 1)
    after = first.month + months
    return first, date(year + after // 13, after if after < 13 else 1, 1) - timedelta(days=1)


def last_closed(day: date, rythme: str) -> str:
    return [code for code in every(rythme, range(2019, 2029)) if bounds(code)[1] < day][-1]


def every(rythme: str, years: range) -> Iterator[str]:
    for year in years:
        yield from (f"{year}-{rythme}{rank}" for rank in range(1, 5 if rythme == "T" else 3))


def questions(c: C, code: str) -> list[str]:
    """The engagements that ask something for the period: those whose measure was open one day of it (R41)."""
    first, _ = bounds(code)
    return [i for i in c.promises if CLOSED.get(i, date.max) >= first]


def binds(c: C, code: str) -> bool:
    first, last = bounds(code)
    return c.statut != "projet" and c.debut <= last and c.end >= first


def covers(c: C, code: str) -> bool:
    return c.dispositif != "charte" and binds(c, code)


def is_owed(world: World, c: C, code: str) -> bool:
    """R5, R7, R11, R41, R42."""
    first, _ = bounds(code)
    is_left_out = code in c.anterieures and c.anterieures[code] is None
    return covers(c, code) and first >= bounds(world.premier)[0] and not is_left_out and bool(questions(c, code))


def due(world: World, c: C, code: str) -> date:
    """The day kept, or the setting; counted from the day it was asked when it was asked late (R37, R42)."""
    last, asked = bounds(code)[1], c.anterieures.get(code)
    return (asked or last) + timedelta(days=world.gardees.get(code, world.delai))


def owed(world: World, until: date) -> dict[tuple[int, str], C]:
    """What is owed of the periods over on that day, by key of convention and code of period."""
    return {
        (c.key, code): c
        for c in world.conventions
        for code in every(c.rythme, range(2019, 2029))
        if bounds(code)[1] < until and is_owed(world, c, code)
    }


def state(c: C, code: str) -> str:
    return c.declarations[code].etat if code in c.declarations else "a_saisir"


def is_late(world: World, c: C, code: str) -> bool:
    """Its day is over and it was never sent: a question sent back, or a correction, makes nobody late."""
    return is_owed(world, c, code) and world.today > due(world, c, code) and state(c, code) in STATES[:2]


def is_shut(world: World, c: C, code: str) -> bool:
    """The company can no longer answer alone what it never sent (R12)."""
    if world.fermeture is None or state(c, code) not in STATES[:2]:
        return False
    return world.today > (c.anterieures.get(code) or bounds(code)[1]) + timedelta(days=world.fermeture)


def is_to_complete(world: World, c: C) -> bool:
    """Signed, not over, and without a promise; a charte promises nothing of its own (R7, R41)."""
    return c.statut != "projet" and c.dispositif != "charte" and not c.promises and c.end >= world.today


def waits(world: World, c: C, code: str) -> bool:
    """Whether the company has something to do that was asked of it."""
    return state(c, code) not in ("transmise", "validee") and not is_shut(world, c, code)


# --- worlds ---------------------------------------------------------------------------------------------------------


DAYS = st.dates(date(2020, 11, 1), date(2026, 12, 31))


@st.composite
def conventions(draw: Any, today: date) -> C:
    debut = draw(DAYS)
    fin = debut + timedelta(days=draw(st.sampled_from((80, 400, 1094, 1825))))
    statut = draw(st.sampled_from(("signee", "signee", "signee", "resiliee", "projet")))
    ended = draw(st.integers(0, (fin - debut).days)) if statut == "resiliee" else None
    c = C(
        dispositif=draw(st.sampled_from(("paqte", "paqte", "paqte", "plan_10000", "charte"))),
        statut=statut,
        rythme=draw(st.sampled_from("TTS")),
        debut=debut,
        fin=fin,
        resiliee_le=None if ended is None else debut + timedelta(days=ended),
        promises=draw(st.sampled_from((("S2",), ("S2", "A1"), ("R3e",), ("R3e", "X1"), ()))),
        anterieures={},
        declarations={},
    )
    _fill(draw, c, today)
    return c


def _fill(draw: Any, c: C, today: date) -> None:
    """Periods over when it was typed, and declarations, mostly of late; a charte may have some of another life."""
    codes = [code for code in every(c.rythme, range(2020, 2028)) if binds(c, code) and bounds(code)[1] < today]
    for code in (*codes[-4:], *codes[:1]):
        last = bounds(code)[1]
        said = draw(st.sampled_from(("", "", "laissée", "demandée")))
        if said:
            asked = last + timedelta(days=draw(st.integers(60, 300)))
            c.anterieures[code] = asked if said == "demandée" and asked <= today else None
        etat = draw(st.sampled_from(("", *STATES)))
        if etat and questions(c, code):
            since = ((c.anterieures.get(code) or last) - last).days
            c.declarations[code] = Typed(etat, min(since + draw(st.integers(1, 70)), max(1, (today - last).days)))


@st.composite
def worlds(draw: Any) -> World:
    today = draw(st.dates(date(2025, 1, 2), date(2026, 12, 31)))
    kept = draw(st.lists(st.sampled_from(list(every("T", range(2024, 2026)))), unique=True, max_size=3))
    kept += draw(st.lists(st.sampled_from(list(every("S", range(2024, 2026)))), unique=True, max_size=2))
    return World(
        premier=draw(st.sampled_from(SEMESTERS)),
        delai=draw(st.sampled_from((10, 20, 45))),
        fermeture=draw(st.sampled_from((None, None, 50, 300))),
        gardees={code: draw(st.sampled_from((5, 15, 30))) for code in kept},
        signataires=draw(st.lists(st.lists(conventions(today), min_size=1, max_size=2), min_size=1, max_size=3)),
        today=today,
    )


def put(world: World) -> None:
    world.code = next(CODES)
    with transaction(actor=Acteur(1, "Camille", REFERENT, world.code), now=LONG_AGO) as session:
        session.add(
            Departement(
                code=world.code, nom=f"Département {world.code}", prefecture="Préfecture",
                premier_semestre=world.premier, premiere_complete_le=LONG_AGO.date(),
            )
        )  # fmt: skip
        session.flush()
        values = {"declaration_delai_jours": str(world.delai)}
        values |= {"fermeture_delai_jours": str(world.fermeture)} if world.fermeture else {}
        session.add_all(Reglage(departement_code=world.code, cle=k, valeur=v) for k, v in values.items())
        for code, days in world.gardees.items():
            last = bounds(code)[1]
            session.add(
                CampagneScellee(
                    departement_code=world.code, periode=code, ouverture=last + timedelta(days=1),
                    echeance=last + timedelta(days=days), fermeture=None, publications="{}",
                    is_over=False,
                )
            )  # fmt: skip
        for rank, theirs in enumerate(world.signataires, 1):
            _put_signatory(session, world, rank, theirs)


def _put_signatory(session: Any, world: World, rank: int, theirs: list[C]) -> None:
    siren = f"{world.code}{rank:06}"
    row = Signataire(
        entreprise=Entreprise(siren=siren, created_at=LONG_AGO), departement_code=world.code, identifiant=siren,
        nom=f"Signataire {rank}", nature="entreprise", created_at=LONG_AGO,
    )  # fmt: skip
    mail = f"contact{world.code}.{rank}@exemple.fr"
    user = Utilisateur(nom=f"Contact {rank}", courriel=mail, role=ENTREPRISE, is_active=True, created_at=LONG_AGO)
    session.add_all((row, user))
    session.flush()
    session.add(Rattachement(utilisateur_id=user.id, signataire_id=row.id))
    for number, c in enumerate(theirs, 1):
        _put_convention(session, world, row.id, f"{world.code}-{rank}-{number}", c)


def _put_convention(session: Any, world: World, signataire: int, numero: str, c: C) -> None:
    row = Convention(
        signataire_id=signataire, departement_code=world.code, numero=numero, dispositif=c.dispositif, statut=c.statut,
        rythme=c.rythme, debut=c.debut, fin=c.fin, resiliee_le=c.resiliee_le,
        motif_resiliation="Fin anticipée" if c.resiliee_le else "",
        signee_le=None if c.statut == "projet" else c.debut, created_at=LONG_AGO,
        engagements=[Engagement(indicateur=i, rang=1, libelle="Arbres", unite="arbres") for i in c.promises],
    )  # fmt: skip
    session.add(row)
    session.flush()
    c.key, c.signataire = row.id, signataire
    for code, depuis in c.anterieures.items():
        session.add(
            Anteriorite(convention_id=row.id, periode=code, is_owed=depuis is not None, depuis=depuis or world.today)
        )
    for code, typed in c.declarations.items():
        session.add(_declaration(world, row, c, code, typed))
    session.flush()


def _declaration(world: World, row: Convention, c: C, code: str, typed: Typed) -> Declaration:
    day = bounds(code)[1] + timedelta(days=typed.jours)
    moment = datetime.combine(day, time(10), UTC)
    sent = moment if typed.etat not in STATES[:2] else None
    is_validated = typed.etat == "validee"
    asked = [e for e in row.engagements if e.indicateur in questions(c, code)]
    return Declaration(
        convention_id=row.id, departement_code=world.code, periode=code, etat=typed.etat, transmise_le=sent,
        premier_envoi_le=sent, validee_le=moment if is_validated else None,
        validee_par="Camille" if is_validated else "", created_at=moment,
        sceau=seal([Scelle(e.id, e.indicateur, "nombre", 3, None, None) for e in asked]) if is_validated else None,
        realisations=[
            Realisation(
                engagement_id=e.id, indicateur=e.indicateur, reponse="nombre", valeur=3, saisie_par="Camille",
                saisie_le=moment, origine="formulaire",
            )
            for e in asked
        ],
    )  # fmt: skip
