// What was written on this phone and where it is: waiting, under way, received, or in need of somebody.

import * as queue from "../../queue.js";
import {button, h, link, show} from "../dom.js";
import {moment, span, t} from "../words.js";

const OPEN = ["saved", "sending", "login", "refused", "conflict"];

export async function sent(app, main) {
  const rows = await queue.items(app.worker.id);
  const open = rows.filter(row => OPEN.includes(row.state));
  const all = (await queue.items()).filter(row => OPEN.includes(row.state));
  show(main, h("h1", {}, open.length ? t("%(n)s not sent yet", {n: open.length}) : t("Everything was sent")),
    open.length ? button("button.main.wide", t("Send now"), async () => { await queue.sync({now: true}); app.draw(); }) : null,
    app.drafts.length ? [h("h2", {}, t("Begun, not finished")), app.drafts.map(draft => link("row", `#/draft/${encodeURIComponent(draft.id)}`, h("b", {}, draft.title), h("span.sub", {}, draft.about, " ", moment(draft.at))))] : null,
    open.map(row => item(app, row)),
    all.length ? h("p.note", {}, t("No line for days? Everything that waits on this phone can leave by another one, encrypted."), link("button", "#/export", t("Give it to a colleague's phone"))) : null,
    h("h2", {}, t("Sent in the last 30 days")),
    rows.filter(row => !OPEN.includes(row.state)).map(row => item(app, row)),
    link("plain", "#/carry", t("Send reports from a colleague's phone")));
}

function item(app, row) {
  const [tone, words] = state(row);
  const needs = ["refused", "conflict", "login"].includes(row.state);
  return h(`section.row.item.${row.state}`, {"data-id": row.id, "data-state": row.state}, h("b", {}, row.title || t("Report")), h("span.sub", {}, [row.about && row.about.name, moment(row.at), row.id.replace("uuid:", "").slice(0, 8)].filter(Boolean).join(" · ")),
    h(`span.chip.${tone}`, {}, words), needs ? told(app, row) : null);
}

function state(row) {
  switch (row.state) {
    case "received": return ["good", t("received %(time)s", {time: moment(row.done)})];
    case "held": return ["info", t("received %(time)s, held for your lead", {time: moment(row.done)})];
    case "sending": return ["warn", t("sending…")];
    case "conflict": return ["bad", t("conflict")];
    case "refused": return ["bad", t("refused")];
    case "login": return ["bad", t("sign in again")];
    default: return ["warn", navigator.onLine && row.tries && row.next > Date.now() ? t("saved; next try in %(time)s", {time: span(Math.max(60000, row.next - Date.now()))}) : t("saved on this phone")];
  }
}

function told(app, row) {
  if (row.state === "login") return h("div.told", {}, h("p", {}, t("The county no longer knows this phone. The report is safe; sign in with your account and it is sent.")), link("button.main", `#/enrol/${app.worker.id}`, t("Sign in")));
  if (row.state === "conflict") {
    return h("div.told", {}, h("p", {}, t("The county has a report under the same number with other content. Both are kept: yours was put aside for your lead, who decides which one counts. Tell them what is right.")),
      row.sentence ? h("p.sub", {}, row.sentence) : null, button("button", t("I understand, take it off the list"), () => queue.dismiss(row.id)));
  }
  return h("div.told", {}, h("p", {}, reason(row)), h("p.sub", {}, t("It is kept on this phone.")),
    button("button", t("Try again"), () => queue.retry(row.id)), button("button.bad", t("Delete it"), async () => { if (window.confirm(t("Delete this report for good?"))) await queue.dismiss(row.id); }));
}

function reason(row) {
  const known = {404: t("The county does not know this form in this version."), 413: t("It is too large. Take smaller pictures."), 400: t("The county could not read it.")};
  return row.sentence || known[row.status] || t("The county did not take it.");
}

