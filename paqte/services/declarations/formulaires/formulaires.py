"""The offline form of a declaration: handed out, and read back by the same use cases as the page (R13, R16–R18).

What a form brings is held against the declaration as it is now: what the form did not change stays, what both sides
changed otherwise is refused with its cell. The same form read twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.champs import read_typing
from paqte.domain.declarations.controles import ERREUR
from paqte.domain.declarations.formulaires import (
    FREE_TEXT_NAME,
    NEANT,
    ActionReceived,
    FormCompared,
    FormReceived,
    compared,
    form_name,
)
from paqte.domain.declarations.reponses import Saisie, SaisieRefused
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.fichiers import XLSX, Download
from paqte.domain.saisie.nombres import COMPTE, read_number, shown
from paqte.domain.saisie.textes import clean_line, searchable
from paqte.domain.statuts.declarations import SAISIR, SENT, may
from paqte.importing.door import read_spreadsheet
from paqte.importing.formulaires import read_received_form
from paqte.models import Action, Declaration, db
from paqte.queries.declarations.formulaires import heading_of, read_form, texts_now
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.perimetre import LIMITED, readable
from paqte.reporting.dessin.formulaires import draw_form
from paqte.services.declarations.declarations import open_declaration, save_draft, submit_declaration
from paqte.services.declarations.preuves.actions import ActionTyped, propose_action, record_action
from paqte.services.transaction import note, transaction

EXTENSIONS = ".xlsx,.ods"
MAX_OCTETS = 8 * 1024 * 1024
ELSEWHERE = (
    "Ce formulaire est celui d’une autre convention, ou d’une convention qui ne vous est pas ouverte : "
    "reprenez le vôtre sur votre page."
)
SINCE = (
    "La déclaration a changé depuis que ce formulaire a été fait : seules les réponses que vous avez modifiées dans le "
    "formulaire sont reprises."
)
TOO_LARGE = "Ce fichier dépasse 8 Mo : ce n’est pas un formulaire PAQTE."


class AnswerCompared(NamedTuple):
    """One row that the form changes: what is asked, what the declaration holds, what the form says."""

    question: str
    avant: str
    lu: str


@dataclass(frozen=True, slots=True)
class FormGiven:
    """What a form brings. `version` is that of the declaration it was held against; `phrases` what was repaired."""

    declaration_id: int
    signataire: str
    periode: Periode
    etat: str
    changements: tuple[AnswerCompared, ...]
    actions: tuple[ActionTyped, ...]
    phrases: tuple[str, ...]
    saisie: Saisie
    version: int
    remarques: Mapping[int, str]


class FormKept(NamedTuple):
    """What became of one file of a lot: what it brought, or why it was refused; `is_sent` once its declaration is."""

    nom: str
    lu: FormGiven | None = None
    refus: tuple[str, ...] = ()
    is_sent: bool = False


def make_form(*, actor: Acteur, now: datetime, convention_id: int, periode: Periode) -> Download:
    """The form of a convention for a period, as a workbook; its declaration is opened when it was not yet.

    Refused as opening a declaration is (R5, R11, R12, R41); NotFound for a convention that is not the actor's.
    """
    key = open_declaration(actor=actor, now=now, convention_id=convention_id, periode=periode)
    return form_of(actor=actor, now=now, declaration_id=key)


def form_of(*, actor: Acteur, now: datetime, declaration_id: int) -> Download:
    """The form of a declaration that may be typed, journaled (R30); Refused once it was sent."""
    page = read_declaration(actor=actor, declaration_id=declaration_id)
    if not may(page.etat, SAISIR):
        raise Refused("Cette déclaration est transmise : son formulaire ne servirait plus.")
    form = read_form(actor=actor, declaration_id=declaration_id, now=now)
    with transaction(actor=actor, now=now) as session:
        note(session, "telecharger", "declaration", declaration_id)
    return Download(form_name(form.entete), XLSX, draw_form(form))


def look_at_form(
    *, actor: Acteur, now: datetime, octets: bytes, nom: str = "", declaration_id: int | None = None
) -> FormGiven:
    """What a form would change; nothing is written. Refused with each fault, beside its cell.

    `declaration_id` is the declaration it must be of, when the page knows.
    """
    if len(octets) > MAX_OCTETS:
        raise Refused(TOO_LARGE)
    received = read_received_form(read_spreadsheet(octets, nom))
    page = _declaration_of(received, actor, now, declaration_id)
    fields = page.all_fields()
    found = compared(received, fields, texts_now(page), has_text=page.is_text_open or actor.role not in LIMITED)
    _require_no_contrary(received, page, found)
    saisie = _saisie_of_form(received, page, found)
    actions = _actions_brought(received, page, actor)
    return FormGiven(
        declaration_id=page.id,
        signataire=page.signataire,
        periode=page.periode,
        etat=page.etat,
        changements=tuple(_answers_compared(received, page, found)),
        actions=actions,
        phrases=(*received.phrases, *([SINCE] if received.entete.lecture != page.version and found.changes else [])),
        saisie=saisie,
        version=page.version,
        remarques=received.remarques,
    )


def keep_form(
    *,
    actor: Acteur,
    now: datetime,
    octets: bytes,
    nom: str = "",
    declaration_id: int | None = None,
    is_final: bool = False,
    base_url: str = "",
) -> FormGiven:
    """Keep what a form brings, as a draft of its declaration, and its actions; `is_final` then sends it (R17, R18).

    Refused as the page is. When only the sending is refused, the draft and the actions are kept.
    """
    read = look_at_form(actor=actor, now=now, octets=octets, nom=nom, declaration_id=declaration_id)
    if read.changements:
        save_draft(actor=actor, now=now, declaration_id=read.declaration_id, version=read.version, saisie=read.saisie)
    _explain_by_remarks(actor, now, read)
    for action in read.actions:
        _record_action(actor, now, read, action)
    if is_final:
        page = read_declaration(actor=actor, declaration_id=read.declaration_id)
        submit_declaration(
            actor=actor,
            now=now,
            declaration_id=read.declaration_id,
            version=page.version,
            saisie=Saisie({}, origine=read.saisie.origine),
            base_url=base_url,
        )
    return read


def take_form(*, actor: Acteur, now: datetime, octets: bytes, nom: str, base_url: str) -> FormKept:
    """One file of a lot, kept and sent, or why not; never Refused, so that the others do not depend on it."""
    read = None
    try:
        read = look_at_form(actor=actor, now=now, octets=octets, nom=nom)
        if read.changements or read.actions or read.etat not in SENT:
            keep_form(actor=actor, now=now, octets=octets, nom=nom, is_final=True, base_url=base_url)
    except Refused as refused:
        return FormKept(nom, read, tuple(dict.fromkeys(refused.errors.values())))
    return FormKept(nom, read, is_sent=True)


def _declaration_of(received: FormReceived, actor: Acteur, now: datetime, wanted: int | None) -> DeclarationShown:
    """The declaration the form was made of; the same refusal whether it is another's or does not exist."""
    entete = received.entete
    known = db.session.scalar(
        select(Declaration.id).where(
            Declaration.convention_id == entete.convention_id,
            Declaration.periode == entete.periode.code,
            readable(Declaration, actor),
        )
    )
    if wanted is not None and known != wanted:
        page = read_declaration(actor=actor, declaration_id=wanted)
        raise Refused(
            f"Ce formulaire n’est pas celui de cette déclaration ({page.signataire}, {page.periode.libelle}) : "
            f"il porte la convention {shown(entete.convention)}, {entete.periode.libelle}."
        )
    try:
        key = known or open_declaration(
            actor=actor, now=now, convention_id=entete.convention_id, periode=entete.periode
        )
    except NotFound:
        raise Refused(ELSEWHERE) from None
    page = read_declaration(actor=actor, declaration_id=key)
    mine = heading_of(page)
    # A number of another base may be somebody else's here.
    if (mine.departement, mine.convention, mine.siret) != (entete.departement, entete.convention, entete.siret):
        raise Refused(ELSEWHERE)
    return page


