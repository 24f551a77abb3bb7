/* The page of a form: its questions one below the other, or one at a time on a phone. BulouRunner.open(element, options) draws it; see docs/field.md. */
(function () {
  'use strict';
  const own = window.BulouRunner;
  const make = own.make;
  const HIDDEN = { calculate: 1, hidden: 1, meta: 1 };
  const LATER = 300, MANY = 8;
  let count = 0;

  own.open = function (element, options) { return new View(element, options); };

  function View(element, options) {
    this.element = element;
    this.options = options;
    this.id = 'br' + (++count);
    this.language = options.language || options.tree.default || 'zh-Hans';
    this.model = new own.Model(options);
    this.views = new Map();
    this.at = options.page || '';
    this.isChecked = false;
    this.timer = 0;
    this.draw();
    const view = this;
    this.flushed = function () { view.flush(); };
    window.addEventListener('pagehide', this.flushed);
    document.addEventListener('visibilitychange', this.flushed);
  }
  View.prototype.word = function (key, values) { return own.word(this.language, key, values); };

  /* ---- drawing ---- */
  View.prototype.draw = function () {
    const view = this, options = this.options;
    own.empty(this.element);
    this.views.clear();
    this.isSteps = options.pages === 'steps' || (options.pages !== 'one' && this.askable() > MANY && window.innerWidth < 700);
    this.model.language = this.language;
    this.title = make('h1', { 'class': 'br-title' });
    this.body = make('div', { 'class': 'br-body' });
    this.live = make('p', { 'class': 'br-live', 'aria-live': 'polite', role: 'status' });
    this.alarm = make('p', { 'class': 'br-alarm', role: 'alert' });
    this.back = make('button', { type: 'button', 'class': 'br-button', onclick: function () { view.turn(-1); } });
    this.next = make('button', { type: 'submit', 'class': 'br-button br-main' });
    this.pace = make('span', { 'class': 'br-pace' });
    this.form = make('form', { 'class': 'br', novalidate: true, onsubmit: function (event) { event.preventDefault(); view.forward(); } }, [
      make('div', { 'class': 'br-top' }, [this.title, this.switch()]), this.body, this.alarm,
      make('div', { 'class': 'br-bar' }, [this.back, this.pace, this.next]), this.live
    ]);
    this.element.appendChild(this.form);
    this.children(options.tree.questions, this.model.root, this.body, '');
    this.refresh();
  };
  View.prototype.askable = function () {
    let found = 0;
    this.model.root.nodes.forEach(function (node, def) { if (!def.children && !HIDDEN[def.kind] && !node.isFixed) found++; });
    return found + this.model.root.holders.size;
  };
  View.prototype.switch = function () {
    const view = this, names = this.options.languages || this.options.tree.languages || [];
    if (names.length < 2) return null;
    const now = own.nearest(names, this.language);
    const buttons = names.map(function (name) {
      const is = own.wordsFor(name);
      return make('button', { type: 'button', 'class': 'br-tongue', lang: is.tag, 'aria-pressed': name === now ? 'true' : 'false', text: own.nameOf(name), onclick: function () { view.speak(name); } });
    });
    return make('div', { 'class': 'br-tongues', role: 'group', 'aria-label': this.word('language') }, buttons);
  };
  View.prototype.speak = function (language) {
    this.language = language;
    this.flush();
    this.draw();
    if (this.options.onLanguage) this.options.onLanguage(language);
    const pressed = this.form.querySelector('[aria-pressed=true]');
    if (pressed) pressed.focus();
  };
  View.prototype.children = function (defs, frame, into, page) {
    defs.forEach(function (def) {
      if (def.kind === 'repeat') return this.repeat(def, frame, into, page);
      const node = frame.nodes.get(def);
      if (HIDDEN[def.kind] || node.isFixed || /^meta(\/|$)/.test(def.path)) return null;
      return def.children ? this.group(node, frame, into, page) : this.question(node, into, page || node.id());
    }, this);
  };
  View.prototype.group = function (node, frame, into, page) {
    const title = make('h2', { 'class': 'br-heading' });
    const box = make('section', { 'class': 'br-group' }, [title]);
    const within = page || (/\bfield-list\b/.test(node.def.appearance || '') ? 'g:' + (node.id() || this.views.size) : '');
    into.appendChild(box);
    this.views.set(node, { box: box, page: within, frame: frame, refresh: function (view) {
      const text = view.model.say(node.def.label, node);
      if (title.textContent !== text) title.textContent = text;
      title.hidden = !text;
    } });
    this.children(node.def.children, frame, box, within);
  };
  View.prototype.repeat = function (def, frame, into, page) {
    const view = this, up = frame.holders.get(def), within = page || 'r:' + def.path;
    const title = make('h2', { 'class': 'br-heading' }), list = make('div'), none = make('p', { 'class': 'br-hint' });
    const add = make('button', { type: 'button', 'class': 'br-button', onclick: function () {
      const node = view.model.add(def, frame);
      view.change(true);
      const first = view.views.get(node).box.querySelector('.br-control input,.br-control textarea,.br-control button');
      if (first) first.focus();
    } });
    const box = make('section', { 'class': 'br-repeat' }, [title, none, list, add]);
    into.appendChild(box);
    const probe = this.model.probe(def, up);
    this.views.set(probe, { box: box, page: within, isRepeat: true, refresh: function () {
      const nodes = view.model.repeats(def, frame);
      if (def.relevant) probe.isRelevant = own.xpath.bool(view.model.ask(def.relevant, probe));
      box.hidden = !probe.isAsked();
      title.textContent = view.model.say(def.label, probe);
      title.hidden = !title.textContent;
      none.textContent = view.word('repeat_none');
      none.hidden = nodes.length > 0 || !!def.count;
      add.textContent = '＋ ' + view.word('repeat_add');
      add.hidden = !!def.count;
      nodes.forEach(function (node) { if (!view.views.has(node)) view.item(node, def, list, within); });
      const boxes = nodes.map(function (node) { return view.views.get(node).box; });
      Array.prototype.slice.call(list.children).forEach(function (one) { if (boxes.indexOf(one) < 0) list.removeChild(one); });
    } });
  };
  View.prototype.item = function (node, def, list, page) {
    const view = this, title = make('h3', { 'class': 'br-heading' });
    const remove = make('button', { type: 'button', 'class': 'br-quiet', onclick: function () {
      if (Object.keys(view.model.answers(node)).length && !window.confirm(view.word('repeat_sure'))) return;
      view.model.remove(node);
      view.change(true);
      view.element.querySelector('.br-bar .br-main').focus();
    } });
    const box = make('div', { 'class': 'br-item' }, [make('div', { 'class': 'br-item-top' }, [title, remove])]);
    list.appendChild(box);
    this.views.set(node, { box: box, page: page, isItem: true, refresh: function () {
      const of = node.up.children.filter(function (one) { return one.def === def; });
      title.textContent = view.word('repeat_item', { number: of.indexOf(node) + 1 });
      remove.textContent = view.word('repeat_remove');
      remove.setAttribute('aria-label', view.word('repeat_remove') + ' ' + title.textContent);
      remove.hidden = !!def.count;
    } });
    this.children(def.children, node, box, page);
  };

  /* A question: its label, its hint, what it is answered with, and what is wrong with the answer, tied together for those who listen. */
  View.prototype.question = function (node, into, page) {
    const view = this, model = this.model, id = this.id + '-' + node.id();
    const part = own.parts[node.def.kind];
    if (!part) throw new Error('no part for ' + node.def.kind);
    const label = make('span', { 'class': 'br-label' }), star = make('span', { 'class': 'br-star', 'aria-hidden': 'true' });
    const hint = make('p', { 'class': 'br-hint', id: id + '-hint' }), wrong = make('p', { 'class': 'br-wrong', id: id + '-wrong' });
    const box = make('div', { 'class': 'br-control' });
    const made = part({
      id: id, node: node, box: box, model: model, edge: this.options.maxEdge,
      word: function (key, values) { return view.word(key, values); },
      fits: function (value) { return model.fits(node.def, value); },
      set: function (value, raw) { view.set(node, value, raw); }
    });
    const isGroup = made.isGroup, isNote = node.def.kind === 'note';
    const head = make(isGroup ? 'legend' : isNote ? 'p' : 'label', isGroup || isNote ? { 'class': 'br-head' } : { 'class': 'br-head', 'for': id }, [label, star]);
    const all = make(isGroup ? 'fieldset' : 'div', { 'class': 'br-question', 'data-path': node.def.path }, [head, hint, box, wrong]);
    into.appendChild(all);
    const mine = { box: all, page: page, made: made, refresh: function () {
      const text = model.say(node.def.label, node) || (isNote ? '' : node.name), says = model.say(node.def.hint, node);
      if (label.textContent !== text) label.textContent = text;
      star.textContent = node.isRequired ? ' *' : '';
      if (hint.textContent !== says) hint.textContent = says;
      hint.hidden = !says;
      made.show(node);
      view.complain(node, wrong, isGroup ? all : made.focus, says ? hint.id : '');
    } };
    this.views.set(node, mine);
  };
  View.prototype.complain = function (node, wrong, target, hintId) {
    const text = node.error ? this.model.say(node.error.message, node) || this.word(node.error.kind === 'type' ? 'wrong_' + node.def.kind : 'wrong_' + node.error.kind) : '';
    if (wrong.textContent !== text) wrong.textContent = text;
    wrong.hidden = !text;
    if (!target) return;
    target.setAttribute('aria-describedby', [hintId, text ? wrong.id : ''].filter(Boolean).join(' '));
    if (text) target.setAttribute('aria-invalid', 'true'); else target.removeAttribute('aria-invalid');
    if (node.isRequired) target.setAttribute('aria-required', 'true'); else target.removeAttribute('aria-required');
  };

  /* ---- answers ---- */
  View.prototype.set = function (node, value, raw) {
    if (this.isClosed) return; // a field that is taken off the page may still say that it changed
    node.value = value;
    node.raw = raw || '';
    this.change(node.def.kind !== 'text');
  };
  View.prototype.change = function (isAtOnce) {
    const view = this;
    this.model.recalculate();
    this.refresh();
    this.isDirty = true;
    window.clearTimeout(this.timer);
    if (isAtOnce) this.flush();
    else this.timer = window.setTimeout(function () { view.flush(); }, LATER);
  };
  View.prototype.flush = function () {
    if (!this.isDirty) return;
    this.isDirty = false;
    window.clearTimeout(this.timer);
    if (this.options.onChange) this.options.onChange(this.draft());
  };
  View.prototype.draft = function () {
    const model = this.model;
    return { instanceId: model.instanceId, began: model.began, deprecates: model.deprecates, answers: model.answers(), files: model.files(), language: this.language, page: this.at };
  };

  /* ---- what is shown ---- */
  View.prototype.refresh = function () {
    const view = this;
    if (this.isChecked) this.model.each(function (node) { if (node.error || node.wasWrong) view.model.check(node); });
    const tag = own.wordsFor(this.language).tag;
    this.form.setAttribute('lang', tag);
    this.title.textContent = this.model.say(this.options.tree.title, this.model.root) || this.options.title || '';
    this.views.forEach(function (mine) { if (mine.isRepeat) mine.refresh(view); });
    this.views.forEach(function (mine, node) { if (!view.element.contains(mine.box)) view.views.delete(node); });
    this.views.forEach(function (mine, node) { if (!mine.isRepeat) view.show(node, mine); });
    this.paginate();
  };
  View.prototype.show = function (node, mine) {
    mine.refresh(this);
    mine.box.hidden = !node.isAsked() || (!!mine.frame && !this.isAnything(node.def.children, mine.frame));
  };
  View.prototype.isAnything = function (defs, frame) {
    return defs.some(function (def) {
      if (def.kind === 'repeat') return true;
      const node = frame.nodes.get(def);
      if (HIDDEN[def.kind] || node.isFixed || !node.isRelevant) return false;
      return def.children ? this.isAnything(def.children, frame) : true;
    }, this);
  };

  /* ---- one at a time: a field-list or a repeat is one page, else each question ---- */
  View.prototype.pages = function () {
    const found = [];
    this.views.forEach(function (mine, node) {
      if ((mine.isRepeat || mine.made) && node.isAsked()) found.push({ key: mine.page, box: mine.box });
    });
    if (this.model.root.holders.size) found.sort(function (a, b) { return a.box.compareDocumentPosition(b.box) & 4 ? -1 : 1; });
    return Array.from(new Set(found.map(function (one) { return one.key; })));
  };
  View.prototype.paginate = function () {
    const view = this, pages = this.isSteps ? this.pages() : [];
    if (this.isSteps && pages.indexOf(this.at) < 0) this.at = pages[Math.min(this.index || 0, pages.length - 1)] || '';
    this.index = pages.indexOf(this.at);
    const isLast = !this.isSteps || this.index >= pages.length - 1;
    this.views.forEach(function (mine) {
      if (mine.made || mine.isRepeat) mine.box.classList.toggle('br-off', view.isSteps && mine.page !== view.at);
    });
    this.views.forEach(function (mine) {
      if (mine.frame) mine.box.classList.toggle('br-off', view.isSteps && !mine.box.querySelector('.br-question:not(.br-off),.br-repeat:not(.br-off)'));
    });
    this.back.hidden = !this.isSteps || this.index <= 0;
    this.back.textContent = this.word('back');
    this.next.textContent = isLast ? this.options.sendLabel || this.word('send') : this.word('next');
    this.pace.textContent = this.isSteps ? (this.index + 1) + ' / ' + pages.length : '';
    this.isLast = isLast;
  };
  View.prototype.turn = function (by) {
    const pages = this.pages();
    this.at = pages[Math.max(0, Math.min(pages.length - 1, this.index + by))];
    this.alarm.textContent = '';
    this.paginate();
    window.scrollTo(0, 0);
    this.focusPage();
  };
  View.prototype.focusPage = function () {
    const box = this.body.querySelector('.br-question:not(.br-off):not([hidden])');
    if (!box) return;
    box.setAttribute('tabindex', '-1');
    box.focus();
  };
  View.prototype.forward = function () {
    if (this.isLast) return this.submit();
    const view = this, wrong = [];
    this.views.forEach(function (mine, node) { if (mine.page === view.at && mine.made && !view.model.check(node)) wrong.push(node); });
    if (wrong.length) return this.point(wrong);
    return this.turn(1);
  };

  /* ---- sending ---- */
  View.prototype.point = function (wrong) {
    this.isChecked = true;
    wrong.forEach(function (node) { node.wasWrong = true; });
    const mine = this.views.get(wrong[0]);
    if (mine) this.at = mine.page;
    this.refresh();
    this.alarm.textContent = this.word('wrong_count', { count: wrong.length });
    if (!mine) return;
    const target = mine.made.focus;
    if (mine.box.scrollIntoView) mine.box.scrollIntoView();
    if (target && target.tabIndex >= 0) { target.focus(); return; }
    mine.box.tabIndex = -1;
    mine.box.focus();
  };
  View.prototype.submit = function () {
    if (this.isBusy) return;
    this.model.recalculate();
    const wrong = this.model.wrong();
    if (wrong.length) { this.point(wrong); return; }
    this.alarm.textContent = '';
    this.flush();
    const model = this.model, xml = model.xml();
    this.options.onSubmit({ instanceId: model.instanceId, xml: xml, files: model.files(), title: model.title(), answers: model.answers(), form: model.form, deprecates: model.deprecates });
  };
  View.prototype.say = function (text, tone) {
    this.live.textContent = text;
    this.live.setAttribute('data-tone', tone || 'quiet');
  };
  View.prototype.close = function () {
    this.flush();
    this.isClosed = true;
    window.removeEventListener('pagehide', this.flushed);
    document.removeEventListener('visibilitychange', this.flushed);
    own.empty(this.element);
  };

  /* ---- the runner's own words ---- */
  const ENDONYMS = { zh: '中文', 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文', en: 'English', bo: 'བོད་ཡིག', mn: 'ᠮᠣᠩᠭᠣᠯ', ug: 'ئۇيغۇرچە' };
  own.nameOf = function (language) {
    const near = own.nearest(Object.keys(ENDONYMS), language);
    return near ? ENDONYMS[near] : language.replace(/\s*\([^)]*\)$/, '') || language;
  };
  own.wordsFor = function (language) {
    const known = Object.keys(own.words);
    const near = own.nearest(known, language);
    const tag = near || (/^[a-z]{2,3}(-[A-Za-z]+)*$/.test(language) ? language : 'zh-Hans');
    return { tag: tag, words: own.words[near] || own.words['zh-Hans'] };
  };
  own.word = function (language, key, values) {
    const text = own.wordsFor(language).words[key] || own.words.en[key] || key;
    return text.replace(/\{(\w+)\}/g, function (all, name) { return values && name in values ? values[name] : all; });
  };
})();
