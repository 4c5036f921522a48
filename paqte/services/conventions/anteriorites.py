"""What becomes of the periods that are over when a convention is typed: asked only if the référent says so (R42)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.attendus import covered_periods, owed_indicators
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import CHARTE, PROJET, SIGNEE, Dates, fin_triennale
from paqte.models import Anteriorite, Convention, Declaration, Departement, db
from paqte.queries.perimetre import read, require_departement, to_change
from paqte.queries.reglages.agendas import read_agenda
from paqte.services.transaction import transaction


class QuestionRefused(Refused):
    """Periods already over that a page must ask about before anything is written (R42)."""

    def __init__(self, periodes: Sequence[Periode]) -> None:
        named = ", ".join(p.libelle for p in periodes)
        told = f"L’échéance de ces périodes est passée : {named}. Cochez les déclarations à demander, ou aucune."
        super().__init__({"anterieures": told} if periodes else "Aucune période n’est plus à demander : enregistrez.")
        self.periodes = tuple(periodes)


@dataclass(frozen=True, slots=True)
class AnterioritesTyped:
    """What the référent says of the periods already over: those she asks of the company, among those shown to her.

    `posees` None: nobody was shown any, and what is not in `demandees` is not asked.
    """

    demandees: Collection[str] = ()
    posees: Collection[str] | None = None


NOT_ASKED = AnterioritesTyped()


@dataclass(frozen=True, slots=True)
class ConventionTerms:
    """The terms on which it depends which periods a convention covers; `fin` None is three years (R1)."""

    dispositif: str
    rythme: str
    debut: date
    fin: date | None
    is_signed: bool


def former_periods(
    *, actor: Acteur, departement: str, duree: ConventionTerms, now: datetime, convention_id: int | None = None
) -> tuple[Periode, ...]:
    """The followed periods that such a convention covers and whose due date is over: what its page asks about.

    None for a projet or a charte, which owe nothing. Of a known convention, those that it does not cover yet.
    """
    require_departement(actor, departement)
    fin = duree.fin or fin_triennale(duree.debut)
    if not duree.is_signed or duree.dispositif == CHARTE or fin < duree.debut:
        return ()
    session = db.session()
    found = _over(session, departement, Dates(SIGNEE, duree.debut, fin), duree.rythme, now)
    if convention_id is None:
        return found
    convention = read(session, Convention, convention_id, actor, "Cette convention")
    done = covered_now(convention) | _settled(session, convention_id)
    return tuple(p for p in found if p.code not in done)


def covered_now(convention: Convention) -> frozenset[str]:
    """The periods that the convention covers as it stands, by code: none for a projet or a charte."""
    if convention.dispositif == CHARTE or convention.statut == PROJET:
        return frozenset()
    dates = Dates(convention.statut, convention.debut, convention.fin, convention.resiliee_le)
    return frozenset(p.code for p in _covered(dates, convention.rythme, convention.debut, dates.effective_end))


def asking_now(convention: Convention) -> frozenset[str]:
    """Of the periods it covers, those with at least one question, by code: none without an engagement (R41)."""
    promised, grid = [e.indicateur for e in convention.engagements], catalogue()
    return frozenset(
        code for code in covered_now(convention) if owed_indicators(promised, Periode.from_code(code), grid)
    )


def keep_former(
    session: Session,
    convention: Convention,
    before: Collection[str],
    answer: AnterioritesTyped,
    now: datetime,
    *,
    is_promising: bool = False,
) -> None:
    """Write down which periods already over are asked, of those the convention did not cover `before`.

    With `is_promising`, of those that asked nothing before and do now: nobody was asked for them either (R41).
    The dates of those asked count from today; Refused for one whose due date is to come. QuestionRefused when a page
    asked about others than these. What is answered or settled already stays.
    """
    covered = asking_now(convention) if is_promising else covered_now(convention)
    dates = Dates(convention.statut, convention.debut, convention.fin, convention.resiliee_le)
    over = _over(session, convention.departement_code, dates, convention.rythme, now) if covered else ()
    over = tuple(p for p in over if p.code in covered)
    settled = _settled(session, convention.id)
    fresh = [p for p in over if p.code not in before and p.code not in settled]
    unknown = set(answer.demandees) - {p.code for p in over}
    if unknown:
        raise Refused(f"La période « {min(unknown)} » n’est pas à demander : son échéance n’est pas passée.")
    if answer.posees is not None and set(answer.posees) != {p.code for p in fresh}:
        raise QuestionRefused(fresh)
    today = local_date(now, convention.departement_code)
    for periode in fresh:
        is_owed = periode.code in answer.demandees
        session.add(Anteriorite(convention=convention, periode=periode.code, is_owed=is_owed, depuis=today))
    session.flush()


def leave_unasked(
    *, actor: Acteur, convention_id: int, periodes: Iterable[Periode], now: datetime
) -> tuple[Periode, ...]:
    """Ask no more, of these periods of a convention, those whose due date is over; gives them, in order.

    What is begun, answered or settled already stays as it is. NotFound for another département's convention.
    """
    with transaction(actor=actor, now=now) as session:
        convention = to_change(session, Convention, convention_id, actor, "Cette convention")
        dates = Dates(convention.statut, convention.debut, convention.fin, convention.resiliee_le)
        wanted, settled = set(periodes), _settled(session, convention_id)
        today = local_date(now, convention.departement_code)
        over = _over(session, convention.departement_code, dates, convention.rythme, now)
        left = tuple(p for p in over if p in wanted and p.code not in settled)
        for periode in left:
            session.add(Anteriorite(convention=convention, periode=periode.code, is_owed=False, depuis=today))
    return left


def keep_former_of_all(
    session: Session, departement: str, periodes: Iterable[Periode], now: datetime, *, is_owed: bool
) -> None:
    """The same for periods that become followed, of every convention typed after their due date."""
    c, agenda = Convention, read_agenda(departement)
    newly = {p.code: agenda.campagne(p).echeance for p in periodes}
    today = local_date(now, departement)
    for convention in session.scalars(select(c).where(c.departement_code == departement)):
        typed, settled = local_date(convention.created_at, departement), _settled(session, convention.id)
        for code in sorted(covered_now(convention) & newly.keys() - settled):
            if typed > newly[code]:
                session.add(Anteriorite(convention=convention, periode=code, is_owed=is_owed, depuis=today))
    session.flush()


def _over(session: Session, departement: str, dates: Dates, rythme: str, now: datetime) -> tuple[Periode, ...]:
    today, agenda = local_date(now, departement), read_agenda(departement)
    first = session.scalar(select(Departement.premier_semestre).where(Departement.code == departement))
    # Whoever types a first convention begins with the present semester.
    depuis = Periode.from_code(first).debut if first else Periode.containing(today, "S").debut
    found = _covered(dates, rythme, max(dates.debut, depuis), min(dates.effective_end, today))
    return tuple(p for p in found if p.debut >= depuis and agenda.campagne(p).echeance < today)


def _covered(dates: Dates, rythme: str, start: date, end: date) -> tuple[Periode, ...]:
    return tuple(
        p for year in range(start.year, end.year + 1) for p in covered_periods(dates, rythme, Periode(year, "A", 1))
    )


def _settled(session: Session, convention_id: int) -> frozenset[str]:
    said = select(Anteriorite.periode).where(Anteriorite.convention_id == convention_id)
    begun = select(Declaration.periode).where(Declaration.convention_id == convention_id)
    return frozenset(session.scalars(said.union(begun)))
