"""What is owed, when and by whom, asked of every place that says so: one answer, that of the rules (R5, R41, R42)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ENTREPRISE, REFERENT, Acteur
from paqte.queries.conventions.signataires import SignatairesSought, list_signataires
from paqte.queries.courriels.relances import forecast
from paqte.queries.declarations.attendus import list_echeances
from paqte.queries.declarations.completude import read_completeness
from paqte.queries.declarations.listes.declarations import first_listed_year, owed_declarations
from paqte.queries.editions.bilans import read_donnees
from paqte.queries.suivi.accueil import home
from paqte.queries.suivi.entreprise import list_followed, read_espace
from paqte.queries.suivi.fiche_signataire import read_signataire
from paqte.services.courriels.relances import _reading
from tests.queries.declarations.monde_attendu import (
    World,
    bounds,
    covers,
    due,
    every,
    is_late,
    is_shut,
    is_to_complete,
    last_closed,
    owed,
    put,
    questions,
    state,
    waits,
    worlds,
)


class Said:
    """The places of one world, asked on its day."""

    def __init__(self, world: World, session: Any) -> None:
        self.world, self.session, self.today = world, session, world.today
        self.camille = Acteur(1, "Camille", REFERENT, world.code)
        self.now = datetime.combine(world.today, time(10), UTC)
        self.owed = owed(world, world.today)
        self.semestre = last_closed(world.today, "S")
        self.trimestre = last_closed(world.today, "T")
        self.before = (last_closed(bounds(self.semestre)[0], "S"), last_closed(bounds(self.trimestre)[0], "T"))

    def inside(self, window: str) -> set[tuple[int, str]]:
        first, last = bounds(window)
        return {k for k in self.owed if bounds(k[1])[0] >= first and bounds(k[1])[1] <= last}

    def dus(self, window: str) -> int:
        return sum(len(questions(self.owed[k], k[1])) for k in self.inside(window))


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_R42_every_place_says_the_same_of_what_is_owed_when_and_by_whom(session: Any, world: World) -> None:
    put(world)
    session.rollback()
    said = Said(world, session)
    the_list(said)
    the_page_of_a_company(said)
    the_page_of_a_signatory(said)
    the_home_page(said)
    the_list_of_signatories(said)
    the_reminders(said)
    the_mail_before_the_bilan(said)
    completeness(said)
    the_documents(said)


def the_list(said: Said) -> None:
    world = said.world
    years = [Periode(year, "A", 1) for year in range(2019, world.today.year + 1)]
    lines = owed_declarations(actor=said.camille, departement=world.code, periodes=years, now=said.now).lignes
    found = {(line.convention_id, line.periode.code): line for line in lines}
    over = {k for k, line in found.items() if line.is_owed and line.periode.is_closed(world.today)}
    assert over == set(said.owed), "list"
    for (key, code), c in said.owed.items():
        line = found[key, code]
        assert line.limite == due(world, c, code), ("list, day", code)
        assert line.is_late == is_late(world, c, code), ("list, late", code)
        assert line.dus == len(questions(c, code)), ("list, questions", code)
        assert line.etat == state(c, code)
    assert not any(line.is_late for k, line in found.items() if k not in said.owed)
    first = first_listed_year(world.code, world.today)
    assert all(int(code[:4]) >= first for _, code in said.owed), "list, all periods"


def the_page_of_a_company(said: Said) -> None:
    world = said.world
    keys = sorted({c.signataire for c in world.conventions})
    found = {(e.convention_id, e.periode.code): e for e in list_echeances(keys, world.code, world.today)}
    over = {k for k, e in found.items() if e.is_owed and e.periode.is_closed(world.today)}
    assert over == set(said.owed), "company"
    for (key, code), c in said.owed.items():
        e = found[key, code]
        assert e.limite == due(world, c, code), ("company, day", code)
        assert e.is_late == is_late(world, c, code), ("company, late", code)
        assert e.is_closed == is_shut(world, c, code), ("company, closed", code)
    assert not any(e.is_late for k, e in found.items() if k not in said.owed)
    bruno = Acteur(3, "Bruno", ENTREPRISE, None, frozenset(keys))
    to_do = {s.id: s.a_faire for s in list_followed(actor=bruno, now=said.now)}
    for key in keys:
        mine = [(c, code) for (k, code), c in said.owed.items() if c.signataire == key and waits(world, c, code)]
        # What the référent asks back is asked, though nothing was owed.
        mine += [
            (c, code)
            for c in world.conventions
            for code in c.declarations
            if c.signataire == key and (c.key, code) not in said.owed and state(c, code) == "a_completer"
            and covers(c, code)
        ]  # fmt: skip
        assert to_do[key] == len(mine), "companies followed"
        espace = read_espace(actor=bruno, signataire_id=key, now=said.now)
        assert {(e.convention_id, e.periode.code) for e in espace.a_faire} == {(c.key, code) for c, code in mine}


def the_page_of_a_signatory(said: Said) -> None:
    for key in {c.signataire for c in said.world.conventions}:
        fiche = read_signataire(actor=said.camille, signataire_id=key, now=said.now)
        wanted = {k for k, c in said.owed.items() if c.signataire == key and state(c, k[1]) != "validee"}
        assert {(d.convention_id, d.periode.code) for d in fiche.dues} == wanted, "signatory"


def the_list_of_signatories(said: Said) -> None:
    """What promises nothing owes nothing, and is « à compléter » wherever conventions are listed (R41)."""
    world = said.world
    lacking = {c.key for c in world.conventions if is_to_complete(world, c)}
    assert {c.id for c in home(actor=said.camille, now=said.now).a_completer} == lacking, "home, to complete"
    asked = SignatairesSought(etat="a_completer")
    found = list_signataires(actor=said.camille, criteres=asked, page=1, now=said.now).lignes
    assert {line.id for line in found} == {c.signataire for c in world.conventions if c.key in lacking}
    assert {c.id for line in found for c in line.conventions if c.is_to_complete} == lacking


def the_home_page(said: Said) -> None:
    world = said.world
    page = home(actor=said.camille, now=said.now)
    mine = said.inside(said.semestre)
    assert page.attendues == len(mine), "home"
    assert page.validees == len([k for k in mine if state(said.owed[k], k[1]) == "validee"]), "home, validated"
    windows = [said.semestre]
    if bounds(said.trimestre)[1] > bounds(said.semestre)[1]:
        windows.append(said.trimestre)
    for window in windows:
        missing = {k for k in said.inside(window) if state(said.owed[k], k[1]) not in ("transmise", "validee")}
        attente = next((a for a in page.attentes if a.periode.code == window), None)
        assert (attente.declarations if attente else 0) == len(missing), "home, missing"
        if attente is not None:
            late = [k for k in missing if is_late(world, said.owed[k], k[1])]
            assert attente.en_retard == len(late), "home, late"
            if late:
                assert attente.depuis == max(due(world, said.owed[k], k[1]) for k in late)
            days = [due(world, said.owed[k], k[1]) for k in missing - set(late)]
            assert attente.dues_le == min((d for d in days if d >= world.today), default=None), "home, day"
    sent = [c for c in world.conventions for code in c.declarations if state(c, code) == "transmise"]
    assert page.a_valider == len([c for c in sent if c.dispositif != "charte"]), "home, to validate"


def the_reminders(said: Said) -> None:
    world = said.world
    for code in {k[1] for k in said.owed}:
        found = forecast(departement=world.code, periode=Periode.from_code(code), etape="manuelle", day=world.today)
        asked = {c.signataire for k, c in said.owed.items() if k[1] == code and waits(world, c, code)}
        told = {a.signataire.id for d in found.destinataires for a in d.attendus}
        assert told == asked, ("reminders", code)
        for d in found.destinataires:
            for a in d.attendus:
                key = (a.echeance.convention_id, a.echeance.periode.code)
                assert key in said.owed and waits(world, said.owed[key], key[1])
    everything = forecast(departement=world.code, periode=None, etape="manuelle", day=world.today)
    told_all = {
        (a.echeance.convention_id, a.echeance.periode.code) for d in everything.destinataires for a in d.attendus
    }
    assert told_all == {k for k, c in said.owed.items() if waits(world, c, k[1])}, "reminders, all"


def the_mail_before_the_bilan(said: Said) -> None:
    for window in (said.semestre, said.trimestre):
        told = _reading(said.world.code, Periode.from_code(window), said.now)
        mine = said.inside(window)
        missing = [k for k in mine if state(said.owed[k], k[1]) not in ("transmise", "validee")]
        first, last = bounds(window)
        sent = [
            code for c in said.world.conventions if c.dispositif != "charte" for code in c.declarations
            if state(c, code) == "transmise" and bounds(code)[0] >= first and bounds(code)[1] <= last
        ]  # fmt: skip
        assert (told["a_valider"], told["manquantes"]) == (len(sent), len(missing)), "reading"


def completeness(said: Said) -> None:
    world = said.world
    for window in (said.semestre, said.trimestre, *said.before):
        found = read_completeness(actor=said.camille, periode=Periode.from_code(window)).ensemble
        validated = [k for k in said.inside(window) if state(said.owed[k], k[1]) == "validee"]
        in_time = [
            (key, code)
            for key, code in validated
            if bounds(code)[1] + timedelta(days=said.owed[key, code].declarations[code].jours)
            <= due(world, said.owed[key, code], code)
        ]
        counts = [sum(len(questions(said.owed[k], k[1])) for k in keys) for keys in (validated, in_time)]
        assert tuple(found) == (said.dus(window), *counts), "completeness"


def the_documents(said: Said) -> None:
    world, grid = said.world, catalogue()
    numbers = {f"{world.code}-{r}-{n}": c.key for r, t in enumerate(world.signataires, 1) for n, c in enumerate(t, 1)}
    labels = {Periode.from_code(code).libelle: code for rythme in "TS" for code in every(rythme, range(2019, 2029))}
    semestre = Periode.from_code(said.semestre)
    bilan = assemble(read_donnees(said.session, world.code, semestre), grid, edition=1, now=said.now, gabarit="v1")
    rows = {(numbers[line.convention], labels[line.periode]): line for line in bilan.reponses}
    assert set(rows) == said.inside(said.semestre), "bilan"
    assert all(line.dus == len(questions(said.owed[k], k[1])) for k, line in rows.items())
    whole = [line.dus for line in bilan.completude if line.genre == "ensemble"]
    assert sum(whole) == said.dus(said.semestre), "bilan, completeness"
    trimestre = Periode.from_code(said.trimestre)
    export = assemble_trimestre(
        read_donnees(said.session, world.code, trimestre), grid, edition=1, now=said.now, gabarit="v1"
    )
    assert export.comptes.attendues == len(said.inside(said.trimestre)), "export"
