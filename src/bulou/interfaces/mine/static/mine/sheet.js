// The sheet of a village: everybody as usual, exceptions marked by keyboard, kept in the browser until the house has said that it has them.
"use strict";
{
  const sheet = document.querySelector("[data-sheet]");
  const one = (selector) => sheet.querySelector(selector);
  const body = one("tbody"), rows = [...body.rows], jump = one("#jump"), own = one("[data-own]"), usual = one("[data-usual]");
  const kinds = JSON.parse(sheet.dataset.kinds), asks = JSON.parse(sheet.dataset.asks), KEEP = 24 * 3600 * 1000;
  const idOf = (row) => row.id.slice(1), uuid = Facts.uuid;
  let at = -1, history = [], sending = false;
  // `key` names the records (the same answer under it is filed once), `once` the request: a new one as soon as anything changed after a try.
  let draft = { once: uuid(), key: uuid(), wasTried: false, usual: {}, own: {}, out: [], why: "", touched: Date.now() };

  const read = (box, prefix) => Facts.read(box, prefix, kinds, asks);
  const write = (box, prefix, facts) => Facts.write(box, prefix, kinds, facts);
  const words = (facts) => Object.entries(facts).map(([code, value]) => Facts.word(own, "own", kinds, code, value)).join(" · ");
  const differs = (facts) => Object.fromEntries(Object.entries(facts).filter(([code, value]) => JSON.stringify(value) !== JSON.stringify(draft.usual[code])));

  // drawing
  function draw(row) {
    const id = idOf(row), mine = draft.own[id], isOut = draft.out.includes(id);
    if (row.matches(".filed, .excused")) {
      row.dataset.was ??= row.lastElementChild.textContent;
      row.classList.toggle("own-mark", Boolean(mine));
      row.lastElementChild.textContent = mine ? `${words(differs(mine)) || words(mine)} (${row.dataset.was})` : row.dataset.was;
      return;
    }
    const lacks = !isOut && asks.some((code) => !(code in { ...draft.usual, ...mine }));
    row.classList.toggle("own-mark", Boolean(mine));
    row.classList.toggle("out", isOut);
    row.classList.toggle("lacks", lacks);
    const text = isOut ? sheet.dataset.saysOut : mine ? words(differs(mine)) || words(mine) : "";
    row.lastElementChild.textContent = lacks ? [text, sheet.dataset.saysLacks].filter(Boolean).join(" · ") : text;
  }
  function count() {
    const numbers = { usual: 0, own: 0, out: 0, filed: 0 };
    for (const row of rows) {
      const id = idOf(row);
      if (row.matches(".filed, .excused") && !draft.own[id]) numbers.filed++;
      else if (draft.out.includes(id) || row.classList.contains("lacks")) numbers.out++;
      else if (draft.own[id]) numbers.own++;
      else numbers.usual++;
    }
    for (const [name, value] of Object.entries(numbers)) one(`[data-n="${name}"]`).textContent = value.toLocaleString("en");
    one("[data-undo]").disabled = !history.length;
    one("[data-why-box]").hidden = !rows.some((row) => row.classList.contains("filed") && draft.own[idOf(row)]);
    one("[data-send-now]").disabled = sending || !(numbers.usual + numbers.own);
  }
  function says(text, tone) {
    const place = one("[data-says]");
    place.textContent = text; place.hidden = !text; place.className = `sheet-says ${tone || ""}`;
  }

  // the draft: in this browser only, no longer than a day, gone once the house has it
  function changed() {
    if (draft.wasTried) { draft.once = uuid(); draft.wasTried = false; }
    keep();
  }
  function keep() {
    draft.touched = Date.now();
    try { localStorage.setItem(sheet.dataset.draft, JSON.stringify(draft)); } catch { /* a full or forbidden store: the page itself still holds it */ }
  }
  function recall() {
    try {
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith("bulou.entry."))) {
        if (!(JSON.parse(localStorage.getItem(key))?.touched > Date.now() - KEEP)) localStorage.removeItem(key);
      }
      const kept = JSON.parse(localStorage.getItem(sheet.dataset.draft) || "null");
      if (kept?.once) { draft = { ...draft, ...kept }; return true; }
    } catch { localStorage.removeItem(sheet.dataset.draft); }
    return false;
  }

  // marking, and taking back
  function change(id, facts, isOut) {
    history.push({ id, own: draft.own[id], out: draft.out.includes(id) });
    put(id, facts, isOut);
  }
  function put(id, facts, isOut) {
    if (facts) draft.own[id] = facts; else delete draft.own[id];
    draft.out = draft.out.filter((other) => other !== id).concat(isOut ? [id] : []);
    draw(document.getElementById(`e${id}`)); count(); changed();
  }
  function undo() {
    const last = history.pop();
    if (!last) return;
    put(last.id, last.own, last.out);
    go(rows.indexOf(document.getElementById(`e${last.id}`)));
  }
  function go(index) {
    if (index < 0 || index >= rows.length) return;
    rows[at]?.classList.remove("here");
    at = index;
    rows[at].classList.add("here");
    const box = rows[at].getBoundingClientRect(), bar = one(".sheet-bar").getBoundingClientRect().bottom;
    if (box.top < bar || box.bottom > innerHeight - 60) rows[at].scrollIntoView({ block: "center" });  // clear of what sticks above and below
  }

  // jumping by letters
  function matches(text) {
    const typed = text.trim().toLowerCase();
    if (/^\d+$/.test(typed)) return rows.filter((row) => row.firstElementChild.textContent === typed);
    if (/^[a-z]+$/.test(typed)) return rows.filter((row) => row.dataset.k.startsWith(typed) || row.cells[1].textContent.toLowerCase().startsWith(typed));
    return rows.filter((row) => row.cells[1].textContent.includes(text.trim()));
  }
  function seek(step) {
    const text = jump.value;
    if (!text.trim()) { if (step) go(Math.min(rows.length - 1, Math.max(0, at + step))); one("[data-found]").textContent = ""; return; }
    const found = matches(text);
    if (!found.length) { one("[data-found]").textContent = sheet.dataset.saysNone; return; }
    const here = found.indexOf(rows[at]);
    const next = step ? (here + step + found.length) % found.length : here >= 0 ? here : 0;
    go(rows.indexOf(found[next]));
    one("[data-found]").textContent = `${next + 1} / ${found.length}`;
  }
  function clear() { jump.value = ""; one("[data-found]").textContent = ""; jump.focus({ preventScroll: true }); }

  // one exception
  function open() {
    const row = rows[at];
    if (!row || row.classList.contains("excused")) return;
    const id = idOf(row), facts = { ...draft.usual, ...draft.own[id] };
    const first = asks.find((code) => kinds[code] === "yes_no");
    if (!draft.own[id] && first !== undefined && typeof facts[first] === "boolean") facts[first] = !facts[first];
    write(own, "own", facts);
    one("[data-own-name]").textContent = `${row.firstElementChild.textContent} ${row.cells[1].textContent}`;
    own.hidden = false;
    const controls = [...own.querySelectorAll("input, select, textarea")];
    (controls.find((field) => field.type === "radio" && field.checked) || controls[0])?.focus({ preventScroll: true });
  }
  function close() { own.hidden = true; clear(); }
  own.addEventListener("submit", (event) => { event.preventDefault(); change(idOf(rows[at]), read(own, "own"), false); close(); });
  own.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); close(); }
    if (event.key === "Enter" && event.target.type !== "submit" && event.target.tagName === "INPUT" && !event.isComposing) { event.preventDefault(); own.requestSubmit(); }
  });
  one("[data-own-close]").addEventListener("click", close);
  one("[data-own-usual]").addEventListener("click", () => { change(idOf(rows[at]), null, false); close(); });
  one("[data-own-out]").addEventListener("click", () => { change(idOf(rows[at]), null, true); close(); });

  // keys
  one("[data-jump]").addEventListener("submit", (event) => { event.preventDefault(); if (jump.value.trim() && !matches(jump.value).includes(rows[at])) return; open(); });
  jump.addEventListener("input", (event) => { if (!event.isComposing) seek(0); });
  jump.addEventListener("compositionend", () => seek(0));
  jump.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (step) { event.preventDefault(); seek(step); }
    else if (event.key === "Escape") clear();
    else if (event.key === "Delete" && !jump.value && rows[at] && !rows[at].matches(".filed, .excused")) { event.preventDefault(); const id = idOf(rows[at]); change(id, null, !draft.out.includes(id)); }
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === "Enter") { event.preventDefault(); send(); }
    if (event.key.toLowerCase() === "z" && own.hidden && !jump.value) { event.preventDefault(); undo(); }
  });
  body.addEventListener("click", (event) => { const row = event.target.closest("tr"); if (row) { go(rows.indexOf(row)); open(); } });
  one("[data-undo]").addEventListener("click", () => { undo(); jump.focus({ preventScroll: true }); });
  one("[data-send-now]").addEventListener("click", send);
  one("[data-why]").addEventListener("input", (event) => { draft.why = event.target.value; changed(); });
  usual.addEventListener("input", () => { draft.usual = read(usual, "usual"); rows.forEach(draw); count(); changed(); });

  // sending: the same key until the house has answered, so that a line that broke costs nothing
  const ask = (address, options) => Facts.ask(address, options);
  async function send() {
    if (sending || one("[data-send-now]").disabled) return;
    sending = true; draft.wasTried = true; count(); keep();
    const button = one("[data-send-now]");
    button.setAttribute("aria-busy", "true");
    try {
      const token = one("[name=csrfmiddlewaretoken]").value;
      const { once, key, usual: everybody, own: mine, out, why } = draft;
      const answer = await ask(sheet.dataset.send, { method: "POST", body: JSON.stringify({ once, key, usual: everybody, own: mine, out, why }), headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
      const given = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
      if (answer.ok && given) {
        history = [];
        const filed = draft.own;
        draft = { once: uuid(), key: uuid(), wasTried: false, usual: draft.usual, own: {}, out: draft.out, why: "", touched: Date.now() };
        one("[data-why]").value = "";
        try { localStorage.removeItem(sheet.dataset.draft); } catch { /* nothing was kept */ }
        await refresh(true, filed);
        says(given.sentence, "good");
      } else if (given?.code === "ledger.reason_needed") {
        await refresh(false);  // somebody filed one of the marked meanwhile: it is a correction now
        says(given.sentence, "bad"); sending = false; button.removeAttribute("aria-busy"); count();
        one("[data-why-box]").hidden = false; one("[data-why]").focus();
        return;
      } else says(given?.sentence || sheet.dataset.saysUnsent, "bad");
    } catch { says(sheet.dataset.saysUnsent, "bad"); }
    sending = false; button.removeAttribute("aria-busy"); count(); clear();
  }
  async function refresh(isMine, filed = {}) {
    const answer = await ask(sheet.dataset.state);
    if (!answer.ok) return;
    for (const [id, when] of Object.entries((await answer.json()).done)) {
      const row = document.getElementById(`e${id}`);
      if (!row || (row.classList.contains("filed") && !(isMine && filed[id]))) continue;
      row.className = row.classList.contains("here") ? "filed here" : "filed";
      if (filed[id]) row.classList.add("said");
      row.dataset.was = filed[id] ? `${when} ${words(differs(filed[id])) || words(filed[id])}` : isMine ? when : `${when} ${sheet.dataset.saysMeanwhile}`;
      draw(row);
    }
    count();
  }
  setInterval(() => { if (!document.hidden && !sending) refresh(false).catch(() => {}); }, 20000);
  addEventListener("beforeunload", keep);

  const isBack = recall();
  if (!Object.keys(draft.usual).length) {
    const healthy = usual.querySelector('[name="usual-well"][value="yes"]');  // "all well except": no other fact is taken for granted
    if (healthy) healthy.checked = true;
    draft.usual = read(usual, "usual");
  } else write(usual, "usual", draft.usual);
  one("[data-why]").value = draft.why || "";
  rows.forEach(draw); count(); go(rows.findIndex((row) => !row.matches(".filed, .excused")));
  if (isBack && (Object.keys(draft.own).length || draft.out.length)) says(sheet.dataset.saysLeftOver, "");
  jump.focus({ preventScroll: true });
}
