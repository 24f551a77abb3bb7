/* A page with one form: a personal link, or the preview of a form. What is typed is kept on the phone at each change, what is sent is kept until
   the house has said that it has it. */
(function () {
  'use strict';
  const own = window.BulouRunner;
  const make = own.make, x = own.xpath;
  const WAITS = [5, 15, 30, 60, 120, 300];

  function Page(root, data) {
    this.root = root;
    this.data = data;
    this.key = data.scope;
    this.rev = null;
    this.record = null;
    this.writes = Promise.resolve();
    this.tries = 0;
    this.age = 0;
    this.timer = 0;
    this.language = data.language;
    this.offset = data.now ? Date.parse(data.now) - Date.now() : 0;
    if (Math.abs(this.offset) < 60000) this.offset = 0;
    this.above = make('div');
    this.place = make('div');
    own.empty(root);
    root.appendChild(this.above);
    root.appendChild(this.place);
  }
  Page.prototype.word = function (key, values) { return own.word(this.language, key, values); };
  Page.prototype.time = function () {
    const now = new Date(Date.now() + this.offset);
    return x.two(now.getHours()) + ':' + x.two(now.getMinutes());
  };

  Page.prototype.begin = function () {
    const page = this;
    if (this.data.mode === 'test') return this.form(null);
    return own.drafts().then(function (store) {
      page.store = store;
      return store.get(page.key);
    }).then(function (record) {
      page.take(page.unwritten(record));
      window.addEventListener('online', function () { page.tries = 0; page.retry(); });
      page.choose();
    });
  };
  Page.prototype.take = function (record) {
    this.record = record;
    this.rev = record ? record.rev : null;
    if (record && record.language) this.language = record.language;
  };
  /* What this visit begins with: what still waits to be sent, what was received today, or the form. */
  Page.prototype.choose = function () {
    const record = this.record, data = this.data;
    if (record && record.state === 'outgoing') return this.sending();
    if (record && record.state === 'editing') return this.form(record);
    if (record && record.state === 'done' && record.day === data.day) return this.received({ time: record.time, instance: record.instanceId }, record);
    if (data.received) return this.received(data.received, null);
    return this.form(null);
  };

  /* ---- keeping ---- */
  /* A database writes a moment later, and a page that is thrown away has no later: what is being written stands here until it is. */
  const LAST = 'bulou.last.';
  Page.prototype.note = function (record) {
    try {
      if (record) window.localStorage.setItem(LAST + this.key, JSON.stringify({ rev: this.rev, record: Object.assign({}, record, { files: [] }) }));
      else window.localStorage.removeItem(LAST + this.key);
    } catch (refused) { return; }
  };
  /* What was noted and not written any more: the answers of the record it was to replace. */
  Page.prototype.unwritten = function (record) {
    let last = null;
    try { last = JSON.parse(window.localStorage.getItem(LAST + this.key)); } catch (refused) { return record; }
    if (!last || last.rev !== (record ? record.rev : null) || last.record.state !== 'editing') return record;
    return Object.assign({}, last.record, { files: record ? record.files : [], rev: last.rev });
  };
  Page.prototype.keep = function (record) {
    const page = this, age = this.age;
    this.note(record);
    this.writes = this.writes.then(function () { return age === page.age ? page.store.put(page.key, record, page.rev) : 0; }).then(function (rev) {
      if (!rev) return false; // the other window was met by a write before this one
      page.rev = rev;
      page.record = Object.assign({}, record, { rev: rev });
      page.note(null);
      return true;
    }, function (problem) {
      if (problem instanceof own.drafts.Conflict) { page.two(record, problem.record); return false; }
      page.cannotKeep = true;
      page.record = record;
      return 'memory';
    });
    return this.writes;
  };
  Page.prototype.isKept = function () { return this.store.where !== 'memory' && !this.cannotKeep; };
  Page.prototype.changed = function (draft) {
    const page = this;
    if (this.data.mode === 'test') return;
    this.keep(Object.assign({ state: 'editing', time: this.time(), day: this.data.day }, draft)).then(function (how) {
      if (!how || !page.view) return;
      if (page.isKept()) page.view.say(page.word('saved_at', { time: page.time() }), 'good');
      else page.view.say(page.word('saved_not'), 'bad');
    });
  };
  /* The same form in two windows: neither overwrites the other, the person says which goes on. */
  Page.prototype.two = function (mine, other) {
    const page = this;
    this.age++;
    this.rev = other ? other.rev : null;
    this.note(null);
    this.shut();
    this.panel('bad', this.word('two_open'), [], [
      [this.word('two_other'), function () { page.take(other); page.choose(); }, true],
      [this.word('two_this'), function () { page.form(mine); page.keep(mine); }]
    ]);
  };

  /* ---- the form ---- */
  Page.prototype.form = function (record) {
    const data = this.data, from = record || {};
    this.shut();
    this.head();
    try { this.view = this.opened(from); } catch (problem) {
      own.empty(this.place);
      this.panel('bad', this.word('broken'), [String(problem.message || problem)]);
      return;
    }
    const isCorrecting = !!from.deprecates;
    if (data.mode === 'test') this.view.say(this.word('test'), 'quiet');
    else if (isCorrecting) this.view.say(this.word('correcting'), 'quiet');
    else if (record && Object.keys(from.answers || {}).length) this.view.say(this.word('draft_found', { time: from.time }), 'good');
    else if (!this.isKept()) this.view.say(this.word('saved_not'), 'bad');
  };
  Page.prototype.opened = function (from) {
    const page = this, data = this.data;
    return own.open(this.place, {
      tree: data.tree, lists: data.lists, form: data.form, title: data.title, language: this.language, languages: data.languages, prefill: data.prefill, offset: this.offset,
      pages: data.pages || 'auto', answers: from.answers, files: filesByName(from.files), instanceId: from.instanceId, began: from.began, deprecates: from.deprecates, page: from.page,
      sendLabel: data.mode === 'test' ? this.word('test') : undefined,
      onChange: function (draft) { page.changed(draft); },
      onLanguage: function (language) { page.language = language; page.head(); },
      onSubmit: function (report) { page.submit(report); }
    });
  };
  function filesByName(files) {
    const found = {};
    (files || []).forEach(function (file) { found[file.name] = file.blob; });
    return found;
  }
  Page.prototype.head = function () {
    const data = this.data;
    own.empty(this.above);
    if (data.person) this.above.appendChild(make('p', { 'class': 'br-for', text: this.word('for_person', { name: data.person }), lang: own.wordsFor(this.language).tag }));
  };
  Page.prototype.shut = function () {
    window.clearTimeout(this.timer);
    if (this.view) { this.view.isDirty = false; this.view.close(); }
    this.view = null;
    own.empty(this.place);
  };

  /* ---- sending ---- */
  Page.prototype.submit = function (report) {
    const page = this;
    if (this.data.mode === 'test') return this.tested(report);
    if (this.isLeaving) return null;
    this.isLeaving = true;
    const record = {
      state: 'outgoing', instanceId: report.instanceId, deprecates: report.deprecates, began: this.view.model.began, xml: report.xml, files: report.files,
      answers: report.answers, sent: 0, language: this.language, time: this.time(), day: this.data.day
    };
    return this.keep(record).then(function (how) {
      page.isLeaving = false;
      if (how) page.sending();
    });
  };
  Page.prototype.sending = function () {
    const page = this, record = this.record;
    if (this.isSending) return null;
    this.isSending = true;
    this.shut();
    this.head();
    this.panel('quiet', this.word('sending'), []);
    return own.send(this.data.submit, record, function (sent, posts) {
      const files = posts - 1;
      if (sent < posts) page.panel('quiet', page.word('sending_file', { number: sent, count: files }), []);
      return page.keep(Object.assign({}, page.record, { sent: sent }));
    }).then(function (answer) {
      page.isSending = false;
      return page.answered(answer);
    });
  };
  Page.prototype.answered = function (answer) {
    const page = this, record = this.record;
    if (answer.kind === 'received' || answer.kind === 'conflict') {
      const done = { state: 'done', instanceId: record.instanceId, answers: record.answers, files: record.files, language: this.language, time: this.time(), day: this.data.day };
      return this.keep(done).then(function () {
        if (answer.kind === 'conflict') return page.panel('warn', page.word('conflict'), []);
        return page.thank(done);
      });
    }
    if (answer.kind === 'later') return this.waiting(answer.status);
    return this.refused(answer);
  };
  Page.prototype.waiting = function (status) {
    const page = this;
    const text = status ? this.word('waiting_server', { status: status }) : this.word('waiting');
    this.panel('warn', this.isKept() ? text : this.word('waiting_memory'), this.isKept() ? [this.word('saved_at', { time: this.record.time })] : [text], [[this.word('try_now'), function () { page.tries = 0; page.retry(); }, true]]);
    this.timer = window.setTimeout(function () { page.retry(); }, 1000 * WAITS[Math.min(this.tries++, WAITS.length - 1)]);
  };
  /* Another window may have sent it meanwhile: what lies in the store counts. */
  Page.prototype.retry = function () {
    const page = this;
    if (this.isSending || this.view || !this.record || this.record.state !== 'outgoing') return;
    window.clearTimeout(this.timer);
    this.store.get(this.key).then(function (record) {
      if (record && page.isKept()) page.take(record);
      page.choose();
    });
  };
  Page.prototype.refused = function (answer) {
    const page = this, record = this.record;
    const known = { 400: 1, 403: 1, 404: 1, 413: 1 };
    this.panel('bad', this.word(known[answer.status] ? 'refused_' + answer.status : 'refused'), [answer.text, this.word('saved_at', { time: record.time })], [
      [this.word('to_form'), function () {
        const back = Object.assign({}, record, { state: 'editing', xml: undefined });
        page.keep(back).then(function (how) { if (how) page.form(back); });
      }, true],
      [this.word('try_now'), function () { page.retry(); }]
    ]);
  };

  /* ---- afterwards ---- */
  Page.prototype.thank = function (record) { this.received({ time: record.time, instance: record.instanceId }, record, true); };
  Page.prototype.received = function (what, record, isNow) {
    const page = this;
    this.shut();
    this.head();
    const lines = [this.word('what_next')];
    if (this.data.until) lines.push(this.word('until', { day: this.data.until }));
    this.panel('good', (isNow ? this.word('thanks') + ' · ' : '') + this.word('received_at', { time: what.time }), lines, [
      [this.word('correct'), function () {
        const again = { state: 'editing', instanceId: undefined, deprecates: what.instance, answers: record ? record.answers : {}, files: record ? record.files : [] };
        page.form(again);
      }]
    ]);
  };
  Page.prototype.tested = function (report) {
    const page = this;
    this.shut();
    this.panel('quiet', this.word('test_done'), [], [[this.word('to_form'), function () { page.form({ answers: report.answers, files: report.files }); }, true]]);
    this.place.appendChild(make('pre', { 'class': 'br-xml', text: report.xml.replace(/></g, '>\n<') }));
  };

  Page.prototype.panel = function (tone, title, lines, buttons) {
    own.empty(this.place);
    const heading = make('h1', { text: title, tabindex: '-1' });
    const parts = [heading].concat(lines.filter(Boolean).map(function (line) { return make('p', { text: line }); }));
    (buttons || []).forEach(function (one) {
      parts.push(make('button', { type: 'button', 'class': 'br-button' + (one[2] ? ' br-main' : ''), text: one[0], onclick: one[1] }));
    });
    this.place.appendChild(make('div', { 'class': 'br-panel', 'data-tone': tone, role: 'status', 'aria-live': 'polite', lang: own.wordsFor(this.language).tag }, parts));
    heading.focus();
  };

  function start() {
    const root = document.getElementById('bulou-form'), data = document.getElementById('bulou-form-data');
    if (!root || !data) return;
    const page = new Page(root, JSON.parse(data.textContent));
    own.page = page;
    page.begin();
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
