// The inside of the frame: takes a form by message, runs the engine on it, gives drafts and the finished submission back. It holds no key, no
// token and no address of the server: what it knows is the form it was handed.

import * as form from "./instance.js";

const words = JSON.parse(document.getElementById("full-words").textContent);
globalThis.__bulouWord = (sentence) => words.sentences[sentence] ?? sentence;

const shown = document.getElementById("full-state");
const say = (key, text = "") => {
  shown.textContent = key ? words.own[key] + (text ? " " + text : "") : "";
  shown.hidden = !key;
};

let host = null;

window.addEventListener("message", (event) => {
  if (event.origin !== location.origin || event.source !== window.parent || host || event.data.what !== "open") return;
  host = event.ports[0];
  begin(event.data.given).catch((error) => trouble("not_opened", error));
});

function trouble(code, error) {
  say(code, error ? String(error.message || error) : "");
  host.postMessage({ what: "trouble", code, text: String((error && error.message) || error || "") });
}

async function begin(given) {
  say("loading");
  const engine = await import(document.body.dataset.engine);
  const waiting = new Map();
  let asked = 0;
  let kept = null;
  let instanceId = given.draft ? given.draft.instanceId : null;

  const media = (address) => {
    const id = (asked += 1);
    host.postMessage({ what: "media", id, name: decodeURIComponent(address.pathname.split("/").pop()) });
    return new Promise((resolve) => waiting.set(id, resolve)).then((blob) => new Response(blob, { status: blob ? 200 : 404 }));
  };

  host.onmessage = ({ data }) => {
    if (data.what === "media") waiting.get(data.id)?.(data.blob), waiting.delete(data.id);
    if (data.what === "speak") speak(opened, data.language);
    if (data.what === "kept" && kept) kept(true);
    if (data.what === "not kept" && kept) say("not_kept", data.text), kept(false);
  };

  const opened = engine.open(document.getElementById("full-form"), {
    xform: form.prefilled(given.xform, given.prefill),
    media,
    draft: given.draft,
    device: given.deviceId,
    locale: words.locale,
    async onSubmit(payload, callback) {
      const submission = await form.submissionOf(payload, instanceId, given.draft);
      say("keeping");
      const is_kept = await new Promise((resolve) => {
        kept = resolve;
        host.postMessage({ what: "submit", submission });
      });
      kept = null;
      if (is_kept) say("kept");
      callback(null); // the host decides what comes next; the filled form stays until then
    },
  });

  await until(() => opened.status() !== "FORM_STATE_LOADING");
  if (opened.status() === "FORM_STATE_FAILURE") return trouble("not_opened");
  say("");
  speak(opened, given.language);
  host.postMessage({ what: "ready", languages: opened.languages().map((one) => one.language).filter(Boolean) });
  keepDrafts(opened, async (payload) => {
    const draft = await form.submissionOf(payload, instanceId, given.draft);
    instanceId = draft.instanceId;
    host.postMessage({ what: "change", draft });
  });
}

function speak(opened, language) {
  const found = opened.languages().find((one) => one.language === language);
  if (found) opened.speak(found);
}

// Every change is handed on, at most once in a second, so that a dead battery costs no more than that.
function keepDrafts(opened, hand) {
  let timer = null;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const payload = await opened.payload();
      if (payload) await hand(payload);
    }, 600);
  };
  for (const kind of ["input", "change", "click"]) document.addEventListener(kind, later, true);
}

function until(isSo) {
  return new Promise((resolve) => {
    const look = () => (isSo() ? resolve() : setTimeout(look, 30));
    look();
  });
}
