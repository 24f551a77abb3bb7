/* The superior's form by keyboard: arrow keys go from cell to cell; of the choices for a cell only those that matter are shown. */
"use strict";
(() => {
  const grid = document.querySelector("[data-grid]");
  const links = () => [...grid.querySelectorAll("a[data-cell]")];
  const spot = (link) => {
    const box = link.getBoundingClientRect();
    return { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
  };
  const overlap = (a, b, c, d) => Math.min(b, d) - Math.max(a, c) > 1;
  const next = (from, key) => {
    const here = spot(from);
    let best = null, least = Infinity;
    for (const link of links()) {
      if (link === from) continue;
      const there = spot(link);
      const isRow = overlap(here.top, here.bottom, there.top, there.bottom);
      const isColumn = overlap(here.left, here.right, there.left, there.right);
      const far = key === "ArrowRight" && isRow ? there.left - here.right : key === "ArrowLeft" && isRow ? here.left - there.right
        : key === "ArrowDown" && isColumn ? there.top - here.bottom : key === "ArrowUp" && isColumn ? here.top - there.bottom : NaN;
      if (far >= -2 && far < least) { least = far; best = link; }
    }
    return best;
  };
  const fits = {
    standing: ["regimes", "node", "window", "back", "is_down"], rate: ["regimes", "node", "window", "back", "is_down"],
    change: ["regimes", "node", "window", "back", "is_down"], fact: ["node", "window", "back", "is_down"], alerts: ["node", "back", "is_down"], day: ["back"], node: ["node", "is_down"], text: ["text"],
  };
  const every = ["regimes", "node", "window", "back", "text", "is_down"];
  const trim = () => {
    const fill = document.querySelector("#chosen [name=fill]");
    if (!fill) return;
    const wanted = fits[fill.value.split("-")[0]] || [];
    for (const name of every) {
      const control = document.querySelector(`#chosen [name=${name}]`);
      const box = control && control.closest(".field");
      if (box) box.hidden = !wanted.includes(name);
    }
  };
  if (grid) {
    grid.addEventListener("keydown", (event) => {
      const from = event.target.closest("a[data-cell]");
      const to = from && next(from, event.key);
      if (to) { event.preventDefault(); to.focus(); }
    });
    grid.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-cell]");
      if (!link) return;
      grid.querySelectorAll("td.chosen").forEach((cell) => cell.classList.remove("chosen"));
      link.closest("td").classList.add("chosen");
    });
  }
  document.addEventListener("change", (event) => { if (event.target.name === "fill") trim(); });
  document.addEventListener("htmx:afterSwap", () => {
    trim();
    const first = document.querySelector("#chosen [name=fill]") || document.querySelector("#chosen .chosen-close");
    if (first) first.focus({ preventScroll: true });
    const panel = document.querySelector("#chosen"), cell = grid && grid.querySelector("td.chosen");
    if (cell && getComputedStyle(panel).position === "fixed") cell.scrollIntoView({ block: "start", inline: "nearest" });
  });
  document.addEventListener("keydown", (event) => {
    const close = document.querySelector("#chosen .chosen-close");
    if (event.key === "Escape" && close) close.click();
  });
  trim();
})();
