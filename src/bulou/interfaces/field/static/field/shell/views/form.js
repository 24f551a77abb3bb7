// A form opened about somebody: in the light runner, or in the full engine's frame where the form needs it.

import * as queue from "../../queue.js";
import {button, h, link, show} from "../dom.js";
import * as lists from "../lists.js";
import * as reporting from "../reporting.js";
import {t} from "../words.js";

let opened = null;

export function close() {
  if (!opened) return;
  opened.isOver = true;
  if (opened.view.close) opened.view.close();
  opened = null;
}

export async function form(app, main, id, subject) {
  return start(app, main, app.day && app.day.forms.find(one => one.id === id), subject || "", null);
}

export async function resume(app, main, id) {
  const kept = await reporting.draft(app.worker, id);
  if (!kept) return void (location.hash = "#/queue");
  const known = app.day && app.day.forms.find(one => one.id === kept.form && one.version === kept.version);
  return start(app, main, known || {id: kept.form, version: kept.version, title: "", runner: "light"}, kept.subject, kept.draft);
}

async function start(app, main, about, subject, draft) {
  const home = app.came;
  const body = about && await lists.form(app.worker, about.id, about.version);
  if (!body) return show(main, link("back", home, "‹ ", t("Back")), h("p.note.bad", {}, t("This form is not on this phone yet.")), button("button.main", t("Fetch my lists"), () => app.refresh()));
  if (about.runner === "full" && !app.hasFull) return show(main, link("back", home, "‹ ", t("Back")), h("p.note", {}, t("This form needs the full engine, which is not on this phone.")));
  const name = app.day ? reporting.nameOf(app.day, subject) : "";
  const place = h("div.form");
  show(main, h("div.formhead", {}, link("back", home, "‹ ", t("Back")), name ? h("b", {}, name) : null), place);
  const mine = {isOver: false, view: {}};
  const row = {worker: app.worker.id, form: about.id, version: about.version, title: about.title || body.title || t("Report"), subject};
  const given = {
    onChange: kept => !mine.isOver && reporting.keepDraft(app.worker, row, kept),
    onSubmit: filled => keep(app, mine, {filled, about, subject, name, title: row.title}),
  };
  opened = mine;
  if (about.runner === "full") return full(app, place, mine, Object.assign(given, {about, body, draft, subject}));
  const values = Object.assign({tree: body.tree, prefill: reporting.prefill(about, subject), sendLabel: t("Finish"), maxEdge: 1600}, reporting.common(app, about), draft ? Object.assign({}, draft, {files: byName(draft.files)}) : {}, given);
  mine.view = self.BulouRunner.open(place, values);
}

function full(app, place, mine, {about, body, draft, subject, onChange, onSubmit}) {
  place.classList.add("wide");
  mine.view = self.BulouFull.open(place, {
    xform: body.xform, language: reporting.common(app, about).language, deviceId: "", prefill: draft ? {} : reporting.prefill(about, subject), draft, title: about.title,
    media: async name => lists.fileOf(body, reporting.common(app, about).lists, name), onChange, onSubmit, onTrouble: ({text}) => app.toast(text),
  });
}

// On the phone first, then off the screen; sending is the queue's matter.
async function keep(app, mine, {filled, about, subject, name, title}) {
  mine.isOver = true;
  try {
    await queue.enqueue({
      workerId: app.worker.id, formId: about.id, title, instanceId: filled.instanceId, xml: filled.xml, files: filled.files,
      about: {subject, name: name || (filled.title === title ? "" : filled.title), form: about.id},
    });
  } catch (problem) {
    mine.isOver = false;
    app.toast(t("This phone could not keep it: its storage is full. Free some space, then press again."));
    throw problem;
  }
  await reporting.dropDraft(filled.instanceId);
  await app.reload();
  app.toast(t("Saved on this phone."));
  location.hash = app.came;
  queue.sync();
}

const byName = files => (files || []).reduce((all, file) => Object.assign(all, {[file.name]: file}), {});