def _require_no_contrary(received: FormReceived, page: DeclarationShown, found: FormCompared) -> None:
    now = texts_now(page)
    faults = {
        received.cellules[name]: (
            f"{received.cellules[name]} : la déclaration dit « {shown(now.get(name, '') or 'rien')} » depuis que ce "
            f"formulaire a été fait, et le formulaire « {shown(received.textes[name] or 'rien')} ». Corrigez l’un ou "
            "l’autre, puis déposez-le à nouveau."
        )
        for name in found.contraires
    }
    if faults:
        raise Refused(faults)


def _saisie_of_form(received: FormReceived, page: DeclarationShown, found: FormCompared) -> Saisie:
    """What the form says, typed; refusals bear the cell instead of the field."""
    try:
        return read_typing(page.all_fields(), found.textes, origine="classeur")
    except SaisieRefused as refused:
        raise Refused(
            {
                received.cellules.get(name, name): f"{received.cellules.get(name, '')} : {sentence}".lstrip(" :")
                for name, sentence in refused.errors.items()
            }
        ) from refused


def _answers_compared(received: FormReceived, page: DeclarationShown, found: FormCompared) -> list[AnswerCompared]:
    now = texts_now(page)
    questions = {asked.nom: _question_of(page, asked.engagement, asked.libelle) for asked in page.all_fields()}
    questions[FREE_TEXT_NAME] = "En quelques mots"
    return [AnswerCompared(questions[name], now.get(name, ""), received.textes[name].strip()) for name in found.changes]


