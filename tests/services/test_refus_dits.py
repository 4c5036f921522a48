"""What cannot be kept is refused beside its field, in a sentence that says what to write; the limit itself is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.conventions.conventions import check_terms
from paqte.services.conventions.fichiers import safe_name
from paqte.services.conventions.signataires import ContactTyped, add_signataire
from paqte.services.declarations.preuves.actions import ActionTyped, record_action
from paqte.services.pilotage.contexte import ChiffreTyped, add_chiffre, default_precision
from paqte.services.pilotage.pilotage import PartenaireTyped, ReferentTyped, add_partenaire, add_referent
from paqte.services.pilotage.protocole import ProtocoleTyped, add_protocole
from paqte.services.pilotage.rubriques import write_rubrique
from paqte.services.reglages.reglages import save_settings
from tests.factories import CAMILLE, a_departement, an_identite, some_termes
from tests.services.refus import refusals

NNBSP = "\u202f"
TODAY = date(2026, 11, 22)


Fault = tuple[Any, dict[str, str]]


def told_by(act: Callable[[Any], object], faults: Iterable[Fault]) -> list[Fault]:
    """The faults again, with what the use case says of each."""
    return [(given, refusals(partial(act, given))) for given, _ in faults]


@pytest.fixture(autouse=True)
def _in_41(session: Any) -> None:
    a_departement("41")


def too_long(limit: str) -> str:
    return f"Ce texte est trop long : {limit} caractères au plus."


SIGNATAIRES = (
    ({"nom": ""}, {"nom": "Écrivez le nom sous lequel le signataire est connu."}),
    ({"nom": "x" * 201}, {"nom": too_long("200")}),
    ({"secteur": "x" * 201}, {"secteur": too_long("200")}),
    ({"adresse": "x" * 301}, {"adresse": too_long("300")}),
    ({"commune": "x" * 101}, {"commune": too_long("100")}),
    ({"notes": "x" * 4_001}, {"notes": too_long(f"4{NNBSP}000")}),
    ({"nature": "club"}, {"nature": "Choisissez une nature dans la liste."}),
    ({"categorie": "XXL"}, {"categorie": "Choisissez une catégorie dans la liste."}),
    ({"naf": "62.1Z"}, {"naf": "Un code NAF s’écrit comme 62.01Z : quatre chiffres et une lettre."}),
    ({"effectif": 10_000_000}, {"effectif": "Cet effectif est hors de toute mesure."}),
    ({"effectif": -1}, {"effectif": "Cet effectif est hors de toute mesure."}),
    ({"code_postal": "4100"}, {"code_postal": "Cinq chiffres."}),
    ({"nom": "", "nature": ""}, {"nom": "Écrivez le nom sous lequel le signataire est connu.",
                                 "nature": "Choisissez une nature dans la liste."}),
)  # fmt: skip


def test_each_fault_of_a_signatory_has_its_sentence(now: datetime) -> None:
    def add(changes: Any) -> None:
        add_signataire(actor=CAMILLE, departement="41", identite=an_identite(**changes), now=now)

    assert told_by(add, SIGNATAIRES) == list(SIGNATAIRES)


def test_a_signatory_at_its_limits_is_kept(now: datetime) -> None:
    identite = an_identite(
        nom="n" * 200,
        secteur="s" * 200,
        adresse="a" * 300,
        commune="c" * 100,
        notes="n" * 4_000,
        effectif=9_999_999,
        naf="6201z",
        code_postal="41000",
    )
    contacts = [ContactTyped("n" * 120, "f" * 120, "c" * 254, "1" * 15)] + [ContactTyped("Accueil")] * 19
    assert add_signataire(actor=CAMILLE, departement="41", identite=identite, contacts=contacts, now=now)


NAME = "Écrivez le nom de cette personne ou de ce service."
PHONE = "Écrivez un numéro comme 02 54 00 00 00 ou +596 596 00 00 00."
CONTACTS = (
    ([ContactTyped(), ContactTyped(fonction="Gérant")], {"contacts-1-nom": NAME}),
    ([ContactTyped(courriel="a@b.test")], {"contacts-0-nom": NAME}),
    ([ContactTyped("Zoé", telephone="12345")], {"contacts-0-telephone": PHONE}),
    ([ContactTyped("Zoé", telephone="1" * 16)], {"contacts-0-telephone": PHONE}),
    ([ContactTyped("Zoé", telephone="02 54 ab 00 00")], {"contacts-0-telephone": PHONE}),
    ([ContactTyped("n" * 121)], {"contacts-0-nom": too_long("120")}),
    ([ContactTyped("Zoé", fonction="n" * 121)], {"contacts-0-fonction": too_long("120")}),
    ([ContactTyped("Zoé", courriel="n" * 255)], {"contacts-0-courriel": too_long("254")}),
    ([ContactTyped("Zoé", telephone="02 54 00 00 00" + " " * 20)], {"contacts-0-telephone": too_long("30")}),
    ([ContactTyped("Zoé")] * 21, {"contacts": "Gardez 20 contacts au plus : les plus utiles au suivi."}),
)


def test_each_fault_of_a_contact_has_its_sentence(now: datetime) -> None:
    def add(contacts: Any) -> None:
        add_signataire(actor=CAMILLE, departement="41", identite=an_identite(), contacts=contacts, now=now)

    assert told_by(add, CONTACTS) == list(CONTACTS)


LATE = "La signature suit la fin de la convention : vérifiez ces dates."
TO_COME = "Cette date est à venir : enregistrez la signature quand elle a eu lieu."
TERMES = (
    ({"dispositif": "club"}, {"dispositif": "Choisissez le dispositif dans la liste."}),
    ({"rythme": "M"}, {"rythme": "Choisissez le rythme dans la liste."}),
    ({"signee_le": date(2026, 11, 23)}, {"signee_le": TO_COME}),
    ({"fin": date(2026, 1, 31), "signee_le": date(2026, 2, 1)}, {"signee_le": LATE}),
    ({"cosignataire": "x" * 201}, {"cosignataire": too_long("200")}),
    ({"notes": "x" * 4_001}, {"notes": too_long(f"4{NNBSP}000")}),
)


def test_each_fault_of_the_terms_has_its_sentence() -> None:
    assert told_by(lambda changes: check_terms(some_termes(**changes), TODAY), TERMES) == list(TERMES)


def test_terms_signed_today_or_on_the_last_day_are_kept() -> None:
    checked = check_terms(some_termes(signee_le=TODAY, cosignataire=" Région " + "x" * 193, notes="x" * 4_000), TODAY)
    assert (checked.fin, checked.is_in_plan_10000) == (date(2027, 12, 31), False)
    assert checked.cosignataire == "Région " + "x" * 193
    last = date(2026, 1, 31)
    assert check_terms(some_termes(fin=last, signee_le=last), TODAY).fin == last
    assert check_terms(some_termes(dispositif="plan_10000"), TODAY).is_in_plan_10000


FORUM = ActionTyped(date(2026, 3, 12), "SENSIBILISER", "Forum", "Deux matinées.")
NUMBER = f"Ce nombre n’est pas possible : écrivez un nombre de 0 à 1{NNBSP}000{NNBSP}000."
ACTIONS = (
    ({"titre": ""}, {"titre": "Donnez un titre à cette action."}),
    ({"texte": " "}, {"texte": "Racontez l’action en quelques lignes."}),
    ({"titre": "a" * 201}, {"titre": "Ce texte compte 201 caractères : raccourcissez-le à 200 au plus."}),
    ({"texte": "a" * 8_001},
     {"texte": f"Ce texte compte 8{NNBSP}001 caractères : raccourcissez-le à 8{NNBSP}000 au plus."}),
    ({"lieu": "a" * 201}, {"lieu": "Ce texte compte 201 caractères : raccourcissez-le à 200 au plus."}),
    ({"date": date(2026, 11, 23)}, {"date": "Cette date est à venir : une action se raconte une fois faite."}),
    ({"axe": "DANSER"}, {"axe": "Choisissez un axe dans la liste."}),
    ({"beneficiaires": 1_000_001}, {"beneficiaires": NUMBER}),
    ({"signataire_id": 99}, {"signataire_id": "Choisissez un signataire dans la liste."}),
    ({"qpv_id": 99}, {"qpv_id": "Choisissez un quartier dans la liste."}),
)  # fmt: skip


def test_each_fault_of_an_action_has_its_sentence(now: datetime) -> None:
    def add(changes: Any) -> None:
        record_action(actor=CAMILLE, now=now, departement="41", action=replace(FORUM, **changes))

    assert told_by(add, ACTIONS) == list(ACTIONS)


def test_an_action_at_its_limits_is_kept(now: datetime) -> None:
    action = replace(FORUM, date=TODAY, titre="t" * 200, texte="t" * 8_000, lieu="l" * 200, beneficiaires=1_000_000)
    assert record_action(actor=CAMILLE, now=now, departement="41", action=action)


def longer(count: str, limit: str) -> str:
    return f"Ce texte compte {count} caractères : raccourcissez-le à {limit} au plus."


RANK = {"rang": "Écrivez une place de 1 à 999."}
PERCENT = "Un pourcentage va de 0 à 100."
PHONE_41 = {"telephone": "Ce numéro n’est pas complet : écrivez-le comme 02 54 00 00 00."}
ENGAGEMENT = ProtocoleTyped("Recruter", "Emploi", "PAQTE")
DEFM = ChiffreTyped("defm", Decimal(1), TODAY)
LINES: tuple[tuple[Any, dict[str, str]], ...] = (
    (ReferentTyped(""), {"nom": "Écrivez le nom du référent."}),
    (ReferentTyped("n" * 121), {"nom": longer("121", "120")}),
    (ReferentTyped("Zoé", fonction="f" * 121), {"fonction": longer("121", "120")}),
    (ReferentTyped("Zoé", telephone="0" * 31), {"telephone": longer("31", "30")}),
    (ReferentTyped("Zoé", telephone="02 54"), PHONE_41),
    (ReferentTyped("Zoé", rang=0), RANK),
    (ReferentTyped("Zoé", rang=1_000), RANK),
    (PartenaireTyped(""), {"nom": "Écrivez le nom du partenaire."}),
    (PartenaireTyped("n" * 201), {"nom": longer("201", "200")}),
    (PartenaireTyped("CCI", nature="n" * 81), {"nature": longer("81", "80")}),
    (PartenaireTyped("CCI", role="n" * 501), {"role": longer("501", "500")}),
    (PartenaireTyped("CCI", rang=0), RANK),
    (replace(ENGAGEMENT, libelle=""), {"libelle": "Écrivez l’engagement tel que le protocole le dit."}),
    (replace(ENGAGEMENT, enjeu=""), {"enjeu": "Écrivez l’enjeu du protocole auquel il répond."}),
    (replace(ENGAGEMENT, levier=""), {"levier": "Écrivez le levier, par exemple PAQTE."}),
    (replace(ENGAGEMENT, libelle="l" * 501), {"libelle": longer("501", "500")}),
    (replace(ENGAGEMENT, enjeu="l" * 301), {"enjeu": longer("301", "300")}),
    (replace(ENGAGEMENT, axe_dijon="l" * 201), {"axe_dijon": longer("201", "200")}),
    (replace(ENGAGEMENT, levier="l" * 201), {"levier": longer("201", "200")}),
    (replace(ENGAGEMENT, partenaires="l" * 501), {"partenaires": longer("501", "500")}),
    (replace(ENGAGEMENT, commentaire="l" * 2_001), {"commentaire": longer(f"2{NNBSP}001", f"2{NNBSP}000")}),
    (replace(ENGAGEMENT, cible=Decimal("100.1")), {"cible": PERCENT}),
    (replace(ENGAGEMENT, realise=Decimal(-1)), {"realise": PERCENT}),
    (replace(ENGAGEMENT, rang=0), RANK),
    (replace(DEFM, code="chats"), {"code": "Choisissez un chiffre dans la liste."}),
    (replace(DEFM, valeur=Decimal(-1)), {"valeur": "Ce nombre ne peut pas être négatif."}),
    (replace(DEFM, date=date(2026, 11, 23)),
     {"date": "Cette date est à venir : donnez la date à laquelle le chiffre a été constaté."}),
    (replace(DEFM, precision="p" * 201), {"precision": longer("201", "200")}),
    (replace(DEFM, source="p" * 301), {"source": longer("301", "300")}),
)  # fmt: skip
AT_LIMITS = (
    ReferentTyped("n" * 120, "f" * 120, "camille@loir-et-cher.gouv.fr", "0" * 30, 999),
    ReferentTyped("Zoé", telephone="025400"),
    PartenaireTyped("n" * 200, "n" * 80, "r" * 500, 1),
    ProtocoleTyped(
        "l" * 500, "e" * 300, "l" * 200, "a" * 200, "p" * 500, Decimal(100), Decimal(0), "c" * 2_000, rang=1
    ),
    ChiffreTyped("defm", Decimal(0), TODAY, "p" * 200, "s" * 300),
)


def add_line(now: datetime, line: Any) -> int:
    here: dict[str, Any] = {"actor": CAMILLE, "now": now, "departement": "41"}
    match line:
        case ReferentTyped():
            return add_referent(**here, referent=line)
        case PartenaireTyped():
            return add_partenaire(**here, partenaire=line)
        case ProtocoleTyped():
            return add_protocole(**here, engagement=line)
    return add_chiffre(**here, chiffre=line)


def test_each_fault_of_a_line_has_its_sentence(now: datetime) -> None:
    assert told_by(partial(add_line, now), LINES) == list(LINES)


def test_lines_at_their_limits_are_kept(now: datetime) -> None:
    assert all(add_line(now, line) for line in AT_LIMITS)


def test_a_figure_has_one_value_a_date_and_the_other_code_its_own(now: datetime) -> None:
    assert add_line(now, DEFM) and add_line(now, replace(DEFM, code="defm_qpv"))
    assert add_line(now, replace(DEFM, date=date(2026, 11, 21)))
    told = {"date": "Ce chiffre est déjà saisi à cette date : modifiez-le plutôt."}
    assert refusals(lambda: add_line(now, DEFM)) == told


def test_R25_R26_what_a_figure_covers() -> None:
    known = {
        ("defm_qpv", 2024): "catégories ABC, QPV génération 2024",
        ("defm_qpv", None): "catégories ABC",
        ("defm", 2024): "catégories ABC",
        ("qpv", 2015): "QPV génération 2015",
        ("pru", 2024): "",
    }
    assert {one: default_precision(*one) for one in known} == known


def test_a_text_of_the_bilan_waits_for_its_period_and_has_16000_signs(now: datetime) -> None:
    def write(periode: str, texte: str) -> None:
        write_rubrique(actor=CAMILLE, now=now, departement="41", periode=Periode.from_code(periode),
                       code="obstacles", version=None, texte=texte)  # fmt: skip

    early = "Le 1er semestre 2027 n’a pas commencé : son texte s’écrira à partir de son début."
    assert refusals(lambda: write("2027-S1", "Texte")) == {"texte": early}
    long = longer(f"16{NNBSP}001", f"16{NNBSP}000")
    assert refusals(lambda: write("2026-S1", "x" * 16_001)) == {"texte": long}
    write("2026-S1", "x" * 16_000)


DAYS = "Un délai va de 0 à 365 jours."
SETTINGS = (
    ({"chats": "3"}, {"chats": "Ce réglage n’existe pas."}),
    ({"bilan_delai_jours": "366"}, {"bilan_delai_jours": DAYS}),
    ({"fermeture_delai_jours": "366"}, {"fermeture_delai_jours": DAYS}),
    (
        {"destinataires_bilan": " ".join(f"a{n}@b.test" for n in range(21))},
        {"destinataires_bilan": "Donnez au plus 20 adresses : une liste de diffusion conviendra mieux."},
    ),
)


def set_values(now: datetime, values: dict[str, str]) -> None:
    save_settings(actor=CAMILLE, now=now, departement="41", version=version_of(read_settings("41")), values=values)


def test_each_fault_of_a_setting_has_its_sentence(now: datetime) -> None:
    assert told_by(partial(set_values, now), SETTINGS) == list(SETTINGS)


def test_settings_are_kept_in_one_spelling(now: datetime) -> None:
    addresses = [f"a{n}@b.test" for n in range(20)]
    set_values(
        now,
        {
            "bilan_delai_jours": " 045 ",
            "fermeture_delai_jours": "JAMAIS",
            "destinataires_bilan": "; ".join([*addresses, "A0@b.test"]),
        },
    )
    kept = {cle: one.valeur for cle, one in read_settings("41").items() if one.is_own}
    assert kept == {
        "bilan_delai_jours": "45",
        "fermeture_delai_jours": "jamais",
        "destinataires_bilan": ", ".join(addresses),
    }
    set_values(now, {"bilan_delai_jours": ""})
    assert not read_settings("41")["bilan_delai_jours"].is_own
    assert read_settings("41")["destinataires_bilan"].is_own


def test_a_file_handed_in_keeps_the_last_part_of_its_name() -> None:
    kept = {
        "C:\\textes\\signé.PDF": "signé.pdf",
        "dossier/a  b.pdf": "a b.pdf",
        '"x<y>|?*%;:.pdf': "x y.pdf",
        " .pdf": "Convention 1.pdf",
        "...": "Convention 1.pdf",
        "n" * 130 + ".pdf": "n" * 120 + ".pdf",
    }
    assert {given: safe_name(given, "Convention 1") for given in kept} == kept
