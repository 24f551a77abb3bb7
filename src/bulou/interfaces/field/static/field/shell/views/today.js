// What I owe today, soonest first; one tap where nothing but "well?" is asked.

import {button, h, link, show} from "../dom.js";
import {clock, now, span, t} from "../words.js";
import {allWell} from "../reporting.js";

const DONE = ["on_time", "late", "excused"];

export async function today(app, main) {
  const day = app.day;
  if (!day) return show(main, h("h1", {}, t("Today")), noLists(app));
  const cards = day.duties.map(duty => Object.assign({here: app.reported(duty.subject, duty.forms, duty.opens)}, duty));
  const open = cards.filter(card => !DONE.includes(card.standing) && !card.here && Date.parse(card.closes) > now());
  const done = cards.filter(card => DONE.includes(card.standing) || card.here);
  const simple = open.filter(card => card.well);
  show(main,
    h("h1", {}, open.length ? t("I owe %(n)s reports", {n: open.length}) : t("Nothing owed now")),
    app.freshness(),
    simple.length > 2 ? button("button.wide", t("All %(n)s are well", {n: simple.length}), () => confirmAll(app, simple)) : null,
    open.map(card => owed(app, card)),
    open.length ? null : h("p.lead", {}, t("All done for now. What comes next is shown here after the next fetch.")),
    done.length ? h("details.done", {}, h("summary", {}, t("Done: %(n)s", {n: done.length})), done.map(card => h("div.row", {}, h("b", {}, card.name), h("span.sub", {}, card.title), chipOf(card)))) : null);
}

export function noLists(app) {
  return [
    h("p.note", {}, t("There are no lists on this phone: their time was over, or they were not fetched yet. Reports that were not sent are still here.")),
    button("button.main", t("Fetch my lists"), () => app.refresh()),
  ];
}

function owed(app, card) {
  const left = Date.parse(card.due) - now();
  const forms = card.forms.map(id => app.day.forms.find(form => form.id === id)).filter(Boolean);
  return h(`section.card${left < 0 ? ".late" : left < 2 * 3600000 ? ".soon" : ""}`, {},
    h("h2", {}, card.name), h("p.sub", {}, card.title, card.slot ? ` · ${card.slot}` : ""),
    h("p.due", {}, left < 0 ? t("Late since %(time)s", {time: clock(Date.parse(card.due))}) : t("due %(time)s, %(left)s left", {time: clock(Date.parse(card.due)), left: span(left)})),
    h("div.does", {},
      card.well ? button("button.main", t("All well"), () => allWell(app, [card])) : null,
      forms.map(form => link(card.well ? "button" : "button.main", `#/form/${encodeURIComponent(form.id)}/${encodeURIComponent(card.subject)}`, forms.length > 1 ? form.title : t("Report"))),
      forms.length ? null : h("p.note", {}, card.list ? t("A list return: file it on the pages online.") : t("No form on this phone answers this; report it online."))));
}

async function confirmAll(app, cards) {
  if (!window.confirm(t("Report %(n)s people as well? Only if you have seen or asked each of them.", {n: cards.length}))) return;
  await allWell(app, cards);
}

function chipOf(card) {
  if (card.here) return h("span.chip.warn", {}, card.here === "received" ? t("sent") : t("on this phone"));
  return h("span.chip.good", {}, {on_time: t("on time"), late: t("late"), excused: t("excused")}[card.standing]);
}
