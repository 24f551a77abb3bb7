// Keeps the field page so that it opens without a line, and sends sealed reports when the line is back, also with the page closed. It keeps
// what it is told and nothing else: no list, no report, no page of anybody's.
"use strict";

importScripts("{{ carrying }}");

const VERSION = "{{ version }}";
const SHELL = "bulou-field-" + VERSION;
const FULL = "bulou-full-" + VERSION;
const KEPT = {{ kept|safe }};
const ENGINE = {{ engine|safe }};
const PAGE = "/field/";

self.addEventListener("install", event => {
  const fresh = KEPT.map(address => new Request(address, {cache: "reload"}));
  event.waitUntil(caches.open(SHELL).then(cache => cache.addAll(fresh)));
});

// What an older version kept goes only when nobody uses that version any more; the engine comes again when a form asks for it.
self.addEventListener("activate", event => {
  const old = name => name.startsWith("bulou-f") && name !== SHELL && name !== FULL;
  event.waitUntil(caches.keys().then(names => Promise.all(names.filter(old).map(name => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("message", event => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "keep the engine") event.waitUntil(caches.open(FULL).then(cache => cache.match(ENGINE[0]).then(there => there || cache.addAll(ENGINE))));
});

self.addEventListener("fetch", event => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname === PAGE && event.request.mode === "navigate") return event.respondWith(held(SHELL, PAGE, event.request));
  if (KEPT.includes(address.pathname) && address.pathname !== PAGE) return event.respondWith(held(SHELL, address.pathname, event.request));
  if (ENGINE.includes(address.pathname)) event.respondWith(held(FULL, address.pathname, event.request));
});

function held(name, address, request) {
  return caches.open(name).then(cache => cache.match(address)).then(found => found || fetch(request));
}

// ---- sending with the page closed, or with nobody at work ----

self.addEventListener("sync", event => {
  if (event.tag === "bulou-queue") event.waitUntil(self.navigator.locks ? self.navigator.locks.request("bulou-queue", sendAll) : sendAll());
});

async function sendAll() {
  const base = await open();
  const rows = (await ask(base, "readonly", store => store.getAll())).filter(row => self.bulouCarrying.isWaiting(row) && row.forCounty);
  rows.sort((a, b) => (a.kind === b.kind ? a.at - b.at : a.kind === "newcomer" ? -1 : 1));
  let failed = null;
  for (const row of rows) {
    const answer = await self.bulouCarrying.carry(row).catch(problem => { failed = problem; return {status: 0}; });
    await alter(base, row.id, found => self.bulouCarrying.answered(found, answer, Date.now()));
    if (failed) break;
  }
  new BroadcastChannel("bulou-queue").postMessage("changed");
  if (failed) throw failed; // the browser tries again later by itself
}

function open() {
  return new Promise((done, refused) => {
    const asked = indexedDB.open("bulou-field");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => refused(asked.error);
  });
}

function ask(base, mode, verb) {
  return new Promise((done, refused) => {
    const work = base.transaction("items", mode);
    const asked = verb(work.objectStore("items"));
    work.oncomplete = () => done(asked.result);
    work.onerror = work.onabort = () => refused(work.error);
  });
}

// Read and written in one transaction: the page may have been told meanwhile.
function alter(base, id, change) {
  return new Promise((done, refused) => {
    const work = base.transaction("items", "readwrite");
    const store = work.objectStore("items");
    const asked = store.get(id);
    asked.onsuccess = () => asked.result && self.bulouCarrying.isWaiting(asked.result) && store.put(change(asked.result));
    work.oncomplete = done;
    work.onerror = work.onabort = () => refused(work.error);
  });
}
