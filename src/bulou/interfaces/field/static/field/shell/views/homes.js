// My households: when each was last visited, how much of it is done, what is due next; and who lives there.

import {h, link, show} from "../dom.js";
import * as lists from "../lists.js";
import {allWell} from "../reporting.js";
import {button} from "../dom.js";
import {clock, moment, now, t} from "../words.js";
import {noLists} from "./today.js";

const MOST_SHOWN = 60;

export async function homes(app, main) {
  if (!app.day) return show(main, h("h1", {}, t("Households")), noLists(app));
  const {households, people} = lists.everybody(app.day);
  const loose = people.filter(person => !person.home);
  const rows = households.concat(loose.map(person => Object.assign({kind: "person"}, person))).sort(lists.byDue);
  const found = h("div.list");
  const find = h("input.find", {type: "search", placeholder: t("Name, pinyin or house number"), "aria-label": t("Find"), value: app.typed || "", oninput: event => { app.typed = event.target.value; fill(); }});
  const fill = () => {
    const hits = rows.filter(row => lists.matches(row, app.typed || "") || people.some(person => row.code && person.home === row.code && lists.matches(person, app.typed)));
    show(found, hits.slice(0, MOST_SHOWN).map(row => line(app, row, people)), hits.length > MOST_SHOWN ? h("p.note", {}, t("%(n)s more: type a few letters of the name.", {n: hits.length - MOST_SHOWN})) : null,
      hits.length ? null : h("p.note", {}, t("Nobody of this name on this phone.")));
  };
  show(main, h("h1", {}, t("Households"), h("span.count", {}, ` ${households.length}`)), app.freshness(), app.day.left_out ? h("p.note", {}, t("Too many people for a phone: only those you owe reports about are here.")) : null, find, found);
  fill();
}

function line(app, row, people) {
  const href = row.kind === "person" ? `#/person/${row.id}` : `#/home/${encodeURIComponent(row.code)}`;
  const living = row.code ? people.filter(person => person.home === row.code).length : 0;
  return link(`row.home${late(row) ? ".late" : ""}`, href,
    h("b", {}, row.name), h("span.sub", {}, [row.address || row.code, living ? t("%(n)s people", {n: living}) : null].filter(Boolean).join(" · ")), standing(app, row));
}

const late = row => row.due && Date.parse(row.due) < now();

// Last visit, how full, what next: the same three of a household and of a person.
function standing(app, row) {
  return h("span.standing", {},
    row.temporary ? h("span.chip.info", {}, t("temporary")) : null,
    row.owed ? h("span.fill", {}, h("progress", {max: row.owed, value: row.done}), h("span", {}, `${row.done}/${row.owed}`)) : null,
    h("span.last", {}, row.last ? t("last %(when)s", {when: moment(Date.parse(row.last), now())}) : t("never visited")),
    row.due ? h("span.next", {}, late(row) ? t("late since %(time)s", {time: moment(Date.parse(row.due), now())}) : t("next due %(time)s", {time: moment(Date.parse(row.due), now())})) : null);
}

export async function home(app, main, code) {
  if (!app.day) return show(main, noLists(app));
  const {households, people} = lists.everybody(app.day);
  const row = households.find(one => one.code === code);
  if (!row) return void (location.hash = "#/homes");
  const living = people.filter(person => person.home === code);
  const simple = app.simple(living.map(person => `person:${person.id}`));
  show(main, link("back", "#/homes", "‹ ", t("Households")), h("h1", {}, row.name), h("p.sub", {}, [row.address, row.code].filter(Boolean).join(" · ")), standing(app, row),
    simple.length ? button("button.main.wide", t("Everybody here is well"), () => allWell(app, simple)) : null,
    formsOf(app, "household", `household:${code}`),
    living.map(person => link("row", `#/person/${person.id}`, h("b", {}, person.name), standing(app, person), here(app, person))),
    link("button", `#/new/${encodeURIComponent(code)}`, t("Add somebody to this household")));
}

function here(app, person) {
  const state = app.reported(`person:${person.id}`, null, null);
  return state ? h("span.chip.warn", {}, state === "received" ? t("sent") : t("on this phone")) : null;
}

export async function person(app, main, id) {
  if (!app.day) return show(main, noLists(app));
  const {people, households} = lists.everybody(app.day);
  const row = people.find(one => one.id === id);
  if (!row) return void (location.hash = "#/homes");
  const home = households.find(one => one.code === row.home);
  const owed = app.day.duties.filter(duty => duty.subject === `person:${id}`);
  const simple = app.simple([`person:${id}`]);
  show(main, home ? link("back", `#/home/${encodeURIComponent(home.code)}`, "‹ ", home.name) : link("back", "#/homes", "‹ ", t("Households")),
    h("h1", {}, row.name), h("p.sub", {}, [home && home.address, home && home.code].filter(Boolean).join(" · ")), standing(app, row), here(app, row),
    owed.map(duty => h("p.due", {}, `${duty.title} · ${t("due %(time)s", {time: clock(Date.parse(duty.due))})}`)),
    simple.length ? button("button.main.wide", t("All well"), () => allWell(app, simple)) : null,
    formsOf(app, "person", `person:${id}`));
}

// The forms that may be filled about a subject of this kind: those it owes first.
export function formsOf(app, kind, subject) {
  const owed = new Set([].concat(...app.day.duties.filter(duty => duty.subject === subject).map(duty => duty.forms)));
  const forms = app.day.forms.filter(form => form.subject === kind).sort((a, b) => owed.has(b.id) - owed.has(a.id));
  return h("div.does.down", {}, forms.map(form => link(owed.has(form.id) ? "button.main" : "button", `#/form/${encodeURIComponent(form.id)}/${encodeURIComponent(subject)}`, form.title)));
}
