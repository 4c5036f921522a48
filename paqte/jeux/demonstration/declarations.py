"""The demonstration's declarations, in the order of time: typed, sent, validated, and what did not go smoothly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from paqte.domain.attendus import covered_periods
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie, SaisieRefused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import CHARTE, SEMESTRE, SIGNEE, Dates
from paqte.jeux.demonstration.donnees import Answer, ConventionTold, Incident, Story, StoryDates, incidents, pieces
from paqte.jeux.demonstration.pieces import hand_in
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    save_draft,
    send_back,
    submit_and_validate,
    submit_declaration,
    validate_declaration,
)

SENT_AFTER, VALIDATED_AFTER = timedelta(days=11), timedelta(days=16)


@dataclass(frozen=True, slots=True)
class DeclarationTold:
    """One declaration to enter: whose, for when, with which answers, and what went wrong with it."""

    cle: str
    convention_id: int
    contee: ConventionTold
    periode: Periode
    rank: int
    suite: str = "validee"
    incident: Incident | None = None

    def comes_after_bilan(self, semestre: Periode) -> bool:
        """Whether it comes, or is corrected, once the bilan of the semester is made."""
        return self.incident is not None and self.incident.is_after_bilan(self.periode, semestre)


def entries(entered: list[tuple[str, ConventionTold, int]], calendrier: StoryDates) -> Iterator[DeclarationTold]:
    """Everything owed over the four semesters, then what waits since; oldest period first."""
    found = [
        entry
        for cle, contee, key in entered
        if contee.dispositif != CHARTE
        for entry in _declarations_told(cle, contee, key, calendrier)
    ]
    yield from sorted(found, key=lambda entry: (entry.periode.fin, entry.convention_id))


def enter_declaration(recit: Story, entree: DeclarationTold, contact: Acteur | None = None) -> None:
    """One declaration, as far as it went before the bilan, typed by the company's contact or else on its behalf."""
    is_to_come = entree.comes_after_bilan(recit.calendrier.semestre)
    if not (is_to_come and entree.incident and entree.incident.genre == "en_retard"):
        _Life(recit, recit.actor, contact, entree).tell(is_corrected=not is_to_come)


def enter_after_bilan(recit: Story, entree: DeclarationTold, contact: Acteur | None = None) -> None:
    """What happens to it once the bilan is made: it comes at last, or is corrected."""
    if entree.comes_after_bilan(recit.calendrier.semestre) and entree.incident:
        life = _Life(recit, recit.actor, contact, entree)
        if entree.incident.genre == "en_retard":
            life.tell()
        else:
            life.correct(entree.incident)


def _declarations_told(cle: str, contee: ConventionTold, key: int, calendrier: StoryDates) -> Iterator[DeclarationTold]:
    if contee.is_recent:
        yield DeclarationTold(cle, key, contee, calendrier.trimestre, 1, suite=contee.en_attente)
        return
    debut, fin = calendrier.term(contee)
    end = min(fin, calendrier.month(contee.resiliee) - timedelta(days=1)) if contee.resiliee is not None else fin
    periods = calendrier.periods(contee.rythme)
    for rank, periode in zip(range(1 - len(periods), 1), periods, strict=True):
        if periode in covered_periods(Dates(SIGNEE, debut, end), contee.rythme, periode):
            incident = next((i for i in incidents() if (i.signataire, i.trimestre) == (cle, rank)), None)
            if incident is None or incident.genre != "absente":
                yield DeclarationTold(cle, key, contee, periode, rank, incident=incident)
    waiting = periods[-1].suivante
    if contee.en_attente and contee.rythme != SEMESTRE and waiting.is_closed(calendrier.today):
        yield DeclarationTold(cle, key, contee, waiting, 1, suite=contee.en_attente)


