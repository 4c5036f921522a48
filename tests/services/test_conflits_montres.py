"""What whoever saves second is shown: every value that the base holds, as its form writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.declarations.reponses import AnswerTyped
from paqte.domain.erreurs import Conflict
from paqte.queries.conventions.conventions import read_convention
from paqte.services.conventions.conventions import change_convention
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.signataires import ContactTyped, add_signataire, change_signataire
from paqte.services.declarations.declarations import save_draft
from paqte.services.declarations.preuves.actions import ActionTyped, change_action, record_action
from paqte.services.pilotage.contexte import ChiffreTyped, add_chiffre, change_chiffre
from paqte.services.pilotage.pilotage import PartenaireTyped, add_partenaire, change_partenaire
from paqte.services.pilotage.protocole import ProtocoleTyped, add_protocole, change_protocole
from tests.factories import CAMILLE, a_convention, a_departement, a_qpv, a_signataire, an_identite, some_termes
from tests.services.maison import Maison

pytestmark = pytest.mark.usefixtures("session")


def shown(save: Callable[[], object], what: str) -> dict[str, str]:
    """What the base holds, as the one who comes second is told: what changed meanwhile, and what to do."""
    told = f"Quelqu’un d’autre a modifié {what} pendant votre saisie : comparez, puis enregistrez à nouveau."
    with pytest.raises(Conflict, match=f"^{told if what else ''}") as conflict:
        save()
    return conflict.value.current


def test_an_action_is_shown_whole(now: datetime) -> None:
    signataire, qpv = a_signataire(), a_qpv()
    told = ActionTyped(
        date=date(2026, 3, 5),
        axe="FORMER",
        titre="Atelier CV",
        texte="Dix lycéens.",
        lieu="Vendôme",
        signataire_id=signataire,
        qpv_id=qpv,
        beneficiaires=1_200,
        is_proofread=True,
    )
    keys = [
        record_action(actor=CAMILLE, now=now, departement="41", action=action)
        for action in (
            told,
            replace(told, signataire_id=None, qpv_id=None, beneficiaires=None, is_proofread=False),
        )
    ]
    first, second = (
        shown(
            lambda key=key: change_action(actor=CAMILLE, now=now, action_id=key, version=9, action=told), "cette action"
        )
        for key in keys
    )
    text = {"version": "1", "date": "05/03/2026", "axe": "FORMER", "titre": "Atelier CV", "texte": "Dix lycéens."}
    whose = {"signataire_id": str(signataire), "qpv_id": str(qpv)}
    number = "1\u202f200"
    assert first == {**text, "lieu": "Vendôme", "beneficiaires": number, "is_proofread": "oui", **whose}
    none = {"beneficiaires": "", "is_proofread": "non", "signataire_id": "", "qpv_id": ""}
    assert second == {**text, "lieu": "Vendôme", **none}


def test_R13_a_declaration_shows_each_kind_of_answer_as_it_is_typed(now: datetime) -> None:
    maison = Maison(now, "S2", "S3", "F1p", "R2", "S7")
    typed = maison.saisie(S2=1_500, S3="néant", F1p=(1, 4), R2=AnswerTyped(commentaire="En attente"), texte="Bonjour")
    maison.call(save_draft, saisie=typed)
    current = shown(
        lambda: maison.call(save_draft, version=1, saisie=maison.saisie(S2=3)), ""
    )  # its sentence names who: test_declarations_dites
    keys = maison.keys

    def field(code: str) -> tuple[str, ...]:
        names = ("valeur", "numerateur", "denominateur", "date", "precision")
        return tuple(current[f"{name}_{keys[code]}"] for name in names)

    assert field("S2") == ("1\u202f500", "", "", "", "")
    assert field("S3")[:2] == ("zéro confirmé", "zéro confirmé") and field("S3")[2:] == ("", "", "")
    assert field("F1p")[1:] == ("1", "4", "", "")
    assert field("R2") == ("", "", "", "", "En attente")
    assert field("S7") == ("", "", "", "", "")
    assert (current["texte_libre"], current["version"]) == ("Bonjour", str(maison.read().version))
    assert len(current) == 5 * 5 + 2


def test_a_signatory_is_shown_with_its_contacts(now: datetime) -> None:
    a_departement("41")
    contacts = [ContactTyped("Bruno Garnier", "Gérant", "bruno@val.test", "02 54 00 00 00"), ContactTyped("Accueil")]
    identite = an_identite(naf="16.23Z", secteur="Bois", effectif=12, code_postal="41000", notes="Une\nDeux")
    key = add_signataire(actor=CAMILLE, departement="41", identite=identite, contacts=contacts, now=now)
    current = shown(
        lambda: change_signataire(
            actor=CAMILLE, signataire_id=key, version=9, identite=identite, contacts=contacts, now=now
        ),
        "cette fiche",
    )
    some = ("nom", "nature", "naf", "secteur", "effectif", "code_postal", "commune", "notes")
    texts = ("Menuiserie Val (fictif)", "entreprise", "16.23Z", "Bois", "12", "41000", "Blois", "Une\nDeux")
    assert tuple(current[name] for name in some) == texts
    first = {
        "contacts-0-nom": "Bruno Garnier",
        "contacts-0-fonction": "Gérant",
        "contacts-0-courriel": "bruno@val.test",
        "contacts-0-telephone": "02 54 00 00 00",
    }
    assert {name: text for name, text in current.items() if name.startswith("contacts-0")} == first
    assert current["contacts-1-nom"] == "Accueil" and current["contacts-1-courriel"] == ""


def test_the_promises_of_an_axis_are_shown_field_by_field(now: datetime) -> None:
    key = a_convention(a_signataire(), "S2")

    def save(version: int, saisi: EngagementSaisi) -> None:
        set_engagements(actor=CAMILLE, convention_id=key, version=version, axe="SENSIBILISER", saisis=[saisi], now=now)

    targets = {"annees": {1: Decimal(30), 2: Decimal(12)}}
    promise = EngagementSaisi("S2", True, reference=Decimal(4), precision="Stages", **targets)
    save(read_convention(actor=CAMILLE, convention_id=key, now=now).version, promise)
    current = shown(lambda: save(99, promise), "cette convention")
    known = {name: text for name, text in current.items() if text}
    assert known == {
        "S2_1-precision": "Stages",
        "S2_1-retenu": "oui",
        "S2_1-reference": "4",
        "S2_1-an1": "30",
        "S2_1-an2": "12",
        "version": str(read_convention(actor=CAMILLE, convention_id=key, now=now).version),
    }
    empty = {"S2_1-libelle", "S2_1-unite", "S2_1-duree", *(f"S2_1-an{year}" for year in (3, 4, 5, 6, 7, 8, 9, 10))}
    assert current.keys() - known.keys() == empty


def test_the_terms_of_a_convention_are_shown_with_their_version(now: datetime) -> None:
    key = a_convention(a_signataire(), cosignataire="Région", notes="À revoir", is_in_plan_10000=True)
    current = shown(
        lambda: change_convention(actor=CAMILLE, convention_id=key, version=9, termes=some_termes(), now=now),
        "cette convention",
    )
    assert current == {
        "dispositif": "paqte",
        "debut": "01/01/2025",
        "fin": "31/12/2027",
        "rythme": "T",
        "signee_le": "01/01/2025",
        "cosignataire": "Région",
        "is_in_plan_10000": "oui",
        "notes": "À revoir",
        "version": "1",
    }


LINES: tuple[tuple[str, Any, Any, str, Any, dict[str, str]], ...] = (
    (
        "partenaire",
        add_partenaire,
        change_partenaire,
        "partenaire_id",
        PartenaireTyped("Mission locale", "Association", "Relais", rang=3),
        {"nom": "Mission locale", "nature": "Association", "role": "Relais", "rang": "3", "version": "1"},
    ),
    (
        "engagement",
        add_protocole,
        change_protocole,
        "engagement_id",
        ProtocoleTyped("Recruter", "Emploi", "PAQTE", "Axe 2", "CCI", Decimal("12.5"), None, "Suivi"),
        {"libelle": "Recruter", "enjeu": "Emploi", "levier": "PAQTE", "axe_dijon": "Axe 2", "partenaires": "CCI",
         "cible": "12,5", "realise": "", "commentaire": "Suivi", "rang": "1", "version": "1"},
    ),
    (
        "chiffre",
        add_chiffre,
        change_chiffre,
        "chiffre_id",
        ChiffreTyped("defm", Decimal(18_000), date(2026, 6, 30), "", "France Travail"),
        {"code": "defm", "valeur": "18\u202f000", "date": "30/06/2026", "precision": "catégories ABC",
         "source": "France Travail", "version": "1"},
    ),
)  # fmt: skip


@pytest.mark.parametrize(("name", "add", "change", "key", "typed", "held"), LINES, ids=[line[0] for line in LINES])
def test_a_line_of_the_department_is_shown_as_it_is_kept(
    now: datetime, name: str, add: Any, change: Any, key: str, typed: Any, held: dict[str, str]
) -> None:
    a_departement("41")
    made = add(actor=CAMILLE, now=now, departement="41", **{name: typed})
    current = shown(lambda: change(actor=CAMILLE, now=now, version=9, **{key: made, name: typed}), "cette ligne")
    assert {field: current[field] for field in held} == held