def _question_of(page: DeclarationShown, engagement: int, libelle: str) -> str:
    ligne = page.ligne(engagement)
    title = ligne.libelle if ligne else ""
    return title if libelle in ("", title) else f"{title} : {libelle}"


def _explain_by_remarks(actor: Acteur, now: datetime, read: FormGiven) -> None:
    """The remark of a row answers the warnings found on it, where nothing does yet (R17)."""
    page = read_declaration(actor=actor, declaration_id=read.declaration_id)
    sentences = {
        (ligne.engagement_id, found.code): read.remarques[ligne.engagement_id]
        for ligne in page.lignes
        for found in ligne.constats
        if found.gravite != ERREUR
        and not ligne.explications.get(found.code)
        and read.remarques.get(ligne.engagement_id)
    }
    if sentences and may(page.etat, SAISIR):
        save_draft(
            actor=actor,
            now=now,
            declaration_id=page.id,
            version=page.version,
            saisie=Saisie({}, explications=sentences),
        )


def _actions_brought(received: FormReceived, page: DeclarationShown, actor: Acteur) -> tuple[ActionTyped, ...]:
    """Actions told in the form that the base does not hold yet; Refused with the cell of each fault."""
    faults: dict[str, str] = {}
    typed = []
    for row in received.actions:
        try:
            typed.append(replace(_action_typed(row), signataire_id=page.signataire_id))
        except ValueError as error:
            faults[row.ou] = f"{row.ou} : {error}"
    if faults:
        raise Refused(faults)
    query = select(Action.date, Action.titre).where(Action.signataire_id == page.signataire_id, readable(Action, actor))
    known = {(day, searchable(title)) for day, title in db.session.execute(query)}
    return tuple(one for one in typed if (one.date, searchable(one.titre)) not in known)


def _action_typed(row: ActionReceived) -> ActionTyped:
    axes = {searchable(axe.libelle): code for code, axe in catalogue().axes.items()}
    axe = axes.get(searchable(row.axe), "")
    if not axe:
        raise ValueError(f"choisissez l’axe dans la liste : {', '.join(a.libelle for a in catalogue().axes.values())}.")
    if not row.titre or not row.texte:
        raise ValueError("donnez un titre à cette action, et racontez-la en quelques lignes.")
    people = None
    if row.personnes:
        people = 0 if searchable(row.personnes) == searchable(NEANT) else int(read_number(row.personnes, COMPTE))
    return ActionTyped(read_date(row.date), axe, clean_line(row.titre)[0], row.texte, row.lieu, beneficiaires=people)


def _record_action(actor: Acteur, now: datetime, read: FormGiven, action: ActionTyped) -> None:
    page = read_declaration(actor=actor, declaration_id=read.declaration_id)
    if actor.role in LIMITED:
        propose_action(actor=actor, now=now, signataire_id=page.signataire_id, action=action)
    else:
        record_action(actor=actor, now=now, departement=page.departement, action=action)
