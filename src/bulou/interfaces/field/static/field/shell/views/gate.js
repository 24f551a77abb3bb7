// Before anybody is at work: who works here, their PIN, somebody new on this phone, and what a phone without TLS or a service worker lacks.

import * as queue from "../../queue.js";
import {canSeal, uuid} from "../crypto.js";
import {button, h, link, show} from "../dom.js";
import * as lists from "../lists.js";
import * as session from "../session.js";
import * as store from "../store.js";
import * as vault from "../vault.js";
import {LANGUAGES, clock, language, moment, span, speak, t} from "../words.js";

export async function who(app, main) {
  if (!canSeal()) return show(main, without(app));
  const [workers, rows] = await Promise.all([vault.workers(), queue.items()]);
  const left = id => rows.filter(row => row.worker === id && !["received", "held"].includes(row.state)).length;
  show(main,
    h("h1", {}, workers.length ? t("Who is working?") : t("Reports from the field")),
    workers.length ? null : h("p.lead", {}, t("Set this phone up once while there is a line. Afterwards it works without one: what you owe, your households, the forms.")),
    workers.map(worker => link("row.who", `#/pin/${worker.id}`, h("b", {}, worker.name), left(worker.id) ? h("span.chip.warn", {}, t("%(n)s waiting", {n: left(worker.id)})) : null)),
    await newcomer(app, workers),
    h("div.links", {}, link("plain", "#/carry", t("Send reports from a colleague's phone")), link("plain", "/mine/", t("My duties online"))),
    languages(app), await lacking(app));
}

// Signed in to the county's pages already: one button makes this phone theirs. Else the way to log in.
async function newcomer(app, workers) {
  const online = await askSession();
  if (!online) return h("p.note", {}, t("No line now. To add somebody to this phone, come back when there is one."));
  if (!online.name) return link("button.main", `/account/log-in?next=${encodeURIComponent("/field/#/enrol")}`, workers.length ? t("Add somebody to this phone") : t("Sign in"));
  const known = workers.find(worker => worker.user === online.user);
  return h("div.links", {},
    known ? null : link("button.main", "#/enrol", t("Use this phone offline as %(name)s", {name: online.name})),
    button("button", t("Sign out %(name)s and add somebody else", {name: online.name}), async () => {
      await fetch("/field/sign-out", {method: "POST", headers: {"X-CSRFToken": online.csrf}});
      location.href = `/account/log-in?next=${encodeURIComponent("/field/#/enrol")}`;
    }));
}

export async function askSession() {
  try {
    return await (await fetch("/field/session.json", {headers: {Accept: "application/json"}, cache: "no-store"})).json();
  } catch (_offline) {
    return null;
  }
}

