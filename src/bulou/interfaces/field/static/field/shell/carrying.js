// What the page and the service worker both do with a sealed report: write it as the county reads it, and read the county's answer.
// A plain script, as older service workers know no modules. The form of the file is told in docs/field.md.
(function (self) {
  "use strict";

  const MAGIC = "BULOU1\n";

  // The sealed items as one file: the magic line, then for each its head (JSON, its length before it) and its sealed body.
  function compose(items) {
    const parts = [MAGIC];
    for (const item of items) {
      const head = {id: item.id, kind: item.kind, iv: text64(item.iv), size: item.body.byteLength, to: item.forCounty};
      const bytes = new TextEncoder().encode(JSON.stringify(head));
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length);
      parts.push(length, bytes, item.body);
    }
    return new Blob(parts, {type: "application/octet-stream"});
  }

  // The items of such a file, each as a file of its own, so that a long queue goes up on a line that breaks; null when it is none.
  function split(buffer) {
    const bytes = new Uint8Array(buffer);
    const view = new DataView(buffer);
    let at = MAGIC.length;
    if (new TextDecoder().decode(bytes.subarray(0, at)) !== MAGIC) return null;
    const parts = [];
    while (at < bytes.length) {
      if (at + 4 > bytes.length) return null;
      const start = at + 4, end = start + view.getUint32(at);
      if (end > bytes.length) return null;
      const size = JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))).size;
      if (!(size > 0) || end + size > bytes.length) return null;
      parts.push(new Blob([MAGIC, bytes.subarray(at, end + size)], {type: "application/octet-stream"}));
      at = end + size;
    }
    return parts;
  }

  function text64(bytes) {
    let text = "";
    for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
    return btoa(text);
  }

  // What an answer makes of an item. 201 and 202 alone are success; without an answer it waits and is tried again.
  function outcome(status, held) {
    if (status === 201 || status === 202) return held ? "held" : "received";
    if (status === 409) return "conflict";
    if (status === 401 || status === 403) return "login";
    if ([400, 404, 413, 415, 422].includes(status)) return "refused";
    return "saved";
  }

  // The row after an answer. What was delivered leaves nothing of its content behind.
  function answered(row, answer, now) {
    const state = outcome(answer.status, answer.held);
    const tries = state === "saved" ? row.tries + 1 : 0;
    const wait = Math.max(Number(answer.after || 0) * 1000, Math.min(600000, 5000 * Math.pow(2, tries)));
    const news = {state, tries, next: state === "saved" ? now + wait : 0, code: answer.code || "", sentence: answer.sentence || "", status: answer.status};
    if (state === "received" || state === "held") Object.assign(news, {done: now, body: null, iv: null, forMe: null, forCounty: null});
    return Object.assign(row, news);
  }

  const isWaiting = item => item.state === "saved" || item.state === "sending";

  // One sealed item to the door that needs no token; the answer as {status, code, sentence, held}.
  async function carry(item) {
    const response = await fetch("/field/carry", {method: "POST", body: compose([item]), headers: {Accept: "application/json", "Content-Type": "application/octet-stream"}});
    if (!response.ok) return {status: response.status === 403 ? 503 : response.status, after: response.headers.get("Retry-After")};
    return (await response.json()).items[0];
  }

  self.bulouCarrying = {compose, split, outcome, answered, isWaiting, carry};
})(self);
