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
  let typed = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-saisie]")) typed = true; });
  document.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

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