// Choosing a PIN, for somebody new or (vault given) for somebody who is here already and lost theirs.
export async function enrol(app, main, vaultId) {
  const online = await askSession();
  if (!online || !online.name) return show(main, back("#/"), h("h1", {}, t("Sign in")), online
    ? link("button.main", `/account/log-in?next=${encodeURIComponent(`/field/#/enrol${vaultId ? `/${vaultId}` : ""}`)}`, t("Sign in"))
    : h("p.note.bad", {}, t("This needs a line once. What was reported stays on this phone.")));
  const known = vaultId ? await store.get("workers", vaultId) : (await vault.workers()).find(worker => worker.user === online.user);
  const first = pinField(t("PIN of six digits or more"));
  const again = pinField(t("The same again"));
  const said = h("p.said", {role: "alert"});
  show(main, back("#/"), h("h1", {}, known ? t("A new PIN for %(name)s", {name: known.name}) : t("A PIN for %(name)s", {name: online.name})),
    h("p.lead", {}, t("The PIN opens your lists and reports on this phone, without a line. Nobody can read it, and nobody can tell it to you again.")),
    h("form", {onsubmit: event => event.preventDefault()}, first, again, said,
      button("button.main", t("Use this phone offline"), () => make(app, {known, online, said, pins: [first, again].map(field => field.querySelector("input").value)}), {type: "submit"})));
  first.querySelector("input").setAttribute("data-first", "");
}

async function make(app, {known, online, said, pins}) {
  const problem = vault.whyNotPin(pins[0]);
  if (problem) return show(said, problem === "short" ? t("Six digits or more.") : t("Too easy to guess: choose digits that are not in a row."));
  if (pins[0] !== pins[1]) return show(said, t("The two are not the same."));
  show(said, t("One moment…"));
  const given = await issue(online, known ? known.id : uuid());
  if (!given.token) return show(said, given.sentence || t("That did not work. Try again when there is a line."));
  let worker;
  try {
    worker = known ? await vault.recover(given, pins[0]) : await vault.make(given, pins[0]);
  } catch (_wrong) {
    return show(said, t("You are signed in as %(name)s. Only the account this room belongs to opens it.", {name: given.name}));
  }
  await store.alter("workers", worker.id, row => Object.assign(row, {user: given.user}));
  await store.keepThing("county", given.county);
  await session.start(worker);
  // On a phone of several the web log-in would let the next one into the pages of this one.
  if ((await vault.workers()).length > 1) await fetch("/field/sign-out", {method: "POST", headers: {"X-CSRFToken": online.csrf}});
  const kept = navigator.storage && navigator.storage.persist ? await navigator.storage.persist() : null;
  await store.keepThing("persisted", kept);
  show(said, t("Fetching your lists…"));
  await lists.refresh(worker);
  location.hash = "#/today";
  await app.entered();
}

async function issue(online, id) {
  const headers = {"X-CSRFToken": online.csrf, "Content-Type": "application/json", Accept: "application/json"};
  try {
    const response = await fetch("/field/enrol", {method: "POST", headers, body: JSON.stringify({vault: id, language: language()})});
    return Object.assign(await response.json(), {vault: id});
  } catch (_offline) {
    return {};
  }
}

function pinField(label) {
  return h("label.field", {}, h("span", {}, label), h("input", {type: "password", inputmode: "numeric", pattern: "[0-9]*", autocomplete: "off", maxlength: 12, required: true}));
}

// The pad: keys of a thumb's size, for gloves.
export async function pin(app, main, id) {
  const worker = await store.get("workers", id);
  if (!worker) return void (location.hash = "#/");
  if (!worker.byPin) return show(main, back("#/"), h("h1", {}, worker.name), await wiped(worker));
  let typed = "";
  let busy = false;
  const dots = h("p.dots", {"aria-live": "polite"});
  const said = h("p.said", {role: "alert"});
  const draw = () => show(dots, typed.length ? "●".repeat(typed.length) : t("Your PIN"));
  const press = async key => {
    if (busy) return;
    show(said);
    typed = key === "⌫" ? typed.slice(0, -1) : (typed + key).slice(0, 12);
    draw();
  };
  const open = async () => {
    if (busy || typed.length < 6) return;
    busy = true;
    dots.setAttribute("aria-busy", "true");
    show(said, t("One moment…"));
    const answer = await vault.unlock(id, typed);
    typed = "";
    busy = false;
    dots.removeAttribute("aria-busy");
    draw();
    if (answer.worker) return entered(app, answer.worker);
    if (answer.wiped) return app.draw();
    show(said, wrong(answer));
  };
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0"].map(key => h("button.key", {type: "button", onclick: () => press(key), "aria-label": key === "⌫" ? t("Delete the last digit") : key}, key));
  show(main, back("#/"), h("h1", {}, worker.name), dots, said, h("div.pad", {}, keys, h("button.key.main", {type: "button", onclick: open}, t("Unlock"))),
    link("plain", `#/enrol/${id}`, t("Forgot the PIN? Sign in with your account")));
  draw();
  dots.tabIndex = -1;
  dots.setAttribute("data-first", "");
  main.onkeydown = event => (/^\d$/.test(event.key) ? press(event.key) : event.key === "Backspace" ? press("⌫") : event.key === "Enter" && event.target.tagName !== "BUTTON" ? open() : null);
}

async function entered(app, worker) {
  await session.start(worker);
  location.hash = "#/today";
  await app.entered();
}

function wrong(answer) {
  const left = answer.left === undefined ? "" : t("Wrong PIN; %(n)s more tries, then the lists on this phone are deleted.", {n: answer.left});
  return answer.wait ? `${left} ${t("Try again in %(time)s.", {time: answer.wait < 60000 ? t("%(n)s seconds", {n: Math.ceil(answer.wait / 1000)}) : span(answer.wait)})}` : left;
}

async function wiped(worker) {
  const n = await queue.waiting(worker.id);
  return [
    h("p.note.bad", {}, t("Too many wrong PINs: the lists on this phone were deleted.")),
    h("p", {}, n ? t("%(n)s reports that were not sent are still here, encrypted. They are sent when there is a line, and open with your account.", {n}) : t("Nothing was waiting to be sent.")),
    link("button.main", `#/enrol/${worker.id}`, t("Sign in with my account")),
  ];
}

export const back = href => link("back", href, "‹ ", t("Back"));

export function languages(app) {
  const pick = h("select", {"aria-label": t("Language"), onchange: async event => { await speak(event.target.value); app.draw(); }},
    Object.entries(LANGUAGES).map(([code, name]) => h("option", {value: code, selected: code === language()}, name)));
  return h("label.field.languages", {}, h("span", {}, t("Language")), pick);
}

// Said plainly: what this browser cannot do, and what still works.
export async function lacking(app) {
  const notes = [];
  if (!("serviceWorker" in navigator)) notes.push(t("This browser cannot keep the page: without a line it will not open. Reports already written stay and are sent later. Open the address in the phone's own browser instead."));
  if (app.install) notes.push(button("button", t("Put it on the home screen"), async () => { app.install.prompt(); app.install = null; app.draw(); }));
  return notes.length ? h("div.notes", {}, notes.map(note => (typeof note === "string" ? h("p.note", {}, note) : note))) : null;
}

function without(app) {
  return [
    h("h1", {}, t("Reports from the field")),
    h("p.note.bad", {}, t("This address is not secure (http), or the browser is too old: a phone then may not encrypt, so nothing can be kept on it.")),
    h("ul", {}, [t("It works only while there is a line."), t("No lists of households on this phone."), t("A report that cannot be sent is lost when the page is closed.")].map(text => h("li", {}, text))),
    h("p", {}, t("Use the address that begins with https://, or report online:")),
    link("button.main", "/mine/", t("My duties online")), languages(app),
  ];
}

export {clock, moment};
