"""The results of past periods that a file tells: as declarations, sent by the use cases of the form (R11, R13, R18)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from paqte.domain.attendus import covered_periods, owed_indicators
from paqte.domain.calendrier.periodes import Periode, read_period
from paqte.domain.declarations.champs import explanations_named, read_typing, says_nil, tick_of
from paqte.domain.declarations.controles import DANS_ANNEE
from paqte.domain.declarations.reponses import AnswerTyped, Saisie, SaisieRefused, settle
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.textes import searchable
from paqte.domain.statuts.conventions import ANNEE, CHARTE, RYTHMES, Dates
from paqte.domain.statuts.declarations import ETATS, TRANSMISE, VALIDEE
from paqte.importing.tracker.targets import REALISATION
from paqte.models import Convention, Declaration, Engagement, db
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.reponses import read_kept
from paqte.services.conventions import leave_unasked
from paqte.services.declarations import open_declaration, submit_declaration
from paqte.services.imports.reading import CHANGED, CREATED, LEFT, EntryGiven, FaultyRow, ImportContext, shown_at

# Parts of an answer, in the words of the fields of a declaration.
PARTS = ("valeur", "numerateur", "denominateur", "date", "precision")
_Cell = tuple[EntryGiven, str]


class RealisationsTold:
    """Answers gathered by convention and period, from however many rows, then sent declaration by declaration."""

    def __init__(self, contexte: ImportContext) -> None:
        self.contexte, self.outcomes = contexte, contexte.outcomes
        # (convention, period) -> name of the field -> the cell that fills it.
        self.given: dict[tuple[int, str], dict[str, _Cell]] = {}
        self.numbers: dict[int, str] = {}
        # What was told of a year, and on which period it was put.
        self.years: dict[tuple[int, str], str] = {}
        # The same: the year, and the codes of the indicators that it tells.
        self.whole: dict[tuple[int, str], tuple[Periode, set[str]]] = {}
        # The same, name of the field -> engagement and year, of what adds up from period to period.
        self.of_years: dict[tuple[int, str], dict[str, tuple[int, Periode]]] = {}

    def gather(
        self, row: EntryGiven, conventions: list[Convention], code: str, periode: str, cells: Mapping[str, str]
    ) -> None:
        """Take an answer of a row: part -> target of its cell. FaultyRow, said, when no convention answers for it."""
        wanted = self._period(row, periode, next(iter(cells.values())))
        for target in cells.values():
            if fault := row.fault(target):
                self.outcomes.refuse(row, REALISATION, target, fault)
                raise FaultyRow
        convention, owed = self._convention(row, conventions, code, wanted, next(iter(cells.values())))
        engagement = self._engagement(row, convention, code, next(iter(cells.values())))
        self.numbers[convention.id] = convention.numero
        answers = self.given.setdefault((convention.id, owed.code), {})
        if owed != wanted:
            self.years[convention.id, owed.code] = f" (année {wanted.annee}, portée par {owed.le_libelle})"
            self.whole.setdefault((convention.id, owed.code), (wanted, set()))[1].add(code)
        for part, target in cells.items():
            if not row.text(target):
                continue
            name = f"{part}_{engagement}"
            if name in answers:
                self._refuse_twice(row, target, answers[name])
            answers[name] = (row, target)
            if owed != wanted and not catalogue().indicateurs[code].traits.is_said_once:
                self.of_years.setdefault((convention.id, owed.code), {})[name] = engagement, wanted

    def send(self, progress: Callable[[int, int], None]) -> None:
        """Send each declaration, oldest period first."""
        ordered = sorted(self.given.items(), key=lambda told: Periode.from_code(told[0][1]).debut)
        for rank, ((convention, code), answers) in enumerate(ordered, 1):
            if answers:
                self._send(convention, Periode.from_code(code), answers)
            progress(rank, len(ordered))

    def _send(self, convention: int, periode: Periode, answers: Mapping[str, _Cell]) -> None:
        first = next(iter(answers.values()))[0]
        quoi = (
            f"{periode.libelle}, convention {self.numbers[convention]}{self.years.get((convention, periode.code), '')}"
        )
        try:
            self._refuse_counted_twice(convention, periode)
            key = open_declaration(
                actor=self.contexte.actor, now=self.contexte.now, convention_id=convention, periode=periode
            )
            page = read_declaration(actor=self.contexte.actor, declaration_id=key)
            fields = page.all_fields()
            texts = dict(_as_typed(name, cell, {f.nom for f in fields}) for name, cell in answers.items())
            saisie = replace(
                read_typing(fields, texts, origine="import"), annuelles=self._of_whole_year(convention, periode)
            )
            resultat = self._sent(page, saisie, first, texts)
        except Refused as refused:
            for name, sentence in refused.errors.items():
                row, target = answers.get(name) or (first, name)
                self.outcomes.refuse(row, REALISATION, target, sentence, quoi)
            return
        if resultat != LEFT:
            self.outcomes.sent.append(key)
        if left := self._ask_no_more(convention, periode):
            named = " et ".join(p.le_libelle for p in left)
            quoi = f"{quoi} ; {named} : plus rien à demander, l’année le dit"
        for row in {id(row): row for row, _ in answers.values()}.values():
            self.outcomes.say(row, REALISATION, resultat, quoi)

    def _ask_no_more(self, convention: int, periode: Periode) -> tuple[Periode, ...]:
        """What a year tells whole is not asked again of the company period by period (R42)."""
        year, told = self.whole.get((convention, periode.code), (periode, set()))
        if year == periode:
            return ()
        e = Engagement.indicateur
        promised = set(db.session.scalars(select(e).where(Engagement.convention_id == convention)))
        db.session.rollback()
        grid = catalogue()
        inside = (p for kind in RYTHMES for p in year.parts(kind) if p != periode)
        whole = [p for p in inside if told.issuperset(owed_indicators(promised, p, grid))]
        return leave_unasked(actor=self.contexte.actor, convention_id=convention, periodes=whole, now=self.contexte.now)

    def _refuse_counted_twice(self, convention: int, periode: Periode) -> None:
        """What is told of a year holds its other periods: where one has a figure already, their sum would be false."""
        told = self.of_years.get((convention, periode.code), {})
        inside = {p.code for _, year in told.values() for kind in RYTHMES for p in year.parts(kind)}
        others = Declaration.periode.in_(inside - {periode.code})
        known = read_kept(db.session(), Declaration.convention_id == convention, others) if told else {}
        counted = {
            a.engagement: Periode.from_code(code)
            for (_, _, code), answers in known.items()
            for a in answers
            if a.valeur or a.numerateur or a.denominateur
        }
        errors = {
            name: f"{counted[engagement].le_libelle.capitalize()} a déjà sa valeur, que {year.le_libelle} compterait "
            f"une deuxième fois : donnez la valeur {periode.du_libelle} seul."
            for name, (engagement, year) in told.items()
            if engagement in counted
        }
        if errors:
            raise Refused(errors)

    def _of_whole_year(self, convention: int, periode: Periode) -> frozenset[int]:
        """The engagements whose value is told for a year of several periods, of which this is the last."""
        told = self.of_years.get((convention, periode.code), {}).values()
        return frozenset(engagement for engagement, year in told)

    def _sent(self, page: DeclarationShown, saisie: Saisie, row: EntryGiven, texts: Mapping[str, str]) -> str:
        """Send what is new; what was sent already says the same, or is refused: only its référent opens it again."""
        if page.etat in (TRANSMISE, VALIDEE):
            if _says_the_same(page, saisie):
                return LEFT
            raise Refused(
                f"Cette déclaration est déjà {ETATS[page.etat].lower()} et dit autre chose : "
                + ("rouvrez-la d’abord." if page.etat == VALIDEE else "demandez d’abord des précisions.")
            )
        is_new = all(ligne.actuelle is None for ligne in page.lignes)
        told: dict[str, Any] = {
            "actor": self.contexte.actor,
            "now": self.contexte.now,
            "declaration_id": page.id,
            "version": page.version,
        }
        try:
            submit_declaration(**told, saisie=saisie)
        except Refused as refused:
            _refuse_within_year(page, refused, texts)
            asked = explanations_named(refused.errors)
            if len(asked) < len(refused.errors):
                raise
            # A warning waits for whoever validates: the file is where the answer stands (R17).
            feuille, ligne = row.where
            where = f"feuille « {feuille} », ligne {ligne}" if feuille else f"ligne {ligne}"
            sentence = f"Valeur importée de « {self.contexte.nom} », {where} : à vérifier avant validation."
            explained = replace(saisie, texte_libre=None, explications=dict.fromkeys(asked.values(), sentence))
            submit_declaration(**told, saisie=explained)
        return CREATED if is_new else CHANGED

    def _period(self, row: EntryGiven, code: str, target: str) -> Periode:
        try:
            return read_period(code)
        except ValueError as error:
            at = "periode" if row.has("periode") else target
            self.outcomes.refuse(row, REALISATION, at, str(error) if code else "Indiquez la période de cette valeur.")
            raise FaultyRow from None

    def _convention(
        self, row: EntryGiven, conventions: list[Convention], code: str, periode: Periode, target: str
    ) -> tuple[Convention, Periode]:
        """The convention that promises the indicator and covers the period; of a year, its last period is meant.

        A quantity that two of them may bear is no one's: the file says whose. What is said once of a signatory is its
        last convention's (R32). A charter bears nothing (R7).
        """
        number = row.text("convention")
        named = [c for c in conventions if c.numero == number] or conventions
        binding = [c for c in named if c.dispositif != CHARTE] or named
        promising = [c for c in binding if any(e.indicateur == code for e in c.engagements)]
        covering = _covering(promising, periode)
        if len(covering) > 1 and periode.genre != ANNEE:
            covering = _dated(row, covering)
        is_said_once = catalogue().indicateurs[code].traits.is_said_once
        if len(covering) == 1 or (covering and is_said_once):
            return covering[-1]
        self.outcomes.refuse(row, REALISATION, target, _not_borne(code, periode, promising, covering))
        raise FaultyRow

    def _engagement(self, row: EntryGiven, convention: Convention, code: str, target: str) -> int:
        """The engagement that a value answers; of several free ones, that of the same name (R5)."""
        same = [e for e in convention.engagements if e.indicateur == code]
        indicateur, said = catalogue().indicateurs[code], searchable(row.text("libelle"))
        is_told = indicateur.traits.is_free and said not in ("", searchable(indicateur.libelle))
        fitting = [e.id for e in same if not is_told or searchable(e.libelle) == said]
        if len(fitting) == 1 or (fitting and not indicateur.traits.is_free):
            return fitting[0]
        libres = " ; ".join(f"« {e.libelle} »" for e in same)
        expected = (
            f"La convention {convention.numero} promet {libres} : écrivez dans « Libellé » celui de cette valeur."
        )
        self.outcomes.refuse(row, REALISATION, "libelle" if row.has("libelle") else target, expected)
        raise FaultyRow

    def _refuse_twice(self, row: EntryGiven, target: str, first: _Cell) -> None:
        """The same answer twice: once is enough when both say the same, else both rows are named (R13)."""
        if first[0].text(first[1]) == row.text(target):
            return
        for one, at, other in ((*first, row), (row, target, first[0])):
            expected = f"{shown_at(other)} donne une autre valeur pour la même période : gardez-en une."
            self.outcomes.refuse(one, REALISATION, at, expected)
        raise FaultyRow


def _covering(promising: Collection[Convention], periode: Periode) -> list[tuple[Convention, Periode]]:
    """Those that answer for the period, each with its own period that bears it."""
    found = []
    for c in promising:
        covered = covered_periods(Dates(c.statut, c.debut, c.fin, c.resiliee_le), c.rythme, periode)
        if covered and (periode.genre == ANNEE or covered == (periode,)):
            found.append((c, covered[-1]))
    return found


def _dated(row: EntryGiven, covering: list[tuple[Convention, Periode]]) -> list[tuple[Convention, Periode]]:
    """Those that began, or were signed, the day that the row tells; all of them when it tells the day of none."""
    for name in ("debut", "signee_le"):
        with suppress(ValueError):
            day = read_date(row.text(name))
            if same := [(c, owed) for c, owed in covering if getattr(c, name) == day]:
                return same
    return covering


def _not_borne(
    code: str, periode: Periode, promising: Collection[Convention], covering: Collection[tuple[Convention, Periode]]
) -> str:
    """Why no convention bears a value: none promises it, none covers its period, or several do."""
    numbers = " et ".join(c.numero for c, _ in covering)
    if covering and periode.genre == ANNEE:
        return f"Les conventions {numbers} se partagent {periode.le_libelle} : donnez chaque période à part."
    if covering:
        return (
            f"Les conventions {numbers} promettent {code} pour {periode.le_libelle} : écrivez dans « Numéro de "
            "convention » celle de cette valeur."
        )
    first = next(iter(promising), None)
    if first is None:
        return f"Aucune convention de ce signataire ne promet {code} ({catalogue().indicateurs[code].libelle})."
    if periode.genre != ANNEE and any(c.rythme != periode.genre for c in promising):
        return f"La convention {first.numero} déclare {RYTHMES[first.rythme].lower()}, pas {periode.le_libelle}."
    return f"La convention {first.numero} ne couvre pas {periode.le_libelle} (ou n’est pas signée)."


def _refuse_within_year(page: DeclarationShown, refused: Refused, texts: Collection[str]) -> None:
    """Refuse a file's value that a later period counts already: a person may say why, a file says nothing (R11)."""
    found = refused.constats if isinstance(refused, SaisieRefused) else ()
    within = {c.engagement: c.message for c in found if c.code == DANS_ANNEE}
    errors = {
        name: f"{within[ligne.engagement_id]} Videz la case, ou corrigez d’abord {ligne.dans_annee.le_libelle}."
        for ligne in page.lignes
        for name in (f"{part}_{ligne.engagement_id}" for part in PARTS)
        if ligne.dans_annee is not None and ligne.engagement_id in within and name in texts
    }
    if errors:
        raise Refused(errors)


