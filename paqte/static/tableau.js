// The typing table as a spreadsheet: arrows, Enter, Tab, Escape, a block pasted after a look. Comfort only: without this
// file it is a plain form.
(() => {
  "use strict";
  const form = document.querySelector("form[data-tableau]");
  const table = form?.querySelector(".saisie-tableau");
  if (!table) return;
  const rows = [...table.querySelectorAll("tr[data-ligne]")];
  const columns = table.dataset.colonnes.split(",");
  const titles = [...table.querySelectorAll("thead th[id]")].map((one) => one.title);
  const cells = rows.map((row) => [...row.cells].slice(1, columns.length + 1).map((cell) => cell.querySelector("input")));
  const names = rows.map((row) => row.cells[0].firstChild.textContent.trim());
  const inputs = cells.flat().filter(Boolean);
  const at = new Map();
  cells.forEach((row, down) => row.forEach((input, right) => { if (input) { at.set(input, [down, right]); input.inputMode = "decimal"; } }));
  const told = form.parentElement.querySelector("[data-case]"), count = form.querySelector("[data-compte]");
  const isCell = (target) => at.has(target);
  told.hidden = false;

  const show = (input) => { if (input) { input.focus(); input.select(); } return Boolean(input); };
  // The next cell that may be typed into, in one direction.
  const beyond = ([down, right], [dy, dx]) => {
    for (let y = down + dy, x = right + dx; cells[y] && x >= 0 && x < columns.length; y += dy, x += dx) if (cells[y][x]) return cells[y][x];
    return null;
  };
  const isWhole = (input) => input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const isAtStart = (input) => isWhole(input) || (input.selectionStart === 0 && input.selectionEnd === 0);
  const isAtEnd = (input) => isWhole(input) || (input.selectionStart === input.value.length && input.selectionEnd === input.value.length);
  const change = (input, value) => { input.value = value; input.dispatchEvent(new Event("input", { bubbles: true })); };

  let before = "";
  table.addEventListener("focusin", (event) => {
    if (!isCell(event.target)) return;
    const [down, right] = at.get(event.target);
    before = event.target.value;
    event.target.select();
    told.textContent = `${names[down]} · ${titles[right]}`;
  });
  table.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!isCell(input) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const here = at.get(input);
    const moved = {
      ArrowUp: () => show(beyond(here, [-1, 0])) || true,
      ArrowDown: () => show(beyond(here, [1, 0])) || true,
      Enter: () => show(beyond(here, [event.shiftKey ? -1 : 1, 0])) || true,
      ArrowLeft: () => isAtStart(input) && !event.shiftKey && show(beyond(here, [0, -1])),
      ArrowRight: () => isAtEnd(input) && !event.shiftKey && show(beyond(here, [0, 1])),
      // From the last cell of a row to the first of the next one; from the last of all, out of the table as anywhere.
      Tab: () => show(inputs[inputs.indexOf(input) + (event.shiftKey ? -1 : 1)]),
      Escape: () => { change(input, before); input.select(); return true; },
    }[event.key];
    if (moved?.()) event.preventDefault();
  });

  let isKept = false;
  const mark = () => {
    const changed = inputs.filter((one) => one.value !== one.defaultValue).length;
    count.textContent = changed ? `${changed} case${changed > 1 ? "s" : ""} à enregistrer` : isKept ? "Brouillons enregistrés" : "";
  };

  // Drafts: a cell that is left is kept with its row. What is refused waits until it changes, what met somebody else's
  // writing until « Enregistrer » shows both; what a lost connection held goes with the next cell.
  const PATIENCE = 10000, warned = form.querySelector("[data-pas-garde]");
  const tried = new Map(), stopped = new Set();
  let sending = null, isLost = false, isLeaving = false;
  delete form.dataset.saisie; // this file warns by itself, and only of what is not kept yet
  // A cell being typed into is not left: what it said before goes, unless the whole page is left.
  const left = (one) => one === document.activeElement && document.visibilityState === "visible" ? one.defaultValue : one.value;
  const content = (down) => JSON.stringify(cells[down].map((one) => one && left(one)));
  const isTyped = (down) => cells[down].some((one) => one && left(one) !== one.defaultValue);
  // Half of a share is no mistake while its row is being typed: what a row is refused is said when the row is left.
  const isHere = (down) => rows[down].contains(document.activeElement);
  const rowsToSend = () => rows.map((_, down) => down).filter((down) => isTyped(down) && !stopped.has(down) && tried.get(down) !== content(down));
  const version = (down) => rows[down].querySelector(`[name=version_${rows[down].dataset.ligne}]`);
  const tell = (sentences) => { warned.textContent = sentences.join(" "); };
  // What the row is now: « Brouillon, 3 sur 4 », and its box to send once nothing lacks.
  const standing = (down, one) => {
    const state = rows[down].querySelector("[data-etat]"), label = rows[down].querySelector(".tab-envoi");
    if (one.etat === "brouillon" && state.dataset.etat !== one.etat) {
      const drawn = form.querySelector("[data-brouillon]").content.cloneNode(true).firstElementChild;
      drawn.href = one.adresse;
      drawn.lastElementChild.textContent = `\u00a0: ouvrir la déclaration de ${names[down]}`;
      state.replaceChildren(drawn);
      state.dataset.etat = one.etat;
    }
    rows[down].querySelector("[data-donnees]").textContent = one.donnees;
    label.hidden = label.firstElementChild.disabled = !one.complete;
  };
  const settle = (down, sent, one) => {
    if (!one.lues && isHere(down)) { tried.delete(down); return ""; }
    const texts = one.lues ? one.lues.split("|").slice(1) : [];
    for (const [rank, input] of cells[down].filter(Boolean).entries()) {
      if (one.lues) {
        // Written as it is kept (« néant » is 0), but under the fingers of whoever is typing there.
        if (input.value === sent.get(input) && input !== document.activeElement) { input.value = texts[rank]; sent.set(input, texts[rank]); }
        input.defaultValue = sent.get(input);
      }
      if (one.lues || one.champs.includes(input.name)) input.toggleAttribute("aria-invalid", !one.lues);
      input.classList.toggle("tab-change", input.value !== input.defaultValue);
    }
    if (one.lues) { version(down).value = one.lues; tried.delete(down); isKept = true; }
    if (one.lues) standing(down, one);
    if (one.conflit) stopped.add(down);
    return one.lues ? "" : `${names[down]}, pas enregistré\u00a0: ${one.refus}${one.conflit ? " Utilisez «\u00a0Enregistrer\u00a0» pour voir les deux valeurs." : ""}`;
  };
  const keep = (isAgain = false) => {
    if (sending) return;
    if (isLost) { tried.clear(); isLost = false; }
    const sent = new Map(), downs = rowsToSend().filter((down) => !isAgain || !isHere(down));
    if (!downs.length) return;
    const data = new URLSearchParams({ csrf_token: form.elements.namedItem("csrf_token").value, colonnes: [...new Set(columns.map((one) => one.split(".")[0]))].join(",") });
    for (const down of downs) {
      tried.set(down, content(down));
      data.set(version(down).name, version(down).value);
      for (const input of cells[down].filter(Boolean)) { sent.set(input, left(input)); data.set(input.name, left(input)); }
    }
    sending = fetch(form.dataset.brouillonTableau, { method: "POST", body: data, keepalive: document.visibilityState === "hidden", credentials: "same-origin", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) })
      .then(async (answer) => {
        const isOurs = (answer.headers.get("Content-Type") || "").startsWith("application/json");
        const given = isOurs ? await answer.json() : {};
        if (!answer.ok || !isOurs) { tell([given.message || "Pas encore enregistré\u00a0: utilisez «\u00a0Enregistrer\u00a0»."]); return; }
        tell(downs.map((down) => given.lignes[rows[down].dataset.ligne] ? settle(down, sent, given.lignes[rows[down].dataset.ligne]) : "").filter(Boolean));
        document.dispatchEvent(new Event("paqte:vue"));
      })
      .catch(() => { isLost = true; tell(["Pas encore enregistré\u00a0: la connexion manque. Vos saisies restent sur cette page."]); })
      .finally(() => { sending = null; mark(); if (!isLost) keep(true); });
  };
  table.addEventListener("focusout", (event) => { if (isCell(event.target)) keep(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  window.addEventListener("beforeunload", (event) => { if (!isLeaving && inputs.some((one) => one.value !== one.defaultValue)) event.preventDefault(); });
  // A draft on its way changes the version: the button waits for it, so that nobody is in conflict with oneself.
  form.addEventListener("submit", (event) => {
    if (!sending) { isLeaving = true; return; }
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    sending.then(() => form.requestSubmit(button));
  });
  table.addEventListener("input", (event) => {
    if (!isCell(event.target)) return;
    event.target.classList.toggle("tab-change", event.target.value !== event.target.defaultValue);
    mark();
  });
  // What the browser gives back after « Précédent » is typed and not kept.
  window.addEventListener("pageshow", () => {
    isLeaving = false;
    inputs.filter((one) => one.value !== one.defaultValue).forEach((one) => one.dispatchEvent(new Event("input", { bubbles: true })));
  });

  // A block: the server says where each value goes and what is refused, by the rules of the typing; then she decides.
  const dialog = document.querySelector("[data-collage]"), lines = dialog.querySelector("tbody"), said = dialog.querySelector("[data-collage-compte]");
  const yes = dialog.querySelector("[data-collage-oui]");
  let waiting = [], from = null;
  const line = (one) => {
    const row = document.createElement("tr"), input = one.champ && document.getElementById(one.champ);
    row.className = one.refus ? "tab-refus" : "";
    const what = one.refus ? `Refusé\u00a0: ${one.refus}` : input && input.value === one.texte ? "Rien\u00a0: même valeur" : one.texte ? "Placée" : "Case vidée";
    for (const text of [one.signataire, one.colonne, input ? input.value : "", one.texte, what]) row.insertCell().textContent = text;
    return row;
  };
  const open = (found, fault) => {
    waiting = found.filter((one) => one.champ && document.getElementById(one.champ));
    const refused = found.filter((one) => one.refus).length;
    lines.replaceChildren(...found.map(line));
    said.textContent = fault || `${waiting.length} valeur${waiting.length > 1 ? "s" : ""} à placer, ${refused} refusée${refused > 1 ? "s" : ""}. Rien n’est enregistré tant que vous n’utilisez pas «\u00a0Enregistrer\u00a0».`;
    yes.hidden = !waiting.length;
    dialog.showModal();
    (waiting.length ? yes : dialog.querySelector("h2")).focus();
  };
  const ask = async (input, text) => {
    const [down, right] = at.get(input);
    const data = new URLSearchParams({ csrf_token: form.elements.namedItem("csrf_token").value, lignes: rows.map((row) => row.dataset.ligne).join(","), colonnes: [...new Set(columns.map((one) => one.split(".")[0]))].join(","), rang: down, colonne: right, bloc: text });
    from = input;
    try {
      const answer = await fetch(form.dataset.tableau, { method: "POST", body: data, credentials: "same-origin", headers: { Accept: "application/json" } });
      const isOurs = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      const given = isOurs ? await answer.json() : {};
      open(given.cases || [], answer.ok && isOurs ? "" : given.message || "Rien n’est collé\u00a0: rechargez la page.");
    } catch { open([], "Rien n’est collé\u00a0: la connexion manque. Vos saisies restent sur cette page."); }
  };
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!isCell(event.target)) return;
    event.preventDefault();
    // One value, with the line end that a spreadsheet puts behind it, is typed in its place as anywhere.
    const alone = text.replace(/\r?\n$/, "");
    if (/[\t\r\n]/.test(alone)) { ask(event.target, text); return; }
    event.target.setRangeText(alone, event.target.selectionStart, event.target.selectionEnd, "end");
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  yes.addEventListener("click", () => {
    waiting.forEach((one) => change(document.getElementById(one.champ), one.texte));
    waiting = [];
    keep(); // before the dialog gives the focus back to a cell of the block
    dialog.close();
  });
  dialog.querySelector("[data-collage-non]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => show(from));
})();
