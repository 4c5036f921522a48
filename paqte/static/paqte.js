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

  // Characters left, under long texts.
  document.querySelectorAll("textarea[data-limite]").forEach((area) => {
    const line = document.createElement("p");
    line.className = "champ-compte";
    const show = () => {
      const left = Number(area.dataset.limite) - [...area.value].length;
      line.textContent = left >= 0
        ? `${left.toLocaleString("fr-FR")} caractères restants`
        : `${(-left).toLocaleString("fr-FR")} caractères de trop`;
      line.classList.toggle("champ-compte-depasse", left < 0);
    };
    area.insertAdjacentElement("afterend", line);
    area.addEventListener("input", show);
    show();
  });
})();
