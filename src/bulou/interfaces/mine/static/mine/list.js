// A list return: one line for each person, by keyboard, pasted, or begun from the last list; kept in the browser until the house has it.
"use strict";
{
  const list = document.querySelector("[data-list]");
  const one = (selector) => list.querySelector(selector), said = list.dataset;
  const kinds = JSON.parse(said.kinds), asks = JSON.parse(said.asks), titles = JSON.parse(said.titles), KEEP = 24 * 3600 * 1000;
  const body = one("tbody"), own = one("[data-own]"), usual = one("[data-usual]"), person = one("#person"), offers = one("[data-offers]");
  const isCorrection = said.version !== "0";
  let draft = { once: Facts.uuid(), wasTried: false, usual: {}, why: "", lines: JSON.parse(said.lines), touched: Date.now() };
  let at = -1, chosen = null, history = [], sending = false, walking = false, found = [], active = -1, sought = 0, isChanged = said.begun === "yes";

  // what a line lacks
  const all = (line) => ({ ...draft.usual, ...line.facts });
  const lacking = (line) => asks.filter((code) => !(code in all(line)));
  const isAsked = (line) => Boolean(line.options?.length);
  const isNameless = (line) => !line.id && !line.name && said.needsName === "yes";
  const isComplete = (line) => !isAsked(line) && !isNameless(line) && !lacking(line).length && !Object.keys(line.faults || {}).length;

  // drawing
  function cell(text, label) {
    const made = document.createElement("td");
    made.textContent = text; made.dataset.label = label;
    return made;
  }
  function rowOf(line, number) {
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row"; head.textContent = number;
    const who = cell("", said.saysPerson);
    if (isAsked(line)) who.append(asking(line));
    else who.append(Object.assign(document.createElement("strong"), { textContent: line.name || "—" }), Object.assign(document.createElement("small"), { textContent: line.id ? line.note : line.name ? said.saysNew : "", className: line.id ? "" : "new" }));
    row.append(head, who);
    for (const code of asks) {
      const value = all(line)[code], fault = line.faults?.[code];
      const made = cell(value === undefined ? "—" : Facts.word(own, "own", kinds, code, value), titles[code]);
      if (!(code in line.facts)) made.classList.add(value === undefined ? "lack" : "usual-value");
      if (kinds[code] === "yes_no" && code === "well" && value === false) made.classList.add("bad");
      if (fault) { made.classList.add("lack"); made.append(Object.assign(document.createElement("small"), { textContent: fault })); }
      row.append(made);
    }
    const rest = Object.entries(line.faults || {}).filter(([code]) => !asks.includes(code)).map(([, sentence]) => sentence);
    if (rest.length) who.append(Object.assign(document.createElement("small"), { textContent: rest.join(" "), className: "fault" }));
    row.classList.toggle("lacks", !isComplete(line));
    row.classList.toggle("here", number - 1 === at);
    return row;
  }
  function asking(line) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", said.saysWho);
    select.append(new Option(`${line.name}: ${said.saysWho}`, ""));
    for (const [pk, name, note] of line.options) select.append(new Option(note ? `${name} · ${note}` : name, pk));
    select.append(new Option(`${said.saysNewPerson}: ${line.name}`, "new"));
    select.addEventListener("change", () => {
      if (!select.value) return;
      const option = line.options.find(([pk]) => String(pk) === select.value);
      const twice = option && draft.lines.findIndex((other) => other.id === option[0]);
      if (option && twice >= 0) { says(said.saysTwice.replace("{n}", twice + 1), "bad"); select.value = ""; return; }
      put(draft.lines.indexOf(line), option ? { ...line, id: option[0], name: option[1], note: option[2], options: [] } : { ...line, options: [] });
    });
    return select;
  }
  function draw() { body.replaceChildren(...draft.lines.map((line, index) => rowOf(line, index + 1))); count(); }
  function redraw(index) { body.rows[index]?.replaceWith(rowOf(draft.lines[index], index + 1)); }
  function count() {
    const known = draft.lines.filter((line) => line.id).length, open = draft.lines.filter((line) => !isComplete(line)).length;
    const numbers = { lines: draft.lines.length, known, fresh: draft.lines.length - known, open };
    for (const [name, value] of Object.entries(numbers)) one(`[data-n="${name}"]`).textContent = value.toLocaleString("en");
    one("[data-next]").hidden = !open;
    one("[data-undo]").disabled = !history.length;
    one("[data-send-now]").disabled = sending || open > 0 || (!draft.lines.length && !isCorrection) || (isCorrection && !draft.why.trim());
    one("[data-empty]").hidden = draft.lines.length > 0;
  }
  function says(text, tone) {
    const place = one("[data-says]");
    place.textContent = text; place.hidden = !text; place.className = `sheet-says ${tone || ""}`;
  }

  // the draft: in this browser only, no longer than a day, gone once the house has it
  function changed() {
    if (draft.wasTried) { draft.once = Facts.uuid(); draft.wasTried = false; }
    isChanged = true; keep();
  }
  function keep() {
    if (!isChanged) return;
    draft.touched = Date.now();
    try { localStorage.setItem(said.draft, JSON.stringify(draft)); } catch { /* a full or forbidden store: the page itself still holds it */ }
  }
  function recall() {
    try {
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith("bulou.entry."))) {
        if (!(JSON.parse(localStorage.getItem(key))?.touched > Date.now() - KEEP)) localStorage.removeItem(key);
      }
      const kept = JSON.parse(localStorage.getItem(said.draft) || "null");
      if (kept?.once && said.begun !== "yes") { draft = { ...draft, ...kept }; isChanged = true; return true; }
    } catch { localStorage.removeItem(said.draft); }
    return false;
  }
  function remember() { history.push(JSON.stringify(draft.lines)); if (history.length > 30) history.shift(); }
  function put(index, line) { remember(); draft.lines[index] = line; redraw(index); count(); changed(); }
  function undo() {
    const last = history.pop();
    if (last === undefined) return;
    draft.lines = JSON.parse(last); close(); draw(); changed();
  }

  // who: found in the register while one types, or a new name
  async function seek() {
    const letters = person.value.trim(), turn = ++sought;
    if (!letters) { offer([]); return; }
    try {
      const answer = await Facts.ask(`${said.find}?q=${encodeURIComponent(letters)}`, {}, 8000);
      if (turn === sought && answer.ok) offer((await answer.json()).people);
    } catch { if (turn === sought) offer([]); }
  }
  function offer(people) {
    const letters = person.value.trim();
    found = letters ? [...people, [null, letters, said.saysNewPerson]] : [];
    active = found.length ? 0 : -1;
    offers.replaceChildren(...found.map(([pk, name, note], index) => {
      const made = Object.assign(document.createElement("li"), { id: `offer${index}`, role: "option" });
      made.append(Object.assign(document.createElement("strong"), { textContent: name }), Object.assign(document.createElement("small"), { textContent: note }));
      made.classList.toggle("new", pk === null);
      made.addEventListener("pointerdown", (event) => { event.preventDefault(); take(index); });
      return made;
    }));
    point();
  }
  function point() {
    offers.hidden = !found.length;
    person.setAttribute("aria-expanded", String(Boolean(found.length)));
    [...offers.children].forEach((made, index) => made.setAttribute("aria-selected", String(index === active)));
    if (active >= 0) person.setAttribute("aria-activedescendant", `offer${active}`); else person.removeAttribute("aria-activedescendant");
  }
  function take(index) {
    const [pk, name, note] = found[index], there = pk === null ? -1 : draft.lines.findIndex((line) => line.id === pk);
    if (there >= 0 && there !== at) { says(said.saysTwice.replace("{n}", there + 1), "bad"); open(there); return; }
    chosen = { id: pk, name, note: pk === null ? "" : note };
    person.value = name; sought++; found = []; active = -1; point();
    one("[data-chosen]").textContent = pk === null ? said.saysNew : note;
    fields()[0]?.focus({ preventScroll: true });
  }
  const fields = () => [...own.querySelectorAll("[data-fields] :is(input, select, textarea)")].filter((field) => field.type !== "radio" || field.checked || !own.querySelector(`[name="${field.name}"]:checked`));

  // one line
  function open(index) {
    if (index < 0 || index >= draft.lines.length) return;
    const line = draft.lines[index], before = at;
    at = index; redraw(before); redraw(index);
    chosen = { id: line.id, name: line.name, note: line.note };
    person.value = line.name; one("[data-chosen]").textContent = line.id ? line.note : line.name ? said.saysNew : "";
    Facts.write(own, "own", kinds, all(line));
    one("[data-line]").textContent = said.saysLine.replace("{n}", index + 1);
    own.classList.add("is-change"); one("[data-off]").hidden = false; one("[data-close]").hidden = false;
    if (innerWidth <= 760) own.scrollIntoView({ block: "start" }); else body.rows[index].scrollIntoView({ block: "center" });
    const lack = lacking(line)[0];
    (own.querySelector(`[name="own-${lack}"]`) || fields()[0] || person).focus({ preventScroll: true });
  }
  function close() {
    const before = at;
    at = -1; chosen = null; redraw(before);
    own.reset(); Facts.write(own, "own", kinds, draft.usual);
    person.value = ""; one("[data-chosen]").textContent = ""; offer([]);
    one("[data-line]").textContent = said.saysAdd;
    own.classList.remove("is-change"); one("[data-off]").hidden = true; one("[data-close]").hidden = true;
  }
  function next() {
    const index = draft.lines.findIndex((line) => !isComplete(line));
    walking = index >= 0;
    if (!walking) return;
    if (isAsked(draft.lines[index])) { body.rows[index].scrollIntoView({ block: "center" }); body.rows[index].querySelector("select").focus(); } else open(index);
  }
  own.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!person.value.trim() && said.needsName === "yes") { next(); return; }
    if (!chosen || chosen.name !== person.value.trim()) chosen = { id: null, name: person.value.trim(), note: "" };
    const invalid = own.querySelector(":invalid");
    if (invalid) { invalid.reportValidity(); return; }
    const line = { ...chosen, facts: Facts.read(own, "own", kinds, asks), options: [], faults: {} };
    says("", "");
    if (at >= 0) { put(at, line); close(); if (walking) { next(); return; } }
    else { remember(); draft.lines.push(line); body.append(rowOf(line, draft.lines.length)); count(); changed(); close(); body.lastElementChild.scrollIntoView({ block: "nearest" }); }
    person.focus({ preventScroll: true });
  });
  own.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") { event.preventDefault(); if (!offers.hidden) offer([]); else { walking = false; close(); person.focus(); } }
    if (event.key === "Enter" && event.target.tagName === "INPUT" && event.target !== person) { event.preventDefault(); own.requestSubmit(); }
  });
  person.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) { event.preventDefault(); active = (active + step + found.length) % found.length; point(); }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && found.length) { event.preventDefault(); take(Math.max(active, 0)); }
    if (event.key === "Tab" && found.length && active >= 0) take(active);
  });
  let waits;
  person.addEventListener("input", () => { chosen = null; one("[data-chosen]").textContent = ""; clearTimeout(waits); waits = setTimeout(seek, 120); });
  person.addEventListener("blur", () => setTimeout(() => { found = []; point(); }, 150));
  one("[data-close]").addEventListener("click", () => { walking = false; close(); person.focus(); });
  one("[data-off]").addEventListener("click", () => { remember(); draft.lines.splice(at, 1); at = -1; close(); draw(); changed(); person.focus(); });
  one("[data-next]").addEventListener("click", next);
  one("[data-undo]").addEventListener("click", () => { undo(); person.focus({ preventScroll: true }); });
  one("[data-why]")?.addEventListener("input", (event) => { draft.why = event.target.value; count(); changed(); });
  body.addEventListener("click", (event) => { const row = event.target.closest("tr"); if (row && event.target.tagName !== "SELECT" && event.target.tagName !== "OPTION") { walking = false; open(row.rowIndex - 1); } });
  usual.addEventListener("input", () => { draft.usual = Facts.read(usual, "usual", kinds, []); if (at < 0) Facts.write(own, "own", kinds, draft.usual); draw(); changed(); });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === "Enter") { event.preventDefault(); send(); }
    if (event.key.toLowerCase() === "z" && !event.target.value) { event.preventDefault(); undo(); }
  });

  // pasted: read by the house, matched, shown with its doubts
  const box = one("[data-paste]");
  document.querySelector("[data-paste-opener]").addEventListener("click", () => { box.hidden = !box.hidden; if (!box.hidden) box.querySelector("textarea").focus(); });
  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.querySelector("textarea"), button = box.querySelector("button");
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await post(said.read, { text: text.value }), given = await answer.json();
      if (!answer.ok) throw new Error(given.sentence);
      remember();
      let added = 0, replaced = 0;
      for (const line of given.lines) {
        const there = line.id ? draft.lines.findIndex((other) => other.id === line.id) : -1;
        if (there >= 0) { draft.lines[there] = { ...draft.lines[there], facts: { ...draft.lines[there].facts, ...line.facts }, faults: line.faults }; replaced++; }
        else { draft.lines.push(line); added++; }
      }
      if (given.lines.length) { text.value = ""; box.hidden = true; }
      draw(); changed();
      says(given.lines.length ? said.saysPasted.replace("{a}", added).replace("{b}", replaced) : said.saysNothing, given.lines.length ? "good" : "bad");
    } catch (problem) { says(problem.message || said.saysUnsent, "bad"); }
    button.removeAttribute("aria-busy");
  });

  // sending: the same key until the house has answered, so that a line that broke costs nothing
  function post(address, sent) {
    return Facts.ask(address, { method: "POST", body: JSON.stringify(sent), headers: { "Content-Type": "application/json", "X-CSRFToken": list.querySelector("[name=csrfmiddlewaretoken]").value } }, 60000);
  }
  async function send() {
    if (sending || one("[data-send-now]").disabled) return;
    sending = true; draft.wasTried = true; isChanged = true; count(); keep();
    const button = one("[data-send-now]");
    button.setAttribute("aria-busy", "true");
    try {
      const lines = draft.lines.map((line) => ({ id: line.id, name: line.name, facts: all(line) }));
      const answer = await post(said.send, { once: draft.once, version: Number(said.version), why: draft.why, lines });
      const given = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
      if (answer.ok && given) {
        isChanged = false;
        try { localStorage.removeItem(said.draft); } catch { /* nothing was kept */ }
        location.assign(given.then);
        return;
      }
      for (const fault of given?.faults || []) draft.lines[fault.line - 1].faults = { [fault.field]: fault.sentence };
      if (given?.faults?.length) draw();
      says(given?.sentence || said.saysUnsent, "bad");
    } catch { says(said.saysUnsent, "bad"); }
    sending = false; button.removeAttribute("aria-busy"); count();
  }
  addEventListener("beforeunload", keep);

  const isBack = recall();
  if (!Object.keys(draft.usual).length) {
    const healthy = usual.querySelector('[name="usual-well"][value="yes"]');  // no other fact is taken for granted
    if (healthy && !isCorrection) healthy.checked = true;
    draft.usual = Facts.read(usual, "usual", kinds, []);
  } else Facts.write(usual, "usual", kinds, draft.usual);
  if (one("[data-why]")) one("[data-why]").value = draft.why;
  close(); draw();
  if (isBack) says(said.saysLeftOver, "");
  person.focus({ preventScroll: true });
}
