/* The functions of the light runner's XPath. Each takes its arguments as compiled expressions and gives an expression. */
(function () {
  'use strict';
  const own = window.BulouRunner;
  const x = own.xpath;
  const text = x.text, number = x.number, bool = x.bool, nodes = x.nodes, Moment = x.Moment;

  /* Of values: every argument is worked out first. */
  function plain(work) {
    return function (given) {
      return function (c) { return work.apply(c, given.map(function (one) { return one(c); })); };
    };
  }
  function texts(work) {
    return plain(function () { return work.apply(this, Array.prototype.map.call(arguments, text)); });
  }
  function numbers(work) {
    return plain(function () { return work.apply(this, Array.prototype.map.call(arguments, number)); });
  }
  /* Of the node itself where no argument is given. */
  function orSelf(work) {
    return function (given) {
      return function (c) { return work(given.length ? given[0](c) : [c.node]); };
    };
  }
  function each(list) {
    const found = [];
    Array.prototype.forEach.call(list, function (one) {
      if (Array.isArray(one)) one.forEach(function (node) { found.push(node.value); });
      else found.push(one);
    });
    return found;
  }
  function parts(value) { return text(value).split(/\s+/).filter(Boolean); }
  function round(value, digits) {
    if (!digits) return Math.round(value);
    const by = Math.pow(10, digits);
    return Math.round((value + Number.EPSILON * Math.sign(value)) * by) / by;
  }
  function whole(value) { return value < 0 ? Math.ceil(value) : Math.floor(value); }
  function moment(value, kind) {
    if (value instanceof Moment) return new Moment(kind === 'date' ? Math.floor(value.days) : value.days, kind);
    if (typeof value === 'number') return new Moment(kind === 'date' ? Math.floor(value) : value, kind);
    const read = x.readMoment(text(value));
    return read ? new Moment(kind === 'date' ? Math.floor(read.days) : read.days, kind) : '';
  }
  function formatted(value, pattern) {
    const read = value instanceof Moment ? value : typeof value === 'number' ? new Moment(value, 'dateTime') : x.readMoment(text(value));
    if (!read || isNaN(read.days)) return '';
    const at = x.dateOf(read.days);
    const said = {
      Y: at.getFullYear(), y: x.two(at.getFullYear() % 100), m: x.two(at.getMonth() + 1), n: at.getMonth() + 1, d: x.two(at.getDate()), e: at.getDate(),
      H: x.two(at.getHours()), h: at.getHours(), M: x.two(at.getMinutes()), S: x.two(at.getSeconds()), 3: ('00' + at.getMilliseconds()).slice(-3), '%': '%'
    };
    return text(pattern).replace(/%(.)/g, function (all, key) { return key in said ? said[key] : all; });
  }
  function uuid() {
    const bytes = new Uint8Array(16);
    window.crypto.getRandomValues(bytes);
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.prototype.map.call(bytes, function (one) { return ('0' + one.toString(16)).slice(-2); }).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
  function weighed(given, from) {
    let total = 0;
    for (let at = from; at < given.length; at += 2) if (bool(given[at])) total += number(given[at + 1]);
    return total;
  }
  function within(value, least, most) { return (least < 0 || value >= least) && (most < 0 || value <= most); }

  own.functions = {
    /* of nodes */
    last: function () { return function (c) { return c.size || 1; }; },
    position: function (given) {
      return function (c) {
        if (!given.length) return c.position || place(c.node);
        const of = nodes(given[0](c))[0];
        return of ? place(of) : 0;
      };
    },
    count: plain(function (list) { return nodes(list).length; }),
    'count-non-empty': plain(function (list) { return nodes(list).filter(function (one) { return one.value !== ''; }).length; }),
    sum: plain(function (list) { return nodes(list).reduce(function (total, one) { return total + number(one.value); }, 0); }),
    current: function () { return function (c) { return [c.current]; }; },
    instance: function (given) { return function (c) { return c.model.instance(text(given[0](c))); }; },
    pulldata: function (given) {
      return function (c) {
        const found = c.model.instance(text(given[0](c)))[0].kids('root')[0].kids('item').by(text(given[2](c)), text(given[3](c)))[0];
        const cell = found && found.kids(text(given[1](c)))[0];
        return cell ? cell.value : '';
      };
    },
    'indexed-repeat': function (given) {
      return function (c) {
        const repeat = nodes(given[1](c))[number(given[2](c)) - 1];
        const wanted = nodes(given[0](c)).filter(function (one) { return repeat && isBelow(one, repeat); });
        return wanted.length ? wanted : '';
      };
    },
    'jr:choice-name': function (given) {
      return function (c) { return c.model.choiceName(text(given[0](c)), text(given[1](c)), c.node); };
    },
    /* of text */
    string: orSelf(text),
    concat: plain(function () { return each(arguments).map(text).join(''); }),
    join: plain(function (by) { return each(Array.prototype.slice.call(arguments, 1)).map(text).join(text(by)); }),
    'starts-with': texts(function (all, part) { return all.slice(0, part.length) === part; }),
    'ends-with': texts(function (all, part) { return part === '' || all.slice(-part.length) === part; }),
    contains: texts(function (all, part) { return all.indexOf(part) >= 0; }),
    'substring-before': texts(function (all, part) { return all.indexOf(part) < 0 ? '' : all.slice(0, all.indexOf(part)); }),
    'substring-after': texts(function (all, part) { return all.indexOf(part) < 0 ? '' : all.slice(all.indexOf(part) + part.length); }),
    substring: plain(function (all, from, length) {
      const begins = Math.round(number(from));
      const ends = length === undefined ? Infinity : begins + Math.round(number(length));
      return Array.from(text(all)).filter(function (one, index) { return index + 1 >= begins && index + 1 < ends; }).join('');
    }),
    substr: plain(function (all, from, until) { return text(all).slice(number(from), until === undefined ? undefined : number(until)); }),
    'string-length': orSelf(function (value) { return Array.from(text(value)).length; }),
    'normalize-space': orSelf(function (value) { return text(value).replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, ''); }),
    translate: texts(function (all, from, to) {
      const signs = Array.from(from), others = Array.from(to);
      return Array.from(all).map(function (one) { const at = signs.indexOf(one); return at < 0 ? one : others[at] || ''; }).join('');
    }),
    regex: texts(function (all, pattern) { return new RegExp('^(?:' + pattern + ')$').test(all); }),
    uuid: function () { return function () { return uuid(); }; },
    /* of choices */
    selected: plain(function (all, one) { return parts(all).indexOf(text(one).trim()) >= 0; }),
    'selected-at': plain(function (all, at) { return parts(all)[number(at)] || ''; }),
    'count-selected': plain(function (all) { return parts(all).length; }),
    /* of truth */
    boolean: plain(bool),
    not: plain(function (value) { return !bool(value); }),
    'true': function () { return function () { return true; }; },
    'false': function () { return function () { return false; }; },
    'boolean-from-string': texts(function (value) { return value === '1' || value.toLowerCase() === 'true'; }),
    'if': function (given) { return function (c) { return bool(given[0](c)) ? given[1](c) : given[2](c); }; },
    coalesce: plain(function (first, other) { return text(first) !== '' ? first : other; }),
    once: function (given) { return function (c) { return c.node.value !== '' ? c.node.value : given[0](c); }; },
    checklist: plain(function (least, most) {
      return within(Array.prototype.slice.call(arguments, 2).filter(bool).length, number(least), number(most));
    }),
    'weighted-checklist': plain(function (least, most) { return within(weighed(arguments, 2), number(least), number(most)); }),
    /* of numbers */
    number: orSelf(number),
    floor: numbers(Math.floor),
    ceiling: numbers(Math.ceil),
    round: numbers(round),
    'int': numbers(whole),
    abs: numbers(Math.abs),
    pow: numbers(Math.pow),
    sqrt: numbers(Math.sqrt),
    exp: numbers(Math.exp),
    exp10: numbers(function (value) { return Math.pow(10, value); }),
    log: numbers(Math.log),
    log10: numbers(Math.log10),
    pi: function () { return function () { return Math.PI; }; },
    random: function () { return function () { return Math.random(); }; },
    min: plain(function () { return Math.min.apply(null, filled(each(arguments))); }),
    max: plain(function () { return Math.max.apply(null, filled(each(arguments))); }),
    /* of time */
    today: function () { return function (c) { return new Moment(Math.floor(x.daysOf(c.now)), 'date'); }; },
    now: function () { return function (c) { return new Moment(x.daysOf(c.now), 'dateTime'); }; },
    date: plain(function (value) { return moment(value, 'date'); }),
    'date-time': plain(function (value) { return moment(value, 'dateTime'); }),
    'decimal-date-time': plain(function (value) { const at = moment(value, 'dateTime'); return at ? at.days : NaN; }),
    'decimal-time': texts(function (value) {
      const at = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?/.exec(value);
      return at ? (+at[1] * 3600 + +at[2] * 60 + +(at[3] || 0)) / 86400 : NaN;
    }),
    'format-date': plain(formatted),
    'format-date-time': plain(formatted)
  };
  function place(node) { return node.up && node.up.kids ? node.up.kids(node.name).indexOf(node) + 1 : 1; }
  function isBelow(node, above) { for (let at = node; at; at = at.up) if (at === above) return true; return false; }
  function filled(values) {
    const found = values.filter(function (one) { return text(one) !== ''; }).map(number);
    return found.length ? found : [NaN];
  }
  own.uuid = uuid;
})();
