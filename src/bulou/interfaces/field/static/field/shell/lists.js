// What a worker carries: duties, people, households, forms. Fetched while there is a line, sealed, and gone when its time is over; what was
// reported is not part of it.

import {base64, sealJson, unbase64, unsealJson} from "./crypto.js";
import * as store from "./store.js";
import {dropLists} from "./vault.js";
import {now as countyNow, setClock} from "./words.js";

const HOUR = 3600000;
const NO_FORM = 404;

// Deletes every list whose time is over, of whoever it is; gives how many.
export async function dropExpired() {
  const over = (await store.all("lists")).filter(row => row.until <= Date.now());
  for (const row of over) await dropLists(row.worker);
  return over.length;
}

// The lists of the worker at work, with `at` (when they came) and `until`; null when there are none or their time is over.
export async function load(worker) {
  await dropExpired();
  const row = await store.get("lists", worker.id);
  if (!row) return null;
  const day = await unsealJson(worker.key, row.sealed);
  setClock(day.now, row.at);
  return Object.assign(day, {at: row.at, until: row.until});
}

// Asks the county for them anew. Gives {day} or {trouble: "offline" | "login" | "other"}; what was added on this phone stays in.
export async function refresh(worker) {
  const held = await store.get("lists", worker.id);
  let response;
  try {
    const headers = Object.assign({Accept: "application/json"}, held && held.etag ? {"If-None-Match": held.etag} : {});
    response = await fetch(`/key/${worker.token}/field.json`, {headers, credentials: "omit", cache: "no-store"});
  } catch (_offline) {
    return {trouble: "offline"};
  }
  if (response.status === 401 || response.status === 403) {
    await dropLists(worker.id); // the county has taken this phone's token back: it may be in other hands
    return {trouble: "login"};
  }
  if (response.status !== 200 && response.status !== 304) return {trouble: "other"};
  const old = held ? await unsealJson(worker.key, held.sealed) : null;
  const day = response.status === 304 ? Object.assign(old, {now: response.headers.get("X-Bulou-Now") || old.now}) : await response.json();
  if (response.status === 200) day.added = stillAdded(old, day);
  await keep(worker, day, response.headers.get("ETag") || (held && held.etag));
  await fetchForms(worker, day);
  return {day: await load(worker)};
}

// Puts what this phone registered beside the lists, so that it can be reported on at once.
export async function add(worker, newcomers) {
  const row = await store.get("lists", worker.id);
  if (!row) return;
  const day = await unsealJson(worker.key, row.sealed);
  day.added = (day.added || []).filter(one => one.id !== newcomers.id).concat([newcomers]);
  await store.put("lists", Object.assign(row, {sealed: await sealJson(worker.key, day)}));
}

function stillAdded(old, day) {
  const known = new Set(day.people.map(person => person.id));
  return ((old && old.added) || []).filter(one => one.people.some(person => !known.has(person.id)) && one.at > Date.now() - 7 * 24 * HOUR);
}

async function keep(worker, day, etag) {
  const at = Date.now();
  await store.put("lists", {worker: worker.id, at, until: at + (day.hours || 72) * HOUR, etag, sealed: await sealJson(worker.key, day)});
}

// The forms themselves, as the runner reads them; those no longer open go, unless a draft still needs them.
async function fetchForms(worker, day) {
  const held = (await store.all("forms")).filter(row => row.at[0] === worker.id);
  const wanted = new Set(day.forms.map(form => JSON.stringify([worker.id, form.id, form.version])));
  const drafts = (await store.all("drafts")).filter(row => row.worker === worker.id).map(row => JSON.stringify([worker.id, row.form, row.version]));
  for (const row of held) if (!wanted.has(JSON.stringify(row.at)) && !drafts.includes(JSON.stringify(row.at))) await store.drop("forms", row.at);
  for (const form of day.forms) {
    const at = [worker.id, form.id, form.version];
    const known = held.find(row => JSON.stringify(row.at) === JSON.stringify(at));
    if (known && known.hash === form.hash) continue;
    await fetchForm(worker, form, at).catch(() => null);
  }
  const keeper = navigator.serviceWorker && navigator.serviceWorker.controller;
  if (keeper && day.forms.some(form => form.runner === "full")) keeper.postMessage("keep the engine");
}