@dataclass(frozen=True, slots=True)
class _Life:
    """The life of one declaration, through the acts of the people concerned."""

    recit: Story
    actor: Acteur
    contact: Acteur | None
    entree: DeclarationTold

    def tell(self, *, is_corrected: bool = True) -> None:
        entree, incident = self.entree, self.entree.incident
        late = timedelta(days=incident.jours) if incident and incident.genre == "en_retard" else SENT_AFTER
        sent = self.recit.moment(entree.periode.fin + late)
        read = self.recit.moment(entree.periode.fin + late + VALIDATED_AFTER - SENT_AFTER)
        author = self.contact or self.actor
        key = self._open(sent)
        for piece in pieces():
            if (piece.signataire, piece.trimestre) == (entree.cle, entree.rank):
                hand_in(author, self._page(key), piece, sent)
        if entree.suite == "brouillon":
            self._type(key, sent, save_draft, is_half=True)
        elif self.contact is None and entree.suite == "validee" and incident is None:
            self._type(key, sent, submit_and_validate)
        else:
            self._type(key, sent, submit_declaration)
            self._follow(key, read, is_corrected=is_corrected)

    def correct(self, incident: Incident) -> None:
        """The référente opens it again; her company, or she in its place, sends it anew."""
        when = self.recit.moment(self.entree.periode.fin + timedelta(days=incident.jours))
        self._correct(self._open(when), when, incident)

    def _follow(self, key: int, read: datetime, *, is_corrected: bool) -> None:
        """What the référente does with a declaration that was sent."""
        incident = self.entree.incident
        if self.entree.suite == "transmise":
            return
        if self.entree.suite == "renvoyee" or (incident and incident.genre == "renvoyee"):
            self._send_back(key, read, incident.questions if incident else self.entree.contee.questions)
            return
        self._validate(key, read)
        if incident and incident.genre == "corrigee" and is_corrected:
            self.correct(incident)

    def _open(self, when: datetime) -> int:
        entree, author = self.entree, self.contact or self.actor
        return open_declaration(actor=author, now=when, convention_id=entree.convention_id, periode=entree.periode)

    def _type(self, key: int, when: datetime, act: Callable[..., object], *, is_half: bool = False) -> None:
        page = self._page(key)
        lignes = page.lignes[: (len(page.lignes) + 1) // 2] if is_half else page.lignes
        answers = {ligne.engagement_id: self._answer(ligne) for ligne in lignes if ligne.is_owed}
        self._save(key, page, Saisie(reponses=answers), when, act)

    def _save(
        self, key: int, page: DeclarationShown, saisie: Saisie, when: datetime, act: Callable[..., object]
    ) -> None:
        """A warning asks for its sentence: the file has one, and it is typed on the second try, as anybody would."""
        author = self.contact or self.actor
        try:
            act(actor=author, now=when, declaration_id=key, version=page.version, saisie=saisie)
        except SaisieRefused as refused:
            sentences = self._sentences(page, refused)
            if not sentences:
                raise
            saisie = replace(saisie, explications=sentences)
            act(actor=author, now=when, declaration_id=key, version=page.version, saisie=saisie)

    def _sentences(self, page: DeclarationShown, refused: SaisieRefused) -> dict[tuple[int, str], str]:
        told = self.entree.contee.explications
        found = {}
        for constat in refused.constats:
            ligne = page.ligne(constat.engagement)
            sentence = told.get(f"{ligne.indicateur.code}.{constat.code}" if ligne else constat.code)
            if sentence:
                found[(constat.engagement, constat.code)] = sentence
        return found

    def _answer(self, ligne: LigneDeclaration) -> AnswerTyped:
        values = self.entree.contee.told(ligne.indicateur.code, self.entree.rank)
        answer = typed(values[-1], ligne, self.entree.periode)
        # A yes bears its date once; afterwards it only stays true.
        return replace(answer, datee_du=None) if True in values[:-1] else answer

    def _validate(self, key: int, when: datetime) -> None:
        version = self._page(key).version
        validate_declaration(actor=self.actor, now=when, declaration_id=key, version=version)

    def _send_back(self, key: int, when: datetime, questions: Mapping[str, str]) -> None:
        page, is_last = self._page(key), self.entree.periode == self.recit.calendrier.trimestre
        asked: dict[int | None, str] = {
            ligne.engagement_id: questions[ligne.indicateur.code]
            for ligne in page.lignes
            if ligne.indicateur.code in questions
        }
        send_back(
            actor=self.actor,
            now=when,
            declaration_id=key,
            version=page.version,
            commentaires=asked,
            base_url=self.recit.base_url if is_last else "",  # the mails of former quarters left long ago
        )

    def _correct(self, key: int, when: datetime, incident: Incident) -> None:
        version = self._page(key).version
        reopen_declaration(actor=self.actor, now=when, declaration_id=key, version=version, motif=incident.motif)
        page = self._page(key)
        answers = {
            ligne.engagement_id: typed(incident.reponses[ligne.indicateur.code], ligne, self.entree.periode)
            for ligne in page.lignes
            if ligne.indicateur.code in incident.reponses
        }
        self._save(key, page, Saisie(reponses=answers), when, submit_declaration)
        self._validate(key, when)

    def _page(self, key: int) -> DeclarationShown:
        return read_declaration(actor=self.actor, declaration_id=key)


def typed(told: Answer, ligne: LigneDeclaration, periode: Periode) -> AnswerTyped:
    """What the file says, as a person types it."""
    if told == "":
        return AnswerTyped()
    if told == "néant" or told is False:
        return AnswerTyped(is_neant=True)
    if isinstance(told, str):
        upper, lower = told.split("/")
        return AnswerTyped(numerateur=Decimal(upper), denominateur=Decimal(lower))
    if ligne.indicateur.traits.is_chosen:
        return AnswerTyped(valeur=Decimal(1), datee_du=periode.dernier_jour)
    return AnswerTyped(valeur=Decimal(told))
