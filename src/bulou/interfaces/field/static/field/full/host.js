// Opens a form in the full engine, inside a frame of its own: the engine needs more rights than a page of ours is given.
//
//   const form = BulouFull.open(element, {
//     xform,                     // text of the XForm
//     media: async (name) => Blob or null,   // a file that goes with the form
//     language,                  // the form's language to begin with, "" = its own first
//     deviceId, prefill,         // {path: value} written into the empty form
//     title, height,             // of the frame; the window's own height if not given
//     draft,                     // what onChange gave before: {instanceId, xml, files}
//     onChange(draft), onSubmit({instanceId, xml, files, title}), onReady({languages}), onTrouble({code, text}),
//   });
//   form.speak(language); form.close();
//
// onSubmit may give a promise: the form stays open until it is kept, and says so if it fails.

(function () {
  "use strict";

  const FRAME = document.currentScript && document.currentScript.dataset.frame;

  function open(element, given) {
    const frame = document.createElement("iframe");
    const port = new MessageChannel();
    const ours = port.port1;
    frame.className = "full-form";
    frame.title = given.title || "";
    frame.src = FRAME || "/field/full/";
    Object.assign(frame.style, { display: "block", width: "100%", height: given.height || "100dvh", border: "0" });
    frame.allow = "geolocation; camera; microphone; fullscreen";

    const answer = {
      async media({ id, name }) {
        let blob = null;
        try {
          blob = await given.media(name);
        } catch (error) {
          blob = null; // the form is told that the file is not there, and shows it
        }
        ours.postMessage({ what: "media", id, blob });
      },
      ready: (said) => given.onReady && given.onReady(said),
      trouble: (said) => given.onTrouble && given.onTrouble(said),
      change: (said) => given.onChange && given.onChange(said.draft),
      async submit({ submission }) {
        try {
          await given.onSubmit(submission);
          ours.postMessage({ what: "kept" });
        } catch (error) {
          ours.postMessage({ what: "not kept", text: String((error && error.message) || error) });
        }
      },
    };
    ours.onmessage = (event) => answer[event.data.what] && answer[event.data.what](event.data);
    frame.addEventListener("load", () => {
      const { xform, language, deviceId, prefill, draft } = given;
      frame.contentWindow.postMessage(
        { what: "open", given: { xform, language: language || "", deviceId: deviceId || "", prefill: prefill || {}, draft: draft || null } },
        location.origin,
        [port.port2],
      );
    });
    element.replaceChildren(frame);
    return {
      speak: (language) => ours.postMessage({ what: "speak", language }),
      close: () => {
        ours.close();
        frame.remove();
      },
    };
  }

  window.BulouFull = { open };
})();
