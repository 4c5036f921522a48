// Comfort only: every page works without this file.
(() => {
  "use strict";
  const button = document.querySelector(".menu-bouton");
  const list = document.getElementById("menu-liste");
  if (button && list) {
    button.hidden = false;
    list.classList.add("menu-replie");
    button.addEventListener("click", () => {
      const open = list.classList.toggle("menu-replie");
      button.setAttribute("aria-expanded", String(!open));
    });
  }

  // A second click on a slow connection must not send twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.envoye) { event.preventDefault(); return; }
    form.dataset.envoye = "1";
    setTimeout(() => { delete form.dataset.envoye; }, 5000);
  });

  // Warn before leaving a form whose typing was not saved.
  let typed = false, sent = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-saisie]")) typed = true; });
  document.addEventListener("submit", () => { typed = false; sent = true; });
  // What a page that comes back refused shows (data-refuse) is kept nowhere either.
  const isUnkept = () => typed || (!sent && document.querySelector("form[data-refuse]"));
  window.addEventListener("beforeunload", (event) => { if (isUnkept()) event.preventDefault(); });

  // A browser joins cells pasted into one field: « 5 » over « 120 » would be 5 120. Their own text is read before it does.
  const apart = /[\t\n\v\f\r\u0085\u2028\u2029]/;
  const told = (input, sentence) => {
    const id = `${input.id}-colle`;
    document.getElementById(id)?.remove();
    const tied = (input.getAttribute("aria-describedby") || "").split(" ").filter((name) => name && name !== id);
    if (sentence) {
      const line = document.createElement("p");
      line.id = id;
      line.className = "champ-message";
      line.setAttribute("role", "alert");
      (input.closest(".input-group") || input).insertAdjacentElement("beforebegin", line);
      line.textContent = sentence;
      tied.push(id);
      input.setAttribute("aria-invalid", "true");
    } else if (!document.getElementById(`${input.id}-erreur`)) input.removeAttribute("aria-invalid");
    input.closest(".champ")?.classList.toggle("champ-erreur", Boolean(sentence) || Boolean(document.getElementById(`${input.id}-erreur`)));
    if (tied.length) input.setAttribute("aria-describedby", tied.join(" ")); else input.removeAttribute("aria-describedby");
  };
  const given = (event, data) => {
    const input = event.target.closest?.("input[data-cellule]");
    const text = (data?.getData("text/plain") || "").trim();
    if (!input || !apart.test(text)) return;
    event.preventDefault();
    const cells = text.split(apart).map((cell) => cell.trim()).filter(Boolean);
    const listed = cells.slice(0, 3).map((cell) => `« ${cell.slice(0, 20)} »`).join(", ");
    told(input, `Plusieurs cellules ont été collées : ${listed}${cells.length > 3 ? "…" : ""}. Rien n’a été changé ici. Copiez une seule cellule, ou saisissez la valeur.`);
  };
  document.addEventListener("paste", (event) => given(event, event.clipboardData));
  document.addEventListener("drop", (event) => given(event, event.dataTransfer));
  document.addEventListener("input", (event) => { if (event.target.matches?.("input[data-cellule]") && document.getElementById(`${event.target.id}-colle`)) told(event.target, ""); });
  // The server need not ask what this page has seen.
  document.querySelectorAll("form[data-saisie]").forEach((form) => {
    const seen = document.createElement("input");
    seen.type = "hidden"; seen.name = "collage"; seen.value = "vu";
    form.append(seen);
  });

  // The session is about to end: said, and prolonged here. Another page of this browser counts as a use.
  const box = document.querySelector("[data-session]");
  if (box) {
    const words = box.querySelector("[role=alert]"), button = box.querySelector("button");
    const hour = (moment) => new Date(moment).toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" }).replace(":", " h ");
    let limits = JSON.parse(box.dataset.session), start = Date.now(), seen = start, last = null, said = "";
    const used = () => { seen = Date.now(); try { localStorage.setItem("paqte-vue", String(seen)); } catch { /* a browser that keeps nothing */ } };
    const elsewhere = () => { try { return Number(localStorage.getItem("paqte-vue")) || 0; } catch { return 0; } };
    const say = (sentence, asks) => {
      if (sentence === said) return;
      said = sentence;
      box.hidden = !sentence;
      button.hidden = !asks;
      words.textContent = sentence;
    };
    const look = () => {
      const idle = Math.max(seen, elsewhere()) + limits.inactive * 1000, whole = start + limits.reste * 1000;
      const end = Math.min(idle, whole), left = end - Date.now();
      if (left > limits.avis * 1000) { if (button.hidden === false || said.startsWith("Votre session est terminée")) say("", false); return; }
      if (left <= 0) say("Votre session est terminée. Ce que vous avez saisi reste sur cette page : ouvrez une session dans un autre onglet, puis enregistrez ici.", false);
      else if (whole <= idle && !limits.prolongeable) say(`Votre session se ferme à ${hour(end)} et a déjà été prolongée : enregistrez votre saisie, puis ouvrez une nouvelle session.`, false);
      else say(`Votre session se ferme à ${hour(end)}.`, true);
    };
    used();
    document.addEventListener("paqte:vue", used);
    document.addEventListener("focusin", (event) => { if (!box.contains(event.target)) last = event.target; });
    document.addEventListener("visibilitychange", look);
    setInterval(look, 15000);
    button.addEventListener("click", async () => {
      const answer = await fetch(box.dataset.adresse, { method: "POST", headers: { "X-CSRFToken": box.dataset.jeton }, credentials: "same-origin" }).catch(() => null);
      // Closed elsewhere meanwhile: sent to the page where one signs in.
      if (answer?.redirected) { limits = { ...limits, inactive: 0, reste: 0 }; start = seen = 0; look(); return; }
      if (!answer?.ok) { say("La session n’a pas pu être prolongée. Enregistrez votre saisie.", true); return; }
      limits = await answer.json();
      start = Date.now();
      used();
      say(`Votre session est prolongée jusqu’à ${hour(start + Math.min(limits.inactive, limits.reste) * 1000)} au moins.`, false);
      setTimeout(() => say("", false), 10000);
      (last?.isConnected ? last : document.getElementById("contenu")).focus();
    });
  }

  // Characters left, under long texts.
  document.querySelectorAll("textarea[data-limite]").forEach((area) => {
    const line = document.createElement("p");
    line.className = "champ-compte";
    line.id = `${area.id}-compte`;
    area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") || ""} ${line.id}`.trim());
    // Told aloud when it begins to matter, and when it is too much: not at each letter.
    const aloud = document.createElement("p");
    aloud.className = "visually-hidden";
    aloud.setAttribute("role", "alert");
    let state = "", isRefused = area.getAttribute("aria-invalid") === "true";
    const show = () => {
      const left = Number(area.dataset.limite) - [...area.value].length;
      line.textContent = left >= 0
        ? `${left.toLocaleString("fr-FR")} caractères restants`
        : `${(-left).toLocaleString("fr-FR")} caractères de trop`;
      line.classList.toggle("champ-compte-depasse", left < 0);
      if (left < 0 || isRefused) area.setAttribute("aria-invalid", "true"); else area.removeAttribute("aria-invalid");
      const now = left < 0 ? "trop" : (left <= Number(area.dataset.limite) / 10 ? "proche" : "");
      if (now !== state) aloud.textContent = now || state === "trop" ? line.textContent : "";
      state = now;
    };
    area.insertAdjacentElement("afterend", line);
    line.insertAdjacentElement("afterend", aloud);
    area.addEventListener("input", show);
    show();
  });
})();
