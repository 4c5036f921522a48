// Keeps a draft when a field is left. Comfort only: the buttons do the same without this file.
(() => {
  "use strict";
  const PATIENCE = 10000; // milliseconds: after them a slow network counts as none, and the button goes on
  const form = document.querySelector("form[data-brouillon]");
  if (!form || !window.fetch || !AbortSignal.timeout) return;
  const said = form.querySelector("[data-brouillon-etat]");
  // What is kept is told in its time; what is not interrupts, and names its fields to whoever does not see them.
  const tell = (sentence, isKept, faults = []) => {
    said.querySelector("[role=status]").textContent = isKept ? sentence : "";
    said.querySelector("[role=alert]").textContent = isKept ? "" : sentence;
    for (const field of form.querySelectorAll("[data-refuse]")) { delete field.dataset.refuse; field.removeAttribute("aria-invalid"); }
    for (const field of faults.map((id) => document.getElementById(id)).filter(Boolean)) { field.dataset.refuse = ""; field.setAttribute("aria-invalid", "true"); }
  };
  const version = form.elements.namedItem("version");
  // What is on the page against what is kept, asked of the fields themselves: whatever put it there and whenever (typed
  // before this file came, given back by the browser, filled by it), nothing is taken for kept. No field is written here.
  const choice = (field, isServed) => [...field.options].map((one) => isServed ? one.defaultSelected : one.selected);
  const one = (field, isServed) => {
    if (/^(checkbox|radio)$/.test(field.type)) return isServed ? field.defaultChecked : field.checked;
    if (field.options) return choice(field, isServed && choice(field, true).includes(true));
    return isServed ? field.defaultValue : field.value;
  };
  const fields = () => [...form.elements].filter((field) => field.name && !/^(hidden|submit|button|fieldset)$/.test(field.type));
  const content = (isServed = false) => JSON.stringify(fields().map((field) => [field.name, one(field, isServed)]));
  const isTyped = (field) => fields().includes(field) && JSON.stringify(one(field, true)) !== JSON.stringify(one(field, false));
  // A page that comes back refused shows what is kept nowhere: it is not sent again by itself, and leaving it warns.
  const refused = "refuse" in form.dataset ? content(true) : null;
  let kept = refused === null ? content(true) : "", tried = "", sending = null, stopped = false;
  const isWaiting = () => content() !== kept;
  const isToSend = () => isWaiting() && content() !== refused && !sending && !stopped;
  delete form.dataset.saisie; delete form.dataset.refuse; // this file warns by itself, and only of what is not kept yet

  const send = (keepalive) => {
    const sent = tried = content();
    const data = new URLSearchParams(new FormData(form));
    data.set("geste", "brouillon");
    sending = fetch(form.dataset.brouillon, { method: "POST", body: data, keepalive, credentials: "same-origin", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) })
      .then(async (answer) => {
        const isOurs = (answer.headers.get("Content-Type") || "").startsWith("application/json");
        const told = isOurs ? await answer.json() : { message: `Pas encore enregistré. Utilisez le bouton « ${form.querySelector(".formulaire-pied [value=brouillon]").textContent.trim()} ».` };
        if (answer.ok) { version.value = told.version; kept = sent; }
        // What another person saved is shown beside by the button, never silently here.
        stopped = Boolean(told.conflit);
        tell(told.message, answer.ok, told.champs);
        if (answer.ok) document.dispatchEvent(new Event("paqte:vue"));
      })
      .catch(() => tell("Pas encore enregistré : la connexion manque. Vos réponses restent sur cette page.", false))
      .finally(() => { sending = null; });
    return sending;
  };

  // What was refused is not sent again until it changes; what was typed meanwhile follows at once.
  const keep = () => { if (isToSend()) send(false).then(() => { if (content() !== tried) keep(); }); };

  form.addEventListener("change", keep);
  // A field typed and left before this file arrived, or given back by the browser, fires no `change`: it is kept now.
  window.addEventListener("pageshow", () => { if (!isTyped(document.activeElement)) keep(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && isToSend()) send(true); });
  window.addEventListener("beforeunload", (event) => { if (isWaiting()) event.preventDefault(); });

  // A draft on its way changes the version: the button waits for it, so that nobody is in conflict with oneself.
  form.addEventListener("submit", (event) => {
    if (!sending) { kept = content(); return; }
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    tell("Un instant, votre brouillon s’enregistre…", true);
    sending.then(() => form.requestSubmit(button));
  });
})();