async function fetchForm(worker, form, at) {
  const below = `/key/${worker.token}/`;
  const response = await fetch(`${below}forms/${encodeURIComponent(form.id)}.json?version=${encodeURIComponent(form.version)}`, {credentials: "omit"});
  if (!response.ok) throw new Error(String(response.status || NO_FORM));
  const body = await response.json();
  if (form.runner === "full") Object.assign(body, await forEngine(below, form.id));
  await store.put("forms", {at, hash: form.hash, sealed: await sealJson(worker.key, body)});
}

// What the full engine needs besides: the form's own text, and the files that go with it (lists made for each worker come from the lists).
async function forEngine(below, key) {
  const xform = await (await fetch(`${below}forms/${encodeURIComponent(key)}.xml`, {credentials: "omit"})).text();
  const files = {};
  const manifest = await fetch(`${below}formManifest/${encodeURIComponent(key)}`, {credentials: "omit"});
  const listed = manifest.ok ? new DOMParser().parseFromString(await manifest.text(), "text/xml") : null;
  for (const one of listed ? Array.from(listed.getElementsByTagName("mediaFile")) : []) {
    if (one.getAttribute("type") === "entityList") continue;
    const said = name => one.getElementsByTagName(name)[0].textContent;
    const got = await fetch(new URL(said("downloadUrl"), location.href).pathname, {credentials: "omit"});
    if (got.ok) files[said("filename")] = {type: got.headers.get("Content-Type") || "", bytes: base64(await got.arrayBuffer())};
  }
  return {xform, files};
}

// A file of a form as the engine asks for it; the worker's own people and households as the county writes such lists.
export function fileOf(body, entities, name) {
  const there = body.files && body.files[name];
  if (there) return new Blob([unbase64(there.bytes)], {type: there.type});
  const rows = entities[name.replace(/\.csv$/, "")];
  if (!rows) return null;
  const columns = Object.keys(rows[0] || {name: "", label: ""});
  const cell = value => (/[",\n]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value);
  return new Blob([[columns, ...rows.map(row => columns.map(column => row[column]))].map(row => row.map(String).map(cell).join(",")).join("\n")], {type: "text/csv"});
}

// A form as fetched, or null: then the phone has to see the net once more.
export async function form(worker, key, version) {
  const row = await store.get("forms", [worker.id, key, version]);
  return row ? unsealJson(worker.key, row.sealed) : null;
}

// Everybody and every household of the lists with what was added here, by id and code.
export function everybody(day) {
  const people = day.people.slice();
  const households = day.households.slice();
  const there = new Set(people.map(person => person.id));
  for (const one of day.added || []) {
    if (one.new_household && !households.some(home => home.code === one.code)) {
      households.push({code: one.code, address: one.address, name: one.people[0].name, place: one.place, key: "", owed: 0, done: 0, temporary: true});
    }
    for (const person of one.people) {
      if (!there.has(person.id)) people.push({id: person.id, name: person.name, key: "", home: one.code || one.household || "", owed: 0, done: 0, temporary: true});
    }
  }
  return {people, households};
}

// The subject as forms and duties name it.
export const subjectOf = (kind, row) => `${kind}:${kind === "household" ? row.code : row.id}`;

// Soonest due first, then those not yet done, then by name.
export function byDue(a, b) {
  const due = row => (row.due ? Date.parse(row.due) : row.done < row.owed ? countyNow() : Infinity);
  return due(a) - due(b) || (a.last ? Date.parse(a.last) : 0) - (b.last ? Date.parse(b.last) : 0) || a.name.localeCompare(b.name, "zh");
}

// Whether a row is meant by what was typed: its name, the beginning of its pinyin initials or syllables, its code or address.
export function matches(row, typed) {
  const text = typed.trim().toLowerCase();
  if (!text) return true;
  const plain = text.replace(/\s+/g, "");
  return [row.name, row.code, row.address, row.id].some(one => one && String(one).toLowerCase().includes(text))
    || (row.key || "").toLowerCase().startsWith(plain)
    || (row.pinyin || "").replace(/[^a-z]/g, "").startsWith(plain);
}
