"""What an eye sees at once on a page and no rule of accessibility asks: what touches, is torn, is cut or is askew."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pdfplumber

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (1280, 640, 360)  # a screen, the same at 200 %, a telephone
SHEET = {"width": 680, "height": 960}  # A4 between its margins
MARGIN, HEADING = 42, 13  # of a sheet, and what letters of a heading are larger than, in points
# Each gives sentences; an element that is not painted is left aside.
SHARED = """
const seen = e => e && e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().height > 1;
const words = e => (e.innerText || "").trim().replace(/\\s+/g, " ").slice(0, 40);
const box = e => e.getBoundingClientRect();
const stacked = (a, b) => box(a).right > box(b).left + 1 && box(b).right > box(a).left + 1;
"""
# A heading, or what follows a list, a file, a folded part or a free text, keeps its distance.
GLUED = """() => { %s
    const least = e => /^H[23]$/.test(e.tagName) ? 8 : 4;
    return [...document.querySelectorAll("main :is(h2, h3), main :is(.liste-simple, .fiche, details, .texte-long) + *")]
        .filter(e => seen(e) && seen(e.previousElementSibling) && stacked(e.previousElementSibling, e)
            && getComputedStyle(e.previousElementSibling).display !== "inline" && !e.closest("summary, dialog"))
        .filter(e => { const gap = box(e).top - box(e.previousElementSibling).bottom;
            return gap > -2 && gap < least(e); })
        .map(e => `« ${words(e)} » touche ce qui est au-dessus`);
}"""
TOUCHING = """() => { %s
    return [...document.querySelectorAll("main .btn + .btn")].filter(e => seen(e) && seen(e.previousElementSibling))
        .filter(e => { const a = box(e.previousElementSibling), b = box(e);
            return stacked(e.previousElementSibling, e) ? b.top - a.bottom < 4 : Math.abs(b.left - a.right) < 2; })
        .map(e => `le bouton « ${words(e)} » touche son voisin`);
}"""
CUT = """() => { %s
    return [...document.querySelectorAll("main *")].filter(e => {
        const style = getComputedStyle(e);
        return (style.webkitLineClamp !== "none" || style.textOverflow === "ellipsis") && seen(e)
            && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1);
    }).map(e => `« ${words(e)} » finit par des points de suspension`);
}"""
# The header and the page begin at one edge; so does what stands one below another in filters, or at a form's foot.
ASKEW = """() => { %s
    const found = [], mark = document.querySelector(".marque"), title = document.querySelector("main h1");
    if (mark && title && !title.closest(".attestation, .colonnes") && Math.abs(box(mark).left - box(title).left) > 1)
        found.push("le titre n’est pas sous le nom de l’application");
    for (const form of document.querySelectorAll(".filtres-champs")) {
        const fields = [...form.querySelectorAll(".champ")].filter(seen);
        const lefts = [...new Set(fields.map(f => Math.round(box(f).left)))];
        const rows = Object.values(Object.groupBy(fields, f => Math.round(box(f).bottom)));
        const most = Math.max(0, ...rows.map(row => row.length));
        if (lefts.length > most) found.push(`les filtres ont ${lefts.length} bords pour ${most} colonnes`);
    }
    const range = document.createRange();
    for (const link of document.querySelectorAll(".formulaire-pied .btn-link, .titre-page-actions .btn-link")) {
        if (!seen(link)) continue;
        range.selectNodeContents(link);
        const edge = box(link.parentElement).left, inset = range.getBoundingClientRect().left - edge;
        if (box(link).left - edge < 2 && inset > 2)
            found.push(`« ${words(link)} » est en retrait de ${Math.round(inset)}`);
    }
    return found;
}"""
# The line under a link that bears an icon begins with its first word.
UNDERLINED = """() => { %s
    const range = document.createRange();
    return [...document.querySelectorAll("main a:has(> svg:first-child)")].filter(a => {
        const style = getComputedStyle(a), text = a.querySelector("svg").nextSibling;
        const is_lined = style.textDecorationLine.includes("underline");
        if (!seen(a) || !is_lined || text?.nodeType !== Node.TEXT_NODE) return false;
        const blanks = text.data.length - text.data.trimStart().length;
        range.setStart(text, 0); range.setEnd(text, blanks);
        return range.getBoundingClientRect().width > 0;
    }).map(a => `le blanc avant « ${words(a)} » est souligné`);
}"""
TORN = """() => { %s
    const found = [];
    for (const button of document.querySelectorAll(".tableau .btn"))
        if (seen(button) && box(button).height > 2.4 * parseFloat(getComputedStyle(button).fontSize) + 8)
            found.push(`le bouton « ${words(button)} » est sur deux lignes`);
    for (const head of document.querySelectorAll(".tableau-cartes .ligne-groupe > th")) {
        const paint = e => getComputedStyle(e).backgroundColor;
        const row = head.parentElement, is_short = box(head).width < box(row).width - 2;
        if (seen(head) && is_short && paint(head) !== paint(row))
            found.push(`le fond de « ${words(head)} » s’arrête avant le bord`);
    }
    for (const row of document.querySelectorAll(".tableau thead tr"))
        if (new Set([...row.cells].map(c => getComputedStyle(c).fontWeight)).size > 1)
            found.push(`les titres de « ${words(row)} » n’ont pas le même poids`);
    return found;
}"""
# What one comes for is at hand: the main button first among few, the figures before the prose about them.
BURIED = """() => { %s
    const found = [];
    for (const actions of document.querySelectorAll(".titre-page-actions")) {
        const buttons = [...actions.querySelectorAll(".btn")].filter(seen);
        const rank = buttons.findIndex(b => b.classList.contains("btn-primary"));
        if (rank > 0) found.push(`« ${words(buttons[rank])} » n’est pas le premier geste de la page`);
        if (buttons.length > 4) found.push(`${buttons.length} boutons à côté du titre`);
    }
    const figures = document.querySelector("main .chiffres"), after = Node.DOCUMENT_POSITION_FOLLOWING;
    const prose = figures ? [...document.querySelectorAll("main p")].filter(p => seen(p)
        && p.compareDocumentPosition(figures) & after && !p.closest(".titre-page, .alerte, .tache, nav")
        && !p.querySelector(".btn")) : [];
    if (prose.length > 1) found.push(`${prose.length} lignes avant les chiffres, dont « ${words(prose[0])} »`);
    return found;
}"""
# What is read as one word stands on one line: the number of a convention, a SIRET, a period, the first of a month.
BROKEN = """() => { %s
    const ones = [/(?<![\\w-])(?:2[AB]|\\d{2,3})-\\d{4}-\\d{1,4}(?![\\w-])/g, /\\d{3}\\s\\d{3}\\s\\d{3}\\s\\d{5}/g,
        /\\b\\d(?:er|e)\\s(?:tri|se)mestre\\b/g];
    const texts = document.createTreeWalker(document.querySelector("main") || document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange(), found = new Set();
    while (texts.nextNode()) {
        const node = texts.currentNode;
        if (!seen(node.parentElement) || node.parentElement.closest(".visually-hidden, option, textarea")) continue;
        for (const match of ones.flatMap(one => [...node.data.matchAll(one)])) {
            range.setStart(node, match.index); range.setEnd(node, match.index + match[0].length);
            const lines = new Set([...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top)));
            if (lines.size > 1) found.add(`« ${match[0]} » est sur ${lines.size} lignes`);
        }
    }
    return [...found];
}"""
ASKED = (GLUED, TOUCHING, CUT, ASKEW, UNDERLINED, TORN, BURIED, BROKEN)


def eyesores(page: Page) -> list[str]:
    """What strikes the eye at each width, a sentence each; empty when nothing does."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for asked in ASKED:
            found += [f"à {width} pixels : {fault}" for fault in page.evaluate(asked.replace("%s", SHARED))[:4]]
    return found


