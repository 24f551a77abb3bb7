/* The situation room: parts that refresh themselves while they are looked at, lists to copy, a clock. Everything works without it. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  /* a part with data-refresh asks again every so many seconds; not while the page is hidden, and at once when it is looked at again */
  all("[data-refresh]").forEach((part) => {
    const every = 1000 * part.dataset.refresh;
    let last = Date.now();
    const refresh = () => { last = Date.now(); htmx.trigger(part, "refresh"); };
    setInterval(() => { if (!document.hidden && Date.now() - last >= every) refresh(); }, 1000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - last >= every) refresh(); });
  });

  /* controls that take effect when they are changed; a change of tree lets go of the node, a change of day or regime of the window */
  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-send]");
    if (!field || !field.form) return;
    const drops = field.name === "by" ? ["node", "household", "standing"] : field.name === "window" || field.name === "at" ? [] : ["window"];
    if (field.name === "op") drops.push("node", "regime");
    all("input, select", field.form).forEach((other) => { other.disabled = drops.includes(other.name) || other.value === ""; });
    field.form.submit();
  });
  window.addEventListener("pageshow", () => all("form.situation-controls [disabled]").forEach((field) => { field.disabled = false; }));

  /* copying: by the clipboard where there is one, else the text is marked, to be copied by hand */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button, button.closest(".chat-text").querySelector("[data-copied]"));
    if (event.target.closest("[data-print]")) window.print();
  });
  function copy(button, text) {
    const words = button.dataset.words || (button.dataset.words = button.textContent);
    const say = (what) => {
      button.lastChild.textContent = what;
      setTimeout(() => { button.lastChild.textContent = words; }, 3000);
    };
    const mark = () => {
      text.focus();
      text.select();
      let done = false;
      try { done = document.execCommand("copy"); } catch (_problem) { done = false; }
      say(done ? button.dataset.done : button.dataset.byHand);
    };
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text.value).then(() => say(button.dataset.done), mark);
    else mark();
  }
  all("[data-print]").forEach((button) => { button.hidden = false; });
  all("textarea[data-copied]").forEach((text) => { text.style.height = Math.min(text.scrollHeight + 4, 560) + "px"; });

  /* the wall's clock: set by every answer of the house, run on in between at the pace of the exercise */
  let shown = 0, at = 0, speed = 1;
  function set() {
    const clock = document.querySelector("[data-clock]");
    if (!clock || Number(clock.dataset.clock) === shown) return;
    shown = Number(clock.dataset.clock);
    speed = Number(clock.dataset.speed) || 1;
    at = Date.now();
  }
  function tick() {
    const face = document.querySelector("[data-clock-face]"), clock = document.querySelector("[data-clock]");
    if (!face || !clock) return;
    const zone = clock.dataset.zone;
    const instant = new Date(shown + (Date.now() - at) * speed);
    face.textContent = instant.toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: speed > 1 ? undefined : "2-digit" });
  }
  /* the wall's sound: two tones for every immediate report that was not there before; browsers want it switched on by hand */
  const sound = document.querySelector("[data-sound]");
  let voice = null, known = new Set();
  const ids = () => all("[data-alert]").map((one) => one.dataset.alert);
  function ring() {
    [[880, 0], [660, 0.35], [880, 0.7], [660, 1.05]].forEach(([pitch, start]) => {
      const tone = voice.createOscillator(), loud = voice.createGain(), at = voice.currentTime + start;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.4, at);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 0.32);
      tone.connect(loud).connect(voice.destination);
      tone.start(at);
      tone.stop(at + 0.34);
    });
  }
  function listen() {
    const now = ids();
    if (voice && voice.state === "running" && now.some((one) => !known.has(one))) ring();
    known = new Set(now);
  }
  if (sound && window.AudioContext) {
    sound.hidden = false;
    known = new Set(ids());
    sound.addEventListener("click", () => {
      const on = sound.getAttribute("aria-pressed") !== "true";
      voice = voice || new AudioContext();
      if (on) voice.resume().then(ring); else voice.suspend();
      sound.setAttribute("aria-pressed", String(on));
      const words = sound.querySelector("span");
      words.textContent = on ? words.dataset.on : words.dataset.off;
    });
    document.addEventListener("htmx:afterSettle", listen);
  }
  document.addEventListener("htmx:afterSettle", set);
  set();
  if (document.querySelector("[data-clock]")) setInterval(tick, 1000);
})();