// One file with everything that waits here, whoever's it is.
export async function exporting(app, main) {
  const {count, blob} = await queue.asFile();
  const name = `bulou-${new Date().toISOString().slice(0, 10)}-${count}.bulou`;
  const file = self.File ? new File([blob], name, {type: "application/octet-stream"}) : null;
  const address = URL.createObjectURL(blob);
  const can = file && navigator.canShare && navigator.canShare({files: [file]});
  show(main, link("back", "#/queue", "‹ ", t("Back")), h("h1", {}, t("Give it to a colleague's phone")),
    h("p", {}, count ? t("%(n)s reports in one file. It is encrypted: only the county can read it, whoever carries it cannot.", {n: count}) : t("Nothing waits on this phone.")),
    count ? [can ? button("button.main.wide", t("Hand it over"), () => navigator.share({files: [file]}).catch(() => {})) : null, link("button.wide", address, t("Save the file")),
      h("p.note", {}, t("The other phone opens this page, chooses “Send reports from a colleague's phone”, and picks the file. Nothing is deleted here: when this phone has a line again it learns that everything was received."))] : null);
  const save = main.querySelector(`a[href="${address}"]`);
  if (save) save.setAttribute("download", name);
}

// Somebody else's file goes up; what became of each is shown, to be told or shown to whoever gave it.
export async function carrying(app, main) {
  const said = h("div", {role: "status"});
  const pick = h("input", {type: "file", accept: ".bulou,application/octet-stream", onchange: event => event.target.files[0] && send(event.target.files[0], said)});
  show(main, link("back", app.worker ? "#/queue" : "#/", "‹ ", t("Back")), h("h1", {}, t("Send reports from a colleague's phone")),
    h("p", {}, t("Choose the file your colleague's phone made (its name ends in .bulou). You cannot read it, and it may be sent more than once.")), h("label.field.file", {}, h("span", {}, t("File")), pick), said);
}

async function send(file, said) {
  show(said, h("p", {}, t("sending…")));
  const answer = await sendParts(await new Response(file).arrayBuffer());
  if (!answer.items.length) return show(said, h("p.note.bad", {}, answer.sentence || t("That did not work.")));
  const good = answer.items.filter(item => item.status === 201 || item.status === 202);
  show(said, h(`p.note${good.length === answer.items.length && !answer.sentence ? ".good" : ".bad"}`, {}, t("%(n)s of %(all)s received.", {n: good.length, all: answer.items.length})),
    answer.sentence ? h("p.note.bad", {}, answer.sentence) : null,
    answer.items.map(item => h("div.row.item", {"data-status": item.status}, h("b", {}, item.id.replace("uuid:", "").slice(0, 8)), h("span.sub", {}, item.at ? moment(Date.parse(item.at)) : ""),
      h(`span.chip.${good.includes(item) ? "good" : "bad"}`, {}, words(item)), item.sentence ? h("p.sub", {}, item.sentence) : null)),
    h("p.sub", {}, t("Show this to your colleague: the eight characters stand beside each report on their phone too.")));
}

// One item after the other: what went up stays up when the line breaks, and sending the file again does no harm.
async function sendParts(buffer) {
  const items = [];
  for (const part of parts(buffer)) {
    let answer;
    try {
      const response = await fetch("/field/carry", {method: "POST", body: part, headers: {Accept: "application/json", "Content-Type": "application/octet-stream"}});
      answer = await response.json();
    } catch (_offline) {
      answer = {sentence: t("No line. Keep the file and try again when there is one.")};
    }
    if (!answer.items) return {items, sentence: answer.sentence};
    items.push(...answer.items.map(item => Object.assign({at: answer.at}, item)));
  }
  return {items};
}

// What is no such file goes up whole: the county says what is wrong with it.
function parts(buffer) {
  try {
    return self.bulouCarrying.split(buffer) || [buffer];
  } catch (_cut) {
    return [buffer];
  }
}

function words(item) {
  if (item.status === 201 || item.status === 202) return item.held ? t("received, held for their lead") : item.status === 202 ? t("received already") : t("received");
  return item.status === 409 ? t("conflict") : item.status === 403 ? t("sign in again") : t("refused");
}
