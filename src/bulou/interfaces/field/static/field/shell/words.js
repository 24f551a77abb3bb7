// What the page says, in the worker's language. The English sentence is the key (words.py has them all); %(name)s places are filled here.

import * as store from "./store.js";

export const LANGUAGES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", bo: "བོད་ཡིག", en: "English"};
const ZONE = {timeZone: "Asia/Shanghai"};
const MINUTE = 60000;
let words = {};
let spoken = "zh-hans";
let ahead = 0;

export const language = () => spoken;

// Speaks a language from now on; without the net from what the service worker keeps.
export async function speak(code) {
  spoken = LANGUAGES[code] ? code : "zh-hans";
  try {
    words = await (await fetch(`/field/words/${spoken}.json`)).json();
  } catch (_offline) {
    words = {};
  }
  document.documentElement.lang = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}[spoken] || spoken;
  if (self.indexedDB) await store.keepThing("language", spoken).catch(() => {});
}

export function t(text, values) {
  const said = words[text] || text;
  return values ? said.replace(/%\((\w+)\)s/g, (_all, name) => values[name]) : said;
}

// In an exercise the county's clock is not the phone's: `moment` is what it showed when the phone showed `then`.
export function setClock(moment, then) {
  ahead = moment ? Date.parse(moment) - then : 0;
  if (Math.abs(ahead) < 2 * MINUTE) ahead = 0;
}

// The time duties are judged by, in milliseconds.
export const now = () => Date.now() + ahead;

const shown = (at, how) => new Intl.DateTimeFormat(spoken === "en" ? "en-GB" : "zh-CN", Object.assign(how, ZONE)).format(at);
export const clock = at => shown(at, {hour: "2-digit", minute: "2-digit", hourCycle: "h23"});
const dayKey = at => shown(at, {year: "numeric", month: "2-digit", day: "2-digit"});

// "10:03", "yesterday 10:03", "21 Jan 10:03".
export function moment(at, from = Date.now()) {
  if (dayKey(at) === dayKey(from)) return clock(at);
  if (dayKey(at) === dayKey(from - 24 * 60 * MINUTE)) return t("yesterday %(time)s", {time: clock(at)});
  const parts = dayKey(at).match(/\d+/g);
  const [month, day] = spoken === "en" ? [parts[1], parts[0]] : [parts[1], parts[2]];
  return t("%(month)s/%(day)s %(time)s", {month: Number(month), day: Number(day), time: clock(at)});
}

export function span(ms) {
  const minutes = Math.max(0, Math.round(ms / MINUTE));
  if (minutes < 60) return t("%(n)s min", {n: minutes});
  if (minutes < 48 * 60) return t("%(h)s h %(m)s min", {h: Math.floor(minutes / 60), m: minutes % 60});
  return t("%(n)s days", {n: Math.floor(minutes / 1440)});
}
