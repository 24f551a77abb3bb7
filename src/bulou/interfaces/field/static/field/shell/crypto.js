// Keys and sealing on the phone: a PIN opens a worker's own key, every report has a key of its own, wrapped once for the worker and once for
// the county, so that it can leave the phone while nobody is signed in. Nothing here knows what is sealed.

const ROUNDS = 600000;
const CARRY = new TextEncoder().encode("bulou carry 1");

export const bytesOf = text => new TextEncoder().encode(text);
export const textOf = bytes => new TextDecoder().decode(bytes);
export const random = size => crypto.getRandomValues(new Uint8Array(size));

export function base64(bytes) {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text);
}

export function unbase64(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
}

// crypto.randomUUID is missing from engines before 2022.
export function uuid() {
  const b = random(16);
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = Array.from(b, byte => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// Whether this browser lets a page encrypt at all: not over plain http, except on the machine itself.
export const canSeal = () => Boolean(self.crypto && crypto.subtle && self.indexedDB);

export function keyOf(raw, extractable = false) {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", extractable, ["encrypt", "decrypt"]);
}

// A key that this browser can use and nobody can read out of it: without it a copied PIN envelope is worth nothing.
export function deviceKey() {
  return crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
}

export async function pinKey(pin, salt, rounds) {
  const base = await crypto.subtle.importKey("raw", bytesOf(pin), "PBKDF2", false, ["deriveKey"]);
  const how = {name: "PBKDF2", salt, iterations: rounds || ROUNDS, hash: "SHA-256"};
  return crypto.subtle.deriveKey(how, base, {name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
}

export const rounds = () => ROUNDS;

// {iv, ct} of bytes under a key.
export async function seal(key, bytes) {
  const iv = random(12);
  return {iv, ct: new Uint8Array(await crypto.subtle.encrypt({name: "AES-GCM", iv}, key, bytes))};
}

// The bytes again; rejects when the key is not the one, or anything was altered.
export async function unseal(key, sealed) {
  return new Uint8Array(await crypto.subtle.decrypt({name: "AES-GCM", iv: sealed.iv}, key, sealed.ct));
}

export const sealJson = (key, value) => seal(key, bytesOf(JSON.stringify(value)));
export const unsealJson = async (key, sealed) => JSON.parse(textOf(await unseal(key, sealed)));

// Wraps 32 bytes for whoever holds the county's private key (P-256): an ephemeral key pair, ECDH, HKDF-SHA-256, AES-256-GCM.
export async function wrapForCounty(county, raw) {
  const theirs = unbase64(county.key);
  const pair = await crypto.subtle.generateKey({name: "ECDH", namedCurve: "P-256"}, true, ["deriveBits"]);
  const point = await crypto.subtle.importKey("raw", theirs, {name: "ECDH", namedCurve: "P-256"}, false, []);
  const shared = await crypto.subtle.deriveBits({name: "ECDH", public: point}, pair.privateKey, 256);
  const mine = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const salt = new Uint8Array(mine.length + theirs.length);
  salt.set(mine);
  salt.set(theirs, mine.length);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = {name: "HKDF", hash: "SHA-256", salt, info: CARRY};
  const key = await crypto.subtle.deriveKey(how, base, {name: "AES-GCM", length: 256}, false, ["encrypt"]);
  const {iv, ct} = await seal(key, raw);
  return {kid: county.kid, eph: base64(mine), iv: base64(iv), ct: base64(ct)};
}