def _says_the_same(page: DeclarationShown, saisie: Saisie) -> bool:
    """Whether every answer of the file is the one that was sent."""
    for key, typed in saisie.reponses.items():
        ligne = page.ligne(key)
        if ligne is None or ligne.actuelle is None:
            return False
        new, old = settle(key, typed, ligne.indicateur), ligne.reponse()
        if _numbers_of(new.valeur, new.numerateur, new.denominateur) != _numbers_of(
            old.valeur, old.numerateur, old.denominateur
        ) or _adds_words(typed, ligne.actuelle.commentaire, ligne.actuelle.datee_du):
            return False
    return True


def _as_typed(name: str, cell: _Cell, known: Collection[str]) -> tuple[str, str]:
    """The field that a cell fills and what is typed there: a word that confirms a zero is the tick « néant » (R13).

    « n.c. » or a dash confirm nothing: they are refused like any other word.
    """
    row, target = cell
    tick = tick_of(name)
    if tick in known and says_nil(row.text(target)):
        return tick, "x"
    return name, row.raw(target)


def _adds_words(typed: AnswerTyped, commentaire: str, datee_du: object) -> bool:
    return (typed.commentaire not in ("", commentaire)) or (typed.datee_du not in (None, datee_du))


def _numbers_of(*values: Decimal | None) -> tuple[Decimal | None, ...]:
    return tuple(None if value is None else value.normalize() for value in values)
