/* The kit's behaviour: dialogs, menus, tables by keyboard, forms sent once. Everything works without it; it only makes it quicker. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  /* dialogs */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const closer = event.target.closest("[data-closes]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.opens).showModal();
    } else if (closer && closer.closest("dialog").open) {
      event.preventDefault();
      closer.closest("dialog").close();
    } else if (event.target.matches("dialog")) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
    all("details.usermenu[open], details.pop[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* forms: a second press while the first is on its way does nothing; the errors are read first */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    all("button", form).forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(free));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.target.matches("form")) free(event.target); });
  function free(form) {
    delete form.dataset.sent;
    all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  }

  /* picking: what is chosen moves above the search box, which is emptied */
  document.addEventListener("change", (event) => {
    const found = event.target.closest(".pick .found");
    if (!found) return;
    const pick = found.closest(".pick"), chosen = pick.querySelector("[data-chosen]");
    if (event.target.type === "radio") all(".choice:not([data-none])", chosen).forEach((other) => other.remove());
    chosen.prepend(event.target.closest(".choice"));
    found.replaceChildren();
    const box = pick.querySelector("input[type=search]");
    box.value = "";
    box.focus();
  });

  /* tables */
  function fit(root) {
    all(".table-scroll", root).forEach((scroll) => {
      const wide = scroll.querySelector("table").scrollWidth > scroll.clientWidth + 1;
      scroll.classList.toggle("is-wide", wide);
      scroll.classList.toggle("fits", !wide);
      if (wide) scroll.tabIndex = 0; else scroll.removeAttribute("tabindex");
    });
  }
  function step(by) {
    const table = document.querySelector("[data-table]");
    const rows = table ? all("tbody tr", table) : [];
    if (!rows.length) return false;
    const here = rows.findIndex((row) => row.hasAttribute("aria-selected"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by))];
    if (here >= 0) rows[here].removeAttribute("aria-selected");
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      all("details.usermenu[open], details.pop[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
      if (location.hash === "#nav") location.hash = "";
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing) {
      if (event.target.matches("[data-search]") && event.key === "ArrowDown" && step(1)) { event.target.blur(); event.preventDefault(); }
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const chosen = document.querySelector("[data-table] tr[aria-selected]");
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (by && (chosen || event.key === "j" || event.key === "k")) {
      if (step(by)) event.preventDefault();
    } else if (event.key === "Enter" && chosen && chosen.dataset.href && !event.target.closest("a, button, summary")) {
      location.href = chosen.dataset.href;
    }
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href); else location.href = row.dataset.href;
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("form.filters")) return;
    const given = event.detail.parameters;
    for (const name of Object.keys(given)) if (given[name] === "") delete given[name];
  });

  /* a part that was sent elsewhere (to the log-in page, after the session ended) takes the whole page there */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const came = event.detail.xhr.responseURL, asked = event.detail.pathInfo.requestPath;
    if (came && new URL(came).pathname !== new URL(asked, location).pathname) {
      event.detail.shouldSwap = false;
      location.href = came;
    }
  });

  /* a request that failed, or takes a while, says so */
  function tell(kind) {
    const notice = document.querySelector("[data-notice]");
    if (!notice) return;
    notice.textContent = notice.dataset[kind];
    notice.hidden = false;
    setTimeout(() => { notice.hidden = true; }, 6000);
  }
  document.addEventListener("click", (event) => { if (event.target.closest("a[download]")) tell("preparing"); });
  document.addEventListener("htmx:sendError", () => tell("unreached"));
  document.addEventListener("htmx:timeout", () => tell("unreached"));
  document.addEventListener("htmx:responseError", () => tell("failed"));

  function start(root) {
    fit(root);
    const errors = (root.querySelector ? root : document).querySelector(".errors");
    if (errors) errors.focus();
  }
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));
  window.addEventListener("resize", () => fit(document));
  start(document);
})();
