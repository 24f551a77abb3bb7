// The rest: how old the lists are, whether the phone promised to keep what is on it, the PIN, leaving.

import * as queue from "../../queue.js";
import {button, h, link, show} from "../dom.js";
import * as session from "../session.js";
import * as store from "../store.js";
import * as vault from "../vault.js";
import {moment, span, t} from "../words.js";
import {lacking, languages} from "./gate.js";

export async function more(app, main) {
  const kept = await persisted();
  show(main, h("h1", {}, app.worker.name),
    h("section.card", {}, h("h2", {}, t("My lists")), h("p", {}, app.day ? t("Fetched %(when)s; they are deleted in %(left)s.", {when: moment(app.day.at), left: span(app.day.until - Date.now())}) : t("None on this phone.")),
      button("button.main", t("Fetch anew"), () => app.refresh()),
      app.day ? button("button", t("Delete them now"), async () => { await vault.dropLists(app.worker.id); await app.reload(); app.draw(); }) : null),
    h("section.card", {}, h("h2", {}, t("Storage")), h("p.persisted", {"data-persisted": String(kept)}, kept ? t("This phone promised to keep what is on it until it was sent.") : t("This phone may clear the page's storage when it runs short. Put the page on the home screen, and send soon.")),
      await space(), kept ? null : button("button", t("Ask again"), async () => { await store.keepThing("persisted", await navigator.storage.persist()); app.draw(); })),
    await lacking(app),
    h("section.card", {}, h("h2", {}, t("PIN")), await pinForm(app)),
    languages(app),
    button("button.wide", t("Lock: let somebody else work"), () => app.lock()),
    button("button.bad", t("Take me off this phone"), () => leave(app)),
    link("plain", "/mine/", t("My duties online")));
}

async function persisted() {
  return Boolean(navigator.storage && navigator.storage.persisted && await navigator.storage.persisted());
}

async function space() {
  if (!navigator.storage || !navigator.storage.estimate) return null;
  const {quota, usage} = await navigator.storage.estimate();
  return quota ? h("p.sub", {}, t("%(used)s MB used of %(quota)s MB", {used: Math.ceil(usage / 1e6), quota: Math.floor(quota / 1e6)})) : null;
}

async function pinForm(app) {
  const said = h("p.said", {role: "alert"});
  const field = h("input", {type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12, "aria-label": t("A new PIN")});
  const change = async () => {
    const problem = vault.whyNotPin(field.value);
    if (problem) return show(said, problem === "short" ? t("Six digits or more.") : t("Too easy to guess: choose digits that are not in a row."));
    await vault.changePin(app.worker, field.value);
    field.value = "";
    show(said, t("Changed."));
  };
  return h("form", {onsubmit: event => event.preventDefault()}, h("label.field", {}, h("span", {}, t("A new PIN")), field), button("button", t("Change the PIN"), change), said);
}

async function leave(app) {
  const left = await queue.waiting(app.worker.id);
  if (left || app.drafts.length) return app.toast(t("%(n)s reports have not been sent. Send them first; nothing is thrown away.", {n: left + app.drafts.length}));
  if (!window.confirm(t("Delete your lists and your room from this phone?"))) return;
  await vault.remove(app.worker.id);
  await session.end();
  location.hash = "#/";
  app.lock();
}
