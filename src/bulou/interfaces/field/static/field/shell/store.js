// The phone's own database. What is in it is sealed, but for who works here, how many reports wait, and when lists end.
//
// workers  {id, name, salt, rounds, byPin, byAccount, tries, until}     items  {id, worker, kind, state, at, …} (queue.js)
// lists    {worker, until, etag, at, sealed}                            forms  {at: [worker, key, version], sealed}
// drafts   {id, worker, form, at, sealed}                               things {name, value}: the device key, the county's key, the language

const NAME = "bulou-field";
const STORES = {workers: "id", items: "id", lists: "worker", forms: "at", drafts: "id", things: "name"};
let opened;

function open() {
  opened = opened || new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, {keyPath});
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      done(asked.result);
    };
    asked.onerror = () => { opened = null; failed(asked.error); };
  });
  return opened;
}

// Done only when the browser has written it: a phone may die the moment after "saved" is shown.
async function run(name, mode, verb) {
  const base = await open();
  return new Promise((done, failed) => {
    const work = mode === "readwrite" ? strictly(base, name) : base.transaction(name, mode);
    const asked = verb(work.objectStore(name));
    work.oncomplete = () => done(asked && asked.result);
    work.onerror = work.onabort = () => failed(work.error || new Error("not kept"));
  });
}

function strictly(base, name) {
  try {
    return base.transaction(name, "readwrite", {durability: "strict"});
  } catch (_older) {
    return base.transaction(name, "readwrite");
  }
}

export const get = (name, key) => run(name, "readonly", store => store.get(key));
export const all = name => run(name, "readonly", store => store.getAll());
export const put = (name, value) => run(name, "readwrite", store => store.put(value));
export const drop = (name, key) => run(name, "readwrite", store => store.delete(key));

// Reads a row, changes it and writes it back in one transaction; `change` gives the new row, or nothing to leave it.
export function alter(name, key, change) {
  return run(name, "readwrite", store => {
    const asked = store.get(key);
    asked.onsuccess = () => {
      const changed = asked.result && change(asked.result);
      if (changed) store.put(changed);
    };
    return null;
  });
}

export async function thing(name, make) {
  const found = await get("things", name);
  if (found || !make) return found && found.value;
  await put("things", {name, value: await make()});
  return (await get("things", name)).value;
}

export const keepThing = (name, value) => put("things", {name, value});
