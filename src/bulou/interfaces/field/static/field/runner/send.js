/* Sending a finished report through OpenRosa's door: first the report itself, so that it counts, then each photograph in a post of its own.
   What is sent again is the very same, so that it arrives once however often it is sent. */
(function () {
  'use strict';
  const own = window.BulouRunner;
  const PATIENCE = 120000;

  /* Gives {kind, status, text}: received · later (no network, or the server is not well) · refused · conflict. It never throws. */
  function post(url, xml, file) {
    return new Promise(function (resolve) {
      const body = new FormData(), request = new XMLHttpRequest();
      body.append('xml_submission_file', new Blob([xml], { type: 'text/xml' }), 'submission.xml');
      if (file) body.append(file.name, file.blob, file.name);
      request.open('POST', url);
      request.timeout = PATIENCE;
      request.setRequestHeader('X-OpenRosa-Version', '1.0');
      request.onload = function () { resolve({ kind: kindOf(request.status), status: request.status, text: said(request) }); };
      request.onerror = request.ontimeout = request.onabort = function () { resolve({ kind: 'later', status: 0, text: '' }); };
      request.send(body);
    });
  }
  function kindOf(status) {
    if (status === 201 || status === 202) return 'received';
    if (status === 409) return 'conflict';
    if (status === 408 || status === 425 || status === 429 || status < 400 || status >= 500) return 'later';
    return 'refused';
  }
  function said(request) {
    const found = /<message[^>]*>([^<]*)<\/message>/.exec(request.responseText || '');
    return found ? found[1].replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').slice(0, 300) : '';
  }
  /* `report` = {xml, files, sent}; `sent` counts the posts that arrived and goes up as they do: note(sent) is called after each. */
  own.send = function (url, report, note) {
    const files = report.files || [], posts = 1 + files.length;
    function next(sent) {
      if (sent >= posts) return Promise.resolve({ kind: 'received', status: 202, text: '' });
      return post(url, report.xml, sent ? files[sent - 1] : null).then(function (answer) {
        if (answer.kind !== 'received') return answer;
        return Promise.resolve(note ? note(sent + 1, posts) : null).then(function () { return sent + 1 < posts ? next(sent + 1) : answer; });
      });
    }
    return next(report.sent || 0);
  };
})();
