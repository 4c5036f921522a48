"""What a page keeps at 320 pixels with every folded part open, and under a reader's own spacing (RGAA 10.11, 10.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

NARROWEST = {"width": 320, "height": 900}
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
# A sheet made by a script is no style written in the page: our own policy lets a reader's tools do so.
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [sheet];
}"""
TOO_WIDE = """() => {
    const room = document.documentElement.clientWidth, whole = document.documentElement.scrollWidth;
    if (whole <= room) return [];
    const out = [...document.querySelectorAll("body *")].filter(
        e => e.getBoundingClientRect().right > room + 1 && !e.closest(".tableau-zone"));
    return [`déborde de ${whole - room} pixels : `
        + out.slice(0, 3).map(e => `<${e.localName} class="${e.getAttribute("class") || ""}">`).join(" ")];
}"""
# What the widest figures of a bilan look like: nine digits and their spaces, or a percentage.
CUT_NUMBERS = """() => {
    const cut = [];
    for (const box of document.querySelectorAll("input[data-cellule][inputmode]")) {
        if (!box.offsetWidth) continue;
        const before = box.value, unit = box.parentElement.querySelector(".input-group-text");
        box.value = unit && unit.textContent.trim() === "%" ? "100,00" : "1 234 567";
        if (box.scrollWidth > box.clientWidth) cut.push(`${box.id} : « ${box.value} » ne tient pas`);
        box.value = before;
    }
    return cut;
}"""
# Lines of text that a box cuts, or that lie over one another; what floats above the page on purpose is left aside.
HURT = """() => {
    const lines = [], floats = new Map(), clips = new Map();
    const floating = e => {
        if (!e || e === document.body) return false;
        if (!floats.has(e)) floats.set(e,
            ["absolute", "fixed", "sticky"].includes(getComputedStyle(e).position) || floating(e.parentElement));
        return floats.get(e);
    };
    const clipping = e => {
        if (!e || e === document.body) return null;
        if (!clips.has(e)) clips.set(e,
            getComputedStyle(e).overflowY !== "visible" ? e : clipping(e.parentElement));
        return clips.get(e);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
    const found = [];
    while (texts.nextNode()) {
        const node = texts.currentNode, held = node.parentElement;
        if (!node.data.trim() || held.closest("svg, script, option, textarea, .visually-hidden")) continue;
        if (!held.checkVisibility({visibilityProperty: true}) || floating(held)) continue;
        range.selectNodeContents(node);
        const holder = clipping(held), box = holder?.getBoundingClientRect();
        const scrolls = holder && ["auto", "scroll"].includes(getComputedStyle(holder).overflowY);
        for (const line of range.getClientRects()) {
            if (line.width < 1) continue;
            const words = node.data.trim().slice(0, 40);
            const out = box && (line.right > box.right + 2 || line.bottom > box.bottom + 2 || line.top < box.top - 2);
            if (out && !scrolls) found.push(`« ${words} » est coupé`);
            if (out) continue;
            lines.push({node, words, top: line.top, bottom: line.bottom, left: line.left, right: line.right});
        }
    }
    lines.sort((a, b) => a.top - b.top);
    lines.forEach((one, rank) => {
        for (let next = rank + 1; next < lines.length && lines[next].top < one.bottom - 3; next++) {
            const other = lines[next];
            if (other.node !== one.node && other.left < one.right - 2 && one.left < other.right - 2)
                found.push(`« ${one.words} » et « ${other.words} » se chevauchent`);
        }
    });
    return [...new Set(found)].slice(0, 5);
}"""


# The heading that stands before each value where a table is folded into cards: its words stay whole.
TORN_HEADINGS = """() => {
    const pen = document.createElement("span"), torn = new Set();
    pen.style.cssText = "position: absolute; white-space: nowrap";
    for (const cell of document.querySelectorAll("td[data-titre]")) {
        const heading = getComputedStyle(cell, "::before");
        if (heading.content === "none" || !cell.checkVisibility()) continue;
        if (!cell.innerText.trim()) torn.add(`« ${cell.dataset.titre} » ne dit rien`);
        cell.append(pen);
        for (const word of cell.dataset.titre.split(/\\s+/)) {
            pen.textContent = word;
            if (pen.getBoundingClientRect().width > parseFloat(heading.width) + 1)
                torn.add(`« ${word} » est coupé devant sa valeur`);
        }
        pen.remove();
    }
    return [...torn].slice(0, 5);
}"""


def hurt_when_narrow(page: Page) -> list[str]:
    """What spills, is cut or is covered at 320 pixels, everything open; the page is left so, its spacing too."""
    page.set_viewport_size(NARROWEST)
    page.evaluate(OPEN_ALL)
    found = [
        f"à 320 pixels, déplié : {fault}"
        for asked in (TOO_WIDE, CUT_NUMBERS, HURT, TORN_HEADINGS)
        for fault in page.evaluate(asked)
    ]
    page.evaluate(SPACED)
    return found + [f"espacé : {fault}" for asked in (TOO_WIDE, HURT) for fault in page.evaluate(asked)]
