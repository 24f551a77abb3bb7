/* A form being filled: its questions with their answers, what is asked, what is wrong, and the XML it becomes. It draws nothing. */
(function () {
  'use strict';
  const own = window.BulouRunner;
  const x = own.xpath;
  const ORX = 'http://openrosa.org/xforms', JR = 'http://openrosa.org/javarosa';
  const MOST_PASSES = 30;
  const OPEN = '\ue000', CLOSE = '\ue001';

  /* ---- one question, group or repeat as it stands in this report ---- */
  function Node(def, up) {
    this.def = def;
    this.name = def.name;
    this.up = up;
    this.value = '';
    this.raw = '';
    this.children = [];
    this.isRelevant = true;
    this.isRequired = false;
    this.isReadonly = false;
    this.isNumber = /^(int|integer|decimal|long|double|float)$/.test(def.type || def.kind);
    this.error = null;
    this.file = null;
  }
  Node.prototype.kids = function (name) {
    return this.children.filter(function (one) { return one.isRelevant && (name === '*' || one.name === name); });
  };
  Node.prototype.isAsked = function () {
    for (let at = this; at.def; at = at.up) if (!at.isRelevant) return false;
    return true;
  };
  /* A name for the page's own use, unlike any other's. */
  Node.prototype.id = function () {
    let serials = '';
    for (let at = this; at.def; at = at.up) if (at.def.kind === 'repeat') serials += '-' + at.serial;
    return this.def.path.replace(/[^\w-]/g, '.') + serials;
  };

  /* ---- a list to choose from: rows with an index for each column that is asked for ---- */
  function List(rows) {
    const all = rows.map(function (row) { return new Row(row); });
    const indexes = {};
    all.by = function (column, value) {
      let index = indexes[column];
      if (!index) {
        index = indexes[column] = new Map();
        all.forEach(function (one) {
          const cell = one.row[column];
          if (cell === undefined) return;
          if (index.has(cell)) index.get(cell).push(one); else index.set(cell, [one]);
        });
      }
      return index.get(value) || [];
    };
    const root = { name: 'root', value: '', up: null, kids: function (name) { return name === 'item' || name === '*' ? all : []; } };
    const top = { name: '', value: '', up: null, kids: function (name) { return name === 'root' || name === '*' ? [root] : []; } };
    root.up = top;
    all.forEach(function (one) { one.up = root; });
    this.nodes = [top];
    this.all = all;
  }
  function Row(row) { this.row = row; this.name = 'item'; this.up = null; }
  Object.defineProperty(Row.prototype, 'value', { get: function () { return ''; } });
  Row.prototype.kids = function (name) {
    const row = this.row, up = this;
    const names = name === '*' ? Object.keys(row) : name in row ? [name] : [];
    return names.map(function (one) { return { name: one, value: String(row[one]), up: up, kids: function () { return []; } }; });
  };

  /* Rows however they came: a list of objects, {columns, rows}, or the text of a CSV file. */
  function rowsOf(given) {
    if (Array.isArray(given)) return given;
    if (typeof given === 'string') {
      const lines = csv(given);
      return named(lines[0] || [], lines.slice(1));
    }
    return given && given.columns ? named(given.columns, given.rows) : [];
  }
  function named(columns, rows) {
    return rows.map(function (cells) {
      const row = {};
      columns.forEach(function (name, at) { row[name] = cells[at] === undefined ? '' : cells[at]; });
      return row;
    });
  }
  function csv(text) {
    const lines = [];
    const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g;
    let line = [], hit;
    const all = text.replace(/^\uFEFF/, '');
    while (cell.lastIndex <= all.length && (hit = cell.exec(all))) {
      line.push(hit[1][0] === '"' ? hit[1].slice(1, -1).replace(/""/g, '"') : hit[1]);
      if (hit[2] !== ',') { if (line.length > 1 || line[0] !== '') lines.push(line); line = []; }
      if (cell.lastIndex >= all.length && hit[2] !== ',') break;
    }
    return lines;
  }

  /* ---- the whole ---- */
  function Model(given) {
    const tree = given.tree, model = this;
    this.tree = tree;
    this.form = given.form || { id: tree.id, version: tree.version };
    this.lists = {};
    this.offered = new Map();
    this.missing = {};
    this.given = given.lists || {};
    this.offset = given.offset || 0;
    this.language = given.language;
    this.deprecates = given.deprecates || '';
    this.instanceId = given.instanceId || 'uuid:' + own.uuid();
    this.began = given.began || x.iso(x.daysOf(this.now()), 'dateTime');
    this.fixed = given.prefill || {};
    this.device = own.device();
    this.document = { name: '', value: '', up: null, kids: function (name) { return name === '*' || name === tree.root ? [model.root] : []; } };
    this.root = new Node({ name: tree.root, kind: 'group', path: '', children: tree.questions }, this.document);
    framed(this.root);
    this.fill(tree.questions, this.root, this.root);
    if (given.answers) this.take(this.root, given.answers, given.files || {});
    this.recalculate();
  }
  Model.prototype.now = function () { return new Date(Date.now() + this.offset); };
  Model.prototype.context = function (node) { return { model: this, node: node, current: node, now: this.moment || this.now() }; };
  Model.prototype.ask = function (source, node) { return x.compile(source)(this.context(node)); };
  Model.prototype.instance = function (name) {
    if (!this.lists[name]) {
      const inline = (this.tree.instances || {})[name];
      const file = inline && inline.src ? inline.src.replace(/^.*\//, '') : name + '.csv';
      const rows = Array.isArray(inline) || (inline && inline.columns) ? inline : this.given[name] || this.given[file];
      if (rows === undefined) this.missing[name] = true; // said beside the question that would choose from it
      this.lists[name] = new List(rowsOf(rows || []));
    }
    return this.lists[name].nodes;
  };

  /* The body of a form may be nested otherwise than its instance: nodes stand where their paths say. A frame is the root or one item of a repeat; its
     `nodes` are those of the questions in it, its `holders` where the items of its repeats stand. */
  Model.prototype.fill = function (defs, up, frame) {
    defs.forEach(function (def) {
      const holder = def.path ? this.holder(def, up, frame) : up;
      if (def.kind === 'repeat') { frame.holders.set(def, holder); return; }
      const node = new Node(def, holder);
      frame.nodes.set(def, node);
      if (def.path) holder.children.push(node);
      if (def.children) this.fill(def.children, def.path ? node : up, frame);
      else this.start(node);
    }, this);
  };
  Model.prototype.holder = function (def, up, frame) {
    const above = up.def.path ? up.def.path.split('/') : [];
    let at = up;
    def.path.split('/').slice(above.length, -1).forEach(function (name) {
      const path = (at.def.path ? at.def.path + '/' : '') + name;
      let next = at.children.filter(function (one) { return one.name === name; })[0];
      if (!next) { next = new Node({ kind: 'group', name: name, path: path, children: [] }, at); at.children.push(next); }
      at = next;
    });
    return at;
  };
  Model.prototype.plant = function (def, up) {
    const node = framed(new Node(def, up));
    this.fill(def.children, node, node);
    return node;
  };
  function framed(node) { node.nodes = new Map(); node.holders = new Map(); return node; }
  Model.prototype.start = function (node) {
    const def = node.def;
    const fixed = this.fixed[def.path];
    if (fixed !== undefined) { node.isFixed = true; node.value = fixed; return; }
    node.value = def.default === undefined || def.default === null ? '' : String(def.default);
    if (def.preload) node.value = this.preload(def) || node.value;
  };
  Model.prototype.preload = function (def) {
    const now = this.now();
    switch (def.preload.replace(/^uri:/, '')) {
      case 'start': return this.began;
      case 'today': case 'date': return x.iso(x.daysOf(now), 'date');
      case 'deviceid': return this.device;
      default: return '';
    }
  };

  /* The items of a repeat stand together among their parent's children, in their order. */
  Model.prototype.repeats = function (def, frame) { return frame.holders.get(def).children.filter(function (one) { return one.def === def; }); };
  Model.prototype.add = function (def, frame) {
    const up = frame.holders.get(def), there = this.repeats(def, frame);
    const node = this.plant(def, up);
    node.serial = there.reduce(function (most, one) { return Math.max(most, one.serial + 1); }, 0);
    up.children.splice(there.length ? up.children.indexOf(there[there.length - 1]) + 1 : up.children.length, 0, node);
    return node;
  };
  Model.prototype.remove = function (node) { node.up.children.splice(node.up.children.indexOf(node), 1); };

  Model.prototype.each = function (work, from) {
    (from || this.root).children.slice().forEach(function (node) {
      work(node);
      this.each(work, node);
    }, this);
  };
  Model.prototype.frames = function (work, frame) {
    const at = frame || this.root;
    work(at);
    at.holders.forEach(function (up, def) { this.repeats(def, at).forEach(function (one) { this.frames(work, one); }, this); }, this);
  };

  /* ---- what follows from what: again and again until nothing moves ---- */
  Model.prototype.recalculate = function () {
    const model = this;
    let isMoving = true;
    this.moment = this.now();
    for (let pass = 0; isMoving && pass < MOST_PASSES; pass++) {
      isMoving = false;
      this.frames(function (frame) { isMoving = model.counted(frame) || isMoving; });
      this.each(function (node) { isMoving = model.settle(node) || isMoving; });
    }
    this.each(function (node) { model.state(node); });
    this.moment = null;
  };
  Model.prototype.counted = function (frame) {
    let moved = false;
    frame.holders.forEach(function (up, def) {
      if (!def.count) return;
      const wanted = Math.max(0, Math.min(1000, Math.floor(x.number(this.ask(def.count, this.probe(def, up))) || 0)));
      const there = this.repeats(def, frame);
      for (let n = there.length; n < wanted; n++) { this.add(def, frame); moved = true; }
      for (let n = there.length; n > wanted; n--) { this.remove(there[n - 1]); moved = true; }
    }, this);
    return moved;
  };
  Model.prototype.probe = function (def, up) {
    const probe = new Node(def, up);
    probe.serial = 'all';
    return probe;
  };
  Model.prototype.settle = function (node) {
    const def = node.def, before = node.isRelevant, value = node.value;
    if (def.relevant) node.isRelevant = x.bool(this.ask(def.relevant, node));
    if (def.calculate && !node.isFixed && node.isAsked() && !(node.isOnce && x.compile(def.calculate).isFixed)) {
      node.value = this.typed(def, this.ask(def.calculate, node));
      node.isOnce = true;
    }
    if (def.itemset && node.value !== '' && !node.isFixed && node.isAsked()) this.drop(node);
    return before !== node.isRelevant || value !== node.value;
  };
  /* A calculated value as its question writes it: a number of kind integer has no decimals, a date no time. */
  Model.prototype.typed = function (def, value) {
    if (value instanceof x.Moment && def.kind === 'date') return x.iso(value.days, 'date');
    const text = x.text(value);
    return text === 'NaN' ? '' : text;
  };
  /* What was chosen goes when the list no longer offers it, as in Collect. */
  Model.prototype.drop = function (node) {
    const offered = new Set(this.choices(node).map(function (one) { return one.name; }));
    const kept = this.chosen(node).filter(function (one) { return offered.has(one); });
    node.value = kept.join(' ');
  };
  Model.prototype.state = function (node) {
    const def = node.def;
    node.isRequired = !!def.required && x.bool(this.ask(def.required, node));
    node.isReadonly = node.isFixed || !!node.up.isReadonly || (!!def.readonly && x.bool(this.ask(def.readonly, node)));
  };

  /* ---- choices ---- */
  Model.prototype.chosen = function (node) {
    return node.def.kind === 'select_multiple' ? node.value.split(/\s+/).filter(Boolean) : node.value === '' ? [] : [node.value];
  };
  Model.prototype.choices = function (node) {
    const def = node.def, set = def.itemset;
    if (!set) return def.choices || [];
    if (!set.filter && this.offered.has(def)) return this.offered.get(def);
    const path = "instance('" + set.instance + "')/root/item" + (set.filter ? '[' + set.filter + ']' : '');
    const found = this.ask(path, node).map(function (one) {
      const row = one.row;
      return { name: String(row[set.value || 'name']), label: row[set.label || 'label'] };
    });
    if (!set.filter) this.offered.set(def, found);
    return found;
  };
  Model.prototype.choiceName = function (name, path, from) {
    const node = x.nodes(this.ask(path, from))[0];
    const found = node && this.choices(node).filter(function (one) { return one.name === name; })[0];
    return found ? this.say(found.label, node) : '';
  };

  /* A text in the language being read, its values put in. */
  Model.prototype.say = function (label, node) {
    if (label === undefined || label === null) return '';
    const text = typeof label === 'string' ? label : own.inLanguage(label, this.language, this.tree.default);
    if (text.indexOf(OPEN) < 0) return text;
    const model = this;
    return text.replace(new RegExp(OPEN + '([^' + CLOSE + ']*)' + CLOSE, 'g'), function (all, source) {
      return x.text(model.ask(source, node || model.root));
    });
  };

  /* ---- right or wrong ---- */
  const SHAPES = {
    integer: /^-?\d+$/, decimal: /^-?(?:\d+(?:\.\d*)?|\.\d+)$/, date: /^\d{4}-\d{2}-\d{2}$/, time: /^\d{2}:\d{2}/, dateTime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/
  };
  Model.prototype.fits = function (def, value) {
    const shape = SHAPES[def.kind];
    if (shape && !shape.test(value)) return false;
    return !(def.kind === 'date' || def.kind === 'dateTime') || !!x.readMoment(value);
  };
  Model.prototype.check = function (node) {
    node.error = null;
    if (node.def.children || !node.isAsked()) return true;
    if (node.raw !== '' && node.value === '') node.error = { kind: 'type' };
    else if (node.value === '' && node.isRequired) node.error = { kind: 'required', message: node.def.required_message };
    else if (node.value !== '' && node.def.constraint && !x.bool(this.ask(node.def.constraint, node))) node.error = { kind: 'constraint', message: node.def.constraint_message };
    return !node.error;
  };
  Model.prototype.wrong = function () {
    const found = [], model = this;
    this.each(function (node) { if (!model.check(node)) found.push(node); });
    return found;
  };

  /* ---- in and out ---- */
  Model.prototype.answers = function (frame) {
    const found = {}, at = frame || this.root;
    at.nodes.forEach(function (node, def) { if (!def.children && def.path && node.value !== '') found[def.path] = node.value; });
    at.holders.forEach(function (up, def) {
      const items = this.repeats(def, at).map(this.answers, this);
      if (items.length) found[def.path] = items;
    }, this);
    return found;
  };
  Model.prototype.take = function (frame, answers, files) {
    frame.holders.forEach(function (up, def) {
      (Array.isArray(answers[def.path]) ? answers[def.path] : []).forEach(function (one) { this.take(this.add(def, frame), one, files); }, this);
    }, this);
    frame.nodes.forEach(function (node, def) {
      const isMine = !def.children && !node.isFixed && !def.preload && answers[def.path] !== undefined;
      if (isMine) this.put(node, answers[def.path], files);
    }, this);
  };
  Model.prototype.put = function (node, value, files) {
    if (node.def.kind === 'image' && !files[value]) return;
    node.value = String(value);
    node.file = (files[value] && files[value].blob) || files[value] || null;
  };
  Model.prototype.files = function () {
    const found = [];
    this.each(function (node) { if (node.file && node.value && node.isAsked()) found.push({ name: node.value, blob: node.file }); });
    return found;
  };

  function escaped(text) {
    return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  }
  function tag(name, value) { return value === '' ? '<' + name + '/>' : '<' + name + '>' + escaped(value) + '</' + name + '>'; }
  /* The instance as Collect would send it: what is not asked is left out. */
  Model.prototype.xml = function () {
    const tree = this.tree, ended = x.iso(x.daysOf(this.now()), 'dateTime');
    this.recalculate();
    this.each(function (node) { if (node.def.preload === 'end') node.value = ended; });
    const spaces = (tree.ns ? ' xmlns="' + escaped(tree.ns) + '"' : '') + ' xmlns:orx="' + ORX + '" xmlns:jr="' + JR + '"';
    const version = this.form.version ? ' version="' + escaped(this.form.version) + '"' : '';
    return '<?xml version="1.0" encoding="UTF-8"?><' + tree.root + spaces + ' id="' + escaped(this.form.id) + '"' + version + '>' +
      this.inner(this.root) + this.meta(ended) + '</' + tree.root + '>';
  };
  Model.prototype.inner = function (up) {
    return up.children.map(function (node) {
      if (!node.isRelevant || /^meta(\/|$)/.test(node.def.path)) return '';
      return node.def.children ? '<' + node.name + '>' + this.inner(node) + '</' + node.name + '>' : tag(node.name, node.value);
    }, this).join('');
  };
  Model.prototype.meta = function (ended) {
    const prefix = this.tree.meta === 'plain' ? '' : 'orx:';
    const said = { instanceID: this.instanceId };
    if (this.deprecates) said.deprecatedID = this.deprecates;
    said.timeStart = this.began;
    said.timeEnd = ended;
    said.deviceID = this.device;
    const named = this.nodeAt('meta/instanceName');
    if (named && named.value) said.instanceName = named.value;
    return '<' + prefix + 'meta>' + Object.keys(said).map(function (name) { return tag(prefix + name, said[name]); }).join('') + '</' + prefix + 'meta>';
  };
  Model.prototype.nodeAt = function (path) {
    let found = null;
    this.each(function (node) { if (node.def.path === path && !found) found = node; });
    return found;
  };
  Model.prototype.title = function () {
    const named = this.nodeAt('meta/instanceName');
    return (named && named.value) || this.say(this.tree.title, this.root);
  };

  /* What a language is called by different makers of forms: zh, zh-CN, Chinese (zh) and zh-Hans are one; the nearest is taken. */
  function code(name) {
    const inside = /\(([^)]+)\)\s*$/.exec(name);
    return (inside ? inside[1] : name).trim().toLowerCase().replace('_', '-');
  }
  own.nearest = function (names, wanted) {
    const want = code(wanted || ''), base = want.split('-')[0];
    const isHant = /hant|tw|hk|mo/.test(want);
    const rated = names.map(function (name) {
      const is = code(name);
      if (is === want) return 4;
      if (is.split('-')[0] !== base || !base) return 0;
      return base === 'zh' && /hant|tw|hk|mo/.test(is) !== isHant ? 1 : 2;
    });
    const best = Math.max.apply(null, rated.concat(0));
    return best ? names[rated.indexOf(best)] : '';
  };
  own.inLanguage = function (words, language, fallback) {
    const names = Object.keys(words);
    const near = own.nearest(names, language);
    const first = [near, fallback, ''].concat(names).filter(function (one) { return one !== undefined && words[one]; })[0];
    return first === undefined ? '' : words[first];
  };
  own.device = function () {
    let known = '';
    try {
      known = window.localStorage.getItem('bulou.device') || 'bulou:' + own.uuid();
      window.localStorage.setItem('bulou.device', known);
    } catch (refused) { known = known || 'bulou:' + own.uuid(); }
    return known;
  };
  own.Model = Model;
  own.List = List;
  own.rowsOf = rowsOf;
})();
