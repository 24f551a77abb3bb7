// Who is at work. Kept in the phone's database for as long as the room stays open, as a key nobody can read out: taking a picture makes many
// phones throw the page away, and the full engine is a page of its own.

import {keyOf, sealJson, unbase64, unsealJson} from "./crypto.js";
import * as store from "./store.js";

export const IDLE = 15 * 60 * 1000;
let at = null;
let written = 0;

// Opens the room of a worker as vault.unlock gave it.
export async function start(worker) {
  at = worker;
  written = Date.now();
  const sealed = await sealJson(worker.key, {token: worker.token, raw: worker.raw});
  await store.keepThing("session", {id: worker.id, name: worker.name, key: worker.key, sealed, until: written + IDLE});
}

// The worker at work, or null: {id, name, token, key, raw}.
export async function current() {
  const kept = await store.thing("session");
  if (!kept || kept.until < Date.now()) {
    if (kept) await end();
    return null;
  }
  if (at && at.id === kept.id) return at;
  const secrets = await unsealJson(kept.key, kept.sealed);
  at = {id: kept.id, name: kept.name, key: kept.key, token: secrets.token, raw: secrets.raw};
  return at;
}

// Something was touched: the room stays open for another while.
export async function touch() {
  const now = Date.now();
  if (!at || now - written < 30000) return;
  written = now;
  await store.alter("things", "session", row => Object.assign(row, {value: Object.assign(row.value, {until: now + IDLE})}));
}

export async function end() {
  at = null;
  await store.drop("things", "session");
}

// The same worker under a new token or PIN.
export const restart = (token, raw) => keyOf(unbase64(raw)).then(key => start(Object.assign({}, at, {token, raw, key})));
