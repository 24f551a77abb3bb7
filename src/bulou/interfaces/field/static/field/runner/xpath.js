/* XPath of the light runner: the subset that rules/light.py names, compiled to functions. Anything else throws, and never gives a wrong value:
   the form was looked through when it was published. Syntax is ES2015, for the WebViews of 2016.

   A node: {name, value, up, kids(name) -> [node]}; the root's `up` is a document, whose `up` is null. Values: string, number, boolean, list of
   nodes, or a Moment (a date or time, which compares as a number of days and reads as ISO 8601). */
(function () {
  'use strict';
  const own = (window.BulouRunner = window.BulouRunner || {});
  const DAY = 86400000;
  const TOKENS = /\s*(\/\/|::|!=|<=|>=|\.\.|[()[\]@,|+=<>/*$-]|\d+(?:\.\d*)?|\.\d+|\.|"[^"]*"|'[^']*'|[A-Za-z_\u00C0-\uFFFD][\w.\u00B7-\uFFFD-]*(?::[A-Za-z_\u00C0-\uFFFD][\w.\u00B7-\uFFFD-]*)?)/g;
  const WORDS = { or: 1, and: 1, div: 1, mod: 1 };

  function tokens(text) {
    const found = [];
    let at = 0;
    while (/\S/.test(text.slice(at))) {
      TOKENS.lastIndex = at;
      const hit = TOKENS.exec(text);
      if (!hit || hit.index !== at) throw new Error('cannot read at ' + at + ': ' + text);
      found.push(hit[1]);
      at = TOKENS.lastIndex;
    }
    return found;
  }

  /* ---- values ---- */
  function Moment(days, kind) { this.days = days; this.kind = kind; }
  Moment.prototype.toString = function () { return iso(this.days, this.kind); };

  const two = function (n) { return (n < 10 ? '0' : '') + n; };
  function iso(days, kind) {
    if (isNaN(days)) return '';
    const at = dateOf(days);
    const day = ('000' + at.getFullYear()).slice(-4) + '-' + two(at.getMonth() + 1) + '-' + two(at.getDate());
    return kind === 'date' ? day : day + 'T' + two(at.getHours()) + ':' + two(at.getMinutes()) + ':' + two(at.getSeconds()) +
      '.' + ('00' + at.getMilliseconds()).slice(-3) + zone(at);
  }
  function zone(at) {
    const minutes = -at.getTimezoneOffset();
    const size = Math.abs(minutes);
    return (minutes < 0 ? '-' : '+') + two(Math.floor(size / 60)) + ':' + two(size % 60);
  }
  /* Days since 1970-01-01 of the phone's own calendar, so that a date has no zone and today() is the day on the wall. */
  function dateOf(days) {
    const whole = Math.floor(days);
    const utc = new Date(whole * DAY);
    return new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate(), 0, 0, 0, Math.round((days - whole) * DAY));
  }
  function daysOf(at) {
    const midnight = Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
    return (midnight + ((at.getHours() * 60 + at.getMinutes()) * 60 + at.getSeconds()) * 1000 + at.getMilliseconds()) / DAY;
  }
  const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
  function readMoment(text) {
    const part = DATE.exec(text);
    if (!part) return null;
    const number = part.slice(1, 7).map(function (one) { return +(one || 0); });
    const milli = +((part[7] || '') + '000').slice(0, 3);
    const check = new Date(Date.UTC(number[0], number[1] - 1, number[2]));
    if (check.getUTCMonth() !== number[1] - 1 || check.getUTCDate() !== number[2] || number[3] > 24 || number[4] > 59) return null;
    if (part[4] === undefined) return new Moment(check.getTime() / DAY, 'date');
    if (!part[8]) return new Moment((check.getTime() + ((number[3] * 60 + number[4]) * 60 + number[5]) * 1000 + milli) / DAY, 'dateTime');
    const away = part[8] === 'Z' ? 0 : (part[8][0] === '-' ? -1 : 1) * (+part[8].substr(1, 2) * 60 + +(part[8].replace(':', '').substr(3, 2) || 0));
    return new Moment(daysOf(new Date(Date.UTC(number[0], number[1] - 1, number[2], number[3], number[4] - away, number[5], milli))), 'dateTime');
  }

  function text(value) {
    if (Array.isArray(value)) return value.length ? value[0].value : '';
    if (typeof value === 'number') {
      if (isNaN(value)) return 'NaN';
      if (!isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
      const plain = String(value === 0 ? 0 : value);
      return plain.indexOf('e') < 0 ? plain : plainly(value);
    }
    return String(value);
  }
  function plainly(value) {
    if (Math.abs(value) < 1) return value.toFixed(20).replace(/0+$/, '').replace(/\.$/, '').replace(/^-0$/, '0');
    const part = /^(-?)(\d)(?:\.(\d+))?e\+(\d+)$/.exec(String(value));
    const digits = part[2] + (part[3] || '');
    return part[1] + digits + new Array(Math.max(0, +part[4] + 2 - digits.length)).join('0');
  }
  const NUMBER = /^[ \t\r\n]*-?(?:\d+(?:\.\d*)?|\.\d+)[ \t\r\n]*$/;
  function number(value) {
    if (typeof value === 'number') return value;
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (value instanceof Moment) return value.days;
    const words = text(value);
    if (NUMBER.test(words)) return parseFloat(words);
    const moment = readMoment(words);
    return moment ? moment.days : NaN;
  }
  function bool(value) {
    if (Array.isArray(value)) return value.length > 0;
    if (typeof value === 'number') return value !== 0 && !isNaN(value);
    return value instanceof Moment ? true : typeof value === 'boolean' ? value : value.length > 0;
  }

  function equal(left, right) {
    if (typeof left === 'boolean' || typeof right === 'boolean') return bool(left) === bool(right);
    if (typeof left === 'number' || typeof right === 'number') return number(left) === number(right);
    if (left instanceof Moment || right instanceof Moment) return number(left) === number(right);
    return text(left) === text(right);
  }
  const COMPARE = {
    '=': equal,
    '!=': function (left, right) { return !equal(left, right); },
    '<': function (left, right) { return number(left) < number(right); },
    '<=': function (left, right) { return number(left) <= number(right); },
    '>': function (left, right) { return number(left) > number(right); },
    '>=': function (left, right) { return number(left) >= number(right); }
  };
  /* A comparison with nodes holds if it holds for one of them; with a boolean, the nodes count as whether there are any. */
  function compare(by, left, right) {
    if (typeof left === 'boolean' && Array.isArray(right)) return by(left, bool(right));
    if (typeof right === 'boolean' && Array.isArray(left)) return by(bool(left), right);
    const lefts = Array.isArray(left) ? left.map(typed) : [left];
    const rights = Array.isArray(right) ? right.map(typed) : [right];
    return lefts.some(function (one) { return rights.some(function (other) { return by(one, other); }); });
  }

  /* A question of numbers is compared as a number: 5 and 5.0 are the same. */
  function typed(node) { return node.isNumber && node.value !== '' ? number(node.value) : node.value; }

  /* ---- the grammar: XPath 1.0's, with the steps the subset knows ---- */
  const NAME = /^[A-Za-z_\u00C0-\uFFFD]/;
  const lower = function (word) { return WORDS[String(word).toLowerCase()] ? word.toLowerCase() : word; };
  const LEVELS = [['or'], ['and'], ['=', '!='], ['<', '<=', '>', '>='], ['+', '-'], ['*', 'div', 'mod']];

  function Reader(words) { this.words = words; this.at = 0; this.paths = []; this.calls = []; }
  Reader.prototype.is = function (word) { return this.words[this.at] === word; };
  Reader.prototype.take = function (word) {
    if (word !== undefined && !this.is(word)) throw new Error('expected ' + word + ', found ' + this.words[this.at]);
    return this.words[this.at++];
  };
  Reader.prototype.level = function (height) {
    if (height === LEVELS.length) return this.unary();
    let left = this.level(height + 1);
    while (LEVELS[height].indexOf(lower(this.words[this.at])) >= 0) left = infix(lower(this.take()), left, this.level(height + 1));
    return left;
  };
  Reader.prototype.unary = function () {
    if (!this.is('-')) return this.union();
    this.take();
    const inner = this.unary();
    return function (c) { return -number(inner(c)); };
  };
  Reader.prototype.union = function () {
    let left = this.path();
    while (this.is('|')) { this.take(); left = joined(left, this.path()); }
    return left;
  };
  Reader.prototype.path = function () {
    const word = this.words[this.at];
    const next = this.words[this.at + 1];
    if (word === undefined) throw new Error('ends too early');
    if (word === '(') {
      this.take();
      const inner = this.level(0);
      this.take(')');
      return this.steps(inner);
    }
    if (/^["']/.test(word)) { this.take(); return constant(word.slice(1, -1)); }
    if (/^\.?\d/.test(word)) { this.take(); return constant(parseFloat(word)); }
    if (next === '(' && NAME.test(word)) return this.steps(this.call());
    if (word === '/') {
      this.take();
      this.paths.push('/');
      return this.relative(function (c) { return [c.model.document]; });
    }
    this.paths.push('.');
    return this.relative(function (c) { return [c.node]; });
  };
  Reader.prototype.call = function () {
    const name = this.take();
    const given = [];
    this.take('(');
    while (!this.is(')')) {
      given.push(this.level(0));
      if (!this.is(')')) this.take(',');
    }
    this.take(')');
    const known = own.functions[name];
    if (!known) throw new Error('no function ' + name);
    this.calls.push(name);
    return known(given, this);
  };
  Reader.prototype.steps = function (from) {
    let at = from;
    while (this.is('[')) at = this.predicate(at);
    if (!this.is('/')) return at;
    this.take();
    return this.relative(at);
  };
  Reader.prototype.relative = function (from) {
    let at = from;
    for (;;) {
      at = this.step(at);
      while (this.is('[')) at = this.predicate(at);
      if (!this.is('/')) return at;
      this.take();
    }
  };
  Reader.prototype.step = function (from) {
    let word = this.take();
    if (this.is('::')) {
      this.take();
      if (word === 'child') word = this.take();
      else if ((word === 'self' || word === 'parent') && this.words[this.at + 1] === '(' && this.take() === 'node') {
        this.take('('); this.take(')');
        word = word === 'self' ? '.' : '..';
      } else throw new Error('no axis ' + word);
    }
    if (word === '.') return from;
    if (word === '..') return function (c) { return distinct(nodes(from(c)).map(function (one) { return one.up; }).filter(Boolean)); };
    if (word !== '*' && !NAME.test(word || '')) throw new Error('no step ' + word);
    const name = word.slice(word.indexOf(':') + 1);
    return function (c) {
      const of = nodes(from(c));
      if (of.length === 1) return of[0].kids(name);
      const found = [];
      of.forEach(function (one) { Array.prototype.push.apply(found, one.kids(name)); });
      return found;
    };
  };
  /* A choice filter over a list of thousands asks `column = what was answered`: that goes by an index of the list. */
  Reader.prototype.predicate = function (from) {
    this.take('[');
    const began = this.at;
    const paths = this.paths;
    this.paths = [];
    const inner = this.level(0);
    const column = this.column(began);
    this.paths = paths.concat(this.paths.filter(function (one) { return one === '/'; }));
    this.take(']');
    return function (c) {
      const all = nodes(from(c));
      const wanted = column && all.length > 50 && all.by ? column.value(c) : null;
      if (wanted !== null && !(Array.isArray(wanted) && wanted.length !== 1)) return all.by(column.name, text(wanted));
      return all.filter(function (one, index) {
        const value = inner({ model: c.model, node: one, current: c.current, position: index + 1, size: all.length, now: c.now });
        return typeof value === 'number' ? value === index + 1 : bool(value);
      });
    };
  };
  Reader.prototype.column = function (began) {
    const words = this.words.slice(began, this.at);
    if (words.length < 3 || !NAME.test(words[0]) || words[1] !== '=' || WORDS[words[0]]) return null;
    const rest = new Reader(words.slice(2));
    if (/^\d/.test(words[2])) return null;
    const value = rest.level(3);
    const isApart = rest.at === rest.words.length && rest.paths.every(function (one) { return one === '/'; }) && rest.calls.every(function (one) { return one === 'current'; });
    return isApart && rest.paths.length + rest.calls.length < 2 ? { name: words[0], value: value } : null;
  };

  function constant(value) { return function () { return value; }; }
  function nodes(value) {
    if (!Array.isArray(value)) throw new Error('nodes expected');
    return value;
  }
  function distinct(list) { return list.filter(function (one, index) { return list.indexOf(one) === index; }); }
  function joined(left, right) { return function (c) { return inOrder(distinct(nodes(left(c)).concat(nodes(right(c))))); }; }
  /* As they stand in the form. */
  function inOrder(list) {
    const places = list.map(function (node) {
      const place = [];
      for (let at = node; at && at.up; at = at.up) place.unshift(at.up.children ? at.up.children.indexOf(at) : 0);
      return { node: node, place: place };
    });
    places.sort(function (a, b) {
      let at = 0;
      while (at < a.place.length && a.place[at] === b.place[at]) at++;
      return (a.place[at] === undefined ? -1 : a.place[at]) - (b.place[at] === undefined ? -1 : b.place[at]);
    });
    return places.map(function (one) { return one.node; });
  }
  function infix(word, left, right) {
    if (word === 'or') return function (c) { return bool(left(c)) || bool(right(c)); };
    if (word === 'and') return function (c) { return bool(left(c)) && bool(right(c)); };
    const by = COMPARE[word];
    if (by) return function (c) { return compare(by, left(c), right(c)); };
    return {
      '+': function (c) { return sum(left(c), right(c), 1); },
      '-': function (c) { return sum(left(c), right(c), -1); },
      '*': function (c) { return number(left(c)) * number(right(c)); },
      div: function (c) { return number(left(c)) / number(right(c)); },
      mod: function (c) { return number(left(c)) % number(right(c)); }
    }[word];
  }
  function sum(left, right, sign) { return number(left) + sign * number(right); }

  const compiled = {};
  /* An expression as a function of its context {model, node, current, now}; `.isFixed` = asks no node, so its value is found once. */
  function compile(source) {
    if (compiled[source]) return compiled[source];
    const reader = new Reader(tokens(source));
    const run = reader.level(0);
    if (reader.at < reader.words.length) throw new Error('cannot read from ' + reader.words[reader.at] + ': ' + source);
    run.isFixed = !reader.paths.length && reader.calls.every(function (one) { return ['position', 'current', 'instance', 'once', 'pulldata'].indexOf(one) < 0; });
    return (compiled[source] = run);
  }

  own.xpath = { compile: compile, text: text, number: number, bool: bool, nodes: nodes, Moment: Moment, readMoment: readMoment, iso: iso, daysOf: daysOf, dateOf: dateOf, zone: zone, two: two };
})();
