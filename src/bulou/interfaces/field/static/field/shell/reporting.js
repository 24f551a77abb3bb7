// Opening a form about somebody, keeping what was begun, and the one tap where nothing but "well?" is asked.

import * as queue from "../queue.js";
import {sealJson, unseal, seal, unsealJson} from "./crypto.js";
import * as lists from "./lists.js";
import * as store from "./store.js";
import {language, now, t} from "./words.js";

const STEP = 250;
const SPOKEN = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"};

// What every form of ours is opened with.
export function common(app, about) {
  return {form: {id: about.id, version: about.version}, language: SPOKEN[language()] || language(), offset: now() - Date.now(), lists: entities(app.day)};
}

// The lists a form may choose from: people, households, places and units as the county's own entity lists name their columns.
function entities(day) {
  const {people, households} = lists.everybody(day);
  const home = new Map(households.map(one => [one.code, one]));
  return {
    people: people.map(person => ({name: person.id, label: person.name, code: person.code || "", household: person.home, address: home.has(person.home) ? home.get(person.home).address : ""})),
    households: households.map(one => ({name: one.code, label: [one.name, one.address].filter(Boolean).join(" "), code: one.code, address: one.address, place: one.place})),
    places: (day.places || []).map(one => ({name: one.code, label: one.name})),
    units: (day.units || []).map(one => ({name: one.code, label: one.name})),
  };
}

// What is written into the form before it opens: whom it is about.
export function prefill(form, subject) {
  const [kind, id] = split(subject);
  return subject && form.subject === kind && form.path ? {[form.path]: id} : {};
}

export function split(subject) {
  const at = (subject || "").indexOf(":");
  return at < 0 ? ["", ""] : [subject.slice(0, at), subject.slice(at + 1)];
}

export function nameOf(day, subject) {
  const [kind, id] = split(subject);
  const {people, households} = lists.everybody(day);
  const found = kind === "household" ? households.find(one => one.code === id) : people.find(one => one.id === id);
  const duty = day.duties.find(one => one.subject === subject);
  return found ? found.name : duty ? duty.name : "";
}

// Reports each of these as well: a form each, filled by the page, checked as the form checks itself.
export async function allWell(app, duties) {
  let kept = 0;
  for (const duty of duties) {
    const form = app.day.forms.find(one => one.id === duty.well);
    const body = await lists.form(app.worker, form.id, form.version);
    if (!body) continue;
    const model = new self.BulouRunner.Model(Object.assign({tree: body.tree, prefill: prefill(form, duty.subject), answers: {[form.well.path]: form.well.value}}, common(app, form)));
    if (model.wrong().length) continue;
    const name = duty.name || nameOf(app.day, duty.subject);
    await queue.enqueue({workerId: app.worker.id, formId: form.id, title: form.title, instanceId: model.instanceId, xml: model.xml(), files: [], about: {subject: duty.subject, name, form: form.id}});
    kept += 1;
  }
  app.toast(kept === duties.length ? t("Saved on this phone.") : t("%(n)s of %(all)s saved; the others need their form.", {n: kept, all: duties.length}));
  await app.reload();
  queue.sync();
}

// ---- drafts: written while one types, so that a dead battery costs a word at most ----

let pending = null;
let timer = 0;

export function keepDraft(worker, row, draft) {
  pending = {worker, row, draft};
  if (!timer) timer = setTimeout(flush, STEP);
}

export async function flush() {
  clearTimeout(timer);
  timer = 0;
  if (!pending) return;
  const {worker, row, draft} = pending;
  pending = null;
  const files = await Promise.all((draft.files || []).map(async one => {
    const blob = one.blob || one;
    return {name: one.name, type: blob.type, sealed: await seal(worker.key, new Uint8Array(await new Response(blob).arrayBuffer()))};
  }));
  const body = Object.assign({}, draft, {files: null});
  await store.put("drafts", Object.assign({}, row, {id: draft.instanceId, at: Date.now(), files, sealed: await sealJson(worker.key, {body, title: row.title, subject: row.subject}), title: undefined, subject: undefined}));
}

export async function drafts(worker) {
  const mine = (await store.all("drafts")).filter(row => row.worker === worker.id);
  return Promise.all(mine.map(async row => Object.assign({id: row.id, at: row.at, form: row.form, version: row.version}, await unsealJson(worker.key, row.sealed))));
}

export async function draft(worker, id) {
  const row = await store.get("drafts", id);
  if (!row || row.worker !== worker.id) return null;
  const kept = await unsealJson(worker.key, row.sealed);
  const files = await Promise.all(row.files.map(async one => new File([await unseal(worker.key, one.sealed)], one.name, {type: one.type})));
  return {form: row.form, version: row.version, subject: kept.subject, draft: Object.assign(kept.body, {files})};
}

export async function dropDraft(id) {
  pending = null;
  clearTimeout(timer);
  timer = 0;
  await store.drop("drafts", id);
}
