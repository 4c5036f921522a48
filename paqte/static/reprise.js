// A figure that repeats another follows it as it is typed. Comfort only: without this file the server fills it in.
(() => {
  "use strict";
  const parts = (line) => {
    const of = (part) => line.querySelector(`#${part}_${line.dataset.engagement}`);
    return { box: of("neant"), number: of("valeur") || of("numerateur"), whole: of("denominateur"), own: document.getElementsByName(`propre_${line.dataset.engagement}`)[0] };
  };
  const same = (a, b) => a.number.value.trim() === b.number.value.trim() && (Boolean(a.whole) || a.box.checked === b.box.checked);
  const pairs = [];
  for (const line of document.querySelectorAll("[data-reprend]")) {
    const from = document.getElementById(`engagement-${line.dataset.reprend}`);
    const mine = parts(line), source = from && parts(from);
    // A figure that already differs is somebody's: it does not follow.
    if (source && source.number && source.box && mine.number && mine.box && mine.own) pairs.push({ line, from, mine, source, follows: same(mine, source) || !(mine.number.value.trim() || mine.box.checked) });
  }
  const show = ({ mine, source }) => {
    mine.number.value = source.box.checked ? "0" : source.number.value;
    // Of a share, a tick would mean that its total is nil as well.
    if (!mine.whole) mine.box.checked = source.box.checked;
  };
  // After neant.js, which settles the line itself, and before the draft is sent.
  document.addEventListener("input", (event) => {
    for (const pair of pairs) {
      const { line, from, mine } = pair;
      if (line.contains(event.target) && [mine.number, mine.box].includes(event.target)) {
        pair.follows = false;
        mine.own.value = "1";
      } else if (pair.follows && from.contains(event.target)) show(pair);
    }
  });
  // Emptied, it follows again, as the server does.
  document.addEventListener("change", (event) => {
    for (const pair of pairs) {
      const { line, mine } = pair;
      if (!line.contains(event.target) || mine.number.value.trim() || mine.box.checked) continue;
      pair.follows = true;
      mine.own.value = "";
      show(pair);
    }
  });
})();
