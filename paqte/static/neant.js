// A number and « Néant » beside it are never both there. Comfort only: without this file the server says what to do.
(() => {
  "use strict";
  const before = new WeakMap(); // what a tick put aside, given back when it is undone

  const parts = (input) => {
    const line = input.closest("[data-engagement]");
    const of = (part) => line && line.querySelector(`#${part}_${line.dataset.engagement}`);
    return { box: of("neant"), number: of("valeur") || of("numerateur"), whole: of("denominateur") };
  };

  // « input » comes before « change »: the draft sent when a field is left holds what is seen.
  document.addEventListener("input", (event) => {
    const { box, number, whole } = parts(event.target);
    if (!box || !number) return;
    if (event.target === number && /[1-9]/.test(number.value)) box.checked = false;
    if (event.target !== box) return;
    if (box.checked) {
      before.set(number, number.value);
      number.value = whole && !whole.value.trim() ? "" : "0";
    } else {
      const kept = before.get(number) || "";
      number.value = /[1-9]/.test(kept) ? kept : "";
    }
  });
})();