def cut_on_paper(page: Page) -> list[str]:
    """What a sheet of paper would cut at the right, in a sentence; the page is shown on a screen again."""
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.emulate_media(media="null")
    return [f"dépasse la feuille de {over} pixels"] if over > 0 else []


def wasted_sheets(page: Page) -> list[str]:
    """What a reader of the printed page finds amiss, in a sentence each: a sheet that is left to go on with hardly a
    third of it filled, a heading at the foot of a sheet with nothing under it. The last sheet ends where the page does.
    """
    found = []
    headings = page.eval_on_selector_all(
        "main :is(h2, h3, h4)", "all => all.map(h => h.textContent.replace(/\\s/g, ''))"
    )
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as document:
        for rank, sheet in enumerate(document.pages[:-1], 1):
            written = [c for c in sheet.chars if MARGIN < c["top"] < sheet.height - MARGIN and c["text"].strip()]
            foot = max((c["bottom"] for c in written), default=0)
            drawn = [r["bottom"] for r in sheet.rects if r["bottom"] < sheet.height - MARGIN]
            if max([foot, *drawn]) < MARGIN + (sheet.height - 2 * MARGIN) / 3:
                found.append(f"feuille {rank} : remplie de moins d’un tiers")
            last = "".join(c["text"] for c in written if c["bottom"] > foot - 2 and c["size"] > HEADING)
            if last and any(heading.endswith(last) for heading in headings):
                found.append(f"feuille {rank} : « {last} » est en bas, sans rien dessous")
    return found
