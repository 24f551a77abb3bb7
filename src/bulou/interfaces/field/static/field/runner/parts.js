/* What a question is answered with: one maker for each kind. A maker draws into `box` and gives {focus, show}; it tells of a new value by `set`. */
(function () {
  'use strict';
  const own = window.BulouRunner;
  const x = own.xpath;
  const FEW = 12, SHOWN = 30;
  const EDGE = 1280, QUALITY = 0.72, BIGGEST = 4000000;
  const GOOD_ENOUGH = 12, LOOKS_FOR = 45000;

  /* An element with attributes and children; `on…` are listeners. */
  function make(name, given, children) {
    const element = document.createElement(name);
    Object.keys(given || {}).forEach(function (key) {
      const value = given[key];
      if (key === 'text') element.textContent = value;
      else if (key.slice(0, 2) === 'on') element.addEventListener(key.slice(2), value);
      else if (value === true) element.setAttribute(key, '');
      else if (value !== false && value !== undefined && value !== null) element.setAttribute(key, value);
    });
    (children || []).forEach(function (child) { if (child) element.appendChild(child); });
    return element;
  }
  function empty(element) { while (element.firstChild) element.removeChild(element.firstChild); }

  /* Digits as they are typed on Tibetan, Arabic and full-width keyboards, in the form every machine reads. */
  const ZEROS = [0x0f20, 0x0660, 0x06f0, 0x0966, 0xff10];
  function plainDigits(text) {
    const digits = text.replace(/[\u0f20-\u0f29\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]/g, function (one) {
      const code = one.charCodeAt(0);
      return String(code - ZEROS.filter(function (zero) { return code >= zero && code < zero + 10; })[0]);
    });
    return digits.replace(/[\uff0d\u2212]/g, '-').replace(/[\uff0e\u3002\uff0c,]/g, '.').replace(/[\s\u0f0b]/g, '');
  }

  const TYPES = { date: 'date', time: 'time', dateTime: 'datetime-local', barcode: 'text', text: 'text' };
  function line(q) {
    const kind = q.node.def.kind, appearance = q.node.def.appearance || '';
    const isNumber = kind === 'integer' || kind === 'decimal' || /\bnumbers\b/.test(appearance);
    const isLong = kind === 'text' && /\bmultiline\b/.test(appearance);
    const given = { id: q.id, 'class': 'br-line', autocomplete: 'off', oninput: typed, onchange: typed };
    if (!isLong) given.type = isNumber ? 'text' : TYPES[kind] || 'text';
    if (isNumber) given.inputmode = kind === 'decimal' ? 'decimal' : 'numeric';
    const input = make(isLong ? 'textarea' : 'input', given);
    if (isLong) input.rows = 4;
    if (isNumber && !('inputMode' in input)) input.type = 'number';
    if (isNumber && input.type === 'number') input.step = kind === 'decimal' ? 'any' : '1';
    q.box.appendChild(input);
    function typed() {
      const shown = input.value;
      const raw = isNumber ? plainDigits(shown) : shown;
      const value = kind === 'time' && raw ? (raw.length === 5 ? raw + ':00' : raw) + '.000' + x.zone(new Date()) : kind === 'dateTime' && raw ? withZone(raw) : raw;
      q.set(raw && !q.fits(value) ? '' : value, raw || (input.validity && input.validity.badInput ? '?' : ''));
    }
    return {
      focus: input,
      show: function (node) {
        const value = kind === 'time' ? node.value.slice(0, 5) : kind === 'dateTime' ? node.value.slice(0, 16) : node.value;
        if (document.activeElement !== input && (value || !node.raw) && input.value !== value) input.value = value;
        input.readOnly = node.isReadonly;
      }
    };
  }
  function withZone(raw) {
    const full = raw.length === 16 ? raw + ':00.000' : raw;
    return full + x.zone(new Date(raw));
  }

  /* Buttons as tall as a glove; many of them are searched by typing. */
  function choice(q) {
    const node = q.node, isMany = node.def.kind === 'select_multiple';
    const list = make('div', { 'class': 'br-choices', id: q.id + '-list' });
    const more = make('p', { 'class': 'br-hint', hidden: true });
    const find = make('input', { type: 'search', 'class': 'br-line', hidden: true, autocomplete: 'off', oninput: function () { draw(); } });
    const clear = make('button', { type: 'button', 'class': 'br-quiet', onclick: function () { q.set('', ''); } });
    [find, list, more, clear].forEach(function (one) { q.box.appendChild(one); });
    let drawn = '', all = [];

    function draw() {
      all = q.model.choices(node);
      const isLong = all.length > FEW;
      const words = find.value.trim().toLowerCase();
      const picked = q.model.chosen(node);
      let shown = all.map(function (one) { return { name: one.name, text: q.model.say(one.label, node) || one.name }; });
      if (isLong) {
        const hit = shown.filter(function (one) { return !words || one.text.toLowerCase().indexOf(words) >= 0 || one.name.toLowerCase().indexOf(words) >= 0; });
        const kept = shown.filter(function (one) { return picked.indexOf(one.name) >= 0 && hit.slice(0, SHOWN).indexOf(one) < 0; });
        more.hidden = hit.length <= SHOWN;
        more.textContent = hit.length ? q.word('more', { count: hit.length - SHOWN }) : '';
        if (!hit.length) { more.hidden = false; more.textContent = q.word('nothing_found'); }
        shown = kept.concat(hit.slice(0, SHOWN));
      } else more.hidden = true;
      if (node.def.itemset && q.model.missing[node.def.itemset.instance]) { more.hidden = false; more.textContent = q.word('list_missing'); }
      find.hidden = !isLong;
      find.placeholder = q.word('search', { count: all.length });
      find.setAttribute('aria-label', find.placeholder);
      clear.textContent = q.word('clear');
      clear.hidden = isMany || !picked.length || node.isReadonly;
      const mark = JSON.stringify(shown);
      if (mark !== drawn) { drawn = mark; empty(list); shown.forEach(button); }
      Array.prototype.forEach.call(list.querySelectorAll('input'), function (one) {
        one.checked = picked.indexOf(one.value) >= 0;
        one.disabled = node.isReadonly;
      });
    }
    function button(one) {
      const input = make('input', { type: isMany ? 'checkbox' : 'radio', name: q.id, value: one.name, onchange: pick });
      list.appendChild(make('label', { 'class': 'br-choice' }, [input, make('span', { text: one.text })]));
    }
    function pick(event) {
      const name = event.target.value;
      if (!isMany) return q.set(name, '');
      const picked = q.model.chosen(node).filter(function (one) { return one !== name; });
      if (event.target.checked) picked.push(name);
      const order = all.map(function (one) { return one.name; });
      return q.set(picked.sort(function (a, b) { return order.indexOf(a) - order.indexOf(b); }).join(' '), '');
    }
    return { get focus() { return find.hidden ? list.querySelector('input') || list : find; }, show: draw, isGroup: true };
  }

  function tick(q) {
    const input = make('input', { type: 'checkbox', id: q.id, onchange: function () { q.set(input.checked ? 'OK' : '', ''); } });
    const said = make('span');
    q.box.appendChild(make('label', { 'class': 'br-choice' }, [input, said]));
    return { focus: input, show: function (node) { said.textContent = q.word('confirm'); input.checked = node.value !== ''; input.disabled = node.isReadonly; } };
  }

  /* A photograph is made smaller on the phone, so that it gets through a thin line. */
  function photo(q) {
    const most = parseInt((q.node.def.parameters || {})['max-pixels'], 10) || q.edge || EDGE;
    const input = make('input', { type: 'file', accept: 'image/*', id: q.id, 'class': 'br-file', onchange: taken });
    if (/\bnew\b/.test(q.node.def.appearance || '')) input.setAttribute('capture', 'environment');
    const said = make('span');
    const shown = make('div', { 'class': 'br-photo' });
    const note = make('p', { 'class': 'br-hint', 'aria-live': 'polite' });
    const remove = make('button', { type: 'button', 'class': 'br-quiet', onclick: function () { q.node.file = null; input.value = ''; q.set('', ''); } });
    [input, make('label', { 'for': q.id, 'class': 'br-button' }, [said]), shown, note, remove].forEach(function (one) { q.box.appendChild(one); });
    let drawn = null;
    function taken() {
      const file = input.files && input.files[0];
      if (!file) return;
      note.textContent = q.word('photo_working');
      shrunk(file, most).then(function (blob) {
        q.node.file = blob;
        note.textContent = q.word('photo_size', { size: Math.max(1, Math.round(blob.size / 1024)) });
        q.set(own.uuid().slice(0, 13) + '.jpg', '');
      }, function () { note.textContent = q.word('photo_bad'); });
    }
    return {
      focus: input,
      show: function (node) {
        said.textContent = q.word(node.value ? 'photo_again' : 'photo_take');
        remove.textContent = q.word('photo_remove');
        remove.hidden = !node.value || node.isReadonly;
        input.disabled = node.isReadonly;
        if (drawn === node.file) return;
        drawn = node.file;
        empty(shown);
        if (drawn) painted(drawn, 320).then(function (canvas) { canvas.setAttribute('role', 'img'); canvas.setAttribute('aria-label', q.word('photo_there')); shown.appendChild(canvas); }, function () { return null; });
      }
    };
  }
  function decoded(blob) {
    if (window.createImageBitmap) return window.createImageBitmap(blob).catch(function () { return byElement(blob); });
    return byElement(blob);
  }
  function byElement(blob) {
    return new Promise(function (resolve, reject) {
      const reader = new FileReader();
      reader.onerror = reject;
      reader.onload = function () {
        const image = new Image();
        image.onload = function () { resolve(image); };
        image.onerror = reject;
        image.src = reader.result;
      };
      reader.readAsDataURL(blob);
    });
  }
  function painted(blob, most) {
    return decoded(blob).then(function (image) {
      const by = Math.min(1, most / Math.max(image.width, image.height));
      const canvas = document.createElement('canvas');
      canvas.width = Math.max(1, Math.round(image.width * by));
      canvas.height = Math.max(1, Math.round(image.height * by));
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas;
    });
  }
  function shrunk(file, most) {
    return painted(file, most).then(function (canvas) {
      return new Promise(function (resolve, reject) {
        canvas.toBlob(function (blob) { if (blob && blob.size < BIGGEST) resolve(blob); else reject(new Error('photo')); }, 'image/jpeg', QUALITY);
      });
    });
  }

  /* Where the phone is: it gets better for a while; coordinates can be written by hand where it never comes. */
  function place(q) {
    const said = make('p', { 'class': 'br-place', 'aria-live': 'polite' });
    const button = make('button', { type: 'button', 'class': 'br-button', id: q.id, onclick: function () { if (watch === null) look(); else stop(); } });
    const summary = make('summary'), north = own_line(), east = own_line();
    const byHand = make('details', { 'class': 'br-hand' }, [summary, north.label, east.label]);
    [button, said, byHand].forEach(function (one) { q.box.appendChild(one); });
    let watch = null, timer = 0, best = Infinity, trouble = '';

    function own_line() {
      const input = make('input', { type: 'text', 'class': 'br-line', autocomplete: 'off', oninput: written });
      const text = make('span');
      return { input: input, text: text, label: make('label', {}, [text, input]) };
    }
    function look() {
      trouble = '';
      if (!navigator.geolocation || window.isSecureContext === false) { trouble = 'place_none'; return show(q.node); }
      best = Infinity;
      watch = navigator.geolocation.watchPosition(found, failed, { enableHighAccuracy: true, maximumAge: 0, timeout: LOOKS_FOR });
      timer = window.setTimeout(stop, LOOKS_FOR);
      return show(q.node);
    }
    function stop() {
      if (watch !== null) navigator.geolocation.clearWatch(watch);
      window.clearTimeout(timer);
      watch = null;
      show(q.node);
    }
    function found(at) {
      const here = at.coords;
      if (here.accuracy < best) {
        best = here.accuracy;
        q.set([here.latitude.toFixed(7), here.longitude.toFixed(7), (here.altitude || 0).toFixed(1), here.accuracy.toFixed(1)].join(' '), '');
      }
      if (best <= GOOD_ENOUGH) stop();
    }
    function failed(error) {
      trouble = error.code === 1 ? 'place_denied' : q.node.value ? '' : 'place_failed';
      stop();
    }
    function written() {
      const two = [north, east].map(function (one) { return plainDigits(one.input.value); });
      const numbers = two.map(parseFloat);
      const holds = /^-?\d+(\.\d*)?$/.test(two[0]) && /^-?\d+(\.\d*)?$/.test(two[1]) && Math.abs(numbers[0]) <= 90 && Math.abs(numbers[1]) <= 180;
      q.set(holds ? two.join(' ') + ' 0 0' : '', two.join(''));
    }
    function show(node) {
      button.textContent = q.word(watch !== null ? 'place_stop' : node.value ? 'place_again' : 'place_find');
      button.disabled = byHand.hidden = node.isReadonly;
      const part = node.value.split(' ');
      const words = node.value ? part[0].slice(0, 10) + ', ' + part[1].slice(0, 11) + (+part[3] ? ' (±' + Math.round(+part[3]) + ' m)' : '') : '';
      said.textContent = trouble ? q.word(trouble) : watch !== null && !node.value ? q.word('place_looking') : words;
      summary.textContent = q.word('place_hand');
      north.text.textContent = q.word('latitude');
      east.text.textContent = q.word('longitude');
      if (trouble && !byHand.open) byHand.open = true;
    }
    return { focus: button, show: show, isGroup: true };
  }

  function note() { return { focus: null, show: function () { return null; } }; }

  own.make = make;
  own.empty = empty;
  own.plainDigits = plainDigits;
  own.parts = {
    text: line, barcode: line, integer: line, decimal: line, date: line, time: line, dateTime: line,
    select: choice, select_multiple: choice, trigger: tick, image: photo, geopoint: place, note: note
  };
})();
