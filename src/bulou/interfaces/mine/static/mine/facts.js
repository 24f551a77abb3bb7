// What the sheet of a village and the list of a village share: boxes of fields as facts and back, keys, requests that do not wait for ever.
"use strict";
const Facts = {
  uuid() {  // where the page comes over plain http in a county's own net, browsers keep randomUUID to themselves
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64; bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
  read(box, prefix, kinds, asks) {
    const said = {};
    for (const code of Object.keys(kinds)) {
      const fields = [...box.querySelectorAll(`[name="${prefix}-${code}"]`)];
      if (!fields.length) continue;
      const chosen = fields.filter((field) => field.checked).map((field) => field.value);
      const kind = kinds[code], value = fields[0].value.trim();
      if (kind === "yes_no") { if (chosen.length) said[code] = chosen[0] === "yes"; }
      else if (kind === "choice") { if (chosen.length) said[code] = chosen[0]; }
      else if (kind === "choices") { if (chosen.length || asks.includes(code)) said[code] = chosen; }  // nothing ticked where it is asked: none of it
      else if (kind === "number") { if (value !== "" && fields[0].validity.valid) said[code] = Number(value); }
      else if (kind === "moment") { if (value !== "") said[code] = new Date(value).toISOString(); }
      else if (value !== "") said[code] = value;
    }
    return said;
  },
  write(box, prefix, kinds, facts) {
    for (const code of Object.keys(kinds)) {
      for (const field of box.querySelectorAll(`[name="${prefix}-${code}"]`)) {
        const value = facts[code];
        if (field.type === "radio") field.checked = kinds[code] === "yes_no" ? value === (field.value === "yes") && value !== undefined : field.value === value;
        else if (field.type === "checkbox") field.checked = (value || []).includes(field.value);
        else field.value = value === undefined ? "" : kinds[code] === "moment" ? Facts.local(value) : value;
      }
    }
  },
  local(iso) { const d = new Date(iso); return new Date(d - d.getTimezoneOffset() * 60000).toISOString().slice(0, 16); },
  word(box, prefix, kinds, code, value) {
    const label = (v) => box.querySelector(`[name="${prefix}-${code}"][value="${CSS.escape(String(v))}"]`)?.closest("label")?.textContent.trim() ?? String(v);
    if (kinds[code] === "yes_no") return label(value ? "yes" : "no");
    if (Array.isArray(value)) return value.map(label).join(" · ") || "—";
    if (kinds[code] === "moment") return Facts.local(value).replace("T", " ");
    return kinds[code] === "choice" ? label(value) : String(value);
  },
  async ask(address, options, patience = 30000) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), patience);
    try { return await fetch(address, { ...options, signal: stop.signal, headers: { Accept: "application/json", ...options?.headers } }); }
    finally { clearTimeout(timer); }
  },
};
