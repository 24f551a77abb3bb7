// One worker's own room on a phone that several may share. A PIN opens it; so does the worker's account, when the PIN is forgotten or was
// tried too often. Too many wrong PINs delete the lists and what was sent, never a report that has not been sent.

import {base64, deviceKey, keyOf, pinKey, random, rounds, seal, sealJson, unbase64, unseal, unsealJson} from "./crypto.js";
import * as store from "./store.js";

export const MOST_TRIES = 10;
const FREE_TRIES = 3;
const FIRST_WAIT = 10000;

export const workers = async () => (await store.all("workers")).sort((a, b) => a.name.localeCompare(b.name, "zh"));

// Why a PIN will not do, or "": six digits or more, no row and no single digit.
export function whyNotPin(pin) {
  if (!/^\d{6,12}$/.test(pin)) return "short";
  const steps = new Set(Array.from(pin).slice(1).map((digit, n) => digit - pin[n]));
  return steps.size === 1 && [0, 1, -1].includes(steps.values().next().value) ? "plain" : "";
}

// Makes the room of a worker the county has just given a token; `given` = {vault, token, recovery, name, person}.
export async function make(given, pin) {
  const key = random(32);
  const worker = {id: given.vault, name: given.name, byAccount: await seal(await keyOf(unbase64(given.recovery)), key), tries: 0, until: 0};
  await store.put("workers", Object.assign(worker, await underPin(pin, {token: given.token, key: base64(key)})));
  return open(worker.id, {token: given.token, key: base64(key)});
}

// Opens an existing room with the account's key instead of a PIN, under a new token and a new PIN. Rejects when it is another worker's.
export async function recover(given, pin) {
  const worker = await store.get("workers", given.vault);
  const key = await unseal(await keyOf(unbase64(given.recovery)), worker.byAccount);
  const secrets = {token: given.token, key: base64(key)};
  await store.put("workers", Object.assign(worker, await underPin(pin, secrets), {tries: 0, until: 0}));
  return open(worker.id, secrets);
}

// {worker} when the PIN is right, else {wait: milliseconds} or {wiped: true}. A try is written down before it is made.
export async function unlock(id, pin) {
  const now = Date.now();
  let worker = await store.get("workers", id);
  if (!worker.byPin) return {wiped: true};
  if (worker.until > now) return {wait: worker.until - now};
  const tries = worker.tries + 1;
  const until = tries < FREE_TRIES ? 0 : now + FIRST_WAIT * Math.pow(2, tries - FREE_TRIES);
  await store.alter("workers", id, row => Object.assign(row, {tries, until}));
  try {
    const inner = await unsealJson(await device(), worker.byPin);
    const secrets = await unsealJson(await pinKey(pin, worker.salt, worker.rounds), thaw(inner));
    await store.alter("workers", id, row => Object.assign(row, {tries: 0, until: 0}));
    return {worker: await open(id, secrets)};
  } catch (_wrong) {
    if (tries >= MOST_TRIES) return wipe(id);
    return {wait: Math.max(0, until - Date.now()), left: MOST_TRIES - tries};
  }
}

export async function changePin(session, pin) {
  const more = await underPin(pin, {token: session.token, key: session.raw});
  await store.alter("workers", session.id, row => Object.assign(row, more));
}

// What a thief could read goes; drafts and unsent reports stay, and open with the account.
async function wipe(id) {
  await store.alter("workers", id, row => Object.assign(row, {byPin: null, until: 0}));
  await dropLists(id);
  for (const item of await store.all("items")) if (item.worker === id && item.state === "received") await store.drop("items", item.id);
  return {wiped: true};
}

export async function dropLists(id) {
  await store.drop("lists", id);
  for (const form of await store.all("forms")) if (form.at[0] === id) await store.drop("forms", form.at);
}

// Takes a worker off this phone; refuses (false) while anything of theirs has not been sent.
export async function remove(id) {
  const mine = row => row.worker === id;
  if ((await store.all("items")).some(item => mine(item) && item.state !== "received")) return false;
  if ((await store.all("drafts")).some(mine)) return false;
  for (const item of (await store.all("items")).filter(mine)) await store.drop("items", item.id);
  await dropLists(id);
  await store.drop("workers", id);
  return true;
}

const device = () => store.thing("device", deviceKey);

async function underPin(pin, secrets) {
  const salt = random(16);
  const inner = await sealJson(await pinKey(pin, salt, rounds()), secrets);
  return {salt, rounds: rounds(), byPin: await sealJson(await device(), freeze(inner))};
}

const freeze = sealed => ({iv: base64(sealed.iv), ct: base64(sealed.ct)});
const thaw = sealed => ({iv: unbase64(sealed.iv), ct: unbase64(sealed.ct)});

// The worker at work: the key cannot be read out of the page's objects but for `raw`, which a change of PIN needs.
async function open(id, secrets) {
  const worker = await store.get("workers", id);
  return {id, name: worker.name, token: secrets.token, raw: secrets.key, key: await keyOf(unbase64(secrets.key))};
}
