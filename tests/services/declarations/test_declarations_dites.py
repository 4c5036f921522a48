"""Small decisions around a declaration: what was already done, what is attested, which files are taken, which cells."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.commun.comparaison import Ecart
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.indicateurs.genres import PERCENTAGE
from paqte.domain.personnes.acteurs import ANIMATEUR
from paqte.domain.statuts.declarations import A_COMPLETER, SAISIR, TRANSMETTRE, TRANSMISE, VALIDEE
from paqte.queries.suivi.entreprise_chiffres import EngagementAchieved, PointLu
from paqte.reporting.intake.apart import examine
from paqte.reporting.intake.pictures import MOST_PIXELS
from paqte.reporting.intake.refus import PieceRefused
from paqte.services.declarations.declarations import (
    reopen_declaration,
    save_draft,
    send_back,
    submit_declaration,
    validate_declaration,
)
from paqte.services.declarations.etat import require_state
from paqte.services.declarations.preuves.attestations import (
    _achieved,
    _grouped,
    _span,
    is_authentic,
    long_date,
    new_code,
)
from paqte.services.declarations.preuves.justificatifs import (
    FichierReceived,
    add_evidence,
)
from paqte.services.declarations.validations import Validations, ask_declarations, validate_declarations
from paqte.services.editions.authenticite import _differing_cells
from tests.factories import A_PDF, CAMILLE, bruno
from tests.services.declarations.preuves.test_justificatifs import a_workbook
from tests.services.maison import JULIEN, T2, Maison

NBSP = "\u00a0"
SENT = r"^Cette déclaration a déjà été transmise par Camille Perrin le 22/11/2026 à 10\sh\s00\.$"


def test_R18_already_sent_is_said_of_what_is_sent_alone(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(submit_declaration, saisie=maison.saisie(S2=4))
    page = maison.read()
    assert page.etat == TRANSMISE and page.transmise_le == now
    with pytest.raises(Refused, match=SENT) as refused:
        require_state(page, page.version, TRANSMETTRE)
    assert not isinstance(refused.value, Conflict)
    with pytest.raises(Conflict, match=SENT):
        require_state(page, page.version - 1, TRANSMETTRE)
    maison.call(send_back, commentaires={None: "Combien ?"})
    back = maison.read()
    assert back.etat == A_COMPLETER and back.transmise_le == now, "it keeps the day on which it was sent"
    with pytest.raises(Refused, match=r"On ne peut pas valider"):
        maison.call(validate_declaration)
    with pytest.raises(Conflict, match=r"Camille Perrin a enregistré cette déclaration le 22/11/2026 à 10\sh\s00, "):
        require_state(back, back.version - 1, SAISIR)
    require_state(back, back.version, SAISIR)
    odd = replace(back, etat=VALIDEE, validee_le=None, validee_par="")
    with pytest.raises(Refused, match=r"On ne peut pas"):
        require_state(odd, odd.version, SAISIR)


def test_R18_what_is_sent_validated_and_opened_again_keeps_its_dates(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    contact = bruno(maison.signataire)
    maison.call(save_draft, saisie=maison.saisie(S2=1))
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie(S2=4))
    page = maison.read()
    assert (page.transmise_le, page.transmise_par, page.is_on_behalf) == (now, "Bruno Garnier", False)
    maison.call(validate_declaration)
    page = maison.read()
    assert (page.validee_le, page.validee_par) == (now, "Camille Perrin")
    with pytest.raises(Refused, match=r"Expliquez pourquoi elle est rouverte, en une phrase\.") as refused:
        maison.call(reopen_declaration, motif=" ")
    assert list(refused.value.errors) == ["motif"]
    maison.call(reopen_declaration, motif="m" * 1_000)
    page = maison.read()
    assert (page.validee_le, page.validee_par, page.motif_reouverture) == (None, "", "m" * 1_000)
    with pytest.raises(Refused, match=r"Écrivez au moins une question"):
        maison.call(submit_declaration, saisie=maison.saisie(S2=4))
        maison.call(send_back, commentaires={None: " ", 99: "À côté de rien"})
    maison.call(send_back, commentaires={maison.keys["S2"]: "c" * 1_000})
    (asked,) = maison.read().ligne(maison.keys["S2"]).retours
    assert (asked.commentaire, asked.par, asked.created_at, asked.is_answered) == (
        "c" * 1_000,
        "Camille Perrin",
        now,
        False,
    )


def test_R18_several_validated_at_once_stand_or_fall_alone(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    other = maison.opened(T2)
    maison.call(submit_declaration, saisie=maison.saisie(S2=4))
    asked = {maison.id: maison.read().version, other: maison.read(other).version}
    done = validate_declarations(actor=JULIEN, now=now, versions=asked, base_url="")
    assert done == Validations(
        (maison.id,),
        {other: "On ne peut pas valider une déclaration « à saisir » : elle n’a pas encore été saisie ni transmise."},
    )
    assert (maison.read().etat, maison.read().validee_par) == (VALIDEE, "Julien Besnard")


def achieved(genre: str = "flux", unite: str = "personnes", **more: Any) -> EngagementAchieved:
    given = {"valeur": None, "cible": None, "motif": "", "points": [], **more}
    return EngagementAchieved(1, "S2", "SENSIBILISER", "Accueil", unite, genre, taux=Chiffre(None), **given)


def point(code: str, valeur: int | None, motif: str = "") -> PointLu:
    return PointLu(Periode.from_code(code), None if valeur is None else Decimal(valeur), motif)


def test_R20_an_attestation_names_the_periods_that_have_a_figure() -> None:
    one, two = point("2026-T1", 4), point("2026-T3", 0)
    silent, tiny = point("2026-T4", None), point("2025-T4", None, PERCENTAGE.infime)
    spans = {
        (): "",
        (silent,): "",
        (one,): "1er trimestre 2026",
        (one, silent): "1er trimestre 2026",
        (two, one): "du 1er trimestre 2026 au 3e trimestre 2026",
        (two, one, tiny): "du 4e trimestre 2025 au 3e trimestre 2026",
    }
    assert {points: _span((achieved(points=list(points)),)) for points in spans} == spans
    assert _span((achieved(points=[one]), achieved(points=[two]))) == "du 1er trimestre 2026 au 3e trimestre 2026"
    assert _span((achieved(points=[one]), achieved(points=[one]))) == "1er trimestre 2026"


def test_R5_each_kind_of_figure_is_attested_in_its_own_words() -> None:
    told = [
        (achieved(valeur=Decimal(1_500)), f"1\u202f500{NBSP}personnes"),
        (achieved(), ""),
        (achieved("oui_non", valeur=Decimal(1)), "oui"),
        (achieved(motif=PERCENTAGE.infime), PERCENTAGE.infime),
        (achieved(motif="n.d."), ""),
        (achieved("flux", "€", valeur=Decimal("1234.5")), f"1\u202f234,50{NBSP}€"),
        (achieved("flux", "€", valeur=Decimal("7")), f"7{NBSP}€"),
        (achieved("flux", "€", valeur=Decimal("7.05")), f"7,05{NBSP}€"),
        (achieved("libre", "arbres", somme=Decimal(5), periodes=2), f"5{NBSP}arbres (2 périodes)"),
        (achieved("libre", "arbres", somme=Decimal(5), periodes=1), f"5{NBSP}arbres (1 période)"),
        (achieved("libre", "", somme=Decimal("2.5"), periodes=1), "2,5 (1 période)"),
        (achieved("libre", "arbres", points=[point("2026-T1", 4), point("2026-T2", 7), point("2026-T3", None)]),
         f"7{NBSP}arbres (2e trimestre 2026)"),
        (achieved("libre", "arbres", points=[point("2026-T3", None)]), ""),
    ]  # fmt: skip
    assert [(one, _achieved(one)) for one, _ in told] == told


def test_a_code_has_four_groups_of_four_and_no_doubtful_letter() -> None:
    code = new_code()
    assert [len(part) for part in code.split("-")] == [4, 4, 4, 4]
    assert not set(code) & set("01ILOU")
    assert _grouped("ABCDEFGHJ") == "ABCD-EFGH-J" and len(_grouped("A" * 60)) == 40
    assert new_code() != code


def test_no_code_is_no_attestation(session: Any) -> None:
    assert [is_authentic(code) for code in ("", "-", "ABCD-EFGH-JKMN-PQRS")] == [False, False, False]


def test_the_first_of_a_month_is_written_as_such() -> None:
    days = {date(2026, 1, 1): "1er janvier 2026", date(2026, 8, 11): "11 août 2026",
            date(2027, 12, 31): "31 décembre 2027", date(2026, 2, 21): "21 février 2026"}  # fmt: skip
    assert {day: long_date(day) for day in days} == days


def picture(kind: str, size: tuple[int, int] = (4, 4)) -> bytes:
    held = BytesIO()
    Image.new("1", size).save(held, kind)
    return held.getvalue()


def archive(*names: str, book: bytes = a_workbook()) -> bytes:
    held = BytesIO(book)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as opened:
        for name in names:
            opened.writestr(name, b"")
    return held.getvalue()


def bare(*names: str) -> bytes:
    return archive(*names, book=b"PK\x05\x06" + bytes(18))


PARTS = len(zipfile.ZipFile(BytesIO(a_workbook())).namelist())
XLSX = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")
FILES: tuple[tuple[str, bytes, tuple[str, str] | None], ...] = (
    ("a PDF", A_PDF, ("application/pdf", ".pdf")),
    ("a PDF without its end", A_PDF.removesuffix(b"%%EOF\n"), None),
    ("a PDF whose end is far from the end", A_PDF + b" " * 2_048, None),
    ("a PDF whose end is just near enough", A_PDF.strip() + b" " * 2_043, ("application/pdf", ".pdf")),
    ("what only ends as a PDF", b"x%%EOF", None),
    ("a GIF", picture("GIF"), None),
    ("a BMP", picture("BMP"), None),
    ("a TIFF", picture("TIFF"), None),
    ("a PNG", picture("PNG"), ("image/png", ".png")),
    ("a picture too large", picture("PNG", (MOST_PIXELS // 5_000 + 1, 5_000)), None),
    ("a workbook", a_workbook(), XLSX),
    ("an archive without a workbook", bare("[Content_Types].xml", "a"), None),
    ("an archive without its types", bare("xl/workbook.xml", "a"), None),
    ("a workbook of too many parts", archive(*(f"{i}.txt" for i in range(2_001 - PARTS))), None),
    ("a workbook of as many as may be", archive(*(f"{i}.txt" for i in range(2_000 - PARTS))), XLSX),
)


def test_evidence_is_what_its_bytes_say() -> None:
    def kind(octets: bytes) -> tuple[str, str] | None:
        try:
            return examine(octets)[1:]
        except PieceRefused:
            return None

    assert {name: kind(octets) for name, octets, _ in FILES} == {name: expected for name, _, expected in FILES}


def test_evidence_keeps_its_name_without_what_a_system_forbids(session: Any, now: datetime) -> None:
    maison = Maison(now, "R3")
    contact = bruno(maison.signataire)

    def stored(nom: str, code: int | None = None, actor: Any = contact) -> str:
        from paqte.queries.declarations.preuves.justificatifs import read_evidence

        piece = FichierReceived(nom, A_PDF)
        key = add_evidence(actor=actor, now=now, declaration_id=maison.id, engagement_id=code or maison.keys["R3"],
                           piece=piece)  # fmt: skip
        return read_evidence(actor=contact, justificatif_id=key).nom

    assert stored('a<b>c:"d|e?f*g;h.pdf') == "a b c  d e f g h.pdf"
    assert stored(" . ") == "Justificatif.pdf"
    with pytest.raises(NotFound, match=r"Cet engagement n’existe pas"):
        stored("a.pdf", code=99)
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie(R3=4))
    with pytest.raises(Refused, match=r"On ne peut pas"):
        stored("a.pdf")
    maison.call(send_back, commentaires={maison.keys["R3"]: "Combien ?"})
    assert stored("b.pdf") == "b.pdf"
    with pytest.raises(NotFound):
        stored("c.pdf", actor=replace(bruno(999), role=ANIMATEUR))


def test_R19_a_verified_table_tells_each_cell_and_the_rows_that_lack_or_are_too_many() -> None:
    val, rhum = {"Nom": "Val", "Total": "4"}, {"Nom": "Rhum", "Total": "2"}

    def differing(issued: list[dict[str, str]], said: list[dict[str, str]] | None) -> list[Ecart]:
        return list(_differing_cells("Signataires", issued, said))

    assert differing([val, rhum], [val, rhum]) == []
    assert differing([val, rhum], [val, {**rhum, "Total": "3"}]) == [Ecart("Signataires", "ligne 2", "Total", "2", "3")]
    assert differing([val, rhum], [val]) == [
        Ecart("Signataires", "ligne 2", "Nom", "Rhum", ""),
        Ecart("Signataires", "ligne 2", "Total", "2", ""),
    ]
    assert differing([], [val]) == [
        Ecart("Signataires", "ligne 1", "Nom", "", "Val"),
        Ecart("Signataires", "ligne 1", "Total", "", "4"),
    ]
    lacking = [Ecart("Signataires", "", "(tableau entier)", "2 lignes", "(illisible ou absent)")]
    assert differing([val, rhum], None) == lacking


def test_R12_a_late_evening_is_told_at_the_legal_time_of_the_department(session: Any) -> None:
    maison = Maison(datetime(2026, 12, 31, 23, 5, tzinfo=UTC), "S2")
    maison.call(submit_declaration, saisie=maison.saisie(S2=4))
    with pytest.raises(Refused, match=r"le 01/01/2027 à 00\sh\s05\.$"):
        maison.call(submit_declaration, saisie=maison.saisie(S2=4))


def test_R18_the_same_question_is_asked_of_several_and_one_that_cannot_be_holds_none_back(
    session: Any, now: datetime
) -> None:
    sent, draft = Maison(now, "S2"), Maison(now, "S2")
    sent.call(submit_declaration, actor=bruno(sent.signataire), saisie=sent.saisie(S2=4))
    versions = {draft.id: draft.read().version, sent.id: sent.read().version}
    done = ask_declarations(actor=CAMILLE, now=now, versions=versions, question=" Sûr ? ", base_url="")
    assert done.faits == (sent.id,) and list(done.refuses) == [draft.id]
    assert [(q.engagement_id, q.commentaire) for q in sent.read().questions] == [(None, "Sûr ?")]
    again = ask_declarations(actor=CAMILLE, now=now, versions=versions, question="Sûr ?", base_url="")
    assert again.faits == () and len(sent.read().questions) == 1
    with pytest.raises(Refused, match="Écrivez la question"):
        ask_declarations(actor=CAMILLE, now=now, versions=versions, question="  ", base_url="")
