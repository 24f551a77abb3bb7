// Somebody who is on no list: a new household, one more person in a known one, or a stranger. Their number is made here and stays theirs.

import * as queue from "../../queue.js";
import {uuid} from "../crypto.js";
import {button, h, link, show} from "../dom.js";
import * as lists from "../lists.js";
import {t} from "../words.js";

const KINDS = {ordinary: "Ordinary household", herding_camp: "Herding camp", work_site: "Work site", collective: "Collective household"};

export async function newcomer(app, main, code) {
  if (!app.day) return show(main, link("back", "#/today", "‹ ", t("Back")), h("p.note", {}, t("Fetch your lists first: the place has to be known.")));
  const home = code ? lists.everybody(app.day).households.find(one => one.code === code) : null;
  const form = {mode: home ? "member" : "household", people: [person()]};
  const body = h("div");
  const said = h("p.said", {role: "alert"});
  const modes = {household: t("New household"), stranger: t("Somebody passing")};
  const draw = () => show(body,
    home ? null : h("div.tabs", {role: "group"}, Object.entries(modes).map(([mode, text]) => h(`button.tab${form.mode === mode ? ".on" : ""}`, {type: "button", "aria-pressed": String(form.mode === mode), onclick: () => { form.mode = mode; draw(); }}, text))),
    app.day.places.length > 1 && !home ? select(form, "place", t("Place"), app.day.places.map(place => [place.code, place.name])) : null,
    form.mode === "household" ? select(form, "kind", t("Kind"), Object.entries(KINDS).map(([key, text]) => [key, t(text)])) : null,
    form.mode === "member" ? null : input(form, "address", form.mode === "household" ? t("Where they live") : t("Where from, where to"), {maxlength: 200}),
    form.people.map((one, n) => h("fieldset", {}, h("legend", {}, form.mode === "household" && n === 0 ? t("Head of the household") : t("Person")),
      input(one, "name", form.mode === "stranger" ? t("Name, or what is seen") : t("Name"), {maxlength: 80, required: true}),
      h("div.tabs", {role: "group", "aria-label": t("Sex")}, [["m", t("man")], ["f", t("woman")]].map(([sex, text]) => h(`button.tab${one.sex === sex ? ".on" : ""}`, {type: "button", "aria-pressed": String(one.sex === sex), onclick: () => { one.sex = one.sex === sex ? "" : sex; draw(); }}, text))),
      input(one, "born_on", t("Born on, if known"), {type: "date"}), input(one, "phone", t("Telephone, if any"), {type: "tel", inputmode: "tel", maxlength: 20}))),
    form.mode === "stranger" ? null : h("button.button", {type: "button", onclick: () => { form.people.push(person()); draw(); }}, t("One more person")),
    input(form, "note", t("Note"), {maxlength: 300}), said,
    button("button.main.wide", t("Register"), () => save(app, form, home, said)));
  show(main, link("back", home ? `#/home/${encodeURIComponent(code)}` : "#/today", "‹ ", t("Back")), h("h1", {}, home ? t("New in %(name)s", {name: home.name}) : t("Register somebody")),
    h("p.sub", {}, t("They get a temporary number at once and can be reported on. At the desk they are completed, or joined with who they are already.")), body);
  draw();
}

const person = () => ({id: uuid(), name: "", sex: "", born_on: "", phone: ""});

function input(target, name, label, more) {
  return h("label.field", {}, h("span", {}, label), h("input", Object.assign({type: "text", value: target[name] || "", oninput: event => { target[name] = event.target.value; }}, more)));
}

function select(target, name, label, choices) {
  if (!target[name]) target[name] = choices[0][0];
  return h("label.field", {}, h("span", {}, label), h("select", {onchange: event => { target[name] = event.target.value; }}, choices.map(([value, text]) => h("option", {value, selected: target[name] === value}, text))));
}

async function save(app, form, home, said) {
  const people = form.people.filter(one => one.name.trim());
  if (!people.length) return show(said, t("A name is needed. Of a stranger write what is seen."));
  const id = uuid();
  const made = {
    id, place: home ? home.place || app.day.places[0].code : form.place || app.day.places[0].code, people: people.map(one => Object.assign({}, one, {name: one.name.trim()})),
    household: home ? home.code : "", new_household: form.mode === "household", kind: form.kind || "ordinary", address: form.address || "", note: form.note || "",
  };
  const code = form.mode === "household" ? `T${id.replace(/-/g, "").slice(0, 12)}` : "";
  await queue.enqueueNewcomer(app.worker.id, made, people[0].name.trim());
  await lists.add(app.worker, Object.assign({at: Date.now(), code}, made));
  await app.reload();
  app.toast(t("Saved on this phone."));
  location.hash = code ? `#/home/${code}` : home ? `#/home/${encodeURIComponent(home.code)}` : `#/person/${people[0].id}`;
  queue.sync();
}
