// The shell: who is at work, what is on the screen, what the bars say. Every page of it works without a line.

import * as queue from "../queue.js";
import {canSeal} from "./crypto.js";
import {button, h, icon, link, show} from "./dom.js";
import * as lists from "./lists.js";
import * as reporting from "./reporting.js";
import * as session from "./session.js";
import * as store from "./store.js";
import * as form from "./views/form.js";
import * as gate from "./views/gate.js";
import * as homes from "./views/homes.js";
import {more} from "./views/more.js";
import {newcomer} from "./views/newcomer.js";
import * as sending from "./views/queue.js";
import {today} from "./views/today.js";
import {clock, moment, now, speak, t} from "./words.js";

const REFRESH = 30 * 60 * 1000;
const main = document.getElementById("main");
const top = document.getElementById("top");
const bar = document.getElementById("bar");
const toasts = document.getElementById("toast");

const ROOMS = {
  today: today, homes: homes.homes, home: homes.home, person: homes.person, new: newcomer, queue: sending.sent, export: sending.exporting, more: more, form: form.form, draft: form.resume,
};
const DOORS = {"": gate.who, pin: gate.pin, enrol: gate.enrol, carry: sending.carrying};

const app = {
  worker: null, day: null, drafts: [], mine: [], came: "#/today", install: null, hasFull: document.body.dataset.full === "1", trouble: "",

  // Somebody just opened their room.
  async entered() {
    await app.reload();
    await app.draw();
    queue.sync({now: true});
    if (!app.day || Date.now() - app.day.at > REFRESH) app.refresh();
  },

  // Reads anew what the phone holds for the worker at work.
  async reload() {
    app.worker = canSeal() ? await session.current() : null;
    if (!app.worker) return Object.assign(app, {day: null, drafts: [], mine: []});
    const [day, drafts, mine] = await Promise.all([lists.load(app.worker), reporting.drafts(app.worker), queue.items(app.worker.id)]);
    app.drafts = drafts.map(draft => Object.assign({about: day ? reporting.nameOf(day, draft.subject) : ""}, draft));
    return Object.assign(app, {day, mine});
  },

  async refresh() {
    app.say(t("Fetching…"));
    const {day, trouble} = await lists.refresh(app.worker);
    app.trouble = trouble || "";
    if (day || trouble === "login") app.day = day || null;
    app.say("");
    if (trouble && trouble !== "offline") app.toast(trouble === "login" ? t("The county no longer knows this phone: sign in again.") : t("The county did not answer as it should. Try again later."));
    if (!form_open()) app.draw();
    top_bar();
  },

  // Whether something about a subject was reported on this phone for what is owed now: "" or the state of it.
  reported(subject, forms, opens) {
    const since = opens ? Date.parse(opens) - (now() - Date.now()) : Date.now() - 20 * 3600 * 1000;
    const found = app.mine.find(item => item.state !== "refused" && item.about && item.about.subject === subject && item.at >= since && (!forms || forms.includes(item.about.form)));
    return found ? found.state : "";
  },

  // The open duties of these subjects that one tap answers.
  simple(subjects) {
    const owed = app.day.duties.filter(duty => duty.well && subjects.includes(duty.subject) && ["pending", "missing"].includes(duty.standing) && !app.reported(duty.subject, duty.forms, duty.opens));
    const filed = app.day.people.filter(person => person.well && subjects.includes(`person:${person.id}`) && !app.reported(`person:${person.id}`, [person.well], null));
    const known = new Set(owed.map(duty => duty.subject));
    return owed.concat(filed.map(person => ({subject: `person:${person.id}`, name: person.name, well: person.well})).filter(one => !known.has(one.subject)));
  },

  freshness() {
    const age = Date.now() - app.day.at;
    return h(`p.fresh${age > 24 * 3600000 ? ".old" : ""}`, {}, t("Lists of %(when)s", {when: moment(app.day.at)}), age > 24 * 3600000 ? ` · ${t("what others reported since is not in them")}` : "");
  },

  async lock() {
    await reporting.flush();
    form.close();
    await session.end();
    await app.reload();
    location.hash = "#/";
    app.draw();
  },

  toast(text) {
    show(toasts, text);
    toasts.hidden = false;
    clearTimeout(app.toasting);
    app.toasting = setTimeout(() => { toasts.hidden = true; }, 3500);
  },

  say(text) {
    app.saying = text;
    top_bar();
  },

  // Draws the screen the address names, beside what is shown, and shows it when it is whole: of two drawings the later one stays.
  async draw() {
    const mine = app.drawing = (app.drawing || 0) + 1;
    const [room, ...rest] = location.hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
    const isDoor = DOORS[room] && !(room === "" && app.worker);
    const place = h("div", {"data-room": room});
    form.close();
    if (!["form", "draft", "new", "enrol", "pin"].includes(room)) app.came = location.hash || "#/today";
    if (isDoor) await DOORS[room](app, place, ...rest);
    else await (!app.worker ? gate.who : ROOMS[room] || today)(app, place, ...rest);
    if (mine !== app.drawing) return;
    show(main, place);
    const first = place.querySelector("[data-first]");
    if (first) first.focus();
    if (app.shown !== location.hash) window.scrollTo(0, 0);
    app.shown = location.hash;
    top_bar();
    bottom_bar(isDoor && room !== "carry" ? "" : room || "today");
    document.title = `${place.querySelector("h1") ? place.querySelector("h1").textContent : ""} · 不漏`;
  },
};

