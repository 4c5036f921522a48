"""The conventions that a file tells and what they promise: found by number or by dates, added, completed (R1, R5)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.nombres import read_number
from paqte.domain.statuts.conventions import DISPOSITIFS, PAQTE, RYTHMES, TRIMESTRE, Dates, fin_triennale
from paqte.importing.tracker.targets import CONVENTION, ENGAGEMENT
from paqte.models import Convention, Engagement, db
from paqte.services.conventions import (
    ConventionTyped,
    change_convention,
    create_convention,
    name_of,
    set_engagements,
)
from paqte.services.imports.reading import (
    CHANGED,
    CREATED,
    LEFT,
    EntryGiven,
    EntryReader,
    FaultyRow,
    ImportContext,
    Outcomes,
    shown_at,
)

OF_CONVENTION = ("debut", "fin", "signee_le", "rythme", "cosignataire", "plan_10000", "dispositif")
_THEMATIQUE = re.compile(r"T(?:0[1-9]|1[0-4])\b", re.IGNORECASE | re.ASCII)


class ConventionsKnown:
    """The conventions of the signatories at hand."""

    def __init__(self, contexte: ImportContext, *, rythme: str) -> None:
        self.contexte, self.outcomes = contexte, contexte.outcomes
        # How a convention of this file answers, when no column says it: as its results do.
        self.rythme = rythme or TRIMESTRE

    def keep(self, row: EntryGiven, signataire: int) -> None:
        """Add the convention of a row, or complete it."""
        reader = EntryReader(row, CONVENTION, self.outcomes)
        typed = self._typed(reader)
        reader.require_sound()
        known = self._known(row, signataire, typed, CONVENTION)
        try:
            if known is None:
                self._refuse_second(row, signataire, typed)
                termes = ConventionTyped(**{"dispositif": PAQTE, "rythme": self.rythme, "debut": None, **typed})
                saved = create_convention(
                    actor=self.contexte.actor, signataire_id=signataire, termes=termes, now=self.contexte.now
                )
                numero = db.session.get_one(Convention, saved.convention_id).numero
                told = f"convention {numero}"
                if saved.avertissements:
                    told = f"{told} ({' '.join(saved.avertissements)})"
                self.outcomes.say(row, CONVENTION, CREATED, told)
                return
            if not row.has("debut"):
                typed.pop("debut", None)  # it was only supposed from the signature
            now = ConventionTyped(**{f.name: getattr(known, f.name) for f in fields(ConventionTyped)})
            wanted = replace(now, **typed)
            if wanted != now:
                change_convention(
                    actor=self.contexte.actor,
                    convention_id=known.id,
                    version=known.version,
                    termes=wanted,
                    now=self.contexte.now,
                )
            self.outcomes.say(row, CONVENTION, LEFT if wanted == now else CHANGED, f"convention {known.numero}")
        except Refused as refused:
            self.outcomes.refuse_all(row, CONVENTION, refused.errors, {"is_in_plan_10000": "plan_10000"})
            raise FaultyRow from None

    def _refuse_second(self, row: EntryGiven, signataire: int, typed: dict[str, Any]) -> None:
        """Of a start supposed from the signature, inside a convention already known: its date may have been mended.

        Refused, rather than a second convention whose same results would be declared twice (R32).
        """
        debut = typed.get("debut")
        if row.has("debut") or debut is None:
            return
        dispositif = typed.get("dispositif", PAQTE)
        last = typed.get("fin") or fin_triennale(debut)
        for one in self.of(signataire):
            dates = Dates(one.statut, one.debut, one.fin, one.resiliee_le)
            if one.dispositif == dispositif and one.debut <= last and dates.effective_end >= debut:
                raise Refused(
                    {
                        "signee_le": f"La convention {one.numero} couvre déjà cette période et n’a pas cette date de "
                        "signature : indiquez son numéro, ou la date de début d’une autre convention."
                    }
                )

    def of(self, signataire: int) -> list[Convention]:
        """The conventions of a signatory with what they promise, as the base holds them now."""
        query = (
            select(Convention)
            .where(Convention.signataire_id == signataire)
            .options(selectinload(Convention.engagements).selectinload(Engagement.objectifs))
            .order_by(Convention.debut, Convention.id)
            .execution_options(populate_existing=True)
        )
        return list(db.session.scalars(query))

    def one(self, row: EntryGiven, signataire: int, sujet: str) -> Convention:
        """The convention a row speaks of; FaultyRow, said, when it is not told or not known."""
        typed = self._typed(EntryReader(row, sujet, Outcomes()))
        found = self._known(row, signataire, typed, sujet)
        if found is None:
            self.outcomes.refuse(row, sujet, "convention", _which_is_lacking(self.of(signataire)))
            raise FaultyRow
        return found

    def _known(self, row: EntryGiven, signataire: int, typed: dict[str, Any], sujet: str) -> Convention | None:
        """The convention a row tells by its number or its dates; FaultyRow, said, when several have its date."""
        listed = self.of(signataire)
        if number := row.text("convention"):
            named = [c for c in listed if c.numero == number]
            if named:
                return named[0]
        dispositif = typed.get("dispositif")
        for name in ("debut", "signee_le"):
            if (day := typed.get(name)) is None:
                continue
            same = [c for c in listed if getattr(c, name) == day and dispositif in (None, c.dispositif)]
            # What a row says nothing of is PAQTE, as when it is added.
            same = [c for c in same if c.dispositif == (dispositif or PAQTE)] or same
            if len(same) > 1:
                numbers = " et ".join(c.numero for c in same)
                expected = f"Les conventions {numbers} ont toutes cette date : indiquez le numéro de celle-ci."
                self.outcomes.refuse(row, sujet, name if row.has(name) else "signee_le", expected)
                raise FaultyRow
            if same:
                return same[0]
        is_told = typed.get("debut") or typed.get("signee_le")
        fitting = [c for c in listed if dispositif in (None, c.dispositif)]
        return fitting[0] if len(fitting) == 1 and not is_told else None

    def _typed(self, reader: EntryReader) -> dict[str, Any]:
        days: dict[str, date | None] = {name: reader.get(name, read_date) for name in ("debut", "fin", "signee_le")}
        days["debut"] = days["debut"] or days["signee_le"]
        found: dict[str, Any] = {name: day for name, day in days.items() if day is not None}
        for name, words in (("dispositif", DISPOSITIFS), ("rythme", {**RYTHMES, **_RYTHMES})):
            if word := reader.word(name, words):
                found[name] = _RYTHMES_KEPT.get(word, word)
        if text := reader.text("cosignataire"):
            found["cosignataire"] = text
        plan = reader.yes("plan_10000")
        if plan is not None or reader.row.has("thematiques"):
            found["is_in_plan_10000"] = bool(plan) or reader.row.has("thematiques")
        return found


def _which_is_lacking(listed: list[Convention]) -> str:
    """What a row that names no convention of these should say."""
    if not listed:
        return "Ce signataire n’a pas de convention : importez d’abord ses conventions."
    if len(listed) == 1:
        return f"Sa convention {listed[0].numero} n’a ni ce dispositif ni cette date : indiquez son numéro."
    return "Ce signataire a plusieurs conventions : indiquez le numéro de celle-ci, ou sa date de début."


# As trackers write them beside our own words.
_RYTHMES = {"trimestriel": "Trimestre", "semestriel": "Semestre"}
_RYTHMES_KEPT = {"trimestriel": "T", "semestriel": "S"}


class PromessesTold:
    """The engagements and targets that the rows of a convention tell, gathered, then kept axis by axis."""

    def __init__(self, contexte: ImportContext) -> None:
        self.contexte, self.outcomes = contexte, contexte.outcomes
        # (convention, indicator, rank) -> the row that spoke of it first, and what each of its cells said.
        self.told: dict[tuple[int, str, int], tuple[EntryGiven, dict[str, Any]]] = {}

    def keep(self, row: EntryGiven, convention: Convention, told: dict[str, dict[str, str]]) -> None:
        """Make the convention promise what a row tells: for each indicator, the cells of its reference and targets.

        `told` is code -> field (reference, duree, an1…, libelle, unite, precision) -> target of its cell.
        """
        reader = EntryReader(row, ENGAGEMENT, self.outcomes)
        rows = {(e.indicateur, e.rang): e for e in convention.engagements}
        wanted: dict[tuple[str, int], EngagementSaisi] = {}
        for code, cells in told.items():
            key = (code, self._rank(reader, convention, code, cells))
            given = self._given(reader, key[0], cells)
            self._settle(row, (convention.id, *key), given, cells)
            wanted[key] = _promise_over(rows.get(key), key, given)
        reader.require_sound()
        fresh = {k: s for k, s in wanted.items() if k not in rows or _as_promised(rows[k]) != s}
        grid, version = catalogue(), convention.version
        for axe in sorted({grid.indicateurs[code].axe for code, _ in fresh}):
            saisis = [s for (code, _), s in fresh.items() if grid.indicateurs[code].axe == axe]
            try:
                set_engagements(
                    actor=self.contexte.actor,
                    convention_id=convention.id,
                    version=version,
                    axe=axe,
                    saisis=saisis,
                    now=self.contexte.now,
                )
            except Refused as refused:
                quoi = ", ".join(s.indicateur for s in saisis)
                self.outcomes.refuse_all(row, ENGAGEMENT, refused.errors, _targets_of(saisis, told), quoi)
                raise FaultyRow from None
            version += 1
        for key in wanted:
            resultat = LEFT if key not in fresh else CHANGED if key in rows else CREATED
            self.outcomes.say(row, ENGAGEMENT, resultat, f"engagement {key[0]}, convention {convention.numero}")

    def _rank(self, reader: EntryReader, convention: Convention, code: str, cells: dict[str, str]) -> int:
        """Which of several free engagements: that of the same name, else the next (R5)."""
        if not catalogue().indicateurs[code].traits.is_free:
            return 1
        libelle = reader.text(cells.get("libelle", ""))
        same = [e for e in convention.engagements if e.indicateur == code]
        found = next((e.rang for e in same if e.libelle == libelle), None)
        return found or max((e.rang for e in same), default=0) + 1

    def _given(self, reader: EntryReader, code: str, cells: dict[str, str]) -> dict[str, Any]:
        """What the cells of an engagement say, blank ones left out."""
        indicateur = catalogue().indicateurs[code]
        texts = ("precision", "libelle", "unite") if indicateur.traits.is_free else ("precision",)
        found: dict[str, Any] = {}
        for name, target in cells.items():
            if name in texts:
                found[name] = reader.text(target) or None
            elif name in _NUMBERS:
                found[name] = reader.get(target, lambda text: read_number(text, indicateur.nombre))
        return {name: value for name, value in found.items() if value is not None}

    def _settle(self, row: EntryGiven, key: tuple[int, str, int], given: dict[str, Any], cells: dict[str, str]) -> None:
        """Two rows that say two things of one engagement: refused in one sheet; of two, the later period is right."""
        first, said = self.told.setdefault(key, (row, {}))
        for name in given.keys() & said.keys():
            if first.found.sheet == row.found.sheet and given[name] != said[name]:
                expected = f"{shown_at(first)} dit autre chose du même engagement : gardez une seule valeur."
                self.outcomes.refuse(row, ENGAGEMENT, cells[name], expected)
                raise FaultyRow
            given[name] = said[name]
        self.told[key] = (first, {**given, **said})


_NUMBERS = ("reference", "duree", "an1", "an2", "an3")


def _promise_over(known: Engagement | None, key: tuple[str, int], given: dict[str, Any]) -> EngagementSaisi:
    """What is given over what is known; a blank cell changes nothing, yearly targets take the place of one."""
    base = _as_promised(known) if known is not None else EngagementSaisi(key[0], is_kept=True, rang=key[1])
    years = {year: given[f"an{year}"] for year in (1, 2, 3) if f"an{year}" in given}
    if years:
        base = replace(base, annees={**base.annees, **years}, duree=given.get("duree"))
    elif "duree" in given:
        base = replace(base, annees={}, duree=given["duree"])
    return replace(base, **{n: v for n, v in given.items() if n in ("precision", "libelle", "unite", "reference")})


def _targets_of(saisis: Iterable[EngagementSaisi], told: dict[str, dict[str, str]]) -> dict[str, str]:
    """Fields of the page of an axis -> targets of the cells that fill them."""
    return {
        name_of((s.indicateur, s.rang), champ): target for s in saisis for champ, target in told[s.indicateur].items()
    }


def _as_promised(row: Engagement) -> EngagementSaisi:
    """An engagement of the base as its form would say it."""
    targets = {o.annee: o.cible for o in row.objectifs}
    return EngagementSaisi(
        row.indicateur,
        True,
        row.rang,
        row.libelle,
        row.unite,
        row.reference,
        targets.pop(0, None),
        targets,
        row.precision,
    )


def thematiques_in(text: str) -> list[str]:
    """Codes of the plan's own measures of the thématiques that a cell lists: « T01, T04 » (R8b)."""
    grid = catalogue()
    codes = {code.upper() for code in _THEMATIQUE.findall(text)}
    return [measures[0].code for code in sorted(codes) if (measures := grid.measures_of(code))]
