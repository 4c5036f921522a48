// Passkeys. Without this file, or in a browser that knows none, a code of the telephone is given instead.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials || !window.fetch) return;
  const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list) => (list || []).map((one) => ({ ...one, id: octets(one.id) }));
  const create = async (asked) => {
    const made = await navigator.credentials.create({ publicKey: { ...asked, challenge: octets(asked.challenge), user: { ...asked.user, id: octets(asked.user.id) }, excludeCredentials: keys(asked.excludeCredentials) } });
    return { made, response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) } };
  };
  const sign = async (asked) => {
    const made = await navigator.credentials.get({ publicKey: { ...asked, challenge: octets(asked.challenge), allowCredentials: keys(asked.allowCredentials) } });
    const said = made.response;
    return { made, response: { clientDataJSON: text(said.clientDataJSON), authenticatorData: text(said.authenticatorData), signature: text(said.signature), userHandle: said.userHandle ? text(said.userHandle) : null } };
  };
  const SAID = {
    NotAllowedError: "Aucune clé n’a répondu : réessayez.",
    InvalidStateError: "Cet appareil porte déjà une de vos clés.",
    SecurityError: "Cette adresse n’est pas celle de l’application : aucune clé ne peut servir ici.",
  };
  for (const place of document.querySelectorAll("[data-cle]")) {
    const form = place.querySelector("form"), said = place.querySelector("[data-cle-dit]"), button = form.querySelector("button");
    place.hidden = false;
    for (const absent of document.querySelectorAll("[data-cle-absente]")) absent.hidden = true;
    let isGiven = false;
    form.addEventListener("submit", async (event) => {
      if (isGiven || (form.elements.nom && !form.elements.nom.value.trim())) return; // the page says what is missing
      event.preventDefault();
      event.stopPropagation(); // paqte.js would take the sending that follows for a second click
      said.textContent = "";
      button.disabled = true;
      try {
        const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
        const answer = await fetch(place.dataset.cleDefi, { method: "POST", body, credentials: "same-origin" });
        if (answer.status === 401 && place.dataset.cleCode) { location.assign(place.dataset.cleCode); return; }
        if (!answer.ok) throw new Error(answer.status);
        const asked = await answer.json();
        const { made, response } = await (place.dataset.cle === "creer" ? create(asked) : sign(asked));
        form.elements.reponse.value = JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, authenticatorAttachment: made.authenticatorAttachment, clientExtensionResults: {}, response });
        isGiven = true;
        form.requestSubmit();
      } catch (error) {
        said.textContent = SAID[error.name] || "La clé n’a pas pu être demandée : rechargez la page.";
      } finally { button.disabled = false; }
    });
  }
})();
