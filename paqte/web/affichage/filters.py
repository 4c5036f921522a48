"""How figures, dates and identifiers are shown, and the few helpers templates may call."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, request
from jinja2 import StrictUndefined
from markupsafe import Markup

from paqte.domain.calendrier.periodes import Periode, local_date, time_zone
from paqte.domain.chiffres import share
from paqte.domain.declarations.reponses import answer_told
from paqte.domain.documents.commun.genre import PERIODES
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.saisie.espaces import NBSP, held_together
from paqte.domain.saisie.identifiants import grouped
from paqte.domain.saisie.nombres import written
from paqte.ops import clock
from paqte.web.affichage import carte, svg, typographie
from paqte.web.affichage.adresses import url_document, url_territoire
from paqte.web.affichage.mots import changed_words

LOCALE = "fr_FR"
PARIS = "75"
NOT_GIVEN = "non renseigné"


def register(app: Flask) -> None:
    """Filters and globals of every template; a variable nobody passed is an error, not a blank."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters[typographie.FILTER] = typographie.keep_marks_together
    app.jinja_env.add_extension(typographie.PageText)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        nombre=show_number,
        reponse_dite=answer_told,
        euros=show_euros,
        pourcentage=show_percent,
        part=show_share,
        date_longue=show_long_date,
        date_courte=show_short_date,
        jour_semaine=show_weekday,
        libelle_periode=show_period,
        mois_annee=show_month,
        moment=show_moment,
        identifiant=grouped,
        intitule=typographie.window_title,
        taille=show_size,
        paragraphes=show_paragraphs,
    )
    app.jinja_env.globals.update(
        icone=svg.icon,
        svg_barre=svg.progress,
        svg_taux=svg.rate,
        svg_courbe=svg.curve,
        carte_tuiles=carte.tile_map,
        url_avec=url_with,
        ouverte_le=opened_on,
        mots_changes=changed_words,
        pluriel=plural,
        genre_of=genre_of,
        url_document=url_document,
        url_territoire=url_territoire,
        DOCUMENTS=DOCUMENTS,
        PERIODES=PERIODES,
    )


def opened_on(departement: str | None) -> date:
    """The day on which this page is drawn, in the legal time of the département: what its printing bears."""
    return local_date(clock.now(), departement or PARIS)


def show_period(code: str) -> str:
    """`2e semestre 2025` of the period kept as `2025-S2`."""
    return Periode.from_code(code).libelle


def show_number(value: Decimal | int | None, unite: str = "") -> str:
    """`1 234,5`, or `1 234,50` of euros; None is said, never shown as zero (R13)."""
    return NOT_GIVEN if value is None else written(value, unite)


def show_euros(value: Decimal | int | None) -> str:
    """`1 234,50 €`, without decimals when there are none."""
    if value is None:
        return NOT_GIVEN
    pattern = "#,##0" if value == int(value) else "#,##0.00"
    return format_decimal(value, format=pattern, locale=LOCALE) + f"{NBSP}€"


def show_percent(value: Decimal | int | None) -> str:
    """`42,5 %` of a value already in hundredths (42.5), every decimal of it (R33); None is `n.d.` (R14)."""
    if value is None:
        return "n.d."
    return f"{written(value)}{NBSP}%"


def show_share(numerateur: Decimal | int, denominateur: Decimal | int) -> str:
    """The share in percent of two exact numbers, as every output tells it (R33)."""
    told = share(numerateur, denominateur)
    return show_percent(told.valeur) if told.is_missing or told.valeur is not None else told.motif


def show_long_date(day: date | None) -> str:
    """`1er janvier 2026`."""
    if day is None:
        return NOT_GIVEN
    month = format_date(day, "MMMM", locale=LOCALE)
    return f"{day.day}{'er' if day.day == 1 else ''} {month} {day.year}"


def show_short_date(day: date | str | None) -> str:
    """`31/12/2026`, as it is typed; of a day, or of the ISO text that a document keeps of it."""
    if not day:
        return NOT_GIVEN
    return f"{date.fromisoformat(day) if isinstance(day, str) else day:%d/%m/%Y}"


def show_weekday(day: date) -> str:
    """`jeudi 1er`, for a list where the month is said above."""
    return f"{format_date(day, 'EEEE', locale=LOCALE)} {day.day}{'er' if day.day == 1 else ''}"


def show_month(day: date) -> str:
    """`janvier 2026`."""
    return format_date(day, "MMMM y", locale=LOCALE)


def show_moment(moment: datetime | None, departement: str | None = None) -> str:
    """`3 juillet 2026 à 14 h 05` in the legal time of the département (Paris when none is given)."""
    if moment is None:
        return NOT_GIVEN
    local = moment.astimezone(time_zone(departement or PARIS))
    return f"{show_long_date(local.date())} à {local.hour}{NBSP}h{NBSP}{local.minute:02}"


def show_size(octets: int) -> str:
    """`1,2 Mo`, `340 ko`."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))}{NBSP}ko"
    return format_decimal(Decimal(octets) / 1_000_000, format="#,##0.#", locale=LOCALE) + f"{NBSP}Mo"


def show_paragraphs(text: str | None) -> Markup:
    """A typed text with its line breaks, escaped; its spaces hold as those of all that is read."""
    blocks = [b for b in held_together(text or "").replace("\r\n", "\n").split("\n\n") if b.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(block.strip().split("\n"))) for block in blocks
    )


def plural(count: Decimal | int, one: str, many: str | None = None) -> str:
    """`1 entreprise`, `0 entreprise`, `2 entreprises`: French takes the plural from two on."""
    word = one if abs(count) < 2 else many or f"{one}s"
    return f"{show_number(count)}{NBSP}{word}"


def url_with(**changes: str | int | None) -> str:
    """The address of this page with some query parameters changed; None takes one away."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in changes]
    kept += [(k, str(v)) for k, v in changes.items() if v is not None]
    return request.path + (f"?{urlencode(kept)}" if kept else "")