const form_open = () => /^#\/(form|draft|new|enrol|pin)/.test(location.hash);

async function top_bar() {
  const left = canSeal() ? await queue.waiting(app.worker ? app.worker.id : undefined).catch(() => 0) : 0;
  const line = navigator.onLine ? t("online") : t("offline");
  show(top, h("span.mark", {}, "不漏"), h("span.who-is", {}, app.worker ? app.worker.name : ""),
    h(`span.state${navigator.onLine ? ".on" : ".off"}`, {"data-waiting": left}, app.saying || (left ? t("%(n)s waiting", {n: left}) : line)),
    app.worker ? h("button.iconic", {type: "button", "aria-label": t("Lock"), onclick: () => app.lock()}, icon("lock")) : null);
}

async function bottom_bar(room) {
  bar.hidden = !app.worker || ["form", "draft"].includes(room);
  if (bar.hidden) return show(bar);
  const left = await queue.waiting(app.worker.id);
  const tab = (name, sign, text, count) => h("a", {href: `#/${name}`, "aria-current": room === name ? "page" : null}, icon(sign), h("span", {}, text), count ? h("i.badge", {}, String(count)) : null);
  show(bar, tab("today", "today", t("Today")), tab("homes", "homes", t("Households")), tab("new", "add", t("Register")), tab("queue", "queue", t("My reports"), left), tab("more", "more", t("More")));
}

// A newer page waits until somebody takes it: never under a form that is being filled.
function offer(worker) {
  if (!worker || !navigator.serviceWorker.controller) return;
  const offered = document.getElementById("offer");
  show(offered, h("span", {}, t("A newer version of this page is here.")), button("button", t("Take it now"), async () => {
    await reporting.flush();
    worker.postMessage("take over");
  }));
  offered.hidden = false;
}

async function install() {
  if (!("serviceWorker" in navigator)) return;
  let taken = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (taken) location.reload(); taken = true; });
  const found = await navigator.serviceWorker.register("/field/sw.js", {scope: "/field/"}).catch(() => null);
  if (!found) return;
  offer(found.waiting);
  found.addEventListener("updatefound", () => {
    const fresh = found.installing;
    fresh.addEventListener("statechange", () => fresh.state === "installed" && offer(fresh));
  });
}

async function begin() {
  await speak((self.indexedDB && await store.thing("language").catch(() => null)) || document.body.dataset.language);
  if (canSeal()) await lists.dropExpired();
  await app.reload();
  window.addEventListener("hashchange", () => app.draw());
  window.addEventListener("beforeinstallprompt", event => { event.preventDefault(); app.install = event; });
  ["online", "offline"].forEach(name => window.addEventListener(name, top_bar));
  ["pointerdown", "keydown"].forEach(name => window.addEventListener(name, () => session.touch(), {passive: true}));
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? reporting.flush() : look()));
  window.addEventListener("pagehide", () => reporting.flush());
  setInterval(look, 20000);
  await app.draw();
  main.dataset.ready = "1";
  install();
  if (!canSeal()) return;
  queue.watch(async () => { if (app.worker) app.mine = await queue.items(app.worker.id); if (/^#\/(queue|today|)$/.test(location.hash)) app.draw(); else { top_bar(); bottom_bar(location.hash.slice(2).split("/")[0]); } });
  queue.keepTrying();
  if (app.worker && (!app.day || Date.now() - app.day.at > REFRESH)) app.refresh();
}

// Every so often: is the room still open, are the lists still theirs to keep?
async function look() {
  if (!canSeal()) return;
  const gone = await lists.dropExpired();
  const still = await session.current();
  if (app.worker && !still) { await reporting.flush(); await app.reload(); location.hash = "#/"; return app.draw(); }
  if (gone && app.worker) { await app.reload(); if (!form_open()) app.draw(); }
}

begin();
export {clock};
