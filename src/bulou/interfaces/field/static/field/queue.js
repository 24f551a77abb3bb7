// The queue of a phone: what was reported and has to reach the county, whoever of its workers reported it. A report is on the phone, sealed,
// before `enqueue` resolves. Each reaches the server exactly once: its own id makes sending it again harmless. docs/field.md tells the whole.
//
//   await enqueue({workerId, formId, title, instanceId, xml, files, about})   files: [{name, type, blob}] (or File objects)
//   await sync()                            sends what waits; resolves when nothing more can be done now
//   await items(workerId)                   [{id, kind, state, at, done, sentence, title, about}], newest first; without a worker: all, untitled
//   stop = watch(listener)                  listener() after every change, also one made by another tab or the service worker
//
// States: saved, sending, received, held (received, waits for the worker's lead), conflict, refused, login (the token is no longer valid).

import "./shell/carrying.js";
import {bytesOf, keyOf, random, seal, sealJson, textOf, unseal, unsealJson, wrapForCounty} from "./shell/crypto.js";
import * as session from "./shell/session.js";
import * as store from "./shell/store.js";

const {answered, carry, compose, isWaiting} = self.bulouCarrying;
const HISTORY = 30 * 24 * 3600 * 1000;
const MOST_IN_A_POST = 8e6;
const ASIDE = 90000;
const BUSY = 3000;
const listeners = new Set();
const channel = self.BroadcastChannel ? new BroadcastChannel("bulou-queue") : null;
if (channel) channel.onmessage = () => listeners.forEach(listener => listener());
let again = null;
let running = null;

export function watch(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  listeners.forEach(listener => listener());
  if (channel) channel.postMessage("changed");
}

// Keeps a filled form. Resolves when the phone has written it; the worker named must be at work.
export async function enqueue({workerId, formId, title, instanceId, xml, files = [], about = ""}) {
  const head = {formId, xml, files: files.map(file => ({name: file.name, type: file.type || (file.blob || file).type || "", size: (file.blob || file).size}))};
  await keep("submission", workerId, instanceId, head, files.map(file => file.blob || file), {title, about, formId});
}

// Keeps somebody new, registered under an id made on this phone (newcomers.py has the fields).
export const enqueueNewcomer = (workerId, newcomer, title) => keep("newcomer", workerId, newcomer.id, {newcomer}, [], {title, about: ""});

async function keep(kind, workerId, id, head, blobs, shown) {
  const worker = await session.current();
  if (!worker || worker.id !== workerId) throw new Error("locked");
  if (!id) throw new Error("no instanceID");
  const raw = random(32);
  const body = await packed(Object.assign({kind, token: worker.token}, head), blobs);
  const {iv, ct} = await seal(await keyOf(raw), body);
  const county = await store.thing("county");
  await store.put("items", {
    id, kind, worker: workerId, state: "saved", at: Date.now(), tries: 0, next: 0, code: "", sentence: "", size: ct.length,
    iv, body: ct.buffer, forMe: await seal(worker.key, raw), forCounty: county ? await wrapForCounty(county, raw) : null,
    shown: await sealJson(worker.key, shown),
  });
  changed();
  askForBackground();
}

// The content of an item: the head (JSON, its length before it), then the files' bytes in the head's order.
async function packed(head, blobs) {
  const json = bytesOf(JSON.stringify(head));
  const buffers = await Promise.all(blobs.map(blob => new Response(blob).arrayBuffer()));
  const body = new Uint8Array(4 + json.length + buffers.reduce((sum, one) => sum + one.byteLength, 0));
  new DataView(body.buffer).setUint32(0, json.length);
  body.set(json, 4);
  let at = 4 + json.length;
  for (const one of buffers) {
    body.set(new Uint8Array(one), at);
    at += one.byteLength;
  }
  return body;
}

async function unpacked(worker, item) {
  const key = await keyOf(await unseal(worker.key, item.forMe));
  const body = await unseal(key, {iv: item.iv, ct: item.body});
  const length = new DataView(body.buffer).getUint32(0);
  const head = JSON.parse(textOf(body.slice(4, 4 + length)));
  let at = 4 + length;
  const files = (head.files || []).map(file => Object.assign({}, file, {blob: new Blob([body.slice(at, at += file.size)], {type: file.type})}));
  return Object.assign(head, {files});
}

// What waits or was sent: of one worker with its titles (that worker must be at work), or of the whole phone without.
export async function items(workerId) {
  const rows = (await store.all("items")).filter(row => !workerId || row.worker === workerId);
  const worker = workerId ? await session.current() : null;
  const plain = row => ({id: row.id, worker: row.worker, kind: row.kind, state: row.state, at: row.at, done: row.done, code: row.code, sentence: row.sentence, status: row.status, tries: row.tries, next: row.next, size: row.size});
  const shown = rows.map(async row => Object.assign(plain(row), worker && worker.id === row.worker ? await unsealJson(worker.key, row.shown) : {}));
  return (await Promise.all(shown)).sort((a, b) => b.at - a.at);
}

// How many of a worker's (or of all) have not been delivered.
export async function waiting(workerId) {
  const rows = await store.all("items");
  return rows.filter(row => (!workerId || row.worker === workerId) && !["received", "held"].includes(row.state)).length;
}

