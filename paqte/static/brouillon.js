// Keeps a draft when a field is left. Comfort only: the buttons do the same without this file.
(() => {
  "use strict";
  const PATIENCE = 10000; // milliseconds: after them a slow network counts as none, and the button goes on
  const form = document.querySelector("form[data-brouillon]");
  if (!form || !window.fetch || !AbortSignal.timeout) return;
  const said = form.querySelector("[data-brouillon-etat]");
  const version = form.elements.namedItem("version");
  // What was typed while this file was on its way counts too.
  const isTyped = (field) => field.type === "checkbox" ? field.checked !== field.defaultChecked : "defaultValue" in field && field.value !== field.defaultValue;
  let changes = [...form.elements].some(isTyped) ? 1 : 0, kept = 0, sending = null, stopped = false;
  delete form.dataset.saisie; // this file warns by itself, and only of what is not kept yet

  const send = (keepalive) => {
    const upTo = changes;
    const data = new URLSearchParams(new FormData(form));
    data.set("geste", "brouillon");
    sending = fetch(form.dataset.brouillon, { method: "POST", body: data, keepalive, credentials: "same-origin", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) })
      .then(async (answer) => {
        const isOurs = (answer.headers.get("Content-Type") || "").startsWith("application/json");
        const told = isOurs ? await answer.json() : { message: "Pas encore enregistré. Utilisez le bouton « Enregistrer et finir plus tard »." };
        if (answer.ok) { version.value = told.version; kept = upTo; }
        // What another person saved is shown beside by the button, never silently here.
        stopped = Boolean(told.conflit);
        said.textContent = told.message;
      })
      .catch(() => { said.textContent = "Pas encore enregistré : la connexion manque. Vos réponses restent sur cette page."; })
      .finally(() => { sending = null; });
    return sending;
  };

  const keep = () => { if (changes > kept && !sending && !stopped) send(false).then(() => { if (changes > kept && said.dataset.essai !== String(changes)) { said.dataset.essai = String(changes); keep(); } }); };

  form.addEventListener("input", () => { changes += 1; });
  form.addEventListener("change", keep);
  // A field typed and left before this file arrived fires no `change` any more: it is kept now, not at the next one.
  if (changes && !isTyped(document.activeElement)) keep();
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && changes > kept && !sending && !stopped) send(true); });
  window.addEventListener("beforeunload", (event) => { if (changes > kept) event.preventDefault(); });

  // A draft on its way changes the version: the button waits for it, so that nobody is in conflict with oneself.
  form.addEventListener("submit", (event) => {
    if (!sending) { kept = changes; return; }
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    said.textContent = "Un instant, votre brouillon s’enregistre…";
    sending.then(() => form.requestSubmit(button));
  });
})();