// Sends what waits, one after the other, newcomers before reports about them. One page at a time; others only look on. Whoever hurries while a
// round is under way gets one more after it: the line may have come back in between.
export function sync({now = false} = {}) {
  if (running) return now ? running.then(() => sync({now}), () => sync({now})) : running;
  running = alone(() => sendAll(now)).then(done => { running = null; return done; }, problem => { running = null; throw problem; });
  return running;
}

async function alone(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request("bulou-queue", {ifAvailable: true}, lock => (lock ? work() : later(BUSY)));
}

function later(ms) {
  clearTimeout(again);
  again = setTimeout(sync, ms);
}

async function sendAll(hurry) {
  await forgetOld();
  if (navigator.onLine === false) return;
  const worker = await session.current();
  const mine = row => worker && row.worker === worker.id;
  const rows = (await store.all("items")).filter(row => isWaiting(row) || (row.state === "login" && mine(row) && hurry));
  rows.sort((a, b) => (a.kind === b.kind ? a.at - b.at : a.kind === "newcomer" ? -1 : 1));
  for (const row of rows) {
    if (!hurry && row.next > Date.now()) continue;
    if (!mine(row) && !row.forCounty) continue;
    await store.alter("items", row.id, found => Object.assign(found, {state: "sending"}));
    changed();
    const answer = await sent(mine(row) ? worker : null, row);
    await store.alter("items", row.id, found => answered(found, answer, Date.now()));
    changed();
    if (answer.status === 0) break;
  }
  await wake();
}

// Whoever waits longest for another try says when the next round begins.
async function wake() {
  const due = (await store.all("items")).filter(isWaiting).map(row => row.next);
  if (due.length) later(Math.max(1000, Math.min.apply(null, due) - Date.now()));
}

async function sent(worker, row) {
  try {
    if (!worker) return await carry(row);
    const content = await unpacked(worker, row);
    return row.kind === "newcomer" ? await sendNewcomer(worker, content.newcomer) : await sendForm(worker, content);
  } catch (problem) {
    if (problem.name === "OperationError") return {status: 422, code: "field.unreadable"};
    return {status: 0};
  }
}

// The report as OpenRosa asks: large ones in several posts, each with the same XML and other files.
async function sendForm(worker, content) {
  let answer = null;
  for (const files of inPosts(content.files)) {
    const form = new FormData();
    form.append("xml_submission_file", new Blob([content.xml], {type: "text/xml"}), "submission.xml");
    files.forEach(file => form.append(file.name, file.blob, file.name));
    answer = await read(await timely(`/key/${worker.token}/submission`, {method: "POST", body: form, headers: {"X-OpenRosa-Version": "1.0", "X-Bulou-Source": "field"}}));
    if (answer.status !== 201 && answer.status !== 202) break;
  }
  return answer;
}

function inPosts(files) {
  const posts = [[]];
  let size = 0;
  for (const file of files) {
    if (size + file.size > MOST_IN_A_POST && posts[posts.length - 1].length) {
      posts.push([]);
      size = 0;
    }
    posts[posts.length - 1].push(file);
    size += file.size;
  }
  return posts;
}

async function sendNewcomer(worker, newcomer) {
  const headers = {"Content-Type": "application/json", Accept: "application/json"};
  return read(await timely(`/key/${worker.token}/newcomers.json`, {method: "POST", body: JSON.stringify(newcomer), headers}));
}

// A line that neither carries nor breaks is given up after a while; what the server has is not sent twice.
function timely(address, asked) {
  const stop = self.AbortController ? new AbortController() : null;
  const timer = setTimeout(() => stop && stop.abort(), ASIDE);
  const given = Object.assign({credentials: "omit", cache: "no-store"}, asked, stop ? {signal: stop.signal} : {});
  return fetch(address, given).then(response => { clearTimeout(timer); return response; }, problem => { clearTimeout(timer); throw problem; });
}

// {status, code, sentence, held} of an answer in OpenRosa's XML or in JSON.
async function read(response) {
  const text = await response.text();
  const found = {status: response.status, code: "", sentence: "", held: response.headers.get("X-Bulou-Held") || "", after: response.headers.get("Retry-After")};
  if (text.trim().charAt(0) === "{") {
    const body = JSON.parse(text);
    return Object.assign(found, {code: body.code || "", sentence: body.sentence || "", held: body.held || found.held});
  }
  const message = new DOMParser().parseFromString(text, "text/xml").querySelector("message");
  return Object.assign(found, {sentence: message ? message.textContent.trim().slice(0, 300) : ""});
}

// Tries something again that was refused, or sends it once more under a new token.
export async function retry(id) {
  await store.alter("items", id, row => Object.assign(row, {state: "saved", next: 0, tries: 0}));
  changed();
  return sync({now: true});
}

// Takes away what a person has read and understood: a conflict or a refusal, after it was shown.
export async function dismiss(id) {
  await store.drop("items", id);
  changed();
}

async function forgetOld() {
  const before = Date.now() - HISTORY;
  for (const row of await store.all("items")) if (row.done && row.done < before) await store.drop("items", row.id);
}

// Everything that waits on this phone, whoever's it is, as one file for another phone to carry.
export async function asFile() {
  const rows = (await store.all("items")).filter(row => row.body && row.forCounty && row.state !== "conflict");
  return {count: rows.length, blob: compose(rows)};
}

function askForBackground() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.ready.then(found => found.sync && found.sync.register("bulou-queue")).catch(() => {});
}

// Sends whenever there is reason to hope: the line is back, the page is looked at again.
export function keepTrying() {
  self.addEventListener("online", () => sync({now: true}));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sync());
  sync();
}
